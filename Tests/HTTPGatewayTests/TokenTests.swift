import Bytecode
import Enforcement
import Foundation
import HTTPGateway
import JSON
import TestSupport
import Testing

/// Access tokens on every request: who gets in, what is said to whoever does not, and what of it reaches policy and upstream.
@Suite struct TokenTests {
  private static let metadata = "https://gate.example/.well-known/oauth-protected-resource/stub"
  private let issuer: TokenIssuer

  init() throws { issuer = try TokenIssuer() }

  private func gate(_ resource: String = "", keys: Bool = false, revocations: Revocations = Revocations()) throws -> Gate {
    let key: BearerRule.Keys = { credential, _ in
      guard String(decoding: credential, as: UTF8.self) == "sp_good" else { return .refused }
      let claims = [ClaimPath(root: .token, path: ["sub"]): Value.string("tester")]
      return .accepted(Caller(identity: Identity(agent: nil, claims: claims), name: "key"))
    }
    let rule = BearerRule(keys: keys ? key : nil, tokens: try issuer.rule(resource, revocations: revocations))
    return try Gate(callers: .credentials(rule), revocations: revocations)
  }

  private func bearer(_ ask: Ask, _ token: String) -> Ask { ask.with(("Authorization", "Bearer \(token)")) }

  /// What goes with a status, word for word.
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let headers: [(String, String)]
    let status: Int
    /// Of `WWW-Authenticate`; nil: there is none.
    let challenge: String?

