package import JSON
package import Text

extension CheckedPolicies {
  /// How much may be done in a time, or at a time.
  package struct Limit: Sendable {
    package enum Measure: Hashable, Sendable {
      case calls
      /// What the policy says a call costs.
      case cost
      /// A number among the arguments. A call without it takes nothing.
      case value(ArgumentPath)
    }

    package enum Period: Hashable, Sendable {
      /// What was taken comes back little by little.
      case rolling(milliseconds: Int64)
      /// All comes back when the next day, week or month of the calendar begins, in UTC.
      case calendar(CalendarUnit, count: Int64)
      /// While a call is under way.
      case flight
    }

    package enum CalendarUnit: Hashable, Sendable { case day, week, month }

    /// What it is counted by: each combination of values has a balance of its own.
    package enum Key: Hashable, Sendable {
      case agent, tool, session, scope, server, subject
      case claim(ClaimPath)
    }

    package enum Overflow: Hashable, Sendable {
      case deny(because: String?)
      case wait(milliseconds: Int64)
    }

    package let name: String
    package let amount: Number
    package let measure: Measure
    package let period: Period
    /// At a time, of a rolling period; nil: as much as `amount`.
    package let burst: Number?
    /// At least one, in order of place.
    package let keys: [Key]
    package let targets: Targets
    package let overflow: Overflow
    /// Counted and logged, not enforced.
    package let isShadow: Bool
    package let annotations: [Annotation]
    package let nameRange: SourceRange
  }
}

extension CheckedPolicies.Limit {
  /// The same of another amount.
  package func replacing(amount: Number) -> Self {
    Self(
      name: name, amount: amount, measure: measure, period: period, burst: burst, keys: keys, targets: targets, overflow: overflow,
      isShadow: isShadow, annotations: annotations, nameRange: nameRange)
  }
}
