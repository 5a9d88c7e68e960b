// Strings and numbers. For what is unsafe here see `Scanner`.
extension Scanner {
  @inline(__always)
  func word(at offset: Int) -> UInt64 {
    assert(offset + 8 <= end)
    return unsafe UInt64(littleEndian: UnsafeRawPointer(bytes.baseAddress!).loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  /// Marks, in the top bit of each byte, the first byte that ends a run of plain characters: a quote, a backslash, a control character, or
  /// a byte beyond ASCII. Marks above the first may be wrong (a borrow runs upwards from a true one); the first is exact.
  @inline(__always)
  private func marks(in word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let quotes = (word ^ (ones &* 0x22)) &- ones
    let backslashes = (word ^ (ones &* 0x5C)) &- ones
    let controls = word &- (ones &* 0x20)
    return (quotes | backslashes | controls | word) & (ones &* 0x80)
  }

  /// Reads a string from its opening quote. Returns the offset behind the closing one, and whether there are escapes.
  @inline(__always)
  func scanString(from start: Int) throws(Fault) -> (Int, Bool) {
    var cursor = start + 1
    var escaped = false
    while true {
      while cursor + 8 <= end {
        let found = marks(in: word(at: cursor))
        if found != 0 {
          cursor += found.trailingZeroBitCount >> 3
          break
        }
        cursor += 8
      }
      guard cursor < end else { throw Fault(.unterminatedString, at: start) }
      let byte = unsafe bytes[cursor]
      switch byte {
      case UInt8(ascii: "\""):
        return (cursor + 1, escaped)
      case UInt8(ascii: "\\"):
        cursor = try scanEscape(at: cursor)
        escaped = true
      case 0..<0x20:
        throw Fault(.controlCharacter, at: cursor)
      case 0x80...:
        cursor = try scanBeyondASCII(at: cursor)
      default:
        cursor += 1
      }
    }
  }

  /// Returns the offset behind the escape that begins at `start`.
  private func scanEscape(at start: Int) throws(Fault) -> Int {
    guard start + 1 < end else { throw Fault(.unexpectedEnd, at: end) }
    switch unsafe bytes[start + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
      UInt8(ascii: "r"), UInt8(ascii: "t"):
      return start + 2
    case UInt8(ascii: "u"):
      let unit = try codeUnit(at: start + 2, of: start)
      if unit & 0xF800 != 0xD800 { return start + 6 }
      guard unit < 0xDC00, start + 7 < end, unsafe bytes[start + 6] == UInt8(ascii: "\\") && bytes[start + 7] == UInt8(ascii: "u") else {
        throw Fault(.loneSurrogate, at: start)
      }
      guard try codeUnit(at: start + 8, of: start + 6) & 0xFC00 == 0xDC00 else { throw Fault(.loneSurrogate, at: start) }
      return start + 12
    default:
      throw Fault(.invalidEscape, at: start)
    }
  }

  /// Four hexadecimal digits.
  private func codeUnit(at offset: Int, of escape: Int) throws(Fault) -> UInt32 {
    var unit: UInt32 = 0
    for index in offset..<offset + 4 {
      guard index < end else { throw Fault(.unexpectedEnd, at: end) }
      let value = unsafe hexadecimalValue(bytes[index])
      guard value < 16 else { throw Fault(.invalidEscape, at: escape) }
      unit = unit << 4 | UInt32(value)
    }
    return unit
  }

  /// Returns the offset behind the run of characters beyond ASCII that begins at `start`. Well formed as in Unicode 16.0, table 3-7: no
  /// needlessly long forms, no surrogates, nothing above U+10FFFF.
  private func scanBeyondASCII(at start: Int) throws(Fault) -> Int {
    var cursor = start
    while cursor < end {
      let lead = unsafe bytes[cursor]
      let second: ClosedRange<UInt8>
      let count: Int
      switch lead {
      case 0..<0x80: return cursor
      case 0xC2...0xDF: (count, second) = (2, 0x80...0xBF)
      case 0xE0: (count, second) = (3, 0xA0...0xBF)
      case 0xE1...0xEC, 0xEE...0xEF: (count, second) = (3, 0x80...0xBF)
      case 0xED: (count, second) = (3, 0x80...0x9F)
      case 0xF0: (count, second) = (4, 0x90...0xBF)
      case 0xF1...0xF3: (count, second) = (4, 0x80...0xBF)
      case 0xF4: (count, second) = (4, 0x80...0x8F)
      default: throw Fault(.invalidUTF8, at: cursor)
      }
      guard cursor + count <= end, unsafe second.contains(bytes[cursor + 1]) else { throw Fault(.invalidUTF8, at: cursor) }
      for index in cursor + 2..<max(cursor + 2, cursor + count) {
        guard unsafe bytes[index] & 0xC0 == 0x80 else { throw Fault(.invalidUTF8, at: cursor) }
      }
      cursor += count
    }
    return cursor
  }

  /// Reads a number from its sign or first digit. Returns the offset behind it, and whether it is written without point and exponent.
  @inline(__always)
  func scanNumber(from start: Int) throws(Fault) -> (Int, Bool) {
    let whole = unsafe bytes[start] == UInt8(ascii: "-") ? start + 1 : start
    let behind = try scanDigits(from: whole)
    if unsafe behind - whole > 1 && bytes[whole] == UInt8(ascii: "0") { throw Fault(.leadingZero, at: whole) }
    if unsafe behind < end && (bytes[behind] == UInt8(ascii: ".") || bytes[behind] | 0x20 == UInt8(ascii: "e")) {
      return (try scanFraction(from: behind, digitsFrom: whole, of: start), false)
    }
    if behind - whole > lengthNeverTooLong { try checkExtent(of: start, digits: whole..<behind, point: behind, exponent: 0) }
    return (behind, true)
  }

  /// So many digits are within the limits wherever the point stands.
  @inline(__always)
  private var lengthNeverTooLong: Int { min(limits.digits, limits.exponent) }

  /// Reads the point and the exponent, of which at least one is there, behind the whole digits of the number at `number`.
  private func scanFraction(from point: Int, digitsFrom whole: Int, of number: Int) throws(Fault) -> Int {
    let digitsEnd = unsafe bytes[point] == UInt8(ascii: ".") ? try scanDigits(from: point + 1) : point
    var behind = digitsEnd
    var exponent = 0
    if unsafe behind < end && bytes[behind] | 0x20 == UInt8(ascii: "e") {
      var start = behind + 1
      let isNegative = unsafe start < end && bytes[start] == UInt8(ascii: "-")
      if unsafe isNegative || start < end && bytes[start] == UInt8(ascii: "+") { start += 1 }
      behind = try scanDigits(from: start)
      for index in start..<behind {
        exponent = unsafe exponent * 10 + Int(bytes[index] - UInt8(ascii: "0"))
        if exponent > limits.exponent { throw Fault(.exponentTooLarge, at: number) }
      }
      if isNegative { exponent = -exponent }
    }
    if digitsEnd - whole + abs(exponent) > lengthNeverTooLong {
      try checkExtent(of: number, digits: whole..<digitsEnd, point: point, exponent: exponent)
    }
    return behind
  }

  /// Holds a number against both limits; `digits` is where its digits and its point are, `point` where the point is or would be.
  @inline(never)
  private func checkExtent(of number: Int, digits: Range<Int>, point: Int, exponent: Int) throws(Fault) {
    for first in digits where unsafe bytes[first] != UInt8(ascii: "0") && bytes[first] != UInt8(ascii: ".") {
      let hasPointBehind = first < point && point < digits.upperBound
      if digits.upperBound - first - (hasPointBehind ? 1 : 0) > limits.digits { throw Fault(.tooManyDigits, at: number) }
      let leadingPower = exponent + (first < point ? point - 1 - first : point - first)
      if abs(leadingPower) > limits.exponent { throw Fault(.exponentTooLarge, at: number) }
      return
    }
  }

  /// Reads one or more digits. Returns the offset behind them.
  @inline(__always)
  private func scanDigits(from start: Int) throws(Fault) -> Int {
    var at = start
    while at < end, unsafe bytes[at] &- UInt8(ascii: "0") < 10 { at += 1 }
    if at == start { throw at < end ? Fault(.digitExpected, at: at) : Fault(.unexpectedEnd, at: end) }
    return at
  }
}
