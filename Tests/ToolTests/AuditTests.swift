import Foundation
import Gateway
import Glibc
import JSON
import TestSupport
import Testing

/// The audit log of running gates, read back with `audit verify`.
///
/// `KILL_ROUNDS` sets how many gates are killed.
@Suite(.serialized) struct AuditTests {
  private static let rounds = ProcessInfo.processInfo.environment["KILL_ROUNDS"].flatMap(Int.init) ?? 6

  private func gate(_ stub: StubUpstream, _ options: [String] = [], shell: String = "") throws -> GateClient {
    let command =
      [Programs.sallyport, "wrap", "--policy", stub.file("stub.sally"), "--agent", "tester", "--audit", stub.file("audit.jsonl")] + options
      + ["--", Programs.stub, "answer", "10"]
    guard !shell.isEmpty else { return try GateClient(command: command) }
    return try GateClient(command: ["/bin/sh", "-c", shell + "\nexec \"$@\"", "sh"] + command)
  }

  private func verify(_ stub: StubUpstream, _ options: [String] = []) throws -> Finished {
    try run(Programs.sallyport, ["audit", "verify", stub.file("audit.jsonl"), "--format", "json"] + options)
  }

  private func records(_ stub: StubUpstream) throws -> [Value] {
    try String(contentsOfFile: stub.file("audit.jsonl"), encoding: .utf8).split(separator: "\n").map { try Value(parsing: Array($0.utf8)) }
      .filter { $0["kind"] == "call" }.compactMap { $0["event"] }
  }

  @Test func everyCallHasARecordAndNoValueIsInIt() throws {
    let stub = try StubUpstream()
    var client = try gate(stub)
    client.call(1, text: "plugh")
    #expect(try client.receiveText().id == 1)
    client.call(2, text: "xyzzy")
    #expect(try client.receive().denialCode == "PERMISSION_DENIED")
    #expect(client.close().status == .exited(code: 0))
    let calls = try records(stub).filter { $0["target"] == "echo" }
    #expect(calls.map { $0["outcome"]?.string } == ["allowed", "denied"])
    #expect(calls[0]["rule"] == "tester_uses" && calls[1]["rule"] == "not_this_word" && calls[1]["code"] == "PERMISSION_DENIED")
    #expect(calls[0]["agent"] == "tester" && calls[0]["server"] == "stub" && calls[0]["policy"]?.string?.count == 64)
    let argument = try #require(calls[0]["arguments"]?[0])
    #expect(argument["name"] == "text" && argument["bytes"] == 7 && argument["digest"]?.string?.count == 32)
    #expect(calls[0]["arguments"]?[0]?["digest"] != calls[1]["arguments"]?[0]?["digest"])
    let text = try String(contentsOfFile: stub.file("audit.jsonl"), encoding: .utf8)
    #expect(!text.contains("plugh") && !text.contains("xyzzy"))
    let verified = try verify(stub)
    #expect(verified.exitCode == 0, "\(verified)")
    let report = try Value(parsing: Array(verified.output.utf8))
    #expect(report["closed"] == true && report["lost"] == 0)
  }

  /// A large message is not kept for its record; its arguments have digests all the same.
  @Test func aLargeArgumentHasADigest() throws {
    let stub = try StubUpstream()
    var client = try gate(stub)
    client.call(1, text: String(repeating: "y", count: 40_000))
    #expect(try client.receiveText().id == 1)
    _ = client.close()
    let call = try #require(try records(stub).first { $0["target"] == "echo" })
    #expect(call["arguments"]?[0]?["bytes"] == 40_002 && call["arguments"]?[0]?["digest"]?.string?.count == 32)
  }

  @Test func whatWasEditedIsSaid() throws {
    let stub = try StubUpstream()
    var client = try gate(stub)
    for number in 1...3 {
      client.call(number)
      _ = try client.receive()
    }
    _ = client.close()
    let file = URL(filePath: stub.file("audit.jsonl"))
    let text = try String(contentsOf: file, encoding: .utf8)
    try Data(text.replacing("\"outcome\":\"allowed\"", with: "\"outcome\":\"refused\"", maxReplacements: 1).utf8).write(to: file)
    let verified = try verify(stub)
    #expect(verified.exitCode == 1)
    #expect(try Value(parsing: Array(verified.output.utf8))["line"] != .null)
    // Nor is it gone on with.
    let again = gate(stub, exitCode: 2)
    #expect(again)
  }

  private func gate(_ stub: StubUpstream, exitCode: Int32) -> Bool {
    guard let client = try? gate(stub) else { return false }
    return client.close().status == .exited(code: exitCode)
  }

  @Test func killedAtAnyMomentTheChainHolds() throws {
    let seed = propertySeed()
    var random = SeededGenerator(seed: seed)
    let stub = try StubUpstream()
    var answered = 0
    for round in 0..<Self.rounds {
      var client = try gate(stub, ["--audit-size", "1"])
      for number in 1...40 { client.call(number, text: String(repeating: "z", count: number)) }
      let some = Int.random(in: 1...40, using: &random)
      for _ in 0..<some { try client.skip() }
      answered += some
      usleep(UInt32.random(in: 0...30_000, using: &random))
      client.signal(SIGKILL)
      _ = client.end()
      let verified = try verify(stub)
      #expect(verified.exitCode == 0, "round \(round), SEED=\(seed): \(verified)")
    }
    #expect(try !records(stub).isEmpty && answered > Self.rounds)
  }

  /// A limit on the size of files stands for a disk that is full.
  @Test(arguments: [("deny-sensitive", true, true), ("deny-sensitive", false, false), ("deny", false, true), ("drop", true, false)])
  func aFullDiskDeniesAsTheRuleSays(rule: String, isSensitive: Bool, isDenied: Bool) throws {
    let stub = try StubUpstream()
    let policy = try String(contentsOfFile: stub.file("stub.sally"), encoding: .utf8)
    if isSensitive { try stub.write(policy: policy.replacing("scope stub.use", with: "@sensitive\nscope stub.use")) }
    // 16 KiB; of the log on standard error nothing is written that comes near. A store of keys would be held to it too: there is none.
    let limits = "ulimit -S -f 32\nunset SALLYPORT_STATE; export XDG_STATE_HOME='\(stub.file("none"))'"
    var client = try gate(stub, ["--audit-full", rule, "--log-level", "critical"], shell: limits)
    var codes: [String?] = []
    for number in 1...120 {
      client.call(number)
      codes.append(try client.receive().denialCode)
      if number > 30 { usleep(5_000) }
      if codes.last == "STORE_UNAVAILABLE" { break }
    }
    #expect(codes.contains("STORE_UNAVAILABLE") == isDenied, "\(codes.count) calls")
    #expect(codes.first == .some(nil))
    // Room again: what waited is written, and calls pass.
    let raised = try run("/usr/bin/prlimit", ["--pid", String(client.processIdentifier), "--fsize=unlimited:unlimited"])
    #expect(raised.exitCode == 0)
    var code: String?
    for number in 200..<300 {
      client.call(number)
      code = try client.receive().denialCode
      if code == nil { break }
      usleep(50_000)
    }
    #expect(code == nil)
    #expect(client.close().status == .exited(code: 0))
    let verified = try verify(stub)
    #expect(verified.exitCode == 0, "\(verified)")
    #expect(try Value(parsing: Array(verified.output.utf8))["lost"] == 0)
  }
}
