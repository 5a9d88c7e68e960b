import Bytecode
import Compilation
import Glibc
import JSON
import Replaying
import Semantics
import Text

/// `ReplayBenchmark write FILE CALLS [filters]`: a recording of so many calls under the policy of this benchmark.
/// `ReplayBenchmark replay FILE [filters]`: replays it, and prints calls a second and the most memory that was used.
/// With `filters`, every answer is a text of 1 KiB that all shipped packs read.
@main enum Main {
  static func main() throws {
    let arguments = CommandLine.arguments
    let hasFilters = arguments.last == "filters"
    let policy = try Policy(hasFilters: hasFilters)
    switch (arguments.count > 2 ? arguments[1] : "", arguments.count > 2 ? arguments[2] : "") {
    case ("write", let path): try write(path, Int(arguments[3]) ?? 100_000, policy, hasFilters: hasFilters)
    case ("replay", let path): try replay(path, policy)
    default: print("write FILE CALLS [filters] | replay FILE [filters]")
    }
  }

  private static func replay(_ path: String, _ policy: Policy) throws {
    var run = ReplayRun(ReplayPolicy(policy.checked, policy.program), against: nil, withCharts: false)
    let clock = ContinuousClock()
    let source = try LineSource(path)
    let begin = clock.now
    try run.run(source) { _ in }
    run.finish()
    let took = begin.duration(to: clock.now)
    let seconds = Double(took.components.seconds) + Double(took.components.attoseconds) / 1e18
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    let summary = run.summary
    precondition(summary.unreplayable == 0 && summary.calls > 0, "\(summary)")
    print(
      "\(summary.calls) calls, \(Int(Double(summary.calls) / seconds)) a second, at most \(usage.ru_maxrss >> 10) MiB; \(summary.outcomes)")
  }

  private static func write(_ path: String, _ calls: Int, _ policy: Policy, hasFilters: Bool) throws {
    guard let file = fopen(path, "w") else { fatalError("cannot write \(path)") }
    defer { fclose(file) }
    func put(_ line: String) { fputs(line + "\n", file) }
    put(#"{"k":"header","format":"sallyport-traffic","version":1,"tool":"benchmark","start":1790000000000}"#)
    let tools = policy.program.tools.map { #""\#($0.name)":["\#($0.digest.hex.prefix(16))",""]"# }
    put(#"{"k":"policy","n":0,"fingerprint":"","servers":[{"name":"acme","tools":{\#(tools.joined(separator: ","))}}]}"#)
    put(#"{"k":"caller","n":0,"server":"acme","as":"named","agent":"worker"}"#)
    let text = String(repeating: "The minutes of the meeting say that the order was sent on Tuesday. ", count: 16).prefix(1_024)
    for call in 1...calls {
      let time = 1_790_000_000_000 + call * 3
      let amount = call % 90
      put(
        #"{"k":"call","n":\#(call),"p":0,"c":0,"t":\#(time),"ns":\#(call * 3_000_000),"m":"tools/call","out":"allowed","rule":"all_of_it","fits":true,"on":"tool_\#(call % 100)","args":{"amount":\#(amount).25,"currency":"EUR","to":"account-\#(call % 50)","note":"for the order of this week","urgent":false}}"#
      )
      let answer = hasFilters ? #","answer":{"result":{"content":[{"type":"text","text":"\#(text)"}]}}"# : ""
      put(
        #"{"k":"end","n":\#(call),"t":\#(time + 1),"ns":\#(call * 3_000_000 + 1_000_000),"out":"allowed","done":true,"in":1100,"bytes":1100\#(answer)}"#
      )
    }
  }
}

/// A thousand rules on a hundred tools with schemas, and limits on all of them.
private struct Policy {
  let checked: CheckedPolicies
  let program: Bytecode.Program

  init(hasFilters: Bool) throws {
    var text = "policy big\nserver acme from \"acme.json\"\nscope all opens acme.*\nagent worker when token.sub == \"worker\"\n"
    text += "grant all_of_it all to worker\n"
    for rule in 0..<999 {
      let condition = [
        "args.amount > \(1_000 + rule)", "args.note contains \"word\(rule)\"", "args.to starts with \"blocked-\(rule)\"",
        "args.currency == \"X\(rule)\"",
      ][rule % 4]
      text += "deny rule_\(rule) on acme.tool_\(rule % 100) when \(condition)\n"
    }
    text += "limit often 1_000_000 calls per minute by agent, tool\nlimit money 100_000_000 of args.amount per hour by agent on acme.*\n"
    text += "limit at_once 100 calls in flight by agent\n"
    if hasFilters {
      text += "use sally.secrets\nuse sally.pii\nuse sally.injection\nuse sally.toolpoison\n"
      for set in ["secrets", "pii", "injection"] { text += "filter \(set) on acme.* in text match sally.\(set) -> redact\n" }
    }
    let tools = (0..<100).map { tool in
      #"{"name":"tool_\#(tool)","inputSchema":{"type":"object","required":["amount","currency","to","note"],"properties":{"#
        + #""amount":{"type":"number","minimum":0,"maximum":100000},"currency":{"type":"string","maxLength":8},"#
        + #""to":{"type":"string","minLength":1,"maxLength":64},"note":{"type":"string","maxLength":500},"urgent":{"type":"boolean"}}}}"#
    }
    let files = ["big.sally": text, "acme.json": #"{"tools":[\#(tools.joined(separator: ","))]}"#]
    let sources = load(["big.sally"], reader: Files(files: files))
    let checked = check(sources.value)
    guard let good = checked.value else {
      fatalError(Renderer(files: sources.value.files).render(sources.diagnostics + checked.diagnostics))
    }
    self.checked = good
    program = try compile(good, generation: 1)
  }
}

private struct Files: FileReader {
  let files: [String: String]

  func contents(of path: String) throws(FileProblem) -> [UInt8] {
    guard let text = files[path] else { throw .missing }
    return Array(text.utf8)
  }

  func neighbours(of path: String) -> [String] { Array(files.keys) }
}
