/// An oracle for `Number`: decimal arithmetic as it is taught in school, digit by digit, with no regard for speed.
struct SlowNumber {
  var isNegative: Bool
  /// The first is the greatest; none is an empty number, zero.
  var digits: [Int]
  var exponent: Int

  init(isNegative: Bool, digits: [Int], exponent: Int) {
    self.isNegative = isNegative
    self.digits = Array(digits.drop { $0 == 0 })
    self.exponent = exponent
  }

  /// From the grammar of JSON.
  init(_ text: String) {
    let parts = text.lowercased().split(separator: "e")
    let mantissa = parts[0].split(separator: ".")
    let fraction = mantissa.count > 1 ? mantissa[1] : ""
    self.init(
      isNegative: text.hasPrefix("-"), digits: (mantissa[0] + fraction).compactMap(\.wholeNumberValue),
      exponent: (parts.count > 1 ? Int(parts[1]) ?? 0 : 0) - fraction.count)
  }

  var text: String { (isNegative ? "-" : "") + (digits.isEmpty ? "0" : digits.map(String.init).joined()) + "e\(exponent)" }

  /// The digits of the number written with a smaller exponent.
  private func digits(at smaller: Int) -> [Int] { digits.isEmpty ? [] : digits + Array(repeating: 0, count: exponent - smaller) }

  private static func order(_ left: [Int], _ right: [Int]) -> Int {
    if left.count != right.count { return left.count < right.count ? -1 : 1 }
    for (one, other) in zip(left, right) where one != other { return one < other ? -1 : 1 }
    return 0
  }

  /// -1, 0 or 1.
  func order(_ other: SlowNumber) -> Int {
    let (sign, otherSign) = (digits.isEmpty ? 0 : isNegative ? -1 : 1, other.digits.isEmpty ? 0 : other.isNegative ? -1 : 1)
    if sign != otherSign { return sign < otherSign ? -1 : 1 }
    let smaller = min(exponent, other.exponent)
    return sign * Self.order(digits(at: smaller), other.digits(at: smaller))
  }

  /// By long division, one digit at a time.
  func isMultiple(of divisor: SlowNumber) -> Bool {
    let smaller = min(exponent, divisor.exponent)
    let unit = divisor.digits(at: smaller)
    if unit.isEmpty { return digits.isEmpty }
    var rest: [Int] = []
    for digit in digits(at: smaller) {
      rest = Array((rest + [digit]).drop { $0 == 0 })
      while Self.order(rest, unit) >= 0 { rest = Self.difference(rest, unit) }
    }
    return rest.isEmpty
  }

  private static func difference(_ left: [Int], _ right: [Int]) -> [Int] {
    var result = left
    var borrow = 0
    for place in 1...left.count {
      let taken = result[left.count - place] - borrow - (place <= right.count ? right[right.count - place] : 0)
      borrow = taken < 0 ? 1 : 0
      result[left.count - place] = taken + 10 * borrow
    }
    return Array(result.drop { $0 == 0 })
  }

  func times(_ other: SlowNumber) -> SlowNumber {
    var result = Array(repeating: 0, count: digits.count + other.digits.count)
    for (i, one) in digits.enumerated() { for (j, two) in other.digits.enumerated() { result[i + j + 1] += one * two } }
    for place in result.indices.dropFirst().reversed() {
      result[place - 1] += result[place] / 10
      result[place] %= 10
    }
    return SlowNumber(isNegative: isNegative != other.isNegative, digits: result, exponent: exponent + other.exponent)
  }

  /// One of the last digit's unit further from zero.
  var plusOneAtTheEnd: SlowNumber {
    var result = [0] + digits
    var place = result.count - 1
    result[place] += 1
    while result[place] == 10 {
      result[place] = 0
      place -= 1
      result[place] += 1
    }
    return SlowNumber(isNegative: isNegative, digits: result, exponent: exponent)
  }
}
