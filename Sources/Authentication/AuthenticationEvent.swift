package import Credentials

/// What whoever runs the gate should know of. Never holds a token, a secret, or what a token says.
package enum AuthenticationEvent: Sendable {
  case refused(issuer: String?, TokenFault)
  case keysFetched(issuer: String, count: Int)
  /// Keys from before go on being used until they are too old.
  case keysFailed(issuer: String, IssuerFault, condition: KeyCache.Condition)
  case introspectionFailed(issuer: String, IssuerFault)
  /// More callers wait for an issuer than may.
  case crowded(issuer: String)
  /// The store that says what was revoked cannot be read.
  case revocationsUnknown
}

extension AuthenticationEvent {
  /// Whether something of ours or an issuer's fails, rather than a token.
  package var isTrouble: Bool {
    switch self {
    case .refused, .keysFetched: false
    case .keysFailed, .introspectionFailed, .crowded, .revocationsUnknown: true
    }
  }
}

extension AuthenticationEvent: CustomStringConvertible {
  package var description: String {
    switch self {
    case .refused(let issuer, let fault): "a token was refused\(issuer.map { " (issuer \($0))" } ?? ""): \(fault.rawValue)"
    case .keysFetched(let issuer, let count): "fetched \(count) usable keys of \(issuer)"
    case .keysFailed(let issuer, let fault, .stale): "cannot fetch keys of \(issuer), old ones are used for now: \(fault)"
    case .keysFailed(let issuer, let fault, _): "cannot fetch keys of \(issuer), its tokens are refused: \(fault)"
    case .introspectionFailed(let issuer, let fault): "cannot ask \(issuer) about tokens, they are refused: \(fault)"
    case .crowded(let issuer): "too many requests wait for \(issuer), more are refused"
    case .revocationsUnknown: "what was revoked cannot be read, so tokens are refused"
    }
  }
}
