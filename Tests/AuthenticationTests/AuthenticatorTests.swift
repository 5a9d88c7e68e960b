import Authentication
import Bytecode
import Credentials
import Enforcement
import Fetching
import JSON
import Synchronization
import TestSupport
import Testing

/// The whole way of a signed token: keys over HTTP, checks, identity.
@Suite struct AuthenticatorTests {
  private let made: MadeTokens
  private let time: StoppedClock
  private let journal = Journal()

  init() throws {
    made = try #require(MadeTokens.read)
    time = StoppedClock(made.now)
  }

  private func authenticator(
    _ server: LoopbackServer, revocations: any RevocationList = NoRevocations(), keys policy: KeyCachePolicy = KeyCachePolicy()
  ) throws -> Authenticator {
    let settings = IssuerSettings(
      try WebAddress(made.issuer), try made.requirements(), .signed(keys: try WebAddress(server.origin + "/jwks")), keys: policy)
    return Authenticator([settings], Fetcher(.here), clock: time.clock, revocations: revocations) { [journal] in journal.note($0) }
  }

  private func keyServer() throws -> LoopbackServer {
    let keys = made.keys
    return try LoopbackServer { _ in .document(keys) }
  }

  /// Each case through a server of its own keys: the verdict is the verifier's, the log says it, and nobody is told more.
  @Test func everyMadeToken() async throws {
    let server = try keyServer()
    let authenticator = try authenticator(server)
    let resource = try ResourceIdentifier("https://gate.example/mcp")
    var refused = 0
    for one in made.cases {
      let outcome = await authenticator.outcome(one.token)
      #expect(outcome.word == (one.expected == "good" ? "accepted" : one.expected), "\(one.name)")
      #expect((authenticator.known(Array(one.token.utf8)) != nil) == (one.expected == "good"), "\(one.name)")
      guard case .refused(let fault) = outcome else { continue }
      refused += 1
      #expect(journal.lines.last?.contains(fault.rawValue) == true, "\(one.name)")
      expectNoLeak(of: [one.token], in: journal.lines + [Challenge.token(fault).header(resource)])
    }
    #expect(refused >= 90)
    // One fetch at first, one more for the first unknown key.
    #expect(server.requests.count == 2)
  }

  @Test func manyAtOnceFetchOnce() async throws {
    let server = try keyServer()
    let authenticator = try authenticator(server)
    let good = try made.good
    let verdicts = await withTaskGroup(of: String.self) { group in
      for _ in 0..<200 { group.addTask { await authenticator.verdict(good) } }
      return await group.reduce(into: Set<String>()) { $0.insert($1) }
    }
    #expect(verdicts == ["accepted"] && server.requests.count == 1)
  }

  @Test func whoWaitsIsBounded() async throws {
    let server = try LoopbackServer { _ in .silence }
    let authenticator = try authenticator(server)
    let unavailable = Mutex(0)
    let good = Array(try made.good.utf8)
    for _ in 0..<1_100 {
      authenticator.check(good) { if $0.word == "unavailable" { unavailable.withLock { $0 += 1 } } }
    }
    #expect(unavailable.withLock { $0 } == 100)
    #expect(journal.lines.contains { $0.contains("too many requests wait") })
  }

  @Test func rotatedKeysAreFoundAtOnce() async throws {
    let old = made.keys.replacing("\"kid\":\"rsa\"", with: "\"kid\":\"older\"")
    let served = Mutex(old)
    let server = try LoopbackServer { _ in .document(served.withLock { $0 }) }
    let authenticator = try authenticator(server)
    #expect(await authenticator.verdict(try made.token("ES256 is accepted")) == "accepted")
    served.withLock { $0 = made.keys }
    #expect(await authenticator.verdict(try made.good) == "accepted")
    #expect(server.requests.count == 2)
  }

