/// An expression as places that read one byte each, without steps that read nothing (Glushkov 1961): what neighbours of literals are found in.
///
/// It takes a superset of the expression's matches: assertions hold everywhere, nothing is atomic, long counted repetitions have no upper end, and of large sets of
/// characters outside ASCII only the first bytes are told apart. So what it does not take, the expression does not match.
package struct ByteNodes: Sendable {
  package struct Node: Sendable {
    package let bytes: ByteSet
    /// Nodes that may read the byte behind it.
    package let follows: [Int32]
    /// Whether a match may end behind it.
    package let ends: Bool
  }

  package let nodes: [Node]
  /// Nodes that may read the first byte.
  package let starts: [Int32]

  /// Nil when it would be too large, or may match nothing.
  package init?(_ expression: RegularExpression) {
    for cap in [24, 8, 3, 1] {
      var graph = ByteSteps(cap: cap)
      guard let start = graph.build(expression.root, next: ByteSteps.accept) else { continue }
      guard let made = Self(graph, start: start) else { return nil }
      self = made
      return
    }
    return nil
  }

  private init?(_ graph: ByteSteps, start: Int) {
    var numbers = [Int32](repeating: -1, count: graph.steps.count)
    var readers: [(bytes: ByteSet, next: Int)] = []
    for (index, step) in graph.steps.enumerated() {
      guard case .read(let bytes, let next) = step else { continue }
      numbers[index] = Int32(readers.count)
      readers.append((bytes, next))
    }
    var marks = [Int](repeating: -1, count: graph.steps.count)
    var stack: [Int] = []
    func reach(_ root: Int, _ mark: Int) -> (follows: [Int32], ends: Bool) {
      var follows: [Int32] = []
      var ends = false
      stack.append(root)
      while let step = stack.popLast() {
        guard marks[step] != mark else { continue }
        marks[step] = mark
        switch graph.steps[step] {
        case .accept: ends = true
        case .read: follows.append(numbers[step])
        case .split(let targets): stack += targets
        }
      }
      return (follows, ends)
    }
    let first = reach(start, readers.count)
    guard !first.ends else { return nil }
    starts = first.follows
    nodes = readers.enumerated().map { index, reader in
      let (follows, ends) = reach(reader.next, index)
      return Node(bytes: reader.bytes, follows: follows, ends: ends)
    }
  }
}

/// An expression as steps over bytes (Thompson 1968).
private struct ByteSteps {
  enum Step {
    case accept
    case read(ByteSet, next: Int)
    case split([Int])
  }

  static let accept = 0
  private static let budget = 1_200
  /// Sets of at most so many characters outside ASCII are told apart to their last byte.
  private static let fewScalars = 64

  private(set) var steps: [Step] = [.accept]
  /// Counts above it are read as "and any number more".
  private let cap: Int

  init(cap: Int) { self.cap = cap }

  private mutating func add(_ step: Step) -> Int? {
    guard steps.count < Self.budget else { return nil }
    steps.append(step)
    return steps.count - 1
  }

  /// Steps for a part that goes on at `next`; where they begin. Nil: too many.
  mutating func build(_ expression: Expression, next: Int) -> Int? {
    switch expression {
    case .empty, .assertion: return next
    case .literal, .characterClass, .any: return build(expression.scalars, next: next)
    case .group(let inner, _): return build(inner, next: next)
    case .sequence(let parts):
      var entry = next
      for part in parts.reversed() {
        guard let before = build(part, next: entry) else { return nil }
        entry = before
      }
      return entry
    case .choice(let parts):
      var entries: [Int] = []
      for part in parts {
        guard let entry = build(part, next: next) else { return nil }
        entries.append(entry)
      }
      return add(.split(entries))
    case .repetition(let inner, let quantifier): return build(inner, quantifier, next: next)
    }
  }

