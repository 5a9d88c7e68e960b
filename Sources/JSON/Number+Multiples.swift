extension Number {
  /// Whether `self / divisor` is an integer, exactly. Every number but zero is no multiple of zero.
  package func isMultiple(of divisor: Number) -> Bool {
    if isZero { return true }
    if divisor.isZero { return false }
    let shift = exponent - divisor.exponent
    // The coefficient does not end with a zero, so it is no multiple of anything times ten.
    if shift < 0 { return false }
    if case .fixed(let left) = form, case .fixed(let right) = divisor.form {
      let modulus = right.coefficient.magnitude
      return product(left.coefficient.magnitude % modulus, powerOfTenResidue(shift, modulo: modulus), modulo: modulus) == 0
    }
    return isLongMultiple(of: divisor, shift: shift)
  }

  private var exponent: Int {
    switch form {
    case .fixed(let fixed): Int(fixed.exponent)
    case .long(let long): Int(long.exponent)
    }
  }

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
