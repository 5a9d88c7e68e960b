/// How one value stands to another.
package enum Order: Sendable {
  case less, equal, greater

  init<T: Comparable>(_ left: T, _ right: T) { self = left < right ? .less : left == right ? .equal : .greater }

  var reversed: Order {
    switch self {
    case .less: .greater
    case .equal: .equal
    case .greater: .less
    }
  }
}

extension Number {
  @usableFromInline static func order(_ left: Fixed, _ right: Fixed) -> Order {
    if left.exponent == right.exponent || left.coefficient.signum() != right.coefficient.signum() {
      return Order(left.coefficient, right.coefficient)
    }
    let order = orderMagnitudes(left, right)
    return left.coefficient < 0 ? order.reversed : order
  }

  /// Neither may be zero.
  private static func orderMagnitudes(_ left: Fixed, _ right: Fixed) -> Order {
    let (leftTop, rightTop) = (left.leadingPower, right.leadingPower)
    if leftTop != rightTop { return Order(leftTop, rightTop) }
    // The same power of ten leads, so making the exponents equal makes the shorter coefficient as long as the longer: at most 19 digits.
    let shift = Int(left.exponent) - Int(right.exponent)
    if shift > 0 { return Order(left.coefficient.magnitude * powerOfTen(shift), right.coefficient.magnitude) }
    return Order(left.coefficient.magnitude, right.coefficient.magnitude * powerOfTen(-shift))
  }

  /// 0 to 19.
  static func powerOfTen(_ exponent: Int) -> UInt64 {
    var power: UInt64 = 1
    for _ in 0..<exponent { power *= 10 }
    return power
  }

  /// Compares digit by digit; for numbers of which at least one is too long for anything faster.
  static func orderDigits(_ left: some Significand, _ right: some Significand) -> Order {
    let (leftSign, rightSign) = (left.sign, right.sign)
    if leftSign != rightSign || leftSign == 0 { return Order(leftSign, rightSign) }
    var order = Order(left.leadingPower, right.leadingPower)
    if order == .equal {
      var index = 0
      while order == .equal && index < min(left.count, right.count) {
        order = Order(left.digit(index), right.digit(index))
        index += 1
      }
      // Neither ends with a zero, so what is left over is more than nothing.
      if order == .equal { order = Order(left.count, right.count) }
    }
    return leftSign < 0 ? order.reversed : order
  }
}

/// The digits of a number from the first that is not 0 to the last that is not, wherever they are kept.
protocol Significand {
  /// -1, 0 or 1. When it is 0, the rest means nothing.
  var sign: Int { get }
  var count: Int { get }
  /// The power of ten that the first digit counts.
  var leadingPower: Int { get }
  func digit(_ index: Int) -> UInt8
}

extension Number.Fixed {
  /// Of a number that is not zero: the power of ten that the first digit counts.
  var leadingPower: Int { Int(exponent) + digitCount(coefficient.magnitude) - 1 }
}

/// How many decimal digits; 0 has one.
private func digitCount(_ number: UInt64) -> Int {
  var count = 1
  var rest = number
  while rest >= 10 {
    rest /= 10
    count += 1
  }
  return count
}

/// The digits of either form of number.
struct NumberSignificand: Significand {
  let sign: Int
  let count: Int
  let leadingPower: Int
  private let few: InlineArray<20, UInt8>
  private let many: [UInt8]

  init(_ fixed: Number.Fixed) {
    sign = Int(fixed.coefficient.signum())
    count = digitCount(fixed.coefficient.magnitude)
    leadingPower = Int(fixed.exponent) + count - 1
    var digits = InlineArray<20, UInt8>(repeating: 0)
    var rest = fixed.coefficient.magnitude
    for index in (0..<count).reversed() {
      digits[index] = UInt8(rest % 10)
      rest /= 10
    }
    few = digits
    many = []
  }

  init(_ long: Number.Long) {
    sign = long.isNegative ? -1 : 1
    count = long.digits.count
    leadingPower = Int(long.exponent) + count - 1
    few = InlineArray(repeating: 0)
    many = long.digits
  }

  func digit(_ index: Int) -> UInt8 { many.isEmpty ? few[index] : many[index] }
}

extension Number {
  var significand: NumberSignificand {
    switch form {
    case .fixed(let fixed): NumberSignificand(fixed)
    case .long(let long): NumberSignificand(long)
    }
  }
}
