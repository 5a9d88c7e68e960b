import Enforcement
import JSON
import Recording
import Replaying
import TestSupport
import Testing

/// Random policies and random traffic, through the real session.
@Suite struct ReplayExactnessTests {
  private static let words = [
    "web", "mail", "alpha", "beta", "alpha beta", "x", "AKIAIOSFODNN7EXAMPLE", "überall", "", "../etc/passwd", "/srv/data/a",
  ]

  private static let grants = [
    "grant all_of_it all to any agent", "grant all_of_it all to tester when args.amount <= 100",
    #"grant all_of_it all to any agent when args.q starts with "al""#,
    #"grant searches all to any agent when args.kind == "web""#,
  ]

  private static let rules = [
    #"deny no_beta on demo.search when args.q contains "beta""#, #"deny long_q on demo.search when length(args.q) > 6"#,
    #"deny shouting on demo.search when args.q matches /[A-Z0-9]+/"#, #"deny big on demo.pay when args.amount > 500"#,
    #"deny secret_memo on demo.pay when args.memo present and args.memo ends with "beta""#,
    #"deny mailing on demo.search when args.kind present and args.kind == "mail""#,
    #"deny tagged on demo.pay when any of args.tags == "alpha""#,
    #"deny etc on demo.fetch when args.path present and args.path under "/etc""#,
    #"deny marked on demo.pay when session has searched"#, #"shadow deny watch on demo.search when args.q contains "alpha""#,
    "limit few 3 calls per minute by agent on demo.search",
    "limit money 700 of args.amount per hour by agent on demo.pay", "limit two 2 calls in flight by agent",
    "limit slowly 2 calls per second by agent on demo.fetch over wait up to 2s",
    "shadow limit watched 1 calls per hour by agent on demo.search",
    #"ask large on demo.pay when args.amount > 50 from "bosses" within 15m"#,
  ]

  private static func policy(_ random: inout SeededGenerator) -> String {
    var text = TestPolicy.head + "label searched \"has searched\"\nlabel odd \"has seen odd things\"\n"
    text += "patterns odd { word: /odd[a-z]*/ hit \"oddly\" miss \"even\" }\n"
    text += "mark searched after demo.search\n"
    if random.chance(30) { text += "clear searched after demo.fetch\n" }
    // Without the filter nothing sets the label, and asking for it is an error.
    if random.chance(40) {
      text += "filter looks on demo.* in text match odd -> block, label odd\ndeny when_odd on demo.fetch when session has odd\n"
    }
    if random.chance(30) { text += "filter reads on demo.* in text match odd -> redact \"[odd]\"\n" }
    if random.chance(30) { text += "filter in_args on demo.* in args match odd -> block\n" }
    if random.chance(30) { text += "refine demo.pay { amount: ..400 }\n" }
    text += grants.randomElement(using: &random).map { applicable($0) + "\n" } ?? ""
    for rule in rules where random.chance(35) { text += rule + "\n" }
    return text
  }

  /// A condition speaks of arguments that all tools of the scope have.
  private static func applicable(_ grant: String) -> String { grant.contains("when args") ? "grant all_of_it all to any agent" : grant }