  /// Anybody can write tokens with names of keys: they do not make the gate ask again and again.
  @Test func unknownKeysAskSeldom() async throws {
    let server = try keyServer()
    let authenticator = try authenticator(server)
    let unknown = try made.token("an unknown key")
    for _ in 0..<50 { #expect(await authenticator.verdict(unknown) == "unknownKey") }
    #expect(server.requests.count == 2)
    time.advance(10)
    #expect(await authenticator.verdict(unknown) == "unknownKey")
    #expect(server.requests.count == 3)
  }

  @Test func oldKeysAreUsedForAWhileAndThenNot() async throws {
    let isDown = Mutex(false)
    let keys = made.keys
    let server = try LoopbackServer { _ in isDown.withLock { $0 } ? .document("", status: 503) : .document(keys) }
    let policy = KeyCachePolicy(oldestKeys: 300)
    let authenticator = try authenticator(server, keys: policy)
    let cases = made.cases.filter { $0.expected == "good" }.map(\.token)
    #expect(await authenticator.verdict(cases[0]) == "accepted")
    isDown.withLock { $0 = true }
    time.advance(299)
    // Other tokens than the one that is remembered: their signatures are checked with the old keys.
    #expect(await authenticator.verdict(cases[1]) == "accepted")
    #expect(authenticator.health.first?.keys == .fresh || authenticator.health.first?.keys == .stale)
    time.advance(1)
    #expect(await authenticator.verdict(cases[2]) == "unavailable")
    #expect(authenticator.health.first?.keys == .unavailable)
    #expect(authenticator.health.first?.fault?.description.contains("503") == true)
    #expect(journal.lines.contains { $0.contains("its tokens are refused") && $0.contains("503") })
    isDown.withLock { $0 = false }
    time.advance(61)
    #expect(await authenticator.verdict(cases[3]) == "accepted")
  }

  @Test func aRememberedTokenEndsOnTime() async throws {
    let authenticator = try authenticator(try keyServer())
    let good = try made.good
    #expect(await authenticator.verdict(good) == "accepted")
    time.advance(659)
    #expect(authenticator.known(Array(good.utf8)) != nil)
    time.advance(1)
    #expect(authenticator.known(Array(good.utf8)) == nil)
    #expect(await authenticator.verdict(good) == "expired")
  }

  @Test(arguments: [(Stops.Kind.token, "t-1"), (.subject, "user-7")])
  func aRevokedTokenIsForgottenAtOnce(_ kind: Stops.Kind, _ name: String) async throws {
    let revocations = Revocations()
    let authenticator = try authenticator(try keyServer(), revocations: revocations)
    let good = try made.good
    #expect(await authenticator.verdict(good) == "accepted")
    var stops = Stops()
    stops.stop(kind, "another", Stops.Entry(actor: "operator", because: nil))
    revocations.replace(with: stops)
    // Of any revocation: it is checked again.
    #expect(authenticator.known(Array(good.utf8)) == nil)
    #expect(await authenticator.verdict(good) == "accepted")
    stops.stop(kind, name, Stops.Entry(actor: "operator", because: nil))
    revocations.replace(with: stops)
    #expect(authenticator.known(Array(good.utf8)) == nil)
    #expect(await authenticator.verdict(good) == "revoked")
    revocations.replace(with: Stops(isCurrent: false))
    #expect(await authenticator.verdict(good) == "unavailable")
    #expect(journal.lines.last?.contains("cannot be read") == true)
    revocations.replace(with: Stops())
    #expect(await authenticator.verdict(good) == "accepted")
  }

  @Test func eachIssuerHasItsOwnKeys() async throws {
    let server = try keyServer()
    let others = try LoopbackServer { _ in .document("{\"keys\":[]}") }
    let requirements = try #require(TokenRequirements(issuer: "https://other.example", audiences: [made.audience]))
    let settings = [
      IssuerSettings(try WebAddress("https://other.example"), requirements, .signed(keys: try WebAddress(others.origin))),
      IssuerSettings(try WebAddress(made.issuer), try made.requirements(), .signed(keys: try WebAddress(server.origin))),
    ]
    let authenticator = Authenticator(settings, Fetcher(.here), clock: time.clock) { [journal] in journal.note($0) }
    #expect(await authenticator.verdict(try made.good) == "accepted")
    #expect(await authenticator.verdict(try made.token("another issuer")) == "wrongIssuer")
    #expect(await authenticator.verdict(try made.token("no issuer")) == "malformed")
    #expect(await authenticator.verdict("opaque") == "malformed")
    #expect(others.requests.isEmpty)
  }

  // MARK: Identity

  @Test func claimsBecomeFacts() async throws {
    let authenticator = try authenticator(try keyServer())
    let caller = try #require(await authenticator.outcome(try made.good).caller)
    #expect(caller.identity.caller == .verified)
    #expect(caller.identity.claims[path("sub")] == "user-7" && caller.identity.claims[path("client")] == "desk")
    #expect(caller.identity.claims[path("team")] == "ops" && caller.identity.claims[path("scope")] == ["read", "write"])
    #expect(caller.identity.claims[path("client_id")] == "desk" && caller.identity.claims[path("iss")] == .string(made.issuer))
  }

  @Test func whoActsForWhomIsSeen() throws {
    let identity = Identity(
      try token(#""sub":"ann","azp":"desk","act":{"sub":"robot","act":{"sub":"scheduler"}},"groups":["a","b"]"#))
    #expect(identity.claims[path("sub")] == "ann" && identity.claims[path("client")] == "desk")
    #expect(identity.claims[path("act", "sub")] == "robot" && identity.claims[path("act", "act", "sub")] == "scheduler")
    #expect(identity.claims[path("groups")] == ["a", "b"])
  }

  /// What the gate checked cannot be overruled by a claim that happens to have its name.
  @Test func checkedFactsCannotBeOverruled() throws {
    let identity = Identity(try token(#""client":"root","client_id":"desk","scope":"a b","scp":["x"],"sub":"""#))
    #expect(identity.claims[path("client")] == "desk" && identity.claims[path("sub")] == nil)
    #expect(identity.claims[path("scope")] == ["a", "b"] && identity.claims[path("iss")] == "https://issuer.example")
    let nested = Identity(try token(#""client":{"name":"root"},"sub":"x""#))
    #expect(nested.claims.keys.allSatisfy { $0.path.first != "client" })
  }

  private func token(_ claims: String) throws -> VerifiedToken {
    let requirements = try #require(TokenRequirements(issuer: "https://issuer.example", audiences: ["a"]))
    return try Introspection.read(Array("{\"active\":true,\"aud\":\"a\",\"exp\":9,\(claims)}".utf8), requirements, now: 0)
  }

  private func path(_ names: String...) -> ClaimPath { ClaimPath(root: .token, path: names) }
}
