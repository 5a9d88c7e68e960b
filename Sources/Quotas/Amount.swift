package import JSON

/// How much a call takes from a limit, or a limit holds: an exact decimal as a whole number of 10^-`decimals` units. The limit says how
/// many decimals it counts in.
package struct Amount: Hashable, Comparable, Sendable {
  /// 0 to `most`.
  package let units: Int64

  /// Leaves room to multiply by the nanoseconds of decades in 128 bits.
  static let most: Int64 = 1 << 62

  package static let zero = Amount(units: 0)
  package static let one = Amount(units: 1)

  package init(units: Int64) { self.units = units }

  /// What cannot be written with so many decimals is rounded up: many small calls never take more than they were counted for.
  ///
  /// - Returns: nil for a negative number, which would give back what others took, and for one beyond `most` or of more than 18 digits.
  package init?(_ number: Number, decimals: Int) {
    guard number >= 0, let fixed = number.fixed else { return nil }
    let shift = Int(fixed.exponent) + decimals
    if shift >= 0 {
      guard fixed.coefficient > 0 else {
        units = 0
        return
      }
      guard shift <= 18 else { return nil }
      let (units, overflow) = fixed.coefficient.multipliedReportingOverflow(by: Amount.powerOfTen(shift))
      guard !overflow, units <= Amount.most else { return nil }
      self.units = units
    } else if shift < -18 {
      units = 1
    } else {
      let (quotient, remainder) = fixed.coefficient.quotientAndRemainder(dividingBy: Amount.powerOfTen(-shift))
      guard quotient < Amount.most else { return nil }
      units = quotient + (remainder == 0 ? 0 : 1)
    }
  }

  /// The same amount with another number of decimals, rounded up; what is too great is as much as can be counted.
  package func counted(from decimals: Int, in others: Int) -> Amount {
    if others >= decimals {
      let (product, overflow) = units.multipliedReportingOverflow(by: Amount.powerOfTen(others - decimals))
      return Amount(units: overflow ? Amount.most : min(product, Amount.most))
    }
    let (quotient, remainder) = units.quotientAndRemainder(dividingBy: Amount.powerOfTen(decimals - others))
    return Amount(units: quotient + (remainder == 0 ? 0 : 1))
  }

  /// - Parameter decimals: those that it was counted in.
  package func number(decimals: Int) -> Number {
    guard let number = Number("\(units)e-\(decimals)") else { preconditionFailure("a whole number with an exponent is a number") }
    return number
  }

  package static func < (left: Amount, right: Amount) -> Bool { left.units < right.units }

  /// 0 to 18.
  private static func powerOfTen(_ exponent: Int) -> Int64 {
    var power: Int64 = 1
    for _ in 0..<exponent { power *= 10 }
    return power
  }
}
