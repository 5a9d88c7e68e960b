import Digests
import Foundation
import JSON
import TestSupport
import Testing

@testable import Authentication
@testable import Credentials
@testable import Fetching

/// A token that a real identity provider (glewlwyd) has just issued, changed in one place: none of them is accepted, each says why.
@Suite(.enabled(if: IdentityProvider.isInstalled, "glewlwyd is absent: make test-setup installs it"))
struct TamperedTokenTests {
  private let gate = "https://gate.example/mcp"

  /// What whoever forges tokens has in hand.
  struct Material {
    var header: Value
    var claims: Value
    /// In base64url, as issued.
    let parts: [String]
    /// Of another token of the same issuer.
    let otherSignature: String
    /// The issuer's key set, whose bytes everybody has.
    let published: [UInt8]

    /// Header and claims as they are now, under the signature as it was.
    var token: String { "\(encoded(header)).\(encoded(claims)).\(parts[2])" }
    /// The header as it is now; claims and signature as they were.
    var reheaded: String { "\(encoded(header)).\(parts[1]).\(parts[2])" }
  }

  struct Case: Sendable {
    let name: String
    let expected: String
    let forge: @Sendable (inout Material) -> String

    init(_ name: String, _ expected: String, _ forge: @escaping @Sendable (inout Material) -> String) {
      self.name = name
      self.expected = expected
      self.forge = forge
    }
  }

  private static func header(_ name: String, _ value: Value, _ expected: String) -> Case {
    Case("header \(name): \(value)", expected) { material in
      material.header = material.header.with(name, value)
      return material.reheaded
    }
  }

  private static func claim(_ name: String, _ value: Value?) -> Case {
    Case("claim \(name): \(value.map { "\($0)" } ?? "left out")", "badSignature") { material in
      material.claims = material.claims.with(name, value)
      return material.token
    }
  }

  private static func parts(_ name: String, _ expected: String, _ change: @escaping @Sendable ([String]) -> String) -> Case {
    Case(name, expected) { change($0.parts) }
  }

  private static func hmac(_ name: String, _ key: @escaping @Sendable (Material) -> [UInt8]) -> Case {
    Case("HS256 with \(name)", "symmetric") { material in
      material.header = material.header.with("alg", "HS256")
      let signed = "\(encoded(material.header)).\(material.parts[1])"
      return signed + "." + base64URL(hmacSHA256(key: key(material), Array(signed.utf8).span))
    }
  }

