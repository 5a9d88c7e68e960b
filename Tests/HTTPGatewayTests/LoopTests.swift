import Foundation
import HTTPGateway
import JSON
import TestSupport
import Testing

/// Several event loops: connections go round among them, so with three every connection but one in three is on another loop than a session.
@Suite struct LoopTests {
  private static func call(_ text: String) -> String {
    #"{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"echo","arguments":{"text":"\#(text)"}}}"#
  }

  private func sessions(_ gate: Gate, _ count: Int) throws -> [String] {
    try (0..<count).map { _ in try #require(try gate.ask(.initialize()).headers["mcp-session-id"]) }
  }

  @Test func everyConnectionFindsEverySession() throws {
    let gate = try Gate(loops: 3)
    let sessions = try sessions(gate, 3)
    #expect(Set(sessions.map { $0.prefix(2) }) == ["00", "01", "02"])
    for (number, session) in sessions.enumerated() {
      for round in 0..<3 {
        let answer = try gate.ask(.handshake(LoopTests.call("\(number)-\(round)"), session: session))
        #expect(answer.messages.last?["result"]?["content"]?[0]?["text"]?.string == "\(number)-\(round)")
      }
    }
    // The tools are read once for all loops.
    for _ in 0..<6 { _ = try gate.ask(.echo()) }
    #expect(gate.upstream.requests.count { $0.headers["mcp-protocol-version"] == "2026-07-28" && $0.body.contains("tools/list") } == 1)
  }

  /// A client that opens connections in pairs has all its sessions on one loop.
  @Test func roomForSessionsIsSharedByTheLoops() throws {
    var limits = HTTPLimits()
    limits.sessions = 4
    let gate = try Gate(limits: limits, loops: 2)
    var sessions: [String] = []
    for _ in 0..<4 {
      sessions += try self.sessions(gate, 1)
      // The other of the pair.
      _ = try gate.ask(.echo())
    }
    #expect(Set(sessions.map { $0.prefix(2) }).count == 1)
    #expect(try gate.ask(.initialize()).status == 503)
    #expect(try gate.ask(Ask(verb: "DELETE", headers: [("Mcp-Session-Id", sessions[0])])).status == 204)
    #expect(try gate.ask(.initialize()).status == 200)
  }

  @Test func aNameThatIsMadeUpFindsNothing() throws {
    let gate = try Gate(loops: 3)
    let session = try sessions(gate, 1)[0]
    for first in ["00", "01", "02", "03", "ff", "+1", "-1", "zz"] where first != session.prefix(2) {
      #expect(try gate.ask(.handshake(LoopTests.call("x"), session: first + session.dropFirst(2))).status == 404)
    }
  }

  @Test func oneConnectionCarriesRequestsOfSessionsOnAllLoops() throws {
    let gate = try Gate(loops: 3)
    let sessions = try sessions(gate, 3)
    let client = try gate.client()
    // One behind the other without waiting: answers come in the order of their requests.
    let order = (0..<12).map { sessions[$0 % 3] }
    client.send(
      order.enumerated().flatMap { Ask.handshake(LoopTests.call("\($0.offset)"), session: $0.element).bytes(port: gate.listener.port) })
    for number in order.indices {
      #expect(try client.answer().messages.last?["result"]?["content"]?[0]?["text"]?.string == "\(number)")
    }
  }

  @Test func aStreamIsHeardOnAnyLoopAndEndsWithItsSession() throws {
    let gate = try Gate(loops: 3)
    let session = try sessions(gate, 1)[0]
    for _ in 0..<4 {
      let stream = try gate.client()
      stream.send(
        Ask(verb: "GET", headers: [("Accept", "text/event-stream"), ("Mcp-Session-Id", session)]).bytes(port: gate.listener.port))
      #expect(try stream.partial(until: "id: 0-0").head.contains("200 OK"))
    }
    let last = try gate.client()
    last.send(Ask(verb: "GET", headers: [("Accept", "text/event-stream"), ("Mcp-Session-Id", session)]).bytes(port: gate.listener.port))
    _ = try last.partial(until: "id: 0-0")
    #expect(try gate.ask(Ask(verb: "DELETE", headers: [("Mcp-Session-Id", session)])).status == 204)
    _ = try last.answer()
    #expect(try gate.ask(.handshake(LoopTests.call("x"), session: session)).status == 404)
  }

  /// The client goes while its answer is on the way on another loop; the answer stays for who comes back.
  @Test func aClientThatWentComesBackOnAnotherLoop() throws {
    let answer = #"{"jsonrpc":"2.0","id":5,"result":{"content":[{"type":"text","text":"late"}]}}"#
    let progress = #"{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"half way"}}"#
    let gate = try Gate(loops: 3) { request in
      guard request.body.contains("tools/call") else { return StubAnswers.answer(request) }
      usleep(300_000)
      return StubAnswers.events([progress, answer])
    }
    for _ in 0..<3 {
      let session = try sessions(gate, 1)[0]
      do {
        let client = try gate.client()
        client.send(Ask.handshake(LoopTests.call("x"), session: session).bytes(port: gate.listener.port))
        #expect(!client.fill(seconds: 0.1))
      }
      usleep(600_000)
      let again = try gate.ask(
        Ask(verb: "GET", headers: [("Accept", "text/event-stream"), ("Mcp-Session-Id", session), ("Last-Event-ID", "2-1")]))
      // `initialize` was stream 1, the call stream 2 with two events.
      #expect(again.messages.last?["result"]?["content"]?[0]?["text"] == "late", "\(again.text)")
    }
  }
}
