extension Document {
  /// What stands between the quotes, escapes not resolved; nil: not a string.
  @inlinable package func stringBytes(_ node: Node) -> Range<Int>? {
    let entry = entry(node)
    return entry.kind == .string ? Int(entry.start) + 1..<Int(entry.end) - 1 : nil
  }

  /// Whether a string has escapes: without them, its bytes are its text.
  @inlinable package func hasEscapes(_ node: Node) -> Bool {
    let entry = entry(node)
    return entry.kind == .string && entry.isFlagged
  }

  /// The text of a string, escapes resolved; nil: not a string. Allocates.
  package func string(_ node: Node) -> String? {
    guard let range = stringBytes(node) else { return nil }
    guard hasEscapes(node) else { return String(decoding: bytes[range], as: UTF8.self) }
    var decoded: [UInt8] = []
    decodeString(node, appendingTo: &decoded)
    return String(decoding: decoded, as: UTF8.self)
  }

  /// Appends the text of a string in UTF-8, escapes resolved; appends nothing when the node is no string.
  package func decodeString(_ node: Node, appendingTo decoded: inout [UInt8]) {
    guard let range = stringBytes(node) else { return }
    guard hasEscapes(node) else {
      decoded.append(contentsOf: bytes[range])
      return
    }
    var characters = DecodedBytes(range)
    while let byte = characters.next(in: bytes.span) { decoded.append(byte) }
  }

  /// Whether the node is a string with exactly this text, byte for byte in UTF-8 (no Unicode normalisation). Allocates nothing.
  package func stringEquals(_ node: Node, _ text: String) -> Bool {
    // Most are of another length; the span of a string is dear to take.
    let entry = entry(node)
    guard entry.isString, entry.isFlagged || entry.textLength == text.utf8.count else { return false }
    return stringEquals(node, text.utf8.span)
  }

  package func stringEquals(_ node: Node, _ text: [UInt8]) -> Bool { stringEquals(node, text.span) }

  package func stringEquals(_ node: Node, _ text: Span<UInt8>) -> Bool {
    let entry = entry(node)
    guard entry.isString else { return false }
    let range = Int(entry.start) + 1..<Int(entry.end) - 1
    if !entry.isFlagged {
      guard range.count == text.count else { return false }
      return bytes.span.extracting(range).elementsEqual(text)
    }
    // An escape is longer than what it stands for.
    guard range.count > text.count else { return false }
    var characters = DecodedBytes(range)
    for index in text.indices where characters.next(in: bytes.span) != text[index] { return false }
    return characters.next(in: bytes.span) == nil
  }
}

extension Span<UInt8> {
  func elementsEqual(_ other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    var index = 0
    while index + 8 <= count {
      // Both have eight bytes from here on.
      if unsafe word(at: index) != other.word(at: index) { return false }
      index += 8
    }
    while index < count {
      if self[index] != other[index] { return false }
      index += 1
    }
    return true
  }

  /// Eight bytes, the first one lowest. There must be that many from `offset` on.
  @unsafe @inline(__always)
  func word(at offset: Int) -> UInt64 {
    unsafe UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self))
  }
}

extension Span<UInt8> {
  /// Whether there is a carriage return or a newline anywhere, eight bytes at a time.
  package var containsLineBreak: Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    var index = 0
    while index + 8 <= count {
      // There are eight bytes from here on. A byte that is looked for becomes nought, and only then is there a borrow to show for it.
      let word = unsafe word(at: index)
      let returns = word ^ (ones &* 0x0D)
      let newlines = word ^ (ones &* 0x0A)
      if ((returns &- ones) & ~returns | (newlines &- ones) & ~newlines) & (ones &* 0x80) != 0 { return true }
      index += 8
    }
    while index < count {
      if self[index] == 0x0D || self[index] == 0x0A { return true }
      index += 1
    }
    return false
  }
}

/// The bytes of a string that was found good, escapes resolved, one at a time.
struct DecodedBytes {
  private var at: Int
  private let end: Int

  /// UTF-8 bytes of an escaped character that are still to come, the next one lowest.
  private var pending: UInt32 = 0

  init(_ range: Range<Int>) {
    at = range.lowerBound
    end = range.upperBound
  }

  mutating func next(in bytes: Span<UInt8>) -> UInt8? {
    if pending != 0 {
      let byte = UInt8(truncatingIfNeeded: pending)
      pending >>= 8
      return byte
    }
    guard at < end else { return nil }
    let byte = bytes[at]
    at += 1
    guard byte == UInt8(ascii: "\\") else { return byte }
    let escape = bytes[at]
    at += 1
    switch escape {
    case UInt8(ascii: "b"): return 0x08
    case UInt8(ascii: "f"): return 0x0C
    case UInt8(ascii: "n"): return 0x0A
    case UInt8(ascii: "r"): return 0x0D
    case UInt8(ascii: "t"): return 0x09
    case UInt8(ascii: "u"): return unicode(in: bytes)
    default: return escape
    }
  }

  private mutating func unicode(in bytes: Span<UInt8>) -> UInt8 {
    var scalar = codeUnit(in: bytes)
    if scalar & 0xFC00 == 0xD800 {
      at += 2
      scalar = 0x10000 + (scalar & 0x3FF) << 10 + codeUnit(in: bytes) & 0x3FF
    }
    switch scalar {
    case 0..<0x80:
      return UInt8(truncatingIfNeeded: scalar)
    case 0x80..<0x800:
      pending = 0x80 | scalar & 0x3F
      return UInt8(truncatingIfNeeded: 0xC0 | scalar >> 6)
    case 0x800..<0x10000:
      pending = 0x80 | scalar >> 6 & 0x3F | (0x80 | scalar & 0x3F) << 8
      return UInt8(truncatingIfNeeded: 0xE0 | scalar >> 12)
    default:
      pending = 0x80 | scalar >> 12 & 0x3F | (0x80 | scalar >> 6 & 0x3F) << 8 | (0x80 | scalar & 0x3F) << 16
      return UInt8(truncatingIfNeeded: 0xF0 | scalar >> 18)
    }
  }

  /// Four hexadecimal digits.
  private mutating func codeUnit(in bytes: Span<UInt8>) -> UInt32 {
    var unit: UInt32 = 0
    for index in at..<at + 4 { unit = unit << 4 | UInt32(hexadecimalValue(bytes[index])) }
    at += 4
    return unit
  }
}

/// 0 to 15, or 255 for a byte that is no hexadecimal digit.
@inline(__always)
func hexadecimalValue(_ byte: UInt8) -> UInt8 {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
  default: 255
  }
}
