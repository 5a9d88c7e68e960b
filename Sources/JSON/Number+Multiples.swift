extension Number {
  /// Whether `self / divisor` is an integer, exactly. Linear in the digits of `self` for divisors that are `fixed`.
  /// Every number but zero is no multiple of zero.
  package func isMultiple(of divisor: Number) -> Bool {
    if isZero { return true }
    if divisor.isZero { return false }
    let shift = exponent - divisor.exponent
    // The coefficient does not end with a zero, so it is no multiple of anything times ten.
    if shift < 0 { return false }
    if case .fixed(let unit) = divisor.form {
      let modulus = unit.coefficient.magnitude
      return product(residue(modulo: modulus), powerOfTenResidue(shift, modulo: modulus), modulo: modulus) == 0
    }
    return isLongMultiple(of: divisor, shift: shift)
  }

  /// What is left of the coefficient, without its sign; linear in its digits.
  private func residue(modulo modulus: UInt64) -> UInt64 {
    switch form {
    case .fixed(let fixed): return fixed.coefficient.magnitude % modulus
    case .long(let long):
      var residue: UInt64 = 0
      for digit in long.digits {
        var (high, low) = residue.multipliedFullWidth(by: 10)
        let (sum, overflow) = low.addingReportingOverflow(UInt64(digit))
        if overflow { high += 1 }
        low = sum
        residue = modulus.dividingFullWidth((high, low)).remainder
      }
      return residue
    }
  }

  private var exponent: Int {
    switch form {
    case .fixed(let fixed): Int(fixed.exponent)
    case .long(let long): Int(long.exponent)
    }
  }

  /// For divisors beyond 64 bits; takes time in proportion to the product of the lengths, which `maximumDigits` bounds.
  ///
  /// Whether coefficient × 10^shift is a multiple of the coefficient of `divisor`. As ten has only the prime factors 2 and 5, it is so
  /// exactly when the coefficient supplies the rest of the divisor, and both together supply the twos and fives.
  private func isLongMultiple(of divisor: Number, shift: Int) -> Bool {
    var rest = Natural(divisor.significand)
    var own = Natural(significand)
    var missing = 0
    for factor: UInt32 in [2, 5] {
      var needed = 0
      while rest.divide(by: factor) { needed += 1 }
      missing = needed - shift
      while missing > 0 {
        guard own.divide(by: factor) else { return false }
        missing -= 1
      }
    }
    return own.isMultiple(of: rest)
  }
}

/// Both factors below the modulus.
private func product(_ left: UInt64, _ right: UInt64, modulo modulus: UInt64) -> UInt64 {
  modulus.dividingFullWidth(left.multipliedFullWidth(by: right)).remainder
}

private func powerOfTenResidue(_ exponent: Int, modulo modulus: UInt64) -> UInt64 {
  var result = 1 % modulus
  var power = 10 % modulus
  var rest = exponent
  while rest > 0 {
    if rest & 1 == 1 { result = product(result, power, modulo: modulus) }
    power = product(power, power, modulo: modulus)
    rest >>= 1
  }
  return result
}
