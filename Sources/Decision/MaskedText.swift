internal import JSON

/// What stands in a recording in the place of a text that must not be there: U+0000, the number of Unicode scalars in decimal digits, `:`, and
/// a keyed digest. No text of a caller's is recorded that begins with U+0000, so nothing else looks like one.
package enum MaskedText {
  package static func make(scalars: Int, digest: String) -> String { "\u{0}\(scalars):\(digest)" }

  package static func isMask(_ text: Span<UInt8>) -> Bool { text.count > 0 && text[0] == 0 }

  /// How many Unicode scalars the text had; nil: this is no mask.
  package static func length(_ text: Span<UInt8>) -> Int? {
    guard isMask(text) else { return nil }
    var length = 0
    var index = 1
    while index < text.count, text[index] != UInt8(ascii: ":") {
      guard (0x30...0x39).contains(text[index]), index < 12 else { return nil }
      length = length * 10 + Int(text[index] - 0x30)
      index += 1
    }
    return index > 1 && index < text.count ? length : nil
  }
}

/// What came of tests when the values they look at were there, by the instruction's place in the program's code.
package struct RecalledTests: Sendable {
  package enum Outcome: UInt8, Sendable {
    case missing, no, yes, undecided
  }

  /// Empty: none is recalled.
  package var outcomes: [Outcome] = []
  package var isActive = false
  /// What is taken for a test of which nothing is known: the value that is unsafe for its rule, or the safe one.
  package var isOptimistic = false
  /// Whether a test was met of which nothing is known.
  package private(set) var hasMissed = false

  package init() {}

  mutating func begin(optimistic: Bool) {
    isOptimistic = optimistic
    hasMissed = false
  }

  mutating func isMet(at place: Int, isNegated: Bool, whenUnknown: Bool) -> Bool {
    guard isActive else { return whenUnknown }
    switch place < outcomes.count ? outcomes[place] : .missing {
    case .yes: return !isNegated
    case .no: return isNegated
    case .undecided: return whenUnknown
    case .missing:
      hasMissed = true
      return isOptimistic ? !whenUnknown : whenUnknown
    }
  }
}

extension Reading {
  func isMasked(_ value: Node, _ document: Document) -> Bool {
    guard let range = document.stringBytes(value) else { return false }
    // As the writer writes U+0000.
    return document.hasEscapes(value) && document.bytes[range].starts(with: "\\u0000".utf8)
  }

  func maskedLength(_ cell: Cell, _ document: Document, _ scratch: borrowing Scratch) -> Int? {
    guard scratch.recalled.isActive || cell.source == .principal, cell.source != .derived, !cell.range.isEmpty else { return nil }
    return MaskedText.length(scratch.texts.text(of: cell, DocumentView(document)))
  }
}