  static let cases: [Case] =
    ["none", "None", "NONE", "nOnE"].map { algorithm in
      Case("alg \(algorithm), no signature", "unsigned") { material in
        material.header = material.header.with("alg", .string(algorithm))
        return "\(encoded(material.header)).\(material.parts[1])."
      }
    }
    + ["HS256", "HS384", "HS512"].map { header("alg", .string($0), "symmetric") }
    + ["RS1", "rs256", "ES256K", "RSA1_5", "A256KW", "", " RS256", "RS256\u{0}"].map { header("alg", .string($0), "algorithmNotAllowed") }
    + ["ES256", "EdDSA"].map { header("alg", .string($0), "unsuitedKey") }
    + ["PS256", "RS512"].map { header("alg", .string($0), "unsuitedKey") }
    + [
      header("alg", .null, "malformed"), header("alg", ["RS256"], "malformed"), header("alg", 256, "malformed"),
      header("kid", "nobody's", "unknownKey"), header("kid", "", "unknownKey"), header("kid", 1, "malformed"),
      header("kid", "../../../../dev/null", "unknownKey"), header("kid", "' OR 1=1 --", "unknownKey"),
      header("crit", ["exp"], "extensionsNotUnderstood"), header("crit", [], "extensionsNotUnderstood"),
      header("typ", "id_token+jwt", "wrongType"), header("typ", 1, "wrongType"),
      header("jku", "https://attacker.example/keys", "badSignature"), header("x5u", "https://attacker.example/cert", "badSignature"),
      header("jwk", ["kty": "oct", "k": "AAAA"], "badSignature"), header("b64", false, "badSignature"),
      hmac("the published keys as secret", \.published), hmac("an empty secret", { _ in [] }),
      hmac("the key's identifier as secret", { Array(($0.header["kid"]?.string ?? "").utf8) }),
      claim("sub", "root"), claim("aud", "https://gate.example/mcp"), claim("scope", "admin"), claim("exp", 32_503_680_000),
      claim("exp", nil),
      claim("iss", "https://attacker.example"), claim("nbf", 0), claim("client_id", "root"), claim("act", ["sub": "root"]),
      Case("the signature of another token", "badSignature") { "\($0.parts[0]).\($0.parts[1]).\($0.otherSignature)" },
      parts("no signature", "badSignature") { "\($0[0]).\($0[1])." }, parts("two parts", "malformed") { "\($0[0]).\($0[1])" },
      parts("four parts", "malformed") { ($0 + ["AAAA"]).joined(separator: ".") },
      parts("five parts, as encrypted ones have", "encrypted") { "\($0[0])..\($0[1]).\($0[2])." },
      parts("no header", "malformed") { ".\($0[1]).\($0[2])" }, parts("no claims", "badSignature") { "\($0[0])..\($0[2])" },
      parts("nothing at all", "malformed") { _ in "" }, parts("dots", "malformed") { _ in ".." },
      parts("a padded signature", "malformed") { $0.joined(separator: ".") + "==" },
      parts("a blank before", "malformed") { " " + $0.joined(separator: ".") },
      parts("a line break behind", "malformed") { $0.joined(separator: ".") + "\n" },
      parts("claims in the standard alphabet", "badSignature") { "\($0[0]).\($0[1])+/.\($0[2])" },
      parts("a signature cut short", "badSignature") { "\($0[0]).\($0[1]).\($0[2].dropLast(2))" },
      parts("a bit of the signature turned", "badSignature") {
        "\($0[0]).\($0[1]).\($0[2].hasPrefix("A") ? "B" : "A")\($0[2].dropFirst())"
      },
      parts("letters beyond ASCII", "malformed") { "\($0[0]).\($0[1]).é\($0[2])" },
      parts("a header that is no object", "malformed") { "\(base64URL(Array("[]".utf8))).\($0[1]).\($0[2])" },
      parts("a header that is no JSON", "malformed") { "\(base64URL(Array("{".utf8))).\($0[1]).\($0[2])" },
      parts("a header with two algorithms", "malformed") {
        "\(base64URL(Array(#"{"alg":"RS256","alg":"none"}"#.utf8))).\($0[1]).\($0[2])"
      },
      parts("64 KiB of claims", "tooLong") { "\($0[0]).\(String(repeating: "A", count: 65_536)).\($0[2])" },
      parts("64 KiB of signature", "tooLong") { "\($0[0]).\($0[1]).\(String(repeating: "A", count: 65_536))" },
    ]

  @Test func noneIsAccepted() async throws {
    let provider = try IdentityProvider()
    let requirements = try #require(TokenRequirements(issuer: provider.issuer, audiences: [gate]))
    let settings = IssuerSettings(try WebAddress(provider.issuer), requirements, .signed(keys: nil))
    let journal = Journal()
    let authenticator = Authenticator([settings], Fetcher(.here)) { journal.note($0) }
    let good = try provider.token("token \(gate)")
    let other = try provider.token("user-token \(gate)")
    #expect(await authenticator.verdict(good) == "accepted")
    let parts = good.split(separator: ".").map(String.init)
    let material = Material(
      header: try Self.decoded(parts[0]), claims: try Self.decoded(parts[1]), parts: parts,
      otherSignature: other.split(separator: ".").map(String.init)[2], published: try await Self.published(provider))
    #expect(Self.cases.count >= 40)
    for one in Self.cases {
      var material = material
      let token = one.forge(&material)
      guard case .refused(let fault) = await authenticator.outcome(token) else {
        Issue.record("\(one.name): \(await authenticator.verdict(token))")
        continue
      }
      #expect("\(fault)" == one.expected, "\(one.name)")
      #expect(!fault.rawValue.isEmpty && !fault.publicDescription.isEmpty)
    }
    // None of it has spoilt the true one.
    #expect(await authenticator.verdict(good) == "accepted")
    expectNoLeak(of: [good, other], in: journal.lines)
  }

  private static func published(_ provider: IdentityProvider) async throws -> [UInt8] {
    let metadata = try Value(parsing: try await document(provider.issuer + "/.well-known/openid-configuration"))
    return try await document(try #require(metadata["jwks_uri"]?.string))
  }

  private static func document(_ address: String) async throws -> [UInt8] {
    let request = FetchRequest(try WebAddress(address))
    let fetcher = Fetcher(.here)
    defer { fetcher.stop() }
    return try await withCheckedContinuation { done in fetcher.fetch(request) { done.resume(returning: $0) } }.get().bytes
  }

  private static func decoded(_ part: String) throws -> Value {
    let text = part.replacing("-", with: "+").replacing("_", with: "/")
    let data = try #require(Data(base64Encoded: text + String(repeating: "=", count: (4 - text.count % 4) % 4)))
    return try Value(parsing: Array(data))
  }
}

extension Value {
  /// Nil takes the member out.
  fileprivate func with(_ name: String, _ value: Value?) -> Value {
    guard case .object(let members) = self else { return self }
    return .object(members.filter { $0.name != name } + (value.map { [Member(name, $0)] } ?? []))
  }
}

private func encoded(_ value: Value) -> String { base64URL(write(value, .compact)) }

private func base64URL(_ bytes: [UInt8]) -> String {
  Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
}
