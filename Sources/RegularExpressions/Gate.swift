/// A small deterministic automaton that says of a place that no match begins there, reading no further than it must, so that most places are left alone without
/// asking PCRE2.
///
/// It takes a superset of the expression's matches: assertions hold everywhere, nothing is atomic, long counted repetitions have no upper end, and characters
/// outside ASCII are all alike. So "no" is certain and "maybe" is not.
package struct Gate: Hashable, Sendable {
  /// No match can come of it any more.
  package static let dead: UInt8 = 0
  /// A match may end here.
  package static let accepting: UInt8 = 1
  package static let start: UInt8 = 2

  /// By byte: its class. The inner bytes of characters have class 0, which leaves every state as it is.
  package let classes: [UInt8]
  package let classCount: Int
  /// By state times `classCount` plus class: the next state.
  package let next: [UInt8]
  /// The most bytes a match can have; nil: without bound.
  package let width: Int?

  /// States above this are told apart by nothing that pays for their rows.
  private static let stateBudget = 200

  /// Nil when no automaton within the budget tells anything, as for an expression that can match nothing.
  package init?(_ expression: RegularExpression) {
    for cap in [20, 6, 2, 0] {
      guard let graph = ByteGraph(expression.root, cap: cap) else { continue }
      guard let (classes, rows) = Self.rows(graph) else { continue }
      self.classes = classes
      classCount = rows[0].count
      next = rows.flatMap(\.self)
      width = expression.maximumWidth
      return
    }
    return nil
  }

  /// The subset automaton (Rabin and Scott 1959); nil when it is too large or accepts at once.
  private static func rows(_ graph: ByteGraph) -> (classes: [UInt8], rows: [[UInt8]])? {
    // Bytes that no node tells apart share a class; the inner bytes of characters come first and have their own.
    var numbers: [[Bool]: UInt8] = [:]
    var classes = [UInt8](repeating: 0, count: 256)
    var samples: [ByteGraph.Symbol] = []
    let reading = Array(Set(graph.nodes.indices.compactMap { graph.symbols(of: $0) }))
    for byte in UInt8.min...UInt8.max where byte & 0xC0 != 0x80 {
      let symbol = ByteGraph.Symbol(byte)
      let key = reading.map { $0.contains(symbol) }
      if numbers[key] == nil {
        samples.append(symbol)
        guard samples.count < 256 else { return nil }
        numbers[key] = UInt8(samples.count)
      }
      classes[Int(byte)] = numbers[key] ?? 0
    }
    var closures = Closures(graph)
    let first = closures.union([graph.start])
    guard !first.contains(ByteGraph.accept) else { return nil }
    var states: [[Int]: UInt8] = [first: start]
    var queue = [first]
    var rows = [[UInt8]](repeating: [UInt8](repeating: dead, count: samples.count + 1), count: 2)
    var index = 0
    while index < queue.count {
      var row = [UInt8(index) + start]
      for symbol in samples {
        let targets = closures.union(graph.targets(of: queue[index], reading: symbol))
        if targets.contains(ByteGraph.accept) {
          row.append(accepting)
        } else if targets.isEmpty {
          row.append(dead)
        } else if let known = states[targets] {
          row.append(known)
        } else {
          guard queue.count < stateBudget else { return nil }
          states[targets] = UInt8(queue.count) + start
          row.append(UInt8(queue.count) + start)
          queue.append(targets)
        }
      }
      rows.append(row)
      index += 1
    }
    return (classes, rows)
  }
}

/// An expression as nodes that read bytes (Thompson 1968), made to match more wherever that makes it smaller.
private struct ByteGraph {
  /// A character of ASCII, or any other.
  struct Symbol: Hashable {
    let value: UInt8

    init(_ byte: UInt8) { value = min(byte, 128) }
  }

  struct SymbolSet: Hashable {
    var low: UInt64 = 0
    var high: UInt64 = 0
    var others = false

    init(_ scalars: ScalarSet) {
      for value in UInt8(0)..<128 where scalars.contains(Unicode.Scalar(value)) {
        if value < 64 { low |= 1 << UInt64(value) } else { high |= 1 << UInt64(value - 64) }
      }
      others = (scalars.ranges.last?.upperBound ?? 0) >= 128
    }

