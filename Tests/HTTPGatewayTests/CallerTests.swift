import Bytecode
import HTTPGateway
import JSON
import TestSupport
import Testing

/// Who calls is found out on every request.
@Suite struct CallerTests {
  private static func gate() throws -> Gate {
    try Gate(
      callers: .bearer { credential, server in
        switch String(decoding: credential, as: UTF8.self) {
        case "ann", "bob":
          let claims = [ClaimPath(root: .token, path: ["sub"]): Value.string("tester")]
          return .accepted(Caller(identity: Identity(agent: nil, claims: claims), name: String(decoding: credential, as: UTF8.self)))
        case "eve": return .accepted(Caller(identity: Identity(agent: nil), name: "eve"))
        case "other": return .elsewhere
        default: return .refused
        }
      })
  }

  private func bearer(_ ask: Ask, _ token: String) -> Ask { ask.with(("Authorization", "Bearer \(token)")) }

  @Test func withoutACredentialNothingIsRead() throws {
    let gate = try CallerTests.gate()
    let answer = try gate.ask(.echo())
    #expect(answer.status == 401 && answer.headers["www-authenticate"] == "Bearer")
    for verb in ["GET", "DELETE"] { #expect(try gate.ask(Ask(verb: verb)).status == 401) }
    #expect(gate.upstream.requests.isEmpty)
    // Before the body, which may be large.
    var large = Ask.echo()
    large.length = "10000000"
    #expect(try gate.ask(large).status == 401)
    #expect(try gate.ask(Ask(verb: "GET", target: "/healthz")).status == 200)
  }

  @Test func aWrongCredentialIsToldApartFromNone() throws {
    let gate = try CallerTests.gate()
    let answer = try gate.ask(bearer(.echo(), "mallory"))
    #expect(answer.status == 401 && answer.headers["www-authenticate"] == #"Bearer error="invalid_token""#)
    #expect(try gate.ask(bearer(.echo(), "other")).status == 403)
    #expect(try gate.ask(.echo().with(("Authorization", "Basic YTpi"))).status == 400)
    #expect(try gate.ask(bearer(bearer(.echo(), "ann"), "bob")).status == 400)
    #expect(try gate.ask(Ask.echo().target("/stub?access_token=ann")).status == 404)
  }

  @Test func theCredentialSaysWhatMayBeDone() throws {
    let gate = try CallerTests.gate()
    #expect(try gate.ask(bearer(.echo(), "ann")).text.contains(#""text":"hi""#))
    #expect(try gate.ask(bearer(.echo(), "eve")).text.contains("PERMISSION_DENIED"))
    #expect(try gate.ask(bearer(.echo(), "ann")).text.contains(#""text":"hi""#))
    // Nothing of it reaches the upstream.
    #expect(gate.upstream.requests.allSatisfy { $0.headers["authorization"] == nil })
  }

  @Test func aSessionIsItsCallersAlone() throws {
    let gate = try CallerTests.gate()
    let session = try #require(try gate.ask(bearer(.initialize(), "ann")).headers["mcp-session-id"])
    let ping = Ask.handshake(#"{"jsonrpc":"2.0","id":3,"method":"ping"}"#, session: session)
    #expect(try gate.ask(bearer(ping, "ann")).status == 200)
    #expect(try gate.ask(bearer(ping, "bob")).status == 404)
    #expect(try gate.ask(bearer(Ask(verb: "DELETE", headers: [("Mcp-Session-Id", session)]), "bob")).status == 404)
    #expect(try gate.ask(ping).status == 401)
    #expect(try gate.ask(bearer(ping, "ann")).status == 200)
  }
}
