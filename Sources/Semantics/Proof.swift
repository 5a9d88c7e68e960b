package import Text

extension CheckedPolicies {
  /// A `prove`: something that is to be true of every call.
  package struct Proof: Sendable {
    /// A call is *allowed* here when it is not denied: a person may say yes to what is asked.
    package enum Claim: Sendable {
      /// Indices into `CheckedPolicies.agents`; at least one.
      case allowedOnlyTo([Int])
      /// `.constant(true)` when nothing is said of when.
      case neverAllowed(when: Condition)
      /// To each of these agents; to anyone when there is none.
      case sometimesAllowed(to: [Int], when: Condition)
    }

    package let name: String
    /// It is to be true of each.
    package let targets: Targets
    package let claim: Claim
    package let nameRange: SourceRange
    package let range: SourceRange
  }
}
