import Foundation
import HTTPGateway
import JSON
import Synchronization
import TestSupport
import Testing

/// Sessions of 2025-03-26 to 2025-11-25: streams, coming back, ends.
@Suite struct HandshakeTests {
  private static let call = #"{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"echo","arguments":{"text":"hi"}}}"#
  private static let progress =
    #"{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"half way"}}"#
  private static let answer = #"{"jsonrpc":"2.0","id":5,"result":{"content":[{"type":"text","text":"streamed"}]}}"#

  /// Calls are answered by a stream of events, everything else as usual.
  @Sendable private static func streaming(_ request: LoopbackServer.Request) -> LoopbackServer.Reply {
    request.body.contains("tools/call") ? StubAnswers.events([progress, answer]) : StubAnswers.answer(request)
  }

  private func session(_ gate: Gate, _ version: String = "2025-11-25") throws -> String {
    try #require(try gate.ask(.initialize(version)).headers["mcp-session-id"])
  }

  @Test func whatComesBeforeTheAnswerMakesAStream() throws {
    let gate = try Gate(HandshakeTests.streaming)
    let answer = try gate.ask(.handshake(HandshakeTests.call, session: try session(gate)))
    #expect(answer.headers["content-type"] == "text/event-stream" && answer.headers["x-accel-buffering"] == "no")
    #expect(answer.messages.map { $0["method"]?.string } == ["notifications/message", nil])
    #expect(answer.messages.last?["result"]?["content"]?[0]?["text"] == "streamed")
    let ids = answer.events.compactMap(\.id)
    #expect(Set(ids).count == 2 && ids.count == 2)
  }

  @Test func aClientComesBackForTheRest() throws {
    let gate = try Gate(HandshakeTests.streaming)
    let session = try session(gate)
    let events = try gate.ask(.handshake(HandshakeTests.call, session: session)).events
    let first = try #require(events.first?.id)
    let again = try gate.ask(
      Ask(verb: "GET", headers: [("Accept", "text/event-stream"), ("Mcp-Session-Id", session), ("Last-Event-ID", first)]))
    #expect(again.events.map(\.id) == [events[1].id] && again.messages.last?["id"] == 5)
    // Another session has no part in it.
    let stranger = try self.session(gate)
    let refused = try gate.ask(
      Ask(verb: "GET", headers: [("Accept", "text/event-stream"), ("Mcp-Session-Id", stranger), ("Last-Event-ID", first)]))
    #expect(refused.status == 400)
  }

  /// More came than is kept: what is left is not passed off as all, and the session goes on.
  @Test func whoComesBackTooLateIsTold() throws {
    var limits = HTTPLimits()
    limits.replayBytes = 300
    let gate = try Gate(limits: limits) { request in
      guard request.body.contains("tools/call") else { return StubAnswers.answer(request) }
      return StubAnswers.events(Array(repeating: HandshakeTests.progress, count: 5) + [HandshakeTests.answer])
    }
    let session = try session(gate)
    let events = try gate.ask(.handshake(HandshakeTests.call, session: session)).events
    try #require(events.count == 6)
    func resume(_ place: Int) throws -> RawClient.Answer {
      let id = try #require(events[place].id)
      return try gate.ask(Ask(verb: "GET", headers: [("Accept", "text/event-stream"), ("Mcp-Session-Id", session), ("Last-Event-ID", id)]))
    }
    let late = try resume(0)
    #expect(late.status == 400 && late.text.contains("not kept any more"), "\(late.text)")
    #expect(try resume(4).events.map(\.id) == [events[5].id])
    #expect(try gate.ask(.handshake(HandshakeTests.call, session: session)).status == 200)
  }

