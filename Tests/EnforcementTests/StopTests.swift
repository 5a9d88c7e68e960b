import Bytecode
import Enforcement
import JSON
import TestSupport
import Testing

/// What operators stop ends at once: new calls, calls in flight, streams and requests of the server.
@Suite struct StopTests {
  private static let entry = Stops.Entry(actor: "ana", because: "odd refunds")
  private static let marks = CredentialMarks(key: "KEY", token: "JTI", subject: "SUB")

  private static func stops(_ kind: Stops.Kind?, _ name: String = "", keys: [String] = ["KEY"]) -> Stops {
    var stops = Stops(keys: keys)
    if let kind { stops.stop(kind, name, entry) }
    return stops
  }

  /// A caller with everything that one can be stopped by, and a call in flight.
  private func conversation(_ rulebook: Rulebook = .demo) -> Conversation {
    var conversation = Conversation(
      program: rulebook.program(), agent: "tester", server: "demo", tools: rulebook.toolsResult, credential: Self.marks,
      revocations: Revocations(Self.stops(nil)))
    conversation.speakStateless()
    conversation.client(stateless("1", "tools/call", #""name":"echo","arguments":{"text":"hi"}"#))
    #expect(conversation.toServer.count == 1 && conversation.toClient.isEmpty)
    conversation.forget()
    return conversation
  }

  private static let answer = #"{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","content":[{"type":"text","text":"SECRET"}]}}"#

  private func denial(_ message: String) throws -> Value {
    let value = try Value(parsing: Array(message.utf8))
    return try #require(value["result"]?["_meta"]?["com.sallyport/denial"] ?? value["error"]?["data"], "\(message)")
  }

  static let causes: [(stops: Stops, code: String, logged: String)] = [
    (stops(.key, "KEY"), "UNAUTHENTICATED", "stopped: key KEY, by ana: odd refunds"),
    (stops(.token, "JTI"), "UNAUTHENTICATED", "stopped: token JTI, by ana: odd refunds"),
    (stops(.subject, "SUB"), "UNAUTHENTICATED", "stopped: subject SUB, by ana: odd refunds"),
    (stops(.agent, "tester"), "PERMISSION_DENIED", "stopped: agent tester, by ana: odd refunds"),
    (stops(.tool, "demo.echo"), "PERMISSION_DENIED", "stopped: tool echo, by ana: odd refunds"),
    (stops(.server, "demo"), "PERMISSION_DENIED", "stopped: server demo, by ana: odd refunds"),
    (stops(nil, keys: []), "UNAUTHENTICATED", "the key KEY was revoked or has expired"),
    (Stops(isCurrent: false), "UPSTREAM_UNAVAILABLE", "the state that says what is stopped cannot be read"),
  ]

  @Test(arguments: causes)
  func aCallInFlightIsTakenBack(stops: Stops, code: String, logged: String) throws {
    var conversation = conversation()
    conversation.stops(stops)
    #expect(conversation.toClient.count == 1)
    #expect(try denial(conversation.toClient[0])["code"]?.string == code)
    #expect(conversation.toServer.count == 1 && conversation.toServer[0].contains("notifications/cancelled"))
    #expect(conversation.records.map(\.reason) == [logged])
    // The operator's words are for the log.
    #expect(!conversation.toClient[0].contains("odd refunds") && !conversation.toClient[0].contains("ana"))
    conversation.forget()
    conversation.server(Self.answer)
    #expect(conversation.toClient.isEmpty && conversation.records.map(\.reason) == ["the answer to a cancelled request"])
  }

  @Test(arguments: causes)
  func newCallsAreRefused(stops: Stops, code: String, logged: String) throws {
    var conversation = conversation()
    conversation.stops(stops)
    conversation.forget()
    conversation.client(stateless("2", "tools/call", #""name":"echo","arguments":{"text":"hi"}"#))
    #expect(try denial(conversation.toClient[0])["code"]?.string == code)
    #expect(conversation.toServer.isEmpty && conversation.records.map(\.reason) == [logged])
    conversation.forget()
    // And goes on as soon as it is resumed.
    conversation.stops(Self.stops(nil))
    conversation.client(stateless("3", "tools/call", #""name":"echo","arguments":{"text":"hi"}"#))
    #expect(conversation.toServer.count == 1 && conversation.toClient.isEmpty)
  }

  /// A message that comes with the stop meets it, although nobody woke the session.
  @Test func theNextMessageMeetsTheStop() throws {
    var conversation = conversation()
    conversation.revocations.replace(with: Self.stops(.key, "KEY"))
    conversation.server(Self.answer)
    #expect(conversation.toClient.count == 1 && !conversation.toClient[0].contains("SECRET"))
    #expect(try denial(conversation.toClient[0])["code"] == "UNAUTHENTICATED")
  }

  @Test(arguments: [
    stops(.key, "OTHER"), stops(.token, "KEY"), stops(.subject, "sub"), stops(.agent, "testers"), stops(.tool, "demo.weigh"),
    stops(.tool, "other.echo"), stops(.tool, "echo"), stops(.server, "echo"),
  ]) func whatIsStoppedElsewhereGoesOn(stops: Stops) {
    var conversation = conversation()
    conversation.stops(stops)
    conversation.server(Self.answer)
    #expect(conversation.toClient.count == 1 && conversation.toClient[0].contains("SECRET"))
  }

  @Test func aStoppedToolIsHidden() throws {
    var conversation = conversation()
    conversation.stops(Self.stops(.tool, "demo.echo"))
    conversation.forget()
    conversation.client(stateless("2", "tools/list"))
    conversation.server(#"{"jsonrpc":"2.0","id":2,"result":"# + Rulebook.demo.toolsResult + "}")
    let listed = try Value(parsing: Array(conversation.toClient[0].utf8))["result"]?["tools"]?.elements ?? []
    #expect(!listed.isEmpty && !listed.contains { $0["name"] == "echo" })
    // Who could not use it is not told that it is stopped, or that it exists.
    conversation.forget()
    conversation.stops(Self.stops(.tool, "demo.secret"))
    conversation.client(stateless("3", "tools/call", #""name":"secret""#))
    #expect(!conversation.toClient[0].contains("stopped"))
  }

  /// Streams end with an answer; nothing is told on them any more.
  @Test func subscriptionsEnd() throws {
    var conversation = conversation()
    conversation.client(
      stateless(#""s""#, "subscriptions/listen", #""notifications":{"toolsListChanged":true,"resourceSubscriptions":["demo://open/a"]}"#))
    conversation.forget()
    conversation.stops(Self.stops(.subject, "SUB"))
    #expect(conversation.toClient.contains { $0.contains(#""id":"s""#) && $0.contains("UNAUTHENTICATED") })
    #expect(conversation.toServer.contains { $0.contains(#""requestId":"s""#) })
    conversation.forget()
    conversation.server(
      #"{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"demo://open/a","_meta":{"io.modelcontextprotocol/subscriptionId":"s"}}}"#
    )
    #expect(conversation.toClient.isEmpty)
  }

  /// Of the revisions with a handshake: what the client was asked is taken back, and the server is told.
  @Test func requestsOfTheServerEnd() throws {
    var conversation = Conversation()
    conversation.shakeHands()
    conversation.server(#"{"jsonrpc":"2.0","id":9,"method":"roots/list"}"#)
    conversation.forget()
    conversation.stops(Self.stops(.agent, "tester"))
    #expect(conversation.toClient.count == 1 && conversation.toClient[0].contains(#""requestId":9"#))
    #expect(conversation.toServer.count == 1 && conversation.toServer[0].contains(#""id":9,"error""#))
    conversation.forget()
    conversation.client(#"{"jsonrpc":"2.0","id":9,"result":{"roots":[]}}"#)
    conversation.client(#"{"jsonrpc":"2.0","method":"notifications/roots/list_changed"}"#)
    conversation.server(#"{"jsonrpc":"2.0","id":10,"method":"ping"}"#)
    conversation.server(#"{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"x"}}"#)
    #expect(conversation.toClient.isEmpty)
    #expect(conversation.toServer.count == 1 && conversation.toServer[0].contains(#""id":10,"error""#))
  }

  @Test func theHandshakeIsGivenUp() throws {
    var conversation = Conversation()
    let initialize = #"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{}}}"#
    conversation.client(initialize)
    conversation.client(#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#)
    #expect(conversation.toClient.isEmpty)
    conversation.forget()
    conversation.stops(Self.stops(.server, "demo"))
    #expect(conversation.toClient.count == 2 && conversation.toServer.isEmpty)
    conversation.server(#"{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2025-11-25","capabilities":{}}}"#)
    #expect(conversation.toClient.count == 2)
  }

  /// What waits for the server's tools is answered without them.
  @Test func whatWaitsIsAnswered() throws {
    var conversation = Conversation()
    conversation.client(stateless("1", "tools/call", #""name":"echo","arguments":{"text":"hi"}"#))
    #expect(conversation.toClient.isEmpty && conversation.ownRequests.count == 1)
    conversation.stops(Self.stops(.agent, "tester"))
    #expect(conversation.toClient.count == 1)
    #expect(try denial(conversation.toClient[0])["code"] == "PERMISSION_DENIED")
    let isIdle = conversation.session.isIdle
    #expect(isIdle)
  }

  // MARK: Expiry

  /// The clock of a conversation stands at 1790000000000 ms.
  @Test func aCredentialEndsWithinTheSession() throws {
    let rulebook = Rulebook.demo
    var conversation = Conversation(
      program: rulebook.program(), agent: "tester", server: "demo", tools: rulebook.toolsResult,
      credential: CredentialMarks(token: "JTI", expires: 1_790_000_060_000))
    conversation.speakStateless()
    conversation.client(stateless("1", "tools/call", #""name":"echo","arguments":{"text":"hi"}"#))
    conversation.forget()
    let deadline = conversation.session.nextDeadline
    #expect(deadline == 60_000 * 1_000_000)
    conversation.wait(milliseconds: 50_000)
    #expect(conversation.toClient.isEmpty)
    conversation.wait(milliseconds: 10_000)
    #expect(conversation.toClient.count == 1 && conversation.records.map(\.reason) == ["the credential has expired"])
    #expect(try denial(conversation.toClient[0])["code"] == "UNAUTHENTICATED")
    conversation.forget()
    conversation.client(stateless("2", "tools/call", #""name":"echo","arguments":{"text":"hi"}"#))
    #expect(try denial(conversation.toClient[0])["code"] == "UNAUTHENTICATED" && conversation.toServer.isEmpty)
  }

  /// Stopping goes by exact names: canonically equivalent ones are others.
  @Test func namesAreExact() {
    var stops = Stops()
    stops.stop(.agent, "caf\u{E9}", Self.entry)
    #expect(stops[.agent, "caf\u{E9}"] != nil && stops[.agent, "cafe\u{301}"] == nil && stops[.server, "caf\u{E9}"] == nil)
  }
}
