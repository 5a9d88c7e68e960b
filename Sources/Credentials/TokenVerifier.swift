internal import JSON
internal import Signatures

/// Checks signed tokens (RFC 7519) as access tokens of a resource server: RFC 9068 section 4, with the counsel of RFC 8725.
///
/// Pure: keys and time are handed in. Nothing that a token says decides how it is checked: not the algorithm, beyond the list of those that
/// are accepted and the form of the key; and no key or address in its header is ever looked at.
package struct TokenVerifier: Sendable {
  package let requirements: TokenRequirements

  package init(_ requirements: TokenRequirements) { self.requirements = requirements }

  /// - Parameter now: seconds since 1970.
  package func verify(_ token: [UInt8], with keys: KeySet, now: Int64) throws(TokenFault) -> VerifiedToken {
    guard token.count <= TokenRequirements.longestToken else { throw .tooLong }
    let parts = token.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    // RFC 7516 section 3.1: five parts are an encrypted token.
    guard parts.count != 5 else { throw .encrypted }
    guard parts.count == 3, let header = TokenVerifier.object(parts[0]), let signature = Base64URL.decode(parts[2]) else {
      throw .malformed
    }
    let key = try key(header, keys)
    let signed = Array(token[..<parts[1].endIndex])
    guard key.key.accepts(signature, of: signed, key.algorithm) else { throw .badSignature }
    // Only now is what the token says worth reading.
    guard let claims = TokenVerifier.object(parts[1]) else { throw .malformed }
    return try read(claims, now: now, issuer: .mustBeNamed)
  }

  /// Whom a token names as its issuer, before anything is checked: to choose among issuers that are trusted. Nil for what is no signed token.
  package static func issuerNamed(by token: [UInt8]) -> String? {
    guard token.count <= TokenRequirements.longestToken else { return nil }
    let parts = token.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 3 else { return nil }
    return object(parts[1])?["iss"]?.string
  }

  private static func object(_ part: ArraySlice<UInt8>) -> Value? {
    guard let bytes = Base64URL.decode(part), let value = try? Value(parsing: bytes), value.members != nil else { return nil }
    return value
  }

  // MARK: Header

  private func key(_ header: Value, _ keys: KeySet) throws(TokenFault) -> (key: PublicKey, algorithm: SignatureAlgorithm) {
    guard let name = header["alg"]?.string else { throw .malformed }
    guard let algorithm = SignatureAlgorithm(rawValue: name) else {
      throw name.lowercased() == "none" ? .unsigned : name.hasPrefix("HS") ? .symmetric : .algorithmNotAllowed
    }
    guard requirements.algorithms.contains(algorithm) else { throw .algorithmNotAllowed }
    // RFC 7515 section 4.1.11.
    guard header["crit"] == nil else { throw .extensionsNotUnderstood }
    if let type = header["typ"] {
      // RFC 9068 section 2.1, and the plain type that most servers still write. Others are tokens for other purposes.
      let known = ["at+jwt", "application/at+jwt", "jwt", "application/jwt"]
      guard let text = type.string?.lowercased(), known.contains(text) else { throw .wrongType }
    }
    let identifier = header["kid"]
    guard identifier == nil || identifier?.string != nil else { throw .malformed }
    switch keys.candidates(for: algorithm, identifier: identifier?.string) {
    case .one(let key): return (key, algorithm)
    case .several: throw .ambiguousKey
    case .none: throw .unknownKey
    case .unsuited: throw .unsuitedKey
    }
  }

  // MARK: Claims

  /// Whether claims have to say who issued them: an answer to introspection comes from the issuer itself (RFC 7662 section 2.2).
  enum IssuerRule { case mustBeNamed, mayBeLeftOut }

  /// The claims of a token whose origin was checked.
  func read(_ claims: Value, now: Int64, issuer rule: IssuerRule) throws(TokenFault) -> VerifiedToken {
    if claims["iss"] != nil || rule == .mustBeNamed {
      guard let issuer = claims["iss"]?.string, issuer.utf8.elementsEqual(requirements.issuer.utf8) else { throw .wrongIssuer }
    }
    try checkAudience(claims["aud"])
    let expiry = try checkTimes(claims, now: now)
    let subject = try text(claims, "sub")
    // `azp` is what OpenID Connect calls the client (Core 1.0 section 2).
    let named = try text(claims, "client_id")
    let authorized = try text(claims, "azp")
    let client = named ?? authorized
    guard subject != nil || client != nil else { throw .noSubject }
    return VerifiedToken(
      claims: claims, issuer: requirements.issuer, subject: subject, client: client, identifier: try text(claims, "jti"),
      scopes: try scopes(claims),
      expiry: expiry)
  }

  private func checkAudience(_ audience: Value?) throws(TokenFault) {
    let named: [Value]
    switch audience {
    case .string?: named = audience.map { [$0] } ?? []
    case .array(let elements)?: named = elements
    default: throw .wrongAudience
    }
    let isOurs = named.contains { value in
      value.string.map { text in requirements.audiences.contains { $0.utf8.elementsEqual(text.utf8) } } ?? false
    }
    guard isOurs else { throw .wrongAudience }
  }

  /// - Returns: when it ends.
  private func checkTimes(_ claims: Value, now: Int64) throws(TokenFault) -> Int64 {
    guard let end = try seconds(claims, "exp", roundedUp: false) else { throw .noExpiry }
    let issued = try seconds(claims, "iat", roundedUp: true)
    var last = TokenVerifier.sum(end, requirements.leeway)
    if let longest = requirements.longestLife {
      guard let issued else { throw .malformedClaim }
      let oldest = TokenVerifier.sum(TokenVerifier.sum(issued, longest), requirements.leeway)
      guard now < oldest else { throw .tooOld }
      last = min(last, oldest)
    }
    guard now < last else { throw .expired }
    for start in [try seconds(claims, "nbf", roundedUp: true), issued].compactMap(\.self) {
      guard start <= TokenVerifier.sum(now, requirements.leeway) else { throw .notYetValid }
    }
    return last
  }

  /// A time may have a fraction (RFC 7519 section 2). Rounded so that the token lives shorter for it.
  private func seconds(_ claims: Value, _ name: String, roundedUp: Bool) throws(TokenFault) -> Int64? {
    guard let value = claims[name] else { return nil }
    guard let number = value.number, number >= 0, number <= Number(Int64(1) << 48) else { throw .malformedClaim }
    if let whole = number.integer { return Int64(whole) }
    guard let whole = Int64(number.description.prefix { $0 != "." }) else { throw .malformedClaim }
    return roundedUp ? whole + 1 : whole
  }

  private func text(_ claims: Value, _ name: String) throws(TokenFault) -> String? {
    guard let value = claims[name] else { return nil }
    guard let text = value.string else { throw .malformedClaim }
    return text.isEmpty ? nil : text
  }

  private func scopes(_ claims: Value) throws(TokenFault) -> [String] {
    switch claims["scope"] ?? claims["scp"] {
    case nil: return []
    case .string(let text)?: return text.split(separator: " ").map(String.init)
    case .array(let elements)?:
      let names = elements.compactMap(\.string)
      guard names.count == elements.count else { throw .malformedClaim }
      return names
    default: throw .malformedClaim
    }
  }

  private static func sum(_ left: Int64, _ right: Int64) -> Int64 {
    let (sum, overflow) = left.addingReportingOverflow(right)
    return overflow ? .max : sum
  }
}
