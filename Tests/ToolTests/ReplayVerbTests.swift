import Foundation
import JSON
import Testing

/// `replay` and `test new`, as a person types them.
@Suite struct ReplayVerbTests {
  private static let policy = """
    policy demo
    server demo from "demo.json"
    scope all opens demo.*
    agent tester when token.sub == "tester"
    agent other when token.sub == "other"
    grant all_of_it all to any agent
    deny no_beta on demo.search when args.q contains "beta"
    limit few 5 calls per hour by agent on demo.search

    """
  private static let snapshot =
    #"{"tools":[{"name":"search","inputSchema":{"type":"object","properties":{"q":{"type":"string"}},"required":["q"]}}]}"#

  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "sallyport-replay-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder.appending(path: "policy"), withIntermediateDirectories: true)
    try put("policy/demo.sally", Self.policy)
    try put("policy/demo.json", Self.snapshot)
  }

  private func put(_ name: String, _ text: String) throws { try Data(text.utf8).write(to: folder.appending(path: name)) }

  private func sallyport(_ arguments: String...) throws -> (exitCode: Int32, output: String, errors: String) {
    let finished = try run(Programs.sallyport, arguments, environment: ["NO_COLOR": "1"], in: folder.path)
    return (finished.exitCode, finished.output, finished.errors)
  }

  private func summary(_ output: String) throws -> Value { try Value(parsing: Array(output.utf8)) }

  /// Calls of two agents, each answered, as a recording without digests.
  private static func recording(calls: Int) -> String {
    var lines = [
      #"{"k":"header","format":"sallyport-traffic","version":1,"tool":"test","start":1790000000000}"#,
      #"{"k":"caller","n":0,"server":"demo","as":"named","agent":"tester"}"#,
      #"{"k":"caller","n":1,"server":"demo","as":"named","agent":"other"}"#,
    ]
    for call in 1...calls {
      let text = call % 7 == 0 ? "a <b>beta</b>" : "alpha \(call)"
      let time = 1_790_000_000_000 + call * 60_000
      lines.append(
        #"{"k":"call","n":\#(call),"c":\#(call % 2),"t":\#(time),"m":"tools/call","out":"allowed","rule":"all_of_it","on":"search","args":{"q":"\#(text)"}}"#
      )
      lines.append(#"{"k":"end","n":\#(call),"t":\#(time + 20),"out":"allowed","done":true,"answer":{"result":{"content":[]}}}"#)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  @Test func changesAreCountedAndEndWithSix() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try put("traffic.jsonl", Self.recording(calls: 70) + #"{"k":"call","n":7"#)
    let finished = try sallyport("replay", "--policy", "policy", "traffic.jsonl", "--format", "json", "--html", "report.html")
    #expect(finished.exitCode == 6, "\(finished)")
    let summary = try summary(finished.output)
    #expect(summary["calls"] == 70 && summary["outcomes"]?["denied"] == 10, "\(finished.output)")
    #expect(summary["torn"] == true)
    let page = try String(contentsOf: folder.appending(path: "report.html"), encoding: .utf8)
    #expect(page.contains("<svg") && page.contains("no_beta") && !page.contains("<script") && !page.contains("<b>beta"))
    let fine = try sallyport("replay", "--policy", "policy", "traffic.jsonl", "--fail-on", "newly-allowed", "unreplayable")
    #expect(fine.exitCode == 0, "\(fine)")
    #expect(fine.output.contains("newly denied"))
  }

  @Test func partsAddUpToTheWhole() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let lines = Self.recording(calls: 60).split(separator: "\n").map(String.init)
    #expect(try sallyport("replay", "--partition-key", "--policy", "policy").output == "agent\n")
    try put("whole.jsonl", lines.joined(separator: "\n") + "\n")
    var numbers: [String: Set<String>] = [:]
    for part in ["0", "1"] {
      // A call's number is odd for the second agent.
      let own = lines.filter { line in
        guard line.contains(#""k":"call""#) || line.contains(#""k":"end""#) else { return true }
        let number = Int(line.split(separator: #""n":"#)[1].prefix { $0.isNumber }) ?? 0
        return String(number % 2) == part
      }
      numbers[part] = Set(own)
      try put("part\(part).jsonl", own.joined(separator: "\n") + "\n")
      let shard = try sallyport("replay", "--shard", "--policy", "policy", "part\(part).jsonl")
      try put("sum\(part).jsonl", shard.output)
    }
    let merged = try summary(try sallyport("replay", "--merge", "--format", "json", "sum0.jsonl", "sum1.jsonl").output)
    let whole = try summary(try sallyport("replay", "--policy", "policy", "--format", "json", "whole.jsonl").output)
    for name in ["calls", "answers", "same", "changed", "newlyDenied", "outcomes", "rules"] {
      #expect(merged[name] == whole[name], "\(name)")
    }
    #expect(whole["outcomes"]?["limited"] != nil, "\(whole)")
  }

  @Test func othersTrafficIsRead() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    func call(_ id: Int, _ text: String) -> String {
      #"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"name":"search","arguments":{"q":"\#(text)"}}}"#
    }
    let answer = #"{"jsonrpc":"2.0","id":1,"result":{"content":[]}}"#
    try put("lines.jsonl", #"{"dir":"c2s","msg":\#(call(1, "alpha"))}"# + "\n\(answer)\n\(call(2, "beta"))\n")
    let entries = [call(1, "alpha"), call(2, "beta")].map { text in
      let quoted = String(decoding: write(.string(text)), as: UTF8.self)
      let reply = String(decoding: write(.string("event: message\ndata: \(answer)\n\n")), as: UTF8.self)
      return
        #"{"startedDateTime":"2026-11-30T10:00:00.000Z","time":3,"request":{"postData":{"text":\#(quoted)}},"response":{"content":{"text":\#(reply)}}}"#
    }
    try put("traffic.har", #"{"log":{"version":"1.2","entries":[\#(entries.joined(separator: ","))]}}"#)
    let spans = ["alpha", "beta"].enumerated().map { index, text in
      #"{"startTimeUnixNano":"17900000000000000\#(index)0","endTimeUnixNano":"17900000000000000\#(index)5","attributes":["#
        + #"{"key":"mcp.method.name","value":{"stringValue":"tools/call"}},{"key":"gen_ai.tool.name","value":{"stringValue":"search"}},"#
        + #"{"key":"gen_ai.tool.call.arguments","value":{"stringValue":"{\"q\":\"\#(text)\"}"}}]}"#
    }
    try put("spans.json", #"{"resourceSpans":[{"scopeSpans":[{"spans":[\#(spans.joined(separator: ","))]}]}]}"#)
    for (format, file) in [("jsonrpc", "lines.jsonl"), ("har", "traffic.har"), ("otlp", "spans.json")] {
      let finished = try sallyport(
        "replay", "--policy", "policy", "--import", format, "--agent", "tester", file, "--format", "json")
      #expect(finished.exitCode == 0, "\(format) \(finished)")
      let summary = try summary(finished.output)
      #expect(summary["calls"] == 2 && summary["outcomes"] == ["allowed": 1, "denied": 1], "\(format) \(finished.output)")
    }
    let nothing = try sallyport("replay", "--policy", "policy", "--import", "har", "spans.json")
    #expect(nothing.exitCode == 2 && nothing.errors.contains("log.entries"), "\(nothing)")
  }

  @Test func aRecordedCallBecomesATestThatPasses() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let lines = Self.recording(calls: 7).replacing(
      #""n":7,"c":1,"t":1790000420000,"m":"tools/call","out":"allowed","rule":"all_of_it""#,
      with: #""n":7,"c":1,"t":1790000420000,"m":"tools/call","out":"denied","rule":"no_beta","code":"PERMISSION_DENIED""#)
    try put("traffic.jsonl", lines)
    var tests = "policy tests\nuse \"./demo.sally\"\n"
    for line in [4, 16] {
      let made = try sallyport("test", "new", "--from", "traffic.jsonl#\(line)")
      #expect(made.exitCode == 0, "\(made)")
      tests += "\n" + made.output
    }
    #expect(tests.contains("expect deny by no_beta") && tests.contains("expect allow by all_of_it"), "\(tests)")
    try put("policy/tests.sally", tests)
    let passed = try sallyport("test", "policy")
    #expect(passed.exitCode == 0, "\(passed)\n\(tests)")
    let none = try sallyport("test", "new", "--from", "traffic.jsonl#2")
    #expect(none.exitCode == 2 && none.errors.contains("no call"), "\(none)")
  }

  @Test func whatIsNoRecordingIsRefused() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try put("later.jsonl", #"{"k":"header","format":"sallyport-traffic","version":2}"# + "\n")
    let later = try sallyport("replay", "--policy", "policy", "later.jsonl")
    #expect(later.exitCode == 2 && later.errors.contains("version"), "\(later)")
    try put("no.jsonl", #"{"k":"call","n":1}"# + "\n")
    let headless = try sallyport("replay", "--policy", "policy", "no.jsonl")
    #expect(headless.exitCode == 2 && headless.errors.contains("header"), "\(headless)")
    #expect(try sallyport("replay", "--policy", "policy", "absent.jsonl").exitCode == 2)
  }

  static let hasSpark = (try? run("/usr/bin/env", ["python3", "-c", "import pyspark"]).exitCode == 0) ?? false

  /// With Spark, in parts, the same totals as one process.
  @Test(.enabled(if: hasSpark, "PySpark is absent: pip install pyspark"))
  func sparkCountsTheSame() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try put("traffic.jsonl", Self.recording(calls: 200))
    let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/replay-spark.py").path
    let finished = try run(
      "/usr/bin/env", ["python3", script, Programs.sallyport, folder.path + "/traffic.jsonl", folder.path + "/policy"], in: folder.path)
    try #require(finished.exitCode == 0, "\(finished)")
    let parts = try summary(finished.output)
    let whole = try summary(try sallyport("replay", "--policy", "policy", "--format", "json", "traffic.jsonl").output)
    for name in ["calls", "answers", "same", "changed", "newlyDenied", "outcomes", "rules"] {
      #expect(parts[name] == whole[name], "\(name)")
    }
  }
}
