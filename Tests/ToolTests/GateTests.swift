import Foundation
import Gateway
import Glibc
import JSON
import TestSupport
import Testing

/// The gate over real pipes, between this process and a real server process.
@Suite(.serialized) struct GateTests {
  @Test func aCallGoesThroughAndADenialLeavesTheSessionAlive() throws {
    var client = try GateClient(server: [Programs.stub, "answer", "10"])
    client.call(1)
    #expect(try client.receiveText().text.hasSuffix("xxxxxxxxxx"))
    client.call(2, text: "xyzzy")
    let denied = try client.receive()
    #expect(denied.denialCode == "PERMISSION_DENIED")
    #expect(denied["result"]?["isError"]?.boolean == true)
    client.call(3, text: "plugh")
    #expect(try client.receiveText().id == 3)
    let end = client.close()
    #expect(end.status == .exited(code: 0))
    let calls = try logLines(end.errors).filter { $0["message"] == "call" && $0["target"] == "echo" }
    #expect(calls.map { $0["outcome"]?.string } == ["allowed", "denied", "allowed"])
    #expect(calls[1]["rule"] == "not_this_word")
    #expect(!end.errors.contains("plugh"), "values of arguments stay out of the log")
  }

  @Test func aServerThatDiesIsAnsweredForUntilTheClientCloses() throws {
    var client = try GateClient(server: [Programs.stub, "crash", "2"])
    client.call(1)
    client.call(2)
    #expect(try client.receive().denialCode == "UPSTREAM_UNAVAILABLE")
    #expect(try client.receive().denialCode == "UPSTREAM_UNAVAILABLE")
    client.call(3)
    #expect(try client.receive().denialCode == "UPSTREAM_UNAVAILABLE")
    // Its output ends before the system says how it ended.
    try client.waitForErrors(containing: "was ended by signal 9")
    #expect(client.close().status == .exited(code: 1))
  }

  /// The whole ladder in the time that official clients give us: SIGTERM to SIGKILL is two seconds.
  @Test(arguments: [SIGTERM, SIGINT, SIGHUP])
  func aSignalEndsEvenAStubbornServer(number: Int32) throws {
    var client = try GateClient(server: [Programs.stub, "stubborn"])
    try client.waitForErrors(containing: "pid ")
    client.signal(number)
    let end = client.end()
    #expect(end.status == .exited(code: 0))
    #expect(end.errors.contains("SIGTERM") && end.errors.contains("SIGKILL"))
    let server = try #require(end.errors.firstMatch(of: #/pid (\d+)/#).flatMap { Int32($0.1) })
    #expect(kill(server, 0) == -1 && errno == ESRCH, "the server outlived the gate")
  }

  @Test func aSecondSignalDoesNotWait() throws {
    var client = try GateClient(server: [Programs.stub, "stubborn"])
    try client.waitForErrors(containing: "pid ")
    client.signal(SIGTERM)
    try client.waitForErrors(containing: "ending")
    client.signal(SIGINT)
    client.signal(SIGHUP)
    #expect(client.end().status == .exited(code: 0))
  }

  @Test func aGrandchildThatHoldsTheOutputDoesNotHoldUpTheGate() throws {
    var client = try GateClient(server: [Programs.stub, "orphan"])
    client.call(1)
    #expect(try client.receive().denialCode == "UPSTREAM_UNAVAILABLE")
    #expect(client.close().status == .exited(code: 1))
  }

  /// Each side is full while the other writes: whoever waited for the other would wait for ever.
  @Test func largeMessagesBothWaysAtOnce() throws {
    // Each message is some pipes' worth, and all of them together more than the gate keeps for either side.
    let size = 400_000
    let text = String(repeating: "y", count: size)
    var client = try GateClient(server: [Programs.stub, "answer", String(size)])
    for id in 1...4 { client.call(id, text: text) }
    for id in 1...4 {
      let answer = try client.receiveText()
      #expect(answer.id == id && answer.text.utf8.count > size)
    }
    #expect(client.close().status == .exited(code: 0))
  }

  /// 64 MB of answers that nobody reads must wait in the server, not in the gate, which takes some 25 MB when it does nothing.
  @Test func aSlowReaderSlowsTheServerDownAndNothingElse() throws {
    var client = try GateClient(server: [Programs.stub, "answer", "200000"])
    for id in 1...320 { client.call(id) }
    try waitUntilIdle(client.processIdentifier)
    #expect(try peakMemory(client.processIdentifier) < 60 << 20)
    for _ in 1...320 { try client.skip() }
    #expect(client.close().status == .exited(code: 0))
  }

  @Test func theServersErrorsArePassedOnInWholeLines() throws {
    var client = try GateClient(server: [Programs.stub, "noisy", "200"])
    for id in 1...50 {
      client.call(id)
      #expect(try client.receiveText().id == id)
    }
    let errors = client.close().errors
    let lines = errors.split(separator: "\n").map(String.init)
    let noise = lines.filter { !$0.hasPrefix("{") }
    #expect(noise == (0..<200).map { "noise line \($0) end" } + ["no newline"])
    #expect(try logLines(errors).filter { $0["target"] == "echo" }.count == 50)
  }

  @Test func aMessageThatIsTooLongIsAnsweredAndTheNextOneIsRead() throws {
    var client = try GateClient(server: [Programs.stub, "answer", "1"])
    client.send(#"{"jsonrpc":"2.0","method":"tools/call","params":"\#(String(repeating: "z", count: 17 << 20))","id":"long"}"#)
    let answer = try client.receive()
    #expect(answer["id"] == "long")
    #expect(answer["error"]?["code"]?.number == Number(-32600))
    client.call(2)
    #expect(try client.receiveText().id == 2)
    #expect(client.close().status == .exited(code: 0))
  }

  @Test func theServerDoesNotSeeOurVariables() throws {
    let policy = Programs.folder("Fixtures/stub.sally")
    let request =
      #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{},"_meta":"#
      + #"{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}"#
    let finished = try run(
      Programs.sallyport, ["wrap", "--policy", policy, "--", Programs.stub, "environment"], input: request + "\n",
      environment: ["SALLYPORT_AGENT": "tester", "SALLYPORT_SECRET": "secret", "OTHER_VARIABLE": "1"])
    let answer = try Value(parsing: Array(finished.output.utf8.dropLast()))
    let names = answer["result"]?["content"]?[0]?["text"]?.string ?? ""
    #expect(names.contains("OTHER_VARIABLE") && names.contains("PATH"), "\(finished)")
    #expect(!names.contains("SALLYPORT"))
  }

  /// Everything on standard output is a message; everything on standard error that begins like one of our lines is one.
  private func logLines(_ errors: String) throws -> [Value] {
    try errors.split(separator: "\n").filter { $0.hasPrefix("{") }.map { try Value(parsing: Array($0.utf8)) }
  }

  /// Until a process has used no processor time for a while: there is no event for "it waits for us".
  private func waitUntilIdle(_ process: Int32) throws {
    var last = -1
    var calm = 0
    while calm < 5 {
      let fields = try String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8).split(separator: " ")
      let used = (Int(fields[13]) ?? 0) + (Int(fields[14]) ?? 0)
      calm = used == last ? calm + 1 : 0
      last = used
      usleep(50_000)
    }
  }

  /// In bytes.
  private func peakMemory(_ process: Int32) throws -> Int {
    let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
    let kilobytes = try #require(status.firstMatch(of: #/VmHWM:\s+(\d+) kB/#).flatMap { Int($0.1) })
    return kilobytes << 10
  }
}