  @Test func aStreamIsOpenUntilTheSessionEnds() throws {
    let gate = try Gate()
    let session = try session(gate)
    let stream = try gate.client()
    stream.send(
      Ask(verb: "GET", headers: [("Accept", "text/event-stream"), ("Mcp-Session-Id", session)]).bytes(port: gate.listener.port))
    let (head, _) = try stream.partial(until: "id: 0-0")
    #expect(head.contains("200 OK") && head.contains("text/event-stream"))
    #expect(try gate.ask(Ask(verb: "DELETE", headers: [("Mcp-Session-Id", session)])).status == 204)
    _ = try stream.answer()
    #expect(try gate.ask(.handshake(HandshakeTests.call, session: session)).status == 404)
    // Nobody waits for the upstream to hear of it.
    let deadline = Date.now.addingTimeInterval(20)
    while !gate.upstream.requests.contains(where: { $0.method == "DELETE" }), Date.now < deadline { usleep(10_000) }
    #expect(gate.upstream.requests.contains { $0.method == "DELETE" && $0.headers["mcp-session-id"] == "upstream-session" })
  }

  @Test func theUpstreamNeverSeesOurSessionOrAnybodysCredential() throws {
    let gate = try Gate()
    let session = try session(gate)
    _ = try gate.ask(
      .handshake(HandshakeTests.call, session: session).with(("Authorization", "Bearer secret"), ("Cookie", "a=b"), ("X-Own", "c")))
    let request = try #require(gate.upstream.requests.last { $0.body.contains("tools/call") })
    #expect(request.headers["mcp-session-id"] == "upstream-session" && request.headers["mcp-protocol-version"] == "2025-11-25")
    for name in ["authorization", "cookie", "x-own", "origin"] { #expect(request.headers[name] == nil) }
  }

  @Test func aServerThatAsksIsAnsweredByTheClient() throws {
    let asked = Mutex(false)
    let question =
      #"{"jsonrpc":"2.0","id":0,"method":"elicitation/create","params":{"message":"Who?","requestedSchema":{"type":"object","properties":{}}}}"#
    let gate = try Gate { request in
      if request.body.contains("tools/call") { return StubAnswers.events([question, HandshakeTests.answer]) }
      if request.body.contains(#""action""#) { asked.withLock { $0 = true } }
      return StubAnswers.answer(request)
    }
    let session = try session(gate)
    let answer = try gate.ask(.handshake(HandshakeTests.call, session: session))
    #expect(answer.messages.first?["method"] == "elicitation/create")
    let reply = #"{"jsonrpc":"2.0","id":0,"result":{"action":"accept","content":{}}}"#
    #expect(try gate.ask(.handshake(reply, session: session)).status == 202)
    #expect(asked.withLock { $0 })
    // A second answer to the same question goes nowhere.
    asked.withLock { $0 = false }
    #expect(try gate.ask(.handshake(reply, session: session)).status == 202)
    #expect(!asked.withLock { $0 })
  }

  @Test func batchesAreSplitAndAnsweredTogether() throws {
    let gate = try Gate()
    let session = try session(gate, "2025-03-26")
    let second = HandshakeTests.call.replacingOccurrences(of: #""id":5"#, with: #""id":6"#).replacingOccurrences(of: "hi", with: "xyzzy")
    let answer = try gate.ask(.handshake("[\(HandshakeTests.call),\(second)]", session: session))
    let messages = answer.json?.elements ?? []
    #expect(answer.status == 200 && Set(messages.compactMap { $0["id"]?.number?.integer }) == [5, 6])
    #expect(answer.text.contains("Say something else."))
    #expect(gate.upstream.requests.allSatisfy { !$0.body.hasPrefix("[") })
  }

  @Test func aSessionThatTheUpstreamForgotIsOver() throws {
    let gate = try Gate { request in
      request.body.contains("tools/call") ? .document("{}", status: 404) : StubAnswers.answer(request)
    }
    let session = try session(gate)
    #expect(try gate.ask(.handshake(HandshakeTests.call, session: session)).text.contains("UPSTREAM_UNAVAILABLE"))
    #expect(try gate.ask(.handshake(HandshakeTests.call, session: session)).status == 404)
  }

  @Test func anInitializeThatFailsLeavesNoSession() throws {
    let gate = try Gate { _ in .document("no", status: 500) }
    let answer = try gate.ask(.initialize())
    #expect(answer.status == 200 && answer.text.contains("UPSTREAM_UNAVAILABLE") && answer.headers["mcp-session-id"] == nil)
  }
}
