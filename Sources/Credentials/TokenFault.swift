/// Why a bearer token is not accepted. Its texts go to logs: never anything of the token.
package enum TokenFault: String, Error, CaseIterable, Sendable {
  case tooLong = "the token is longer than tokens may be"
  case malformed = "the token is no signed JSON Web Token in the compact form"
  case encrypted = "the token is encrypted; only signed tokens are accepted"
  case unsigned = "the token says that it is not signed"
  case symmetric = "the token is signed with a shared secret; only public-key signatures are accepted"
  case algorithmNotAllowed = "the token is signed with an algorithm that is not accepted here"
  case extensionsNotUnderstood = "the token demands extensions that are not understood"
  case wrongType = "the token is not an access token"
  case unknownKey = "the token is signed with a key that its issuer does not publish"
  case ambiguousKey = "the token does not say which of its issuer's keys signed it"
  case unsuitedKey = "the token names a key that is not for its algorithm"
  case badSignature = "the token's signature does not fit"
  case wrongIssuer = "the token is of another issuer"
  case wrongAudience = "the token was issued for another resource"
  case noExpiry = "the token says no time at which it ends"
  case expired = "the token has expired"
  case notYetValid = "the token is not valid yet"
  case tooOld = "the token was issued too long ago"
  case noSubject = "the token says neither a subject nor a client"
  case malformedClaim = "a registered claim of the token is not of its form"
  case revoked = "the token was revoked"
  case inactive = "its issuer says that the token is not active"
}

extension TokenFault {
  /// For `error_description` (RFC 6750 section 3): what helps whoever holds a token that was good once, and no more. Which keys are known and
  /// which check failed is for the log.
  package var publicDescription: String {
    switch self {
    case .expired, .tooOld: "the access token has expired"
    case .notYetValid: "the access token is not valid yet"
    case .wrongAudience: "the access token was issued for another resource"
    case .tooLong, .malformed, .encrypted, .unsigned, .symmetric, .algorithmNotAllowed, .extensionsNotUnderstood, .wrongType, .unknownKey,
      .ambiguousKey, .unsuitedKey, .badSignature, .wrongIssuer, .noExpiry, .noSubject, .malformedClaim, .revoked, .inactive:
      "the access token is not accepted"
    }
  }
}
