/// An exact decimal number, never binary floating point. Equality and order are those of numbers: `1.0 == 1`, `1e2 == 100`, `-0 == 0`.
package struct Number: Hashable, Sendable {
  /// One form for each number, so that equal numbers are equal in every bit: `fixed` whenever the coefficient fits.
  enum Form: Hashable, Sendable {
    case fixed(Fixed)
    case long(Long)
  }

  let form: Form

  /// coefficient × 10^exponent, with no zero at the end of the coefficient; zero is 0 × 10^0. Trivial: no allocation, no counting.
  package struct Fixed: Hashable, Sendable {
    package let coefficient: Int64
    package let exponent: Int32

    /// Takes zeros off the end of the coefficient.
    package init(coefficient: Int64, exponent: Int32 = 0) {
      var (coefficient, exponent) = (coefficient, exponent)
      if coefficient == 0 { exponent = 0 }
      while coefficient != 0 && coefficient % 10 == 0 {
        coefficient /= 10
        exponent += 1
      }
      self.coefficient = coefficient
      self.exponent = exponent
    }
  }

  /// ±digits × 10^exponent, where the digits are too many for `Fixed`. Neither the first nor the last digit is 0.
  struct Long: Hashable, Sendable {
    let isNegative: Bool
    /// 0 to 9, not ASCII.
    let digits: [UInt8]
    let exponent: Int32
  }

  /// What `init(_:)` takes, and what documents take unless their limits say otherwise.
  package static let maximumDigits = 1_000
  package static let maximumExponent = 1_000

  init(form: Form) { self.form = form }

  package init(_ fixed: Fixed) { form = .fixed(fixed) }

  package init(_ integer: Int64) { self.init(Fixed(coefficient: integer)) }

  package init(_ integer: Int) { self.init(Int64(integer)) }

  /// The number a text stands for, in the grammar of JSON without white space; nil: no such number, or beyond `maximumDigits` or
  /// `maximumExponent`.
  package init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8)
    guard let first = bytes.first, first == UInt8(ascii: "-") || first &- UInt8(ascii: "0") < 10,
      let document = try? Document(parsing: bytes), let number = document.number(document.root),
      document.source(document.root) == bytes.indices
    else { return nil }
    self = number
  }

  /// The number as coefficient and exponent; nil when the coefficient is too long for that.
  package var fixed: Fixed? {
    guard case .fixed(let fixed) = form else { return nil }
    return fixed
  }

  package var isInteger: Bool {
    switch form {
    case .fixed(let fixed): fixed.exponent >= 0
    case .long(let long): long.exponent >= 0
    }
  }

  package var isZero: Bool { form == .fixed(Fixed(coefficient: 0)) }

  /// nil: not an integer, or beyond `Int`.
  package var integer: Int? {
    guard case .fixed(let fixed) = form, (0...18).contains(fixed.exponent) else { return nil }
    var result = Int(fixed.coefficient)
    for _ in 0..<fixed.exponent {
      let (product, overflow) = result.multipliedReportingOverflow(by: 10)
      if overflow { return nil }
      result = product
    }
    return result
  }
}

extension Number: Comparable {
  package static func < (left: Number, right: Number) -> Bool { order(left, right) == .less }

  /// Which of two numbers is less; linear in their digits, whatever their exponents.
  static func order(_ left: Number, _ right: Number) -> Order {
    if case .fixed(let left) = left.form, case .fixed(let right) = right.form { return order(left, right) }
    return orderDigits(left.significand, right.significand)
  }
}

extension Number.Fixed: Comparable {
  @inlinable package static func < (left: Self, right: Self) -> Bool {
    if left.exponent == right.exponent { return left.coefficient < right.coefficient }
    return Number.order(left, right) == .less
  }
}

extension Number: ExpressibleByIntegerLiteral {
  package init(integerLiteral value: Int64) { self.init(value) }
}
