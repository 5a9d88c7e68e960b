package import JSON
package import Quotas

/// A limit: what calls take from it, and what is known of it for answers and logs.
package struct LimitInfo: Hashable, Sendable {
  package enum Measure: Hashable, Sendable {
    case calls
    /// The call's `PinnedInfo.cost`.
    case cost
    /// A number below the arguments, through objects only. A call without it takes nothing.
    case value([String])
  }

  /// What tells one balance from another.
  package enum Key: Hashable, Sendable {
    case agent, tool, session, scope, server
    /// `token.sub`, or who owns the key.
    case subject
    case claim(ClaimPath)
  }

  package let name: String
  /// As the person named it.
  package let file: String
  /// Of its name, from 1.
  package let line: Int
  /// Counted and logged, not enforced.
  package let isShadow: Bool
  /// What it is called is for its operators only: no answer to a caller tells it.
  package let isConfidential: Bool
  package let limit: Limit
  package let measure: Measure
  /// At least one.
  package let keys: [Key]
  /// The policy's own words to the caller.
  package let because: String?
  /// Whether what a call took comes back when its server fails.
  package let refundsOnFailure: Bool

  package init(
    name: String, file: String, line: Int, isShadow: Bool, isConfidential: Bool, limit: Limit, measure: Measure, keys: [Key],
    because: String?, refundsOnFailure: Bool
  ) {
    self.name = name
    self.file = file
    self.line = line
    self.isShadow = isShadow
    self.isConfidential = isConfidential
    self.limit = limit
    self.measure = measure
    self.keys = keys
    self.because = because
    self.refundsOnFailure = refundsOnFailure
  }
}

/// A limit on resources of a server. It applies when any reading of the URI is one of the globs' (`URIGlob.touches`).
package struct ResourceLimit: Hashable, Sendable {
  /// Into `Program.limits`.
  package let limit: Int
  package let globs: [URIGlob]

  package init(limit: Int, globs: [URIGlob]) {
    self.limit = limit
    self.globs = globs
  }
}

extension ServerInfo {
  /// Limits that reading a resource is under: indices into `Program.limits`.
  package func limits(onReading uri: [UInt8]) -> [Int] {
    guard !resourceLimits.isEmpty else { return [] }
    let canonical = CanonicalURI(uri)
    var budget = MatchBudget()
    return resourceLimits.filter { $0.globs.contains { $0.touches(canonical, &budget) } }.map(\.limit)
  }
}

/// What one use of a tool, prompt or resource takes.
package struct LimitedUse: Hashable, Sendable {
  /// Into `Program.limits`, ascending; at most `LocalQuotas.mostCharges`.
  package let limits: [Int]
  package let cost: Number

  package init(limits: [Int] = [], cost: Number = 1) {
    self.limits = limits
    self.cost = cost
  }
}
