package import JSON

/// A token that was found good. Holds what it says, not the token.
package struct VerifiedToken: Sendable {
  /// All claims, an object.
  package let claims: Value
  package let issuer: String
  /// Nil for a client that acts for itself.
  package let subject: String?
  package let client: String?
  /// `jti`, by which it can be revoked.
  package let identifier: String?
  /// Of `scope` (RFC 8693 section 4.2) or `scp`, in the token's order.
  package let scopes: [String]
  /// Seconds since 1970: not to be used from then on, leeway included.
  package let expiry: Int64
}