  private static func arguments(_ tool: String, _ random: inout SeededGenerator) -> String {
    func word() -> String { String(decoding: write(.string(words.randomElement(using: &random) ?? "")), as: UTF8.self) }
    var members: [String] = []
    switch tool {
    case "search":
      if random.chance(95) { members.append("\"q\":\(word())") }
      if random.chance(30) { members.append("\"thread\":\(word())") }
      if random.chance(40) { members.append(#""kind":"\#(random.chance(50) ? "web" : "mail")""#) }
      if random.chance(20) { members.append("\"q2\":\(word())") }
    case "pay":
      let amount = ["1", "40", "99.5", "100", "250", "501", "1e2"].randomElement(using: &random) ?? "1"
      members.append("\"amount\":\(amount)")
      if random.chance(60) { members.append("\"memo\":\(word())") }
      if random.chance(40) { members.append("\"tags\":[\(word()),\(word())]") }
      if random.chance(20) { members.append("\"password\":\(word())") }
    default:
      if random.chance(50) { members.append("\"url\":\"https://example.com/\"") }
      if random.chance(60) { members.append("\"path\":\(word())") }
    }
    return "{\(members.joined(separator: ","))}"
  }

  private static func converse(_ gate: inout RecordedGate, _ random: inout SeededGenerator) {
    var waiting: [Int] = []
    for _ in 0..<40 {
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<6:
        let tool = ["search", "pay", "fetch", "nothing"].randomElement(using: &random) ?? "pay"
        waiting.append(gate.call(tool, arguments(tool, &random)))
      case 6..<9:
        guard let place = waiting.indices.randomElement(using: &random) else { continue }
        let id = waiting.remove(at: place)
        if gate.isOpen(id) { gate.answer(id, ["even", "oddly", "much"].randomElement(using: &random) ?? "", isError: random.chance(20)) }
      default:
        if let id = waiting.last, random.chance(30) {
          gate.client(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":\#(id)}}"#)
        }
      }
      gate.pass([0, 1, 300, 20_000].randomElement(using: &random) ?? 1)
    }
  }

  @Test(arguments: RecordedDetail.allCases) func everyDecisionIsReproduced(_ detail: RecordedDetail) throws {
    let seed = propertySeed()
    for run in 0..<propertyRuns(60) {
      var random = SeededGenerator(seed: seed &+ UInt64(run))
      let text = Self.policy(&random)
      let policy = try TestPolicy(text)
      var gate = RecordedGate(policy)
      Self.converse(&gate, &random)
      let lines = try gate.lines(detail)
      let (summary, differences) = try replayed(lines, policy)
      let said = differences.map {
        "\(lines[$0.line - 1])\n  was \($0.before?.words ?? "nothing"), is \($0.step.replayed?.words ?? "nothing") \($0.step.missing ?? "")"
      }
      #expect(
        summary.changed == 0 && summary.unreplayable == 0,
        "SEED=\(seed &+ UInt64(run)) \(detail)\n\(text)\n\(said.joined(separator: "\n"))\n\(lines.joined(separator: "\n"))")
      #expect(summary.calls > 0)
      if summary.changed + summary.unreplayable > 0 { return }
    }
  }

  /// Whatever is said to be replayed under another policy is what that policy decides of the traffic itself.
  @Test func anotherPolicyIsNeverGuessed() throws {
    let seed = propertySeed()
    for run in 0..<propertyRuns(40) {
      var random = SeededGenerator(seed: seed &+ UInt64(run))
      let (old, new) = (try TestPolicy(TestPolicy.head + "grant all_of_it all to any agent\n"), try TestPolicy(Self.stateless(&random)))
      var recorded = RecordedGate(old)
      var real = RecordedGate(new)
      for _ in 0..<20 {
        let tool = ["search", "pay", "fetch"].randomElement(using: &random) ?? "pay"
        let arguments = Self.arguments(tool, &random)
        _ = recorded.call(tool, arguments)
        _ = real.call(tool, arguments)
      }
      let (_, differences) = try replayed(try recorded.lines(), new)
      let realLines = try real.lines()
      let decided = realLines.filter { $0.hasPrefix(#"{"k":"call""#) && $0.contains("tools/call") }
      let missing = Set(differences.filter { $0.step.missing != nil }.map(\.step.number))
      let changed = Dictionary(differences.filter { $0.step.missing == nil && $0.step.kind == .call }.map { ($0.step.number, $0.step) }) {
        $1
      }
      for line in decided {
        guard let value = try? Value(parsing: Array(line.utf8)), let number = value["n"]?.number.flatMap({ UInt64($0.description) }),
          !missing.contains(number)
        else { continue }
        let isAllowed = changed[number].map { $0.replayed?.reachesServer ?? false } ?? true
        #expect((value["out"]?.string == "allowed") == isAllowed || changed[number] == nil, "SEED=\(seed &+ UInt64(run)) \(line)")
      }
    }
  }

  private static func stateless(_ random: inout SeededGenerator) -> String {
    var text = TestPolicy.head + "grant all_of_it all to any agent\n"
    for rule in rules where rule.hasPrefix("deny") && !rule.contains("session") && random.chance(40) { text += rule + "\n" }
    return text
  }
}