  private mutating func build(_ inner: Expression, _ quantifier: Quantifier, next: Int) -> Int? {
    let most = max(1, cap)
    var entry = next
    if let maximum = quantifier.maximum, maximum - quantifier.minimum <= most, quantifier.minimum <= most {
      for _ in 0..<(maximum - quantifier.minimum) {
        guard let body = build(inner, next: entry), let choice = add(.split([body, next])) else { return nil }
        entry = choice
      }
    } else {
      guard let loop = add(.split([])), let body = build(inner, next: loop) else { return nil }
      steps[loop] = .split([body, next])
      entry = loop
    }
    for _ in 0..<min(quantifier.minimum, most) {
      guard let body = build(inner, next: entry) else { return nil }
      entry = body
    }
    return entry
  }

  /// One character: a byte, or as many as its UTF-8 has.
  private mutating func build(_ scalars: ScalarSet, next: Int) -> Int? {
    var ascii = ByteSet()
    for range in scalars.ranges where range.lowerBound < 0x80 {
      for value in range.lowerBound...min(range.upperBound, 0x7F) { ascii.insert(UInt8(value)) }
    }
    let beyond = scalars.ranges.filter { $0.upperBound >= 0x80 }.map { max($0.lowerBound, 0x80)...$0.upperBound }
    var entries: [Int] = []
    if !ascii.isEmpty || beyond.isEmpty {
      guard let entry = add(.read(ascii, next: next)) else { return nil }
      entries.append(entry)
    }
    let isSmall = beyond.reduce(0) { $0 + $1.count } <= Self.fewScalars
    guard isSmall ? few(beyond, next: next, &entries) : many(beyond, next: next, &entries) else { return nil }
    return entries.count == 1 ? entries[0] : add(.split(entries))
  }

  /// Characters that have all bytes but the last in common share the steps that read them.
  private mutating func few(_ ranges: [ClosedRange<UInt32>], next: Int, _ entries: inout [Int]) -> Bool {
    var ends: [(before: [UInt8], last: ByteSet)] = []
    for value in ranges.joined() {
      guard let scalar = Unicode.Scalar(value) else { return false }
      var bytes = Array(UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      let last = bytes.removeLast()
      if ends.last?.before != bytes { ends.append((bytes, ByteSet())) }
      ends[ends.count - 1].last.insert(last)
    }
    for (before, last) in ends {
      guard var entry = add(.read(last, next: next)) else { return false }
      for byte in before.reversed() {
        guard let earlier = add(.read(ByteSet(byte...byte), next: entry)) else { return false }
        entry = earlier
      }
      entries.append(entry)
    }
    return true
  }

  private mutating func many(_ ranges: [ClosedRange<UInt32>], next: Int, _ entries: inout [Int]) -> Bool {
    let lengths: [(values: ClosedRange<UInt32>, inner: Int)] = [(0x80...0x7FF, 1), (0x800...0xFFFF, 2), (0x10000...0x10FFFF, 3)]
    for (values, inner) in lengths {
      var leads = ByteSet()
      for range in ranges where range.overlaps(values) {
        let (low, high) = (max(range.lowerBound, values.lowerBound), min(range.upperBound, values.upperBound))
        leads.formUnion(ByteSet(Self.lead(low, inner)...Self.lead(high, inner)))
      }
      guard !leads.isEmpty else { continue }
      var entry = next
      for _ in 0..<inner {
        guard let earlier = add(.read(ByteSet(0x80...0xBF), next: entry)) else { return false }
        entry = earlier
      }
      guard let first = add(.read(leads, next: entry)) else { return false }
      entries.append(first)
    }
    return true
  }

  /// The first byte of a character that has so many others.
  private static func lead(_ value: UInt32, _ inner: Int) -> UInt8 {
    let mark: UInt32 = inner == 1 ? 0xC0 : inner == 2 ? 0xE0 : 0xF0
    return UInt8(truncatingIfNeeded: mark | value >> UInt32(6 * inner))
  }
}
