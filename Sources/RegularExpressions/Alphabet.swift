/// All characters sorted into kinds that an expression, or several, cannot tell apart, so that an automaton reads small numbers.
///
/// Kind numbers run from 0; `end`, one above the last, stands for "no more text".
struct Alphabet: Sendable {
  /// What `\b`, `^` and `$` ask of a neighbour.
  enum Context: UInt8, Sendable, CaseIterable {
    /// No character: the start of the text, or its end.
    case edge
    case word
    case lineFeed
    case other
  }

  /// The first value of each run of one kind, ascending from 0; the run ends before the next.
  private let starts: [UInt32]
  private let kinds: [Int]
  let contexts: [Context]
  /// A character of each kind, one that a person can read if there is one.
  let representatives: [Unicode.Scalar]

  var count: Int { representatives.count }
  var end: Int { count }

  /// The coarsest division that respects every set and every context.
  init(separating sets: some Sequence<ScalarSet>) {
    let all = Set(sets).union([CharacterClass.Name.word.scalars(folds: false), ScalarSet("\n")])
    let starts = Set(all.flatMap { $0.ranges.flatMap { [$0.lowerBound, $0.upperBound + 1] } } + [0]).filter { $0 <= 0x10FFFF }.sorted()
    var kinds = [Int](repeating: 0, count: starts.count)
    var next = 1
    for set in all {
      var inside: [Int: Int] = [:]
      var range = 0
      for (index, start) in starts.enumerated() {
        while range < set.ranges.count, set.ranges[range].upperBound < start { range += 1 }
        guard range < set.ranges.count, set.ranges[range].contains(start) else { continue }
        if inside[kinds[index]] == nil {
          inside[kinds[index]] = next
          next += 1
        }
        kinds[index] = inside[kinds[index]] ?? 0
      }
    }
    var dense: [Int: Int] = [:]
    var representatives: [Unicode.Scalar] = []
    for (index, start) in starts.enumerated() {
      let last = index + 1 < starts.count ? starts[index + 1] - 1 : 0x10FFFF
      guard let scalar = Self.readable(start, last) else { continue }
      if let known = dense[kinds[index]] {
        if Self.rank(scalar) < Self.rank(representatives[known]) { representatives[known] = scalar }
      } else {
        dense[kinds[index]] = representatives.count
        representatives.append(scalar)
      }
    }
    self.starts = starts
    // A run of surrogates alone has no characters; whatever kind it gets is never asked for.
    self.kinds = kinds.map { dense[$0] ?? 0 }
    self.representatives = representatives
    self.contexts = representatives.map(Self.context) + [.edge]
  }

  private static func context(_ scalar: Unicode.Scalar) -> Context {
    switch scalar.value {
    case 0x0A: .lineFeed
    case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A: .word
    default: .other
    }
  }

  /// The most readable character of a range; nil when it holds surrogates only.
  private static func readable(_ first: UInt32, _ last: UInt32) -> Unicode.Scalar? {
    let favourites: [UInt32] = [0x61, 0x62, 0x30, 0x41, 0x20, 0x2D, 0x21, 0x2E, 0xE9]
    let candidates = favourites.filter { (first...last).contains($0) } + [first, last, max(first, 0xE000)]
    return candidates.filter { (first...last).contains($0) }.compactMap { Unicode.Scalar($0) }.min { rank($0) < rank($1) }
  }

  private static func rank(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.value {
    case 0x61...0x7A: 0
    case 0x30...0x39: 1
    case 0x41...0x5A: 2
    case 0x20...0x7E: 3
    case 0xA1...0x2FF: 4
    default: 5
    }
  }

  func kind(of scalar: Unicode.Scalar) -> Int {
    var low = 0
    var high = starts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= scalar.value { low = middle } else { high = middle }
    }
    return kinds[low]
  }

  /// The kinds of a set that the division respects.
  func kinds(in set: ScalarSet) -> KindSet {
    var found = KindSet(capacity: count + 1)
    for kind in 0..<count where set.contains(representatives[kind]) { found.insert(kind) }
    return found
  }

  func kinds(where holds: (Context) -> Bool) -> KindSet {
    var found = KindSet(capacity: count + 1)
    for kind in 0...count where holds(contexts[kind]) { found.insert(kind) }
    return found
  }

  func text(_ kinds: [Int]) -> String {
    var text = ""
    for kind in kinds where kind < count { text.unicodeScalars.append(representatives[kind]) }
    return text
  }
}

/// A set of kinds of one alphabet, its end included.
struct KindSet: Hashable, Sendable {
  private var words: [UInt64]

  init(capacity: Int) { words = [UInt64](repeating: 0, count: (capacity + 63) / 64) }

  var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

  func contains(_ kind: Int) -> Bool { words[kind >> 6] & (1 << UInt64(kind & 63)) != 0 }

  mutating func insert(_ kind: Int) { words[kind >> 6] |= 1 << UInt64(kind & 63) }

  mutating func formUnion(_ other: KindSet) { for index in words.indices { words[index] |= other.words[index] } }

  mutating func formIntersection(_ other: KindSet) { for index in words.indices { words[index] &= other.words[index] } }

  mutating func subtract(_ other: KindSet) { for index in words.indices { words[index] &= ~other.words[index] } }

  func intersection(_ other: KindSet) -> KindSet {
    var result = self
    result.formIntersection(other)
    return result
  }

  func meets(_ other: KindSet) -> Bool {
    for index in words.indices where words[index] & other.words[index] != 0 { return true }
    return false
  }

  var first: Int? {
    for (index, word) in words.enumerated() where word != 0 { return index * 64 + word.trailingZeroBitCount }
    return nil
  }

  var members: [Int] {
    var result: [Int] = []
    for (index, word) in words.enumerated() {
      var rest = word
      while rest != 0 {
        result.append(index * 64 + rest.trailingZeroBitCount)
        rest &= rest - 1
      }
    }
    return result
  }
}
