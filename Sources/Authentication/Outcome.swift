package import Bytecode
package import Credentials
package import Digests
package import Enforcement

/// Who is calling, as a token proves it. Made once a token; shared by the requests that carry it.
package final class AuthenticatedCaller: Sendable {
  package let token: VerifiedToken
  package let identity: Identity
  /// Of the token's bytes: names it without giving it away.
  package let digest: Digest
  /// Seconds since 1970: from then on it has to be checked again, and streams that it opened end.
  package let goodUntil: Int64
  /// Groups of its subject, as `ask` rules name those who decide, when the issuer's settings say which claim has them.
  package let groups: [String]

  init(_ token: VerifiedToken, _ digest: Digest, goodUntil: Int64, groupsClaim: String? = nil) {
    self.token = token
    identity = Identity(token)
    groups = groupsClaim.map { TokenGroups.read(token, $0) } ?? []
    self.digest = digest
    self.goodUntil = goodUntil
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
  /// Moves whenever something is revoked. Read before `standing`.
  var generation: UInt64 { get }
  func standing(of token: VerifiedToken) -> TokenStanding
}

package enum TokenStanding: Hashable, Sendable {
  case good, revoked
  /// Whoever knows cannot be asked.
  case unknown
}

/// Nothing was.
package struct NoRevocations: RevocationList {
  package init() {}

  package var generation: UInt64 { 0 }
  package func standing(of token: VerifiedToken) -> TokenStanding { .good }
}

/// By `jti` or `sub`. Agents, tools and servers are stopped by the session.
extension Revocations: RevocationList {
  package func standing(of token: VerifiedToken) -> TokenStanding {
    let stops = stops
    guard stops.isCurrent else { return .unknown }
    if let identifier = token.identifier, stops[.token, identifier] != nil { return .revoked }
    if let subject = token.subject, stops[.subject, subject] != nil { return .revoked }
    return .good
  }
}
