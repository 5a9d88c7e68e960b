import Authentication
import Bytecode
import Credentials
import Fetching
import Foundation
import JSON
import TestSupport
import Testing

/// Debian's glewlwyd, an OpenID Connect provider, run by identity-provider.py: real tokens, found through real metadata, checked with real keys.
@Suite(.enabled(if: IdentityProvider.isInstalled, "glewlwyd is absent: make test-setup installs it"), .serialized)
struct IdentityProviderTests {
  private let gate = "https://gate.example/mcp"

  @Test func signedTokensOfClientsAndPeople() async throws {
    let provider = try IdentityProvider()
    let authenticator = try signed(provider)
    let client = try #require(await authenticator.outcome(try provider.token("token \(gate)")).caller)
    #expect(client.token.client == "desk" && client.token.scopes == ["tickets.read", "tickets.write"])
    #expect(client.identity.claims[ClaimPath(root: .token, path: ["client"])] == "desk")
    let person = try #require(await authenticator.outcome(try provider.token("user-token \(gate)")).caller)
    #expect(person.token.client == "desk" && person.token.subject != nil && person.token.subject != client.token.subject)
    #expect(person.token.identifier != nil && person.token.identifier != client.token.identifier)
  }

  @Test func tokensForOthersAreRefused() async throws {
    let provider = try IdentityProvider()
    let authenticator = try signed(provider)
    #expect(await authenticator.verdict(try provider.token("token https://other.example/mcp")) == "wrongAudience")
    // Its audience is the list of scopes.
    #expect(await authenticator.verdict(try provider.token("token-for-nothing")) == "wrongAudience")
    let good = try provider.token("token \(gate)")
    var parts = good.split(separator: ".").map(String.init)
    let strangers = try #require(MadeTokens.read)
    #expect(await authenticator.verdict(try strangers.good) == "unknownKey")
    parts[2] = try provider.token("user-token \(gate)").split(separator: ".").map(String.init)[2]
    #expect(await authenticator.verdict(parts.joined(separator: ".")) == "badSignature")
    parts[0] = base64URL("{\"alg\":\"none\"}")
    #expect(await authenticator.verdict(parts[0] + "." + parts[1] + ".") == "unsigned")
    parts[0] = base64URL("{\"alg\":\"HS256\"}")
    #expect(await authenticator.verdict(parts.joined(separator: ".")) == "symmetric")
    #expect(await authenticator.verdict(good) == "accepted")
  }

  @Test func rotationAndOutage() async throws {
    let provider = try IdentityProvider()
    let time = StoppedClock(Int64(Date().timeIntervalSince1970))
    let authenticator = try signed(provider, time)
    let first = try provider.token("token \(gate)")
    #expect(await authenticator.verdict(first) == "accepted")
    try provider.tell("rotate")
    let second = try provider.token("token \(gate)")
    #expect(await authenticator.verdict(second) == "accepted")
    let third = try provider.token("user-token \(gate)")
    try provider.tell("end-server")
    // What is remembered, and what old keys can check, goes on; what would need new keys does not.
    #expect(await authenticator.verdict(second) == "accepted")
    #expect(await authenticator.verdict(third) == "accepted")
    time.advance(15)
    #expect(await authenticator.verdict(try #require(MadeTokens.read).good) == "unavailable")
    time.advance(14_400)
    #expect(await authenticator.verdict(third) == "unavailable")
    #expect(authenticator.health.first?.keys == .unavailable)
    #expect(journal.lines.contains { $0.contains("nobody answers") })
    try provider.tell("start-server")
    time.advance(100)
    // It is hours later by this gate's clock.
    #expect(await authenticator.verdict(third) == "expired")
  }

