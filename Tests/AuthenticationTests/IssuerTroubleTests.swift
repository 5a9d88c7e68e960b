import Authentication
import Credentials
import Fetching
import Foundation
import TestSupport
import Testing

/// Everything that can be wrong with an issuer, over HTTP: nobody gets in, the log says what and where, and neither token nor secret shows.
@Suite struct IssuerTroubleTests {
  struct Trouble: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// Of the request's target, without the query.
    let reply: @Sendable (_ target: String, _ origin: String, _ keys: String) -> LoopbackServer.Reply
    /// `unavailable`, or a fault.
    let verdict: String
    /// In the log.
    let says: String

    init(
      _ name: String, _ verdict: String = "unavailable", says: String,
      _ reply: @escaping @Sendable (_ target: String, _ origin: String, _ keys: String) -> LoopbackServer.Reply
    ) {
      testDescription = name
      self.reply = reply
      self.verdict = verdict
      self.says = says
    }
  }

  private static let large = String(repeating: " ", count: 300_000)

  // MARK: Keys at a known address

  static let keys: [Trouble] = [
    Trouble("missing", says: "status 404") { _, _, _ in .document("", status: 404) },
    Trouble("broken", says: "status 500") { _, _, keys in .document(keys, status: 500) },
    Trouble("moved within the host", says: "redirection") { target, _, keys in
      target == "/jwks" ? .document("", status: 302, headers: ["Location": "/other"]) : .document(keys)
    },
    Trouble("moved to a cloud's credentials", says: "redirection") { _, _, _ in
      .document("", status: 307, headers: ["Location": "http://169.254.169.254/latest/meta-data/"])
    },
    Trouble("moved into a file", says: "redirection") { _, _, _ in .document("", status: 301, headers: ["Location": "file:///etc/passwd"])
    },
    Trouble("too large", says: "more than 262144 bytes") { _, _, keys in .document(keys + large) },
    Trouble("too many keys", says: "no JSON Web Key Set") { _, _, _ in
      .document("{\"keys\":[" + Array(repeating: "{}", count: 101).joined(separator: ",") + "]}")
    },
    Trouble("a page for people", says: "no JSON Web Key Set") { _, _, _ in .document("<!doctype html><title>Sign in</title>") },
    Trouble("nothing", says: "no JSON Web Key Set") { _, _, _ in .document("") },
    Trouble("keys twice", says: "no JSON Web Key Set") { _, _, keys in .document("{\"keys\":[]," + keys.dropFirst()) },
    Trouble("a list", says: "no JSON Web Key Set") { _, _, _ in .document("[]") },
    Trouble("deep nesting", says: "no JSON Web Key Set") { _, _, _ in .document(String(repeating: "[", count: 100_000)) },
    Trouble("cut short", says: "no proper HTTP") { _, _, _ in .raw(Array("HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n{".utf8)) },
    Trouble("no HTTP", says: "no proper HTTP") { _, _, _ in .raw(Array("220 mail ESMTP\r\n".utf8)) },
    Trouble("silent", says: "in time") { _, _, _ in .silence },
    Trouble("slow", says: "in time") { _, _, _ in .dripping(Array("HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n".utf8), milliseconds: 50)
    },
    Trouble("an empty set", "unknownKey", says: "0 usable keys") { _, _, _ in .document("{\"keys\":[]}") },
    Trouble("a shared secret as the key", "unknownKey", says: "0 usable keys") { _, _, _ in
      .document("{\"keys\":[{\"kty\":\"oct\",\"kid\":\"rsa\",\"alg\":\"RS256\",\"k\":\"c2VjcmV0\"}]}")
    },
    Trouble("another key under the name", "unsuitedKey", says: "not for its algorithm") { _, _, keys in
      .document(keys.replacing("\"kid\":\"rsa\"", with: "\"kid\":\"x\"").replacing("\"kid\":\"p256\"", with: "\"kid\":\"rsa\""))
    },
  ]

  @Test(arguments: keys)
  func keysCannotBeHad(_ trouble: Trouble) async throws {
    let made = try #require(MadeTokens.read)
    let server = try server(trouble, made)
    try await expect(trouble, made, .signed(keys: try WebAddress(server.origin + "/jwks")), try WebAddress(made.issuer))
  }

  @Test(arguments: [
    ("https://169.254.169.254/jwks", "169.254.169.254"), ("https://10.1.2.3/jwks", "10.1.2.3"), ("https://[fd00::1]/jwks", "fd00:"),
    ("https://nobody.invalid/jwks", "no address"), ("https://127.0.0.1:1/jwks", "nobody answers"),
  ])
  func keysAreNowhere(_ address: String, _ says: String) async throws {
    let made = try #require(MadeTokens.read)
    let trouble = Trouble("", says: says) { _, _, _ in .silence }
    try await expect(trouble, made, .signed(keys: try WebAddress(address)), try WebAddress(made.issuer))
  }

  /// On this machine, but not allowed to be.
  @Test func keysOnThisMachineNeedLeave() async throws {
    let made = try #require(MadeTokens.read)
    let keys = made.keys
    let server = try LoopbackServer { _ in .document(keys) }
    let trouble = Trouble("", says: "`networks`") { _, _, _ in .silence }
    try await expect(
      trouble, made, .signed(keys: try WebAddress(server.origin + "/jwks")), try WebAddress(made.issuer), policy: AddressPolicy())
    #expect(server.requests.isEmpty)
  }

  // MARK: Metadata

  static let metadata: [Trouble] = [
    Trouble("none", says: "status 404") { _, _, _ in .document("", status: 404) },
    Trouble("of another issuer", says: "another issuer") { _, origin, _ in
      .document("{\"issuer\":\"https://evil.example\",\"jwks_uri\":\"\(origin)/jwks\"}")
    },
    Trouble("of the issuer with a slash more", says: "another issuer") { _, origin, _ in
      .document("{\"issuer\":\"\(origin)/realm/\",\"jwks_uri\":\"\(origin)/jwks\"}")
    },
    Trouble("without keys", says: "`jwks_uri`") { _, origin, _ in .document("{\"issuer\":\"\(origin)/realm\"}") },
    Trouble("with keys in a file", says: "`jwks_uri`") { _, origin, _ in
      .document("{\"issuer\":\"\(origin)/realm\",\"jwks_uri\":\"file:///etc/passwd\"}")
    },
    Trouble("with keys in the open", says: "`jwks_uri`") { _, origin, _ in
      .document("{\"issuer\":\"\(origin)/realm\",\"jwks_uri\":\"http://keys.example/\"}")
    },
    Trouble("with keys in the private network", says: "private or special network") { _, origin, _ in
      .document("{\"issuer\":\"\(origin)/realm\",\"jwks_uri\":\"https://192.168.1.1/\"}")
    },
    Trouble("a page for people", says: "no JSON object") { _, _, _ in .document("<!doctype html>") },
    Trouble("with two issuers", says: "no JSON object") { _, origin, _ in
      .document("{\"issuer\":\"https://evil.example\",\"issuer\":\"\(origin)/realm\",\"jwks_uri\":\"\(origin)/jwks\"}")
    },
    Trouble("moved", says: "redirection") { _, _, _ in .document("", status: 302, headers: ["Location": "/"]) },
    Trouble("too large", says: "more than 131072 bytes") { _, _, _ in .document(large) },
  ]

  @Test(arguments: metadata)
  func metadataCannotBeHad(_ trouble: Trouble) async throws {
    let made = try #require(MadeTokens.read)
    let server = try server(trouble, made)
    try await expect(trouble, made, .signed(keys: nil), try WebAddress(server.origin + "/realm"))
  }

  // MARK: Introspection

  private static let active = "{\"active\":true,\"aud\":\"https://gate.example/mcp\",\"sub\":\"u\",\"exp\":1800000600"

  static let introspection: [Trouble] = [
    Trouble("inactive", "inactive", says: "not active") { _, _, _ in .document("{\"active\":false}") },
    Trouble("for another resource", "wrongAudience", says: "another resource") { _, _, _ in
      .document(active.replacing("gate.example", with: "other.example") + "}")
    },
    Trouble("for nobody in particular", "wrongAudience", says: "another resource") { _, _, _ in
      .document("{\"active\":true,\"sub\":\"u\",\"exp\":1800000600}")
    },
    Trouble("run out", "expired", says: "expired") { _, _, _ in .document(active.replacing("1800000600", with: "1799999000") + "}") },
    Trouble("without an end", "noExpiry", says: "no time at which it ends") { _, _, _ in
      .document("{\"active\":true,\"aud\":\"https://gate.example/mcp\",\"sub\":\"u\"}")
    },
    Trouble("not yet", "notYetValid", says: "not valid yet") { _, _, _ in .document(active + ",\"nbf\":1800009999}") },
    Trouble("of another issuer", "wrongIssuer", says: "another issuer") { _, _, _ in
      .document(active + ",\"iss\":\"https://evil.example\"}")
    },
    Trouble("a refresh token", "wrongType", says: "no") { _, _, _ in .document(active + ",\"token_type\":\"refresh_token\"}") },
    Trouble("of nobody", "noSubject", says: "subject") { _, _, _ in .document(active.replacing("\"sub\":\"u\",", with: "") + "}") },
    Trouble("twice active", says: "no introspection response") { _, _, _ in .document("{\"active\":false,\"active\":true}") },
    Trouble("active in words", says: "no introspection response") { _, _, _ in .document("{\"active\":\"true\"}") },
    Trouble("a page for people", says: "no introspection response") { _, _, _ in .document("<!doctype html>") },
    Trouble("our secret is wrong", says: "status 401") { _, _, _ in .document("{\"active\":true}", status: 401) },
    Trouble("broken", says: "status 500") { _, _, _ in .document(active + "}", status: 500) },
    Trouble("moved", says: "redirection") { _, _, _ in .document("", status: 307, headers: ["Location": "https://evil.example/"]) },
    Trouble("too large", says: "more than 65536 bytes") { _, _, _ in .document(active + "}" + large) },
    Trouble("silent", says: "in time") { _, _, _ in .silence },
  ]

  @Test(arguments: introspection)
  func theIssuerDoesNotVouch(_ trouble: Trouble) async throws {
    let made = try #require(MadeTokens.read)
    let server = try server(trouble, made)
    let secret = try TemporarySecret("client-secret-of-this-test")
    try await expect(
      trouble, made, .opaque(endpoint: try WebAddress(server.origin + "/i"), client: "gate", secret: SecretReader(.file(secret.path))),
      try WebAddress(made.issuer), token: "an-opaque-token-of-this-test", secrets: ["client-secret-of-this-test"])
  }

  @Test(
    arguments: [("", "does not hold a secret"), ("two lines\nX: y", "does not hold a secret"), (nil, "cannot read")] as [(String?, String)])
  func withoutASecretNobodyIsAsked(_ text: String?, _ says: String) async throws {
    let made = try #require(MadeTokens.read)
    let server = try LoopbackServer { _ in .document("{\"active\":true}") }
    let secret = try TemporarySecret(text)
    let trouble = Trouble("", says: says) { _, _, _ in .silence }
    try await expect(
      trouble, made, .opaque(endpoint: try WebAddress(server.origin), client: "gate", secret: SecretReader(.file(secret.path))),
      try WebAddress(made.issuer), token: "an-opaque-token-of-this-test")
    #expect(server.requests.isEmpty)
  }

  // MARK: -

  private func server(_ trouble: Trouble, _ made: MadeTokens) throws -> LoopbackServer {
    let (reply, keys) = (trouble.reply, made.keys)
    return try LoopbackServer { request in
      reply(request.target, "http://" + (request.headers["host"] ?? ""), keys)
    }
  }

  private func expect(
    _ trouble: Trouble, _ made: MadeTokens, _ tokens: IssuerSettings.Tokens, _ issuer: WebAddress, token: String? = nil,
    secrets: [String] = [],
    policy: AddressPolicy = .here
  ) async throws {
    let journal = Journal()
    let token = try token ?? made.good
    let requirements = try #require(TokenRequirements(issuer: issuer.text, audiences: [made.audience]))
    let authenticator = Authenticator(
      [IssuerSettings(issuer, requirements, tokens)], Fetcher(policy), clock: StoppedClock(made.now).clock
    ) { journal.note($0) }
    #expect(await authenticator.verdict(token) == trouble.verdict)
    #expect(authenticator.known(Array(token.utf8)) == nil)
    #expect(journal.lines.contains { $0.contains(trouble.says) }, "\(journal.lines)")
    expectNoLeak(of: [token] + secrets, in: journal.lines + authenticator.health.map { "\($0)" })
    // At once again: nothing is let in, and whoever is in trouble is left alone for a while.
    #expect(await authenticator.verdict(token) == trouble.verdict)
  }
}

/// A file with a secret, gone with its owner; without a text there is none.
final class TemporarySecret {
  let path: String

  init(_ text: String?) throws {
    path = FileManager.default.temporaryDirectory.appending(path: "sallyport-test-\(UUID().uuidString)").path
    if let text { try write(text) }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ text: String) throws { try Data(text.utf8).write(to: URL(filePath: path), options: .atomic) }
}
