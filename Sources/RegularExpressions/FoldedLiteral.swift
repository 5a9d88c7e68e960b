/// A folded text of at most fourteen bytes, held without an allocation and ordered as its bytes are.
struct FoldedLiteral: Hashable, Comparable {
  /// Longer ones are met no less often.
  static let longest = 14

  /// The first eight bytes, from the highest down, and the other six, with the number of all of them below.
  private var high: UInt64 = 0
  private var low: UInt64 = 0

  static let empty = FoldedLiteral()

  var count: Int { Int(low & 0xFF) }
  var isEmpty: Bool { low & 0xFF == 0 }
  var isFull: Bool { count == Self.longest }
  /// White space and nothing else, of which any number is as good as one.
  var isBlank: Bool { count == 1 && self[0] == FoldedBytes.blank }

  subscript(index: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: index < 8 ? high >> UInt64(56 - 8 * index) : low >> UInt64(120 - 8 * index))
  }

  var bytes: [UInt8] { (0..<count).map { self[$0] } }

  static func < (left: FoldedLiteral, right: FoldedLiteral) -> Bool {
    left.high != right.high ? left.high < right.high : left.low < right.low
  }

  /// Adds a byte, unless it is one more blank of a run; false when there is no room for it.
  @discardableResult
  mutating func append(_ byte: UInt8) -> Bool {
    let count = count
    if count > 0, byte == FoldedBytes.blank, self[count - 1] == FoldedBytes.blank { return true }
    guard count < Self.longest else { return false }
    if count < 8 { high |= UInt64(byte) << UInt64(56 - 8 * count) } else { low |= UInt64(byte) << UInt64(120 - 8 * count) }
    low += 1
    return true
  }

  /// Followed by another, as far as there is room; and whether there was.
  func joined(with other: FoldedLiteral) -> (literal: FoldedLiteral, isWhole: Bool) {
    var joined = self
    for index in 0..<other.count where !joined.append(other[index]) { return (joined, false) }
    return (joined, true)
  }

  func prefix(_ length: Int) -> FoldedLiteral {
    guard length < count else { return self }
    var shorter = FoldedLiteral()
    if length <= 8 {
      shorter.high = length == 0 ? 0 : high & (UInt64.max << UInt64(64 - 8 * length))
    } else {
      shorter.high = high
      shorter.low = low & (UInt64.max << UInt64(128 - 8 * length))
    }
    shorter.low |= UInt64(length)
    return shorter
  }

  func starts(with other: FoldedLiteral) -> Bool { prefix(other.count) == other }
}

/// Folded texts one of which every match of a part starts with. A complete one is all of such a match; after the others anything may follow.
struct Prefixes {
  /// The most texts of one part: the words of a long alternation and not the product of two.
  static let limit = 96

  /// In order, each once.
  private(set) var complete: [FoldedLiteral]
  private(set) var partial: [FoldedLiteral]

  static let empty = Prefixes(complete: [.empty], partial: [])
  /// Of a part that can start with anything.
  static let unknown = Prefixes(complete: [], partial: [.empty])

  private init(complete: [FoldedLiteral], partial: [FoldedLiteral]) {
    self.complete = complete
    self.partial = partial
  }

  /// Of a part whose matches are exactly these.
  init(_ literals: [FoldedLiteral]) { self.init(complete: Self.ordered(literals), partial: []) }

  /// White space and nothing else, of which any number is as good as one.
  var isBlank: Bool { partial.isEmpty && complete.count == 1 && complete[0].isBlank }

  var count: Int { complete.count + partial.count }

  /// Whether every match is one and the same text.
  var isOne: Bool { complete.count == 1 && partial.isEmpty }

  var asPartial: Prefixes { complete.isEmpty ? self : Prefixes(complete: [], partial: Self.ordered(complete + partial)) }

  /// Texts one of which stands where the part begins: none of them begins with another.
  var literals: [FoldedLiteral] { Self.withoutCovered(Self.ordered(complete + partial)) }

  /// Of an alternation of several parts; shortened where they are too many.
  static func either(_ all: some Sequence<Prefixes>) -> Prefixes {
    var complete: [FoldedLiteral] = []
    var partial: [FoldedLiteral] = []
    for prefixes in all {
      complete += prefixes.complete
      partial += prefixes.partial
    }
    var union = Prefixes(complete: ordered(complete), partial: withoutCovered(ordered(partial)))
    var length = FoldedLiteral.longest
    while union.count > limit, length > 1 {
      length -= 1
      let short = union.complete.filter { $0.count <= length }
      let cut = union.complete.filter { $0.count > length } + union.partial
      union = Prefixes(complete: short, partial: withoutCovered(ordered(cut.map { $0.prefix(length) })))
    }
    return union.count > limit ? unknown : union
  }

  /// Followed by another part; as it is, but partial, where that would be too many.
  func followed(by next: Prefixes) -> Prefixes {
    if complete.isEmpty { return self }
    guard complete.count * next.count + partial.count <= Self.limit else { return asPartial }
    var whole: [FoldedLiteral] = []
    var begun = partial
    whole.reserveCapacity(complete.count * next.complete.count)
    for first in complete {
      guard !first.isFull else {
        begun.append(first)
        continue
      }
      for second in next.complete {
        let (literal, isWhole) = first.joined(with: second)
        if isWhole { whole.append(literal) } else { begun.append(literal) }
      }
      for second in next.partial { begun.append(first.joined(with: second).literal) }
    }
    return Prefixes(complete: Self.ordered(whole), partial: Self.withoutCovered(Self.ordered(begun)))
  }

  /// Texts in order, shortened.
  static func cut(_ literals: [FoldedLiteral], to length: Int) -> [FoldedLiteral] {
    withoutCovered(ordered(literals.map { $0.prefix(length) }))
  }

  private static func ordered(_ literals: [FoldedLiteral]) -> [FoldedLiteral] {
    if literals.count < 2 { return literals }
    var kept: [FoldedLiteral] = []
    kept.reserveCapacity(literals.count)
    for literal in literals.sorted() where kept.last != literal { kept.append(literal) }
    return kept
  }

  /// Of texts in order those that begin with none of the others.
  private static func withoutCovered(_ literals: [FoldedLiteral]) -> [FoldedLiteral] {
    if literals.count < 2 { return literals }
    var kept: [FoldedLiteral] = []
    for literal in literals {
      if let last = kept.last, literal.starts(with: last) { continue }
      kept.append(literal)
    }
    return kept
  }
}
