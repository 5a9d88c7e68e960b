internal import JSON
internal import Text

// Limits that can never be reached, because another one is reached first. Said only where it is certain: the same thing counted by the same
// keys, on at least the same tools.
extension Checker {
  mutating func checkDeadLimits() {
    let limits = parts.limits
    guard limits.count <= Checker.mostComparedLimits else { return }
    for (place, limit) in limits.enumerated() where !limit.isShadow {
      let stricter = limits.indices.first { other in
        guard other != place, !limits[other].isShadow, limits[other].isAtLeastAsStrict(as: limit) else { return false }
        // Of two that say the same, the second is the idle one.
        return other < place || !limit.isAtLeastAsStrict(as: limits[other])
      }
      guard let stricter else { continue }
      let other = limits[stricter]
      report(
        .deadLimit, "limit `\(limit.name)` can never be reached", limit.nameRange, "\(limit.rateWords)",
        also: [.init(other.nameRange, "`\(other.name)` stops at \(other.rateWords)")], help: "remove it, or make it the stricter one")
    }
  }

  /// All pairs are compared.
  private static var mostComparedLimits: Int { 1_000 }
}

extension CheckedPolicies.Limit {
  /// Whether whatever the other refuses, this one refuses.
  fileprivate func isAtLeastAsStrict(as other: Self) -> Bool {
    // One that makes calls wait lets through later what the other would refuse; a cost or value is another with each measure.
    guard measure == other.measure, keys.count == other.keys.count, keys.allSatisfy(other.keys.contains), overflow.denies else {
      return false
    }
    // What this one gives back the other has still taken.
    guard !refundsOnFailure || other.refundsOnFailure else { return false }
    guard Set(targets.tools).isSuperset(of: other.targets.tools), targets.prompts.isEmpty == other.targets.prompts.isEmpty,
      other.targets.prompts.isEmpty, other.targets.resources.isEmpty
    else { return false }
    switch (period, other.period) {
    case (.flight, .flight): return amount <= other.amount
    case (.rolling(let own), .rolling(let others)):
      return (burst ?? amount) <= (other.burst ?? other.amount) && isProduct(amount, others, atMost: other.amount, own)
    case (.calendar(let unit, let count), .calendar(let otherUnit, let otherCount)):
      return unit == otherUnit && count == otherCount && amount <= other.amount
    default: return false
    }
  }

  /// `600 per 1h`
  fileprivate var rateWords: String {
    switch period {
    case .flight: "\(amount) at a time"
    case .rolling(let milliseconds): "\(amount) every \(milliseconds / 1_000)s, \(burst ?? amount) at a time"
    case .calendar(let unit, let count): "\(amount) in \(count == 1 ? "a \(unit)" : "\(count) \(unit)s")"
    }
  }
}

extension CheckedPolicies.Limit.Overflow {
  fileprivate var denies: Bool {
    if case .deny = self { true } else { false }
  }
}

/// Whether left × factor is at most right × other, exactly.
private func isProduct(_ left: Number, _ factor: Int64, atMost right: Number, _ other: Int64) -> Bool {
  guard let left = left.fixed, let right = right.fixed else { return false }
  let shift = left.exponent - right.exponent
  guard abs(shift) <= 18 else { return false }
  var power: Int128 = 1
  for _ in 0..<abs(shift) { power *= 10 }
  // Coefficients and periods have 63 and some 35 bits: a power that would not fit beside them is said nothing about.
  let (ownBase, ownOverflow) = (Int128(left.coefficient) * Int128(factor)).multipliedReportingOverflow(by: shift > 0 ? power : 1)
  let (otherBase, otherOverflow) = (Int128(right.coefficient) * Int128(other)).multipliedReportingOverflow(by: shift < 0 ? power : 1)
  return !ownOverflow && !otherOverflow && ownBase <= otherBase
}
