/// The constants that instructions speak of by number.
package struct Pool: Sendable {
  /// Of all texts, one after another.
  package private(set) var bytes: [UInt8] = []
  /// Where each text stands in `bytes`.
  package private(set) var texts: [Range<UInt32>] = []
  /// Sets of small numbers, one bit each.
  package private(set) var words: [UInt64] = []

  package init() {}

  /// The constants, borrowed.
  package struct View: ~Escapable {
    private let bytes: Span<UInt8>
    private let texts: Span<Range<UInt32>>
    private let words: Span<UInt64>

    @_lifetime(borrow pool)
    package init(_ pool: borrowing Pool) {
      bytes = pool.bytes.span
      texts = pool.texts.span
      words = pool.words.span
    }

    @_lifetime(copy self)
    package func text(_ index: Int) -> Span<UInt8> {
      let place = texts[index]
      return bytes.extracting(Int(place.lowerBound)..<Int(place.upperBound))
    }

    /// Whether a number is in the set of so many bits that begins at a word.
    package func contains(_ value: UInt32, word: UInt32, bits: UInt32) -> Bool {
      guard value < bits else { return false }
      return words[Int(word &+ value / 64)] &>> UInt64(value % 64) & 1 == 1
    }
  }

  /// Adds texts, and says which they became.
  package mutating func add(_ list: [[UInt8]]) -> Range<UInt32> {
    let first = UInt32(texts.count)
    for text in list {
      let lower = UInt32(bytes.count)
      bytes += text
      texts.append(lower..<UInt32(bytes.count))
    }
    return first..<UInt32(texts.count)
  }

  /// Adds a set: the word it begins at and its width in bits.
  package mutating func add(set: Set<UInt32>) -> (word: UInt32, bits: UInt32) {
    let bits = (set.max() ?? 0) + 1
    let first = words.count
    words += Array(repeating: 0, count: Int(bits + 63) / 64)
    for bit in set { words[first + Int(bit / 64)] |= 1 << UInt64(bit % 64) }
    return (UInt32(first), bits)
  }
}
