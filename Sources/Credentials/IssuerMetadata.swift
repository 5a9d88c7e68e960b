internal import JSON

/// What an authorization server says of itself (RFC 8414, OpenID Connect Discovery 1.0), as far as tokens are checked with it.
package struct IssuerMetadata: Sendable {
  package enum Fault: String, Error, CaseIterable, Sendable {
    case malformed = "the metadata is no JSON object"
    /// RFC 8414 section 3.3: whoever can answer for an address must not answer for another issuer.
    case otherIssuer = "the metadata is of another issuer than the one it was asked of"
    case noKeys = "the metadata names no usable `jwks_uri`"
    case badIntrospection = "the metadata's `introspection_endpoint` is no usable address"
  }

  package let keys: WebAddress
  package let introspection: WebAddress?

  package init(_ document: [UInt8], of issuer: WebAddress) throws(Fault) {
    guard let value = try? Value(parsing: document), value.members != nil else { throw .malformed }
    guard let name = value["issuer"]?.string, name.utf8.elementsEqual(issuer.text.utf8) else { throw .otherIssuer }
    guard let text = value["jwks_uri"]?.string, let keys = IssuerMetadata.address(text, issuer) else { throw .noKeys }
    self.keys = keys
    if let endpoint = value["introspection_endpoint"] {
      guard let introspection = endpoint.string.flatMap({ IssuerMetadata.address($0, issuer) }) else { throw .badIntrospection }
      self.introspection = introspection
    } else {
      introspection = nil
    }
  }

  /// Where the metadata may be, the likeliest first: RFC 8414 sections 3.1 and 5, then OpenID Connect Discovery section 4, which puts its
  /// part behind the issuer's path.
  package static func addresses(of issuer: WebAddress) -> [WebAddress] {
    let path = issuer.path.hasSuffix("/") ? String(issuer.path.dropLast()) : issuer.path
    let texts = [
      issuer.origin + "/.well-known/oauth-authorization-server" + path, issuer.origin + "/.well-known/openid-configuration" + path,
      issuer.origin + path + "/.well-known/openid-configuration",
    ]
    return (path.isEmpty ? Array(texts[..<2]) : texts).compactMap { try? WebAddress($0) }
  }

  /// An issuer on the network cannot send the gate to plain HTTP on this machine.
  private static func address(_ text: String, _ issuer: WebAddress) -> WebAddress? {
    guard let address = try? WebAddress(text), !address.isPlain || issuer.isPlain else { return nil }
    return address
  }
}