    func contains(_ symbol: Symbol) -> Bool {
      switch symbol.value {
      case 128...: others
      case 64...: high & (1 << UInt64(symbol.value - 64)) != 0
      default: low & (1 << UInt64(symbol.value)) != 0
      }
    }
  }

  enum Node {
    case accept
    case read(SymbolSet, next: Int)
    case split([Int])
  }

  static let accept = 0
  private static let nodeBudget = 1_500

  private(set) var nodes: [Node] = [.accept]
  private(set) var start = 0

  /// Counts above `cap` are read as "and any number more". Nil: too large.
  init?(_ expression: Expression, cap: Int) {
    guard let start = build(expression, next: Self.accept, cap) else { return nil }
    self.start = start
  }

  private mutating func add(_ node: Node) -> Int? {
    guard nodes.count < Self.nodeBudget else { return nil }
    nodes.append(node)
    return nodes.count - 1
  }

  /// Nodes for a part that goes on at `next`; returns where it begins.
  private mutating func build(_ expression: Expression, next: Int, _ cap: Int) -> Int? {
    switch expression {
    case .empty, .assertion: return next
    case .literal, .characterClass, .any: return add(.read(SymbolSet(expression.scalars), next: next))
    case .group(let inner, _): return build(inner, next: next, cap)
    case .sequence(let parts):
      var entry = next
      for part in parts.reversed() {
        guard let before = build(part, next: entry, cap) else { return nil }
        entry = before
      }
      return entry
    case .choice(let parts):
      var entries: [Int] = []
      for part in parts {
        guard let entry = build(part, next: next, cap) else { return nil }
        entries.append(entry)
      }
      return add(.split(entries))
    case .repetition(let inner, let quantifier): return repetition(inner, quantifier, next: next, cap)
    }
  }

  private mutating func repetition(_ inner: Expression, _ quantifier: Quantifier, next: Int, _ cap: Int) -> Int? {
    var entry = next
    if let maximum = quantifier.maximum, maximum - quantifier.minimum <= max(1, cap), quantifier.minimum <= max(1, cap) {
      for _ in 0..<(maximum - quantifier.minimum) {
        guard let body = build(inner, next: entry, cap), let choice = add(.split([body, next])) else { return nil }
        entry = choice
      }
    } else {
      guard let loop = add(.split([])), let body = build(inner, next: loop, cap) else { return nil }
      nodes[loop] = .split([body, next])
      entry = loop
    }
    for _ in 0..<min(quantifier.minimum, max(1, cap)) {
      guard let body = build(inner, next: entry, cap) else { return nil }
      entry = body
    }
    return entry
  }

  func symbols(of node: Int) -> SymbolSet? {
    if case .read(let symbols, _) = nodes[node] { symbols } else { nil }
  }

  func targets(of state: [Int], reading symbol: Symbol) -> [Int] {
    state.compactMap { node in
      if case .read(let symbols, let next) = nodes[node], symbols.contains(symbol) { next } else { nil }
    }
  }
}

/// What is reached from nodes without reading: worked out once for each node, since every state asks for the same ones.
private struct Closures {
  private let graph: ByteGraph
  private var known: [[Int]?]
  /// By node: the number of the last union that had it.
  private var marks: [Int]
  private var union = 0

  init(_ graph: ByteGraph) {
    self.graph = graph
    known = Array(repeating: nil, count: graph.nodes.count)
    marks = Array(repeating: 0, count: graph.nodes.count)
  }

  /// The reading nodes, and the accepting one, that are reached without reading, in order.
  mutating func union(_ roots: [Int]) -> [Int] {
    if let only = roots.first, roots.count == 1 { return closure(of: only) }
    let parts = roots.map { closure(of: $0) }
    union += 1
    var found: [Int] = []
    for part in parts {
      for node in part where marks[node] != union {
        marks[node] = union
        found.append(node)
      }
    }
    return found.sorted()
  }

  private mutating func closure(of root: Int) -> [Int] {
    if let closure = known[root] { return closure }
    union += 1
    var found: [Int] = []
    var stack = [root]
    while let node = stack.popLast() {
      guard marks[node] != union else { continue }
      marks[node] = union
      if case .split(let targets) = graph.nodes[node] { stack += targets } else { found.append(node) }
    }
    found.sort()
    known[root] = found
    return found
  }
}