    var testDescription: String { name }
  }

  private static let notAccepted =
    #"Bearer error="invalid_token", error_description="the access token is not accepted", resource_metadata="\#(metadata)""#
  private static let wrongAudience =
    #"Bearer error="invalid_token", error_description="the access token was issued for another resource", resource_metadata="\#(metadata)""#
  private static func badRequest(_ description: String) -> String {
    #"Bearer error="invalid_request", error_description="\#(description)", resource_metadata="\#(metadata)""#
  }

  static let cases = [
    Case(name: "none", headers: [], status: 401, challenge: #"Bearer scope="stub.use", resource_metadata="\#(metadata)""#),
    Case(name: "good", headers: [("Authorization", "Bearer tester.stub-use.stub.1")], status: 200, challenge: nil),
    Case(name: "for the whole gate", headers: [("Authorization", "bearer tester.stub-use.whole.1")], status: 200, challenge: nil),
    Case(name: "not active", headers: [("Authorization", "Bearer nonsense")], status: 401, challenge: notAccepted),
    Case(
      name: "of another resource", headers: [("Authorization", "Bearer tester.stub-use.other.1")], status: 401, challenge: wrongAudience),
    Case(
      name: "of another upstream", headers: [("Authorization", "Bearer tester.stub-use.another.1")], status: 401, challenge: wrongAudience),
    Case(
      name: "twice", headers: [("Authorization", "Bearer tester.stub-use.stub.1"), ("Authorization", "Bearer tester.stub-use.stub.1")],
      status: 400, challenge: badRequest("the request has several Authorization headers")),
    Case(
      name: "another scheme", headers: [("Authorization", "Basic YTpi")], status: 400,
      challenge: badRequest("the Authorization header is not of the Bearer scheme")),
    Case(
      name: "DPoP is no bearer", headers: [("Authorization", "DPoP tester.stub-use.stub.1")], status: 400,
      challenge: badRequest("the Authorization header is not of the Bearer scheme")),
    Case(
      name: "two in one line", headers: [("Authorization", "Bearer tester.stub-use.stub.1, Bearer x")], status: 400,
      challenge: badRequest("the Authorization header holds no bearer token")),
    Case(
      name: "empty", headers: [("Authorization", "Bearer ")], status: 400,
      challenge: badRequest("the Authorization header holds no bearer token")),
    Case(name: "a key where none are taken", headers: [("Authorization", "Bearer sp_good")], status: 401, challenge: notAccepted),
    Case(
      name: "in a cookie", headers: [("Cookie", "access_token=tester.stub-use.stub.1")], status: 401,
      challenge: #"Bearer scope="stub.use", resource_metadata="\#(metadata)""#),
  ]

  @Test func challengesAreToTheLetter() throws {
    let gate = try gate()
    for one in TokenTests.cases {
      var ask = Ask.echo()
      ask.headers += one.headers
      let answer = try gate.ask(ask)
      #expect(answer.status == one.status, "\(one.name)")
      #expect(answer.headers["www-authenticate"] == one.challenge, "\(one.name)")
    }
    // Neither in the address nor in the body, and on a connection that had a good one before.
    #expect(try gate.ask(Ask.echo().target("/stub?access_token=tester.stub-use.stub.1")).status == 404)
    let client = try gate.client()
    client.send(bearer(.echo(), "tester.stub-use.stub.1").bytes(port: gate.listener.port))
    #expect(try client.answer().status == 200)
    client.send(Ask.echo().bytes(port: gate.listener.port))
    #expect(try client.answer().status == 401)
  }

  @Test func nothingOfATokenReachesTheUpstream() throws {
    let gate = try gate()
    #expect(try gate.ask(bearer(.echo(), "tester.stub-use.stub.7")).text.contains(#""text":"hi""#))
    for request in gate.upstream.requests {
      #expect(request.headers["authorization"] == nil && !request.body.contains("stub-use"))
      #expect(!request.headers.values.contains { $0.contains("tester.") })
    }
  }

  /// A token is checked once; what comes with it before it was checked is neither lost nor sent twice.
  @Test func bodiesWaitForTheirToken() throws {
    let gate = try gate()
    let client = try gate.client()
    let bytes = bearer(.echo("first"), "tester.stub-use.stub.2").bytes(port: gate.listener.port)
    client.send(bytes + bearer(.echo("second"), "tester.stub-use.stub.3").bytes(port: gate.listener.port))
    #expect(try client.answer().text.contains("first"))
    #expect(try client.answer().text.contains("second"))
    client.send(bytes)
    #expect(try client.answer().text.contains("first"))
    #expect(issuer.server.requests.count == 2)
    // A refused one ends the connection: its body was not read.
    client.send(bearer(.echo(), "nonsense").bytes(port: gate.listener.port))
    #expect(try client.answer().status == 401)
    #expect(client.isClosed(within: 5))
  }

  @Test func metadataIsAtItsAddresses() throws {
    let gate = try gate()
    let wellKnown = "/.well-known/oauth-protected-resource"
    for (path, resource) in [(wellKnown, "https://gate.example"), (wellKnown + "/stub", "https://gate.example/stub")] {
      let answer = try gate.ask(Ask(verb: "GET", target: path))
      #expect(answer.status == 200 && answer.headers["content-type"] == "application/json")
      #expect(answer.json?["resource"]?.string == resource)
      #expect(answer.json?["authorization_servers"]?[0]?.string == issuer.server.origin)
      #expect(answer.json?["bearer_methods_supported"]?[0] == "header" && answer.json?["scopes_supported"]?[0] == "stub.use")
    }
    #expect(try gate.ask(Ask(verb: "GET", target: wellKnown + "/other")).status == 404)
    #expect(try gate.ask(Ask(verb: "POST", target: wellKnown)).status == 405)
    #expect(try gate.ask(Ask(verb: "GET", target: wellKnown).host("evil.example")).status == 421)
    // Without tokens there is none.
    #expect(try Gate().ask(Ask(verb: "GET", target: wellKnown)).status == 404)
  }

  @Test func keysAndTokensSideBySide() throws {
    let gate = try gate(keys: true)
    #expect(try gate.ask(bearer(.echo(), "sp_good")).text.contains(#""text":"hi""#))
    #expect(try gate.ask(bearer(.echo(), "tester.stub-use.stub.1")).text.contains(#""text":"hi""#))
    let bad = try gate.ask(bearer(.echo(), "sp_bad"))
    #expect(bad.status == 401 && bad.headers["www-authenticate"] == TokenTests.notAccepted)
  }

  // MARK: Scopes

  private static let call = #"{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"echo","arguments":{"text":"hi"}}}"#
  private static let stepUp =
    #"Bearer error="insufficient_scope", error_description="the access token does not have all scopes that this call needs", scope="stub.use", resource_metadata="\#(metadata)""#

  @Test func aCallThatNeedsMoreScopesSaysWhich() throws {
    let gate = try gate()
    let answer = try gate.ask(bearer(.echo(), "tester.none.stub.1"))
    #expect(answer.status == 403 && answer.headers["www-authenticate"] == TokenTests.stepUp)
    #expect(answer.json?["id"] == 1 && answer.json?["result"]?["_meta"]?["com.sallyport/denial"]?["scopes"]?[0] == "stub.use")
    // What no scope opens is an ordinary denial.
    let denied = try gate.ask(
      bearer(.modern("tools/call", #""name":"erase","arguments":{"path":"x"}"#, name: "erase"), "tester.none.stub.1"))
    #expect(denied.status == 200 && denied.headers["www-authenticate"] == nil && denied.text.contains("PERMISSION_DENIED"))
    let stranger = try gate.ask(bearer(.echo(), "stranger.none.stub.1"))
    #expect(stranger.status == 200 && stranger.text.contains("PERMISSION_DENIED"))
  }

  @Test func beforeItIsAResultUnlessSaidOtherwise() throws {
    for (setting, status) in [("", 200), (#"insufficient_scope_earlier = "status""#, 403)] {
      let gate = try gate(setting)
      let session = try #require(try gate.ask(bearer(.initialize(), "tester.none.stub.1")).headers["mcp-session-id"])
      let answer = try gate.ask(bearer(.handshake(TokenTests.call, session: session), "tester.none.stub.1"))
      #expect(answer.status == status && answer.json?["id"] == 5, "\(setting)")
      #expect(answer.headers["www-authenticate"] == (status == 403 ? TokenTests.stepUp : nil))
      // With the wider token of the same person the session goes on.
      let wider = try gate.ask(bearer(.handshake(TokenTests.call, session: session), "tester.stub-use.stub.2"))
      #expect(wider.status == 200 && wider.text.contains(#""text":"hi""#))
      // And with the narrow one it is as narrow as before.
      #expect(try gate.ask(bearer(.handshake(TokenTests.call, session: session), "tester.none.stub.1")).status == status)
      // Nobody else has it.
      #expect(try gate.ask(bearer(.handshake(TokenTests.call, session: session), "stranger.stub-use.stub.3")).status == 404)
    }
    let modern = try gate(#"insufficient_scope = "result""#)
    let answer = try modern.ask(bearer(.echo(), "tester.none.stub.1"))
    #expect(answer.status == 200 && answer.headers["www-authenticate"] == nil)
  }

  @Test func scopesMayBeMereFacts() throws {
    let gate = try gate("scopes_bind = false")
    #expect(try gate.ask(bearer(.echo(), "tester.none.stub.1")).text.contains(#""text":"hi""#))
  }

  // MARK: Revocation

  @Test(arguments: [(Stops.Kind.token, "jti-9"), (.subject, "tester")])
  func whatIsRevokedIsOutWithinASecond(_ kind: Stops.Kind, _ name: String) throws {
    let revocations = Revocations()
    let gate = try gate(revocations: revocations)
    let token = "tester.stub-use.stub.9"
    let session = try #require(try gate.ask(bearer(.initialize(), token)).headers["mcp-session-id"])
    let stream = try gate.client()
    let listen = Ask(verb: "GET", headers: [("Accept", "text/event-stream"), ("Mcp-Session-Id", session)])
    stream.send(bearer(listen, token).bytes(port: gate.listener.port))
    _ = try stream.partial(until: "id: 0-0")
    let subscription = try gate.client()
    let subscribe = Ask.modern("subscriptions/listen", #""notifications":{"toolsListChanged":true}"#)
    #expect(try gate.ask(bearer(.echo(), token)).status == 200)
    subscription.send(bearer(subscribe, token).bytes(port: gate.listener.port))
    var stops = Stops()
    stops.stop(kind, name, Stops.Entry(actor: "test", because: nil))
    revocations.replace(with: stops)
    let refused = try gate.ask(bearer(.echo(), token))
    #expect(refused.status == 401 && refused.headers["www-authenticate"] == TokenTests.notAccepted)
    #expect(try gate.ask(bearer(.handshake(TokenTests.call, session: session), token)).status == 401)
    // Streams end without being asked.
    _ = try stream.answer()
    _ = try subscription.answer()
  }
}
