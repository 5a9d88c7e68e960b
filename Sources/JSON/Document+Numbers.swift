extension Document {
  /// The exact number; nil: not a number. Allocates only for coefficients beyond `Int64`. The text as written is `bytes[source(node)]`.
  package func number(_ node: Node) -> Number? {
    let entry = entry(node)
    guard entry.kind == .number else { return nil }
    if let fixed = plainInteger(entry) { return Number(fixed) }
    let text = NumberText(bytes, source(node))
    if let fixed = text.fixed { return Number(fixed) }
    let digits = (0..<text.count).map(text.digit)
    return Number(
      form: .long(Number.Long(isNegative: text.sign < 0, digits: digits, exponent: Int32(text.leadingPower - text.count + 1))))
  }

  /// The exact number as coefficient and exponent; nil: not a number, or too long for that (then see `order`). Allocates nothing.
  package func fixed(_ node: Node) -> Number.Fixed? {
    let entry = entry(node)
    guard entry.kind == .number else { return nil }
    return plainInteger(entry) ?? NumberText(bytes, source(node)).fixed
  }

  /// How the number in the document stands to another; nil: not a number. Allocates nothing.
  package func order(_ node: Node, _ number: Number) -> Order? {
    guard kind(node) == .number else { return nil }
    if let left = fixed(node), let right = number.fixed { return Number.order(left, right) }
    return Number.orderDigits(NumberText(bytes, source(node)), number.significand)
  }

  /// How two numbers of documents stand to each other; nil: one is not a number. Allocates nothing.
  package func order(_ node: Node, _ other: Node, in document: Document) -> Order? {
    guard kind(node) == .number, document.kind(other) == .number else { return nil }
    if let left = fixed(node), let right = document.fixed(other) { return Number.order(left, right) }
    return Number.orderDigits(NumberText(bytes, source(node)), NumberText(document.bytes, document.source(other)))
  }

  /// Whether a number is an integer, however it is written: `1.0` and `1e2` are.
  package func isInteger(_ node: Node) -> Bool {
    let entry = entry(node)
    guard entry.kind == .number else { return false }
    if entry.isFlagged { return true }
    let text = NumberText(bytes, source(node))
    return text.sign == 0 || text.leadingPower - text.count + 1 >= 0
  }

  /// Digits only, and so few that they cannot overflow.
  private func plainInteger(_ entry: Entry) -> Number.Fixed? {
    guard entry.isFlagged, entry.end - entry.start <= 18 else { return nil }
    var coefficient: Int64 = 0
    var index = Int(entry.start)
    let isNegative = bytes[index] == UInt8(ascii: "-")
    if isNegative { index += 1 }
    while index < entry.end {
      coefficient = coefficient &* 10 &+ Int64(bytes[index] &- UInt8(ascii: "0"))
      index += 1
    }
    return Number.Fixed(coefficient: isNegative ? -coefficient : coefficient)
  }
}

/// A number as it is written in a document, seen as its digits.
struct NumberText: Significand {
  private let bytes: [UInt8]
  /// Offset of the first digit that is not 0.
  private let first: Int
  /// Offset of the point, or behind the last digit before the exponent.
  private let point: Int

  let sign: Int
  let count: Int
  let leadingPower: Int

  /// `text`: where a good number stands.
  init(_ bytes: [UInt8], _ text: Range<Int>) {
    let isNegative = bytes[text.lowerBound] == UInt8(ascii: "-")
    var point: Int?
    var first: Int?
    var last = text.lowerBound
    var index = text.lowerBound + (isNegative ? 1 : 0)
    while index < text.upperBound, bytes[index] | 0x20 != UInt8(ascii: "e") {
      if bytes[index] == UInt8(ascii: ".") {
        point = index
      } else if bytes[index] != UInt8(ascii: "0") {
        first = first ?? index
        last = index
      }
      index += 1
    }
    let behind = index
    let place = point ?? behind
    var exponent = 0
    if index < text.upperBound {
      index += 1
      let negativeExponent = bytes[index] == UInt8(ascii: "-")
      if negativeExponent || bytes[index] == UInt8(ascii: "+") { index += 1 }
      while index < text.upperBound {
        exponent = exponent * 10 + Int(bytes[index] - UInt8(ascii: "0"))
        index += 1
      }
      if negativeExponent { exponent = -exponent }
    }
    self.bytes = bytes
    self.point = place
    guard let first else {
      (sign, count, leadingPower, self.first) = (0, 0, 0, text.lowerBound)
      return
    }
    sign = isNegative ? -1 : 1
    leadingPower = Self.power(first, point: place) + exponent
    count = Self.power(first, point: place) - Self.power(last, point: place) + 1
    self.first = first
  }

  /// The power of ten that the digit at an offset counts.
  private static func power(_ offset: Int, point: Int) -> Int { offset < point ? point - 1 - offset : point - offset }

  func digit(_ index: Int) -> UInt8 {
    let offset = first + index
    // Past the point, which stands between the digits only when the first comes before it.
    return bytes[first < point && offset >= point ? offset + 1 : offset] - UInt8(ascii: "0")
  }

  var fixed: Number.Fixed? {
    if sign == 0 { return Number.Fixed(coefficient: 0) }
    guard count <= 19 else { return nil }
    var magnitude: UInt64 = 0
    for index in 0..<count { magnitude = magnitude * 10 + UInt64(digit(index)) }
    let exponent = Int32(leadingPower - count + 1)
    if sign > 0 { return Int64(exactly: magnitude).map { Number.Fixed(coefficient: $0, exponent: exponent) } }
    guard magnitude <= Int64.min.magnitude else { return nil }
    return Number.Fixed(coefficient: 0 &- Int64(truncatingIfNeeded: magnitude), exponent: exponent)
  }
}
