package import Bytecode
package import Credentials
package import Digests

/// Who is calling, as a token proves it. Made once a token; shared by the requests that carry it.
package final class AuthenticatedCaller: Sendable {
  package let token: VerifiedToken
  package let identity: Identity
  /// Of the token's bytes: names it without giving it away.
  package let digest: Digest

  init(_ token: VerifiedToken, _ digest: Digest) {
    self.token = token
    identity = Identity(token)
    self.digest = digest
  }
}

package enum AuthenticationOutcome: Sendable {
  case accepted(AuthenticatedCaller)
  case refused(TokenFault)
  /// Nobody can say: the issuer cannot be reached. Denied; seconds after which it may be tried again.
  case unavailable(retry: Int64)
}

/// What of tokens was taken back before its time.
package protocol RevocationList: Sendable {
  /// Moves whenever something is revoked. Read before `isRevoked`.
  var generation: UInt64 { get }
  func isRevoked(_ token: VerifiedToken) -> Bool
}

/// Nothing was.
package struct NoRevocations: RevocationList {
  package init() {}

  package var generation: UInt64 { 0 }
  package func isRevoked(_ token: VerifiedToken) -> Bool { false }
}
