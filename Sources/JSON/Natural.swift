/// A natural number of any size: just enough arithmetic to decide divisibility of numbers too long for 64 bits.
struct Natural: Equatable {
  /// 32 bits each, the lowest first; no zero at the end, so zero has none.
  private(set) var limbs: [UInt32] = []

  init(_ digits: some Significand) {
    // Nine digits at a time fit into 32 bits.
    var index = 0
    while index < digits.count {
      let behind = min(index + 9, digits.count)
      var chunk: UInt32 = 0
      var scale: UInt32 = 1
      for place in index..<behind {
        chunk = chunk * 10 + UInt32(digits.digit(place))
        scale *= 10
      }
      multiply(by: scale, adding: chunk)
      index = behind
    }
  }

  private mutating func multiply(by factor: UInt32, adding addend: UInt32) {
    var carry = UInt64(addend)
    for index in limbs.indices {
      carry += UInt64(limbs[index]) * UInt64(factor)
      limbs[index] = UInt32(truncatingIfNeeded: carry)
      carry >>= 32
    }
    if carry > 0 { limbs.append(UInt32(carry)) }
  }

  /// Divides if that leaves no rest; otherwise does nothing and returns false. Not for zero.
  mutating func divide(by divisor: UInt32) -> Bool {
    var quotient = limbs
    var rest: UInt64 = 0
    for index in limbs.indices.reversed() {
      rest = rest << 32 | UInt64(limbs[index])
      quotient[index] = UInt32(rest / UInt64(divisor))
      rest %= UInt64(divisor)
    }
    guard rest == 0 else { return false }
    if quotient.last == 0 { quotient.removeLast() }
    limbs = quotient
    return true
  }

  /// The divisor must not be zero. Takes time in proportion to the product of both lengths.
  func isMultiple(of divisor: Natural) -> Bool {
    if limbs.count < divisor.limbs.count { return limbs.isEmpty }
    if divisor.limbs.count == 1 {
      var rest: UInt64 = 0
      for limb in limbs.reversed() { rest = (rest << 32 | UInt64(limb)) % UInt64(divisor.limbs[0]) }
      return rest == 0
    }
    return remainderIsZero(divisor)
  }

  /// Long division (Knuth, The Art of Computer Programming, volume 2, 4.3.1, algorithm D), keeping only the remainder. The divisor has two
  /// limbs or more, and not more than `self`.
  private func remainderIsZero(_ divisor: Natural) -> Bool {
    // D1: shift both so that the divisor's top bit is set; then an estimated digit is at most two too large.
    let shift = UInt32(divisor.limbs[divisor.limbs.count - 1].leadingZeroBitCount)
    let lower = Self.shiftedLeft(divisor.limbs, by: shift)
    var rest = Self.shiftedLeft(limbs + [0], by: shift)
    let count = lower.count
    let (top, second) = (UInt64(lower[count - 1]), UInt64(lower[count - 2]))
    for place in (0..<rest.count - count).reversed() {
      // D3: estimate a digit of the quotient from the top limbs.
      let upper = UInt64(rest[place + count]) << 32 | UInt64(rest[place + count - 1])
      var digit = upper / top
      var left = upper % top
      while digit >> 32 != 0 || digit * second > left << 32 | UInt64(rest[place + count - 2]) {
        digit -= 1
        left += top
        if left >> 32 != 0 { break }
      }
      // D4 to D6: subtract, and add back once when the estimate was still one too large.
      if Self.subtract(lower, times: digit, from: &rest, at: place) { Self.add(lower, to: &rest, at: place) }
    }
    return rest.allSatisfy { $0 == 0 }
  }

  /// By less than 32 bits; the top limb must have room.
  private static func shiftedLeft(_ limbs: [UInt32], by shift: UInt32) -> [UInt32] {
    var carry: UInt64 = 0
    return limbs.map { limb in
      carry |= UInt64(limb) << UInt64(shift)
      defer { carry >>= 32 }
      return UInt32(truncatingIfNeeded: carry)
    }
  }

  /// Returns whether the result went below zero (and wrapped around).
  private static func subtract(_ limbs: [UInt32], times digit: UInt64, from rest: inout [UInt32], at place: Int) -> Bool {
    var carry: UInt64 = 0
    var borrow: UInt32 = 0
    for index in 0...limbs.count {
      carry += index < limbs.count ? digit * UInt64(limbs[index]) : 0
      let taken = UInt32(truncatingIfNeeded: carry)
      carry >>= 32
      let (first, firstBorrow) = rest[place + index].subtractingReportingOverflow(taken)
      let (second, secondBorrow) = first.subtractingReportingOverflow(borrow)
      rest[place + index] = second
      borrow = firstBorrow || secondBorrow ? 1 : 0
    }
    return borrow == 1
  }

  private static func add(_ limbs: [UInt32], to rest: inout [UInt32], at place: Int) {
    var carry: UInt64 = 0
    for index in 0...limbs.count {
      carry += UInt64(rest[place + index]) + (index < limbs.count ? UInt64(limbs[index]) : 0)
      rest[place + index] = UInt32(truncatingIfNeeded: carry)
      carry >>= 32
    }
  }
}
