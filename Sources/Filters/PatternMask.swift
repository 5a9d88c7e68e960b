/// Some of a set's patterns.
package struct PatternMask: Sendable, Hashable {
  private var words: [UInt64] = []

  package init(_ numbers: some Sequence<Int>) {
    for number in numbers {
      while words.count <= number >> 6 { words.append(0) }
      words[number >> 6] |= 1 << UInt64(number & 63)
    }
  }

  package var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

  package func contains(_ number: Int) -> Bool {
    number >> 6 < words.count && words[number >> 6] & (1 << UInt64(number & 63)) != 0
  }

  package func intersection(_ other: PatternMask) -> PatternMask {
    var both = self
    for index in words.indices { both.words[index] &= index < other.words.count ? other.words[index] : 0 }
    return both
  }
}