  @Test func introspectionAndRevocation() async throws {
    let provider = try IdentityProvider()
    let time = StoppedClock(Int64(Date().timeIntervalSince1970))
    let secret = try TemporarySecret(provider.secret + "\n")
    let authenticator = try asking(provider, time, secret)
    let token = try provider.token("user-token \(gate)")
    let caller = try #require(await authenticator.outcome(token).caller)
    #expect(caller.token.client == "desk" && caller.token.claims["username"] == "ann")
    #expect(caller.token.scopes.sorted() == ["tickets.read", "tickets.write"])
    try provider.tell("revoke \(token)")
    // For as long as an answer is used, and no longer.
    time.advance(29)
    #expect(await authenticator.verdict(token) == "accepted")
    time.advance(1)
    #expect(await authenticator.verdict(token) == "inactive")
    #expect(await authenticator.verdict("made-up") == "inactive")
    #expect(await authenticator.verdict(try provider.token("token https://other.example/mcp")) == "wrongAudience")
    let another = try provider.token("token \(gate)")
    try secret.write("wrong")
    #expect(await authenticator.verdict(another) == "unavailable")
    try secret.write(provider.secret)
    time.advance(1)
    #expect(await authenticator.verdict(another) == "accepted")
    try provider.tell("end-server")
    time.advance(30)
    #expect(await authenticator.verdict(another) == "unavailable")
    expectNoLeak(of: [token, another, provider.secret], in: journal.lines)
  }

  // MARK: -

  private let journal = Journal()

  private func signed(_ provider: IdentityProvider, _ time: StoppedClock? = nil) throws -> Authenticator {
    let requirements = try #require(TokenRequirements(issuer: provider.issuer, audiences: [gate]))
    let settings = IssuerSettings(try WebAddress(provider.issuer), requirements, .signed(keys: nil))
    return Authenticator([settings], Fetcher(.here), clock: time?.clock ?? .system) { [journal] in journal.note($0) }
  }

  private func asking(_ provider: IdentityProvider, _ time: StoppedClock, _ secret: TemporarySecret) throws -> Authenticator {
    let requirements = try #require(TokenRequirements(issuer: provider.issuer, audiences: [gate]))
    let tokens = IssuerSettings.Tokens.opaque(endpoint: nil, client: provider.client, secret: SecretReader(.file(secret.path)))
    let settings = IssuerSettings(try WebAddress(provider.issuer), requirements, tokens)
    return Authenticator([settings], Fetcher(.here), clock: time.clock) { [journal] in journal.note($0) }
  }

  private func base64URL(_ text: String) -> String {
    Data(text.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }
}

/// The script and its server; both end with their owner.
final class IdentityProvider {
  struct Trouble: Error, CustomStringConvertible { let description: String }

  static let isInstalled = ["/usr/bin/glewlwyd", "/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3"].allSatisfy {
    FileManager.default.fileExists(atPath: $0)
  }

  let issuer: String
  let client: String
  let secret: String
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "sallyport-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "identity-provider.py").path
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", script, folder.path]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    let facts = try IdentityProvider.line(output)
    guard let issuer = facts["issuer"]?.string, let client = facts["client"]?.string, let secret = facts["secret"]?.string else {
      throw Trouble(description: "the identity provider says \(facts)")
    }
    (self.issuer, self.client, self.secret) = (issuer, client, secret)
  }

  deinit {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
    try? FileManager.default.removeItem(at: folder)
  }

  @discardableResult func tell(_ command: String) throws -> Value {
    try input.fileHandleForWriting.write(contentsOf: Data((command + "\n").utf8))
    return try IdentityProvider.line(output)
  }

  func token(_ command: String) throws -> String {
    let answer = try tell(command)
    guard let token = answer["access_token"]?.string else { throw Trouble(description: "no token for `\(command)`: \(answer)") }
    return token
  }

  private static func line(_ pipe: Pipe) throws -> Value {
    var bytes: [UInt8] = []
    while let byte = try pipe.fileHandleForReading.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n") { bytes.append(byte) }
    guard let value = try? Value(parsing: bytes) else {
      throw Trouble(description: "the identity provider ended, or said `\(String(decoding: bytes, as: UTF8.self))`")
    }
    return value
  }
}
