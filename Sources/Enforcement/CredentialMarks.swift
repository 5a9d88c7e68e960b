/// What a verified credential can be stopped by, beside the agents it makes its bearer.
package struct CredentialMarks: Sendable, Equatable {
  /// Identifier of a key of ours.
  package let key: String?
  /// `jti` of a token.
  package let token: String?
  /// `sub` of a token.
  package let subject: String?
  /// Milliseconds since 1970, the first moment that is too late; nil: never.
  package let expires: Int64?

  package init(key: String? = nil, token: String? = nil, subject: String? = nil, expires: Int64? = nil) {
    self.key = key
    self.token = token
    self.subject = subject
    self.expires = expires
  }
}
