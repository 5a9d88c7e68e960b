internal import Signatures

/// What a token must be to be accepted: who issued it, for whom, and how it may be signed.
package struct TokenRequirements: Sendable {
  /// Compared byte for byte (RFC 9068 section 4).
  package let issuer: String
  /// The resource identifiers of this gate (RFC 8707): one of them must be among the token's audience.
  package let audiences: [String]
  let algorithms: Set<SignatureAlgorithm>
  /// Seconds that clocks may differ by.
  package let leeway: Int64
  /// Seconds from issue on, however late the token says it ends; nil: as it says.
  package let longestLife: Int64?

  /// - Parameter algorithms: names of RFC 7518; nil: all that are safe.
  /// - Returns: nil for a name that is no algorithm with a public key, none at all, or no audience.
  package init?(issuer: String, audiences: [String], algorithms: [String]? = nil, leeway: Int64 = 60, longestLife: Int64? = nil) {
    let known = algorithms.map { $0.map(SignatureAlgorithm.init) } ?? SignatureAlgorithm.allCases
    let accepted = known.compactMap(\.self)
    guard !issuer.isEmpty, !audiences.isEmpty, !accepted.isEmpty, accepted.count == known.count, (0...300).contains(leeway) else {
      return nil
    }
    self.issuer = issuer
    self.audiences = audiences
    self.algorithms = Set(accepted)
    self.leeway = leeway
    self.longestLife = longestLife
  }

  /// Names of RFC 7518 that may be asked for.
  package static let algorithms = SignatureAlgorithm.allCases.map(\.rawValue)

  /// Bytes. Header lines are bounded to about this anyway, and checking is linear in it.
  package static let longestToken = 16_384
}
