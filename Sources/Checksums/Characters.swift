/// The letters and digits of a match without what is written between them, small letters as capitals. Holds 64 of them and no memory.
struct Characters {
  private(set) var count = 0
  private var bytes = InlineArray<64, UInt8>(repeating: 0)

  /// The digits of a match, whatever stands around them; none when there are more than 64.
  init(digitsOf match: Span<UInt8>) {
    for index in match.indices where match[index].isDigit {
      guard count < 64 else {
        count = 0
        return
      }
      bytes[count] = match[index]
      count += 1
    }
  }

  /// The last letters and digits of a match: a number whose length is known, behind words that announce it. None when there are fewer.
  init(last length: Int, of match: Span<UInt8>) {
    precondition(length <= 64)
    var left = length
    var index = match.count
    while left > 0, index > 0 {
      index -= 1
      guard match[index].isAlphanumeric else { continue }
      left -= 1
      bytes[left] = match[index].capital
    }
    count = left == 0 ? length : 0
  }

  /// A number's digits, most significant first.
  init(digitsOf number: Int, length: Int) {
    var rest = number
    for index in stride(from: length - 1, through: 0, by: -1) {
      bytes[index] = 0x30 + UInt8(rest % 10)
      rest /= 10
    }
    count = length
  }

  subscript(index: Int) -> UInt8 {
    precondition(index >= 0 && index < count)
    return bytes[index]
  }

  /// The value of the digit at a place; letters have values that no digit has.
  func digit(_ index: Int) -> Int { Int(self[index]) - 0x30 }

  /// The number that digits spell; nil when one of them is none, or when it has more than 18.
  func number(_ range: Range<Int>) -> Int? {
    guard range.upperBound <= count, range.count <= 18 else { return nil }
    var value = 0
    for index in range {
      guard bytes[index].isDigit else { return nil }
      value = value * 10 + digit(index)
    }
    return value
  }

  func areDigits(_ range: Range<Int>) -> Bool { number(range) != nil }

  /// Digits from a place on, each multiplied by its weight.
  func sum<let length: Int>(_ weights: InlineArray<length, Int>, from start: Int = 0) -> Int {
    var sum = 0
    for index in weights.indices { sum += digit(start + index) * weights[index] }
    return sum
  }

  /// Whether all are one and the same, as in numbers that stand for no number.
  var isOneRepeated: Bool {
    for index in 0..<count where bytes[index] != bytes[0] { return false }
    return true
  }

  /// Whether each digit follows the one before it, upwards or downwards: `123456789`.
  var isSequence: Bool {
    guard count > 1 else { return false }
    let step = (digit(1) - digit(0) + 10) % 10
    guard step == 1 || step == 9 else { return false }
    for index in 1..<count where (digit(index) - digit(index - 1) + 10) % 10 != step { return false }
    return true
  }
}

extension UInt8 {
  var isDigit: Bool { self >= 0x30 && self <= 0x39 }
  var isCapital: Bool { self >= 0x41 && self <= 0x5A }
  var isSmall: Bool { self >= 0x61 && self <= 0x7A }
  var isLetter: Bool { isCapital || isSmall }
  var isAlphanumeric: Bool { isDigit || isLetter }
  var isHexadecimal: Bool { isDigit || (self | 0x20 >= 0x61 && self | 0x20 <= 0x66) }
  var capital: UInt8 { isSmall ? self & 0xDF : self }
  var small: UInt8 { isCapital ? self | 0x20 : self }

  /// 0 to 9 for digits, 10 to 35 for letters, as ISO 7064 and ISO 13616 count them.
  var value36: Int { isDigit ? Int(self) - 0x30 : Int(capital) - 0x41 + 10 }
}

/// Whether a day exists in a month; in February 29 always does, as years are often written without their century.
func isDay(_ day: Int, month: Int) -> Bool {
  switch month {
  case 2: (1...29).contains(day)
  case 4, 6, 9, 11: (1...30).contains(day)
  case 1...12: (1...31).contains(day)
  default: false
  }
}
