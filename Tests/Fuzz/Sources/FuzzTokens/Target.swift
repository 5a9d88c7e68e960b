import Credentials
import JSON

/// What strangers may send: a token, a key set, an answer to introspection, an issuer's metadata, a header line. The first byte says which.
/// Nothing that was made up is ever accepted.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = Array(UnsafeBufferPointer(start: start, count: count))
  guard let kind = input.first else { return 0 }
  let bytes = Array(input.dropFirst())
  switch kind {
  case UInt8(ascii: "t"): checkToken(bytes)
  case UInt8(ascii: "k"): checkKeys(bytes)
  case UInt8(ascii: "i"): checkIntrospection(bytes)
  case UInt8(ascii: "m"): checkMetadata(bytes)
  case UInt8(ascii: "h"): checkHeader(bytes)
  default: return -1
  }
  return 0
}

/// Nobody can make a token but who has the key: all that is accepted is the one that was made with it.
private func checkToken(_ bytes: [UInt8]) {
  _ = TokenVerifier.issuerNamed(by: bytes)
  guard let token = try? TokenVerifier(Known.requirements).verify(bytes, with: Known.keys, now: Known.now) else { return }
  precondition(bytes == Known.token, "took a token that nobody made")
  precondition(token.subject == "user-7")
}

/// A key set that accepts the token holds its key.
private func checkKeys(_ bytes: [UInt8]) {
  guard let value = try? Value(parsing: bytes), let keys = KeySet(value) else { return }
  precondition(keys.count <= KeySet.mostKeys)
  guard (try? TokenVerifier(Known.requirements).verify(Known.token, with: keys, now: Known.now)) != nil else { return }
  let holds = value["keys"]?.elements?.contains { $0["kty"] == "OKP" && $0["crv"] == "Ed25519" && $0["x"]?.string == Known.coordinate }
  precondition(holds == true, "took a token with keys that are not its own")
}

private func checkIntrospection(_ bytes: [UInt8]) {
  guard let token = try? Introspection.read(bytes, Known.requirements, now: Known.now) else { return }
  guard let value = try? Value(parsing: bytes) else { preconditionFailure("read what is no JSON") }
  precondition(value["active"]?.boolean == true && token.expiry > Known.now && (token.subject ?? token.client) != nil)
  let audiences = value["aud"]?.elements ?? value["aud"].map { [$0] } ?? []
  precondition(audiences.contains { $0.string == Known.requirements.audiences[0] }, "took a token of another audience")
}

private func checkMetadata(_ bytes: [UInt8]) {
  guard let issuer = try? WebAddress(Known.requirements.issuer), let metadata = try? IssuerMetadata(bytes, of: issuer) else { return }
  precondition(!metadata.keys.isPlain && (try? Value(parsing: bytes))?["issuer"]?.string == issuer.text)
}

private func checkHeader(_ bytes: [UInt8]) {
  let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Array.init)
  if let token = try? AuthorizationHeader.token(lines) {
    precondition(
      !token.isEmpty && token.allSatisfy { (0x21...0x7E).contains($0) } && lines.count == 1 && lines[0].suffix(token.count) == token)
  }
  let text = String(decoding: bytes, as: UTF8.self)
  guard let resource = try? ResourceIdentifier(text) else { return }
  let header = Challenge.missing.header(resource, scopes: [ScopeName(text)].compactMap(\.self))
  precondition(header.utf8.allSatisfy { (0x20...0x7E).contains($0) }, "a header that ends its line")
}

/// A key pair's public half and a token of its private half, which is gone (CredentialsTests/make-tokens.py).
private enum Known {
  static let now: Int64 = 1_800_000_000
  static let coordinate = "2C0R6vr6cxSnBPIcxKgv3d86N-0Goo1FlRe4ktzZf0k"
  static let requirements: TokenRequirements = {
    guard let requirements = TokenRequirements(issuer: "https://issuer.example/realm", audiences: ["https://gate.example/mcp"]) else {
      preconditionFailure("no requirements")
    }
    return requirements
  }()
  static let keys: KeySet = {
    let value: Value = ["keys": [["kty": "OKP", "crv": "Ed25519", "x": .string(coordinate), "kid": "ed"]]]
    guard let keys = KeySet(value), keys.count == 1 else { preconditionFailure("no keys") }
    return keys
  }()
  static let token = Array(
    ("eyJhbGciOiJFZERTQSIsImtpZCI6ImVkIn0."
      + "eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlL3JlYWxtIiwiYXVkIjoiaHR0cHM6Ly9nYXRlLmV4YW1wbGUvbWNwIiwic3Vi"
      + "IjoidXNlci03IiwiY2xpZW50X2lkIjoi"
      + "ZGVzayIsImV4cCI6MTgwMDAwMDYwMCwiaWF0IjoxNzk5OTk5OTkwLCJzY29wZSI6InJlYWQgd3JpdGUiLCJqdGkiOiJ0LTEiLCJ0ZWFtIjoib3BzIn0."
      + "OwDhLqpc_7KoC8Pugv1tLkBJ6IJEsDrsIiM6m1rTlJz1m_yWLtTluuDjYZfTN2aI4YekoAVCIBKOC9EZmjAACw").utf8)
}
