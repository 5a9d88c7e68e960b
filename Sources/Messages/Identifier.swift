package import JSON

/// What correlates messages: the id of a request, or a progress token. A string or a whole number; `1` and `"1"` differ.
///
/// The numbers stop at 2^53 - 1, where readers that keep numbers in binary floating point begin to confuse neighbours, and have one
/// spelling only: `1.0`, `1e0` and `-0` are refused, for two readers may disagree on what they equal.
package enum Identifier: Hashable, Sendable {
  case number(Int64)
  case text(IdentifierText)

  package static let largestNumber: Int64 = 9_007_199_254_740_991
  /// Bytes of the string as sent; enough for a UUID, a ULID or a path, and small enough to keep many.
  package static let longestText = 256

  package init?(_ document: Document, _ node: Node) {
    switch document.kind(node) {
    case .number:
      guard let value = Identifier.wholeNumber(document.bytes, document.source(node)) else { return nil }
      self = .number(value)
    case .string:
      guard let text = IdentifierText(document, node) else { return nil }
      self = .text(text)
    default: return nil
    }
  }

  /// From JSON text on its own.
  package init?(source: [UInt8]) {
    guard let document = try? Document(parsing: source) else { return nil }
    self.init(document, document.root)
  }

  /// The JSON text, exactly as it was sent.
  package var source: [UInt8] {
    switch self {
    case .number(let value): Array(String(value).utf8)
    case .text(let text): text.source
    }
  }

  /// For a quick comparison: equal identifiers have equal fingerprints.
  package var fingerprint: UInt64 {
    switch self {
    case .number(let value): UInt64(bitPattern: value)
    case .text(let text):
      text.decoded.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }
  }

  private static func wholeNumber(_ bytes: [UInt8], _ range: Range<Int>) -> Int64? {
    let negative = bytes[range.lowerBound] == UInt8(ascii: "-")
    let digits = (negative ? range.lowerBound + 1 : range.lowerBound)..<range.upperBound
    guard (1...16).contains(digits.count) else { return nil }
    var value: Int64 = 0
    for index in digits {
      let digit = bytes[index] &- UInt8(ascii: "0")
      guard digit <= 9 else { return nil }
      value = value * 10 + Int64(digit)
    }
    guard value <= largestNumber, !(negative && value == 0) else { return nil }
    return negative ? -value : value
  }
}

/// A string identifier: equal when the text is, written back as it came, escapes included.
package struct IdentifierText: Hashable, Sendable {
  /// UTF-8 of the text.
  package let decoded: [UInt8]
  /// The JSON string with its quotes.
  package let source: [UInt8]

  init?(_ document: Document, _ node: Node) {
    let range = document.source(node)
    guard range.count - 2 <= Identifier.longestText else { return nil }
    source = Array(document.bytes[range])
    var decoded: [UInt8] = []
    document.decodeString(node, appendingTo: &decoded)
    self.decoded = decoded
  }

  package static func == (left: IdentifierText, right: IdentifierText) -> Bool { left.decoded == right.decoded }

  package func hash(into hasher: inout Hasher) { hasher.combine(decoded) }
}
