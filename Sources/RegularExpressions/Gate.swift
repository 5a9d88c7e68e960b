/// A small deterministic automaton that says of a place that no match begins there, reading no further than it must, so that most places are left alone without
/// asking PCRE2.
///
/// It takes a superset of the expression's matches: assertions hold everywhere, nothing is atomic, long counted repetitions have no upper end, characters
/// outside ASCII are all alike, and of long alternations only the beginnings are told apart. So "no" is certain and "maybe" is not.
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

  /// States above this tell nothing apart that pays for their rows.
  private static let stateBudget = 200
  /// Counts up to this are told apart even where that leaves no room for the end of an expression.
  private static let leastCap = 2

  /// Nil when nothing can be told, as of an expression that can match nothing.
  package init?(_ expression: RegularExpression) {
    for cap in [20, 6, 2, 0] {
      guard let graph = ByteGraph(expression.root, cap: cap) else { continue }
      let isLast = cap <= Self.leastCap
      // A graph of many more nodes than there may be states is not even tried.
      guard isLast || graph.nodes.count <= 3 * Self.stateBudget else { continue }
      guard let table = GateTable(graph, stateBudget: Self.stateBudget, opensBeyond: isLast) else { continue }
      classes = table.classes
      classCount = table.classCount
      next = table.next
      width = expression.maximumWidth
      return
    }
    return nil
  }
}

/// The subset automaton (Rabin and Scott 1959) of a graph.
private struct GateTable {
  private(set) var classes = [UInt8](repeating: 0, count: 256)
  private(set) var classCount = 0
  private(set) var next: [UInt8] = []

  /// Nil when it has too many states or accepts at once.
  ///
  /// - Parameter opensBeyond: whether states beyond the budget are taken for accepting ones instead. Those nearest to the start come first.
  init?(_ graph: ByteGraph, stateBudget: Int, opensBeyond: Bool) {
    let readers = Readers(graph)
    guard !readers.accepts(readers.start) else { return nil }
    let samples = sort(readers.sets)
    classCount = samples.count + 1
    let readingClass = samples.map { sample in readers.members { $0.contains(sample) } }
    var states: [[UInt64]: UInt8] = [readers.start: Gate.start]
    var queue = [readers.start]
    // Dead and accepting go on to nowhere.
    next = [UInt8](repeating: Gate.dead, count: 2 * classCount)
    var index = 0
    var targets: [UInt64] = []
    while index < queue.count {
      // The inner bytes of characters leave the state as it is.
      next.append(UInt8(index) + Gate.start)
      for reading in readingClass {
        readers.follow(queue[index], reading, into: &targets)
        if readers.accepts(targets) {
          next.append(Gate.accepting)
        } else if targets.allSatisfy({ $0 == 0 }) {
          next.append(Gate.dead)
        } else if let known = states[targets] {
          next.append(known)
        } else if queue.count == stateBudget {
          guard opensBeyond else { return nil }
          next.append(Gate.accepting)
        } else {
          let number = UInt8(queue.count) + Gate.start
          states[targets] = number
          next.append(number)
          queue.append(targets)
        }
      }
      index += 1
    }
  }

  /// Gives bytes that no set tells apart one class; returns one symbol of each but that of inner bytes, which is nought.
  private mutating func sort(_ sets: some Sequence<ByteGraph.SymbolSet>) -> [ByteGraph.Symbol] {
    var numbers = [Int](repeating: 0, count: Int(ByteGraph.Symbol.count))
    var count = 1
    for set in sets {
      var split = [Int](repeating: -1, count: count)
      for symbol in 0..<ByteGraph.Symbol.count where set.contains(ByteGraph.Symbol(symbol)) {
        let number = numbers[Int(symbol)]
        if split[number] < 0 {
          split[number] = count
          count += 1
        }
        numbers[Int(symbol)] = split[number]
      }
    }
    var dense = [UInt8](repeating: 0, count: count)
    var samples: [ByteGraph.Symbol] = []
    for byte in UInt8.min...UInt8.max where byte & 0xC0 != 0x80 {
      let symbol = ByteGraph.Symbol(byte)
      let number = numbers[Int(symbol.value)]
      if dense[number] == 0 {
        samples.append(symbol)
        // At most 129 symbols exist.
        dense[number] = UInt8(samples.count)
      }
      classes[Int(byte)] = dense[number]
    }
    return samples
  }
}

/// The reading nodes of a graph as bits of sets: what is reached from each without reading is worked out once.
private struct Readers {
  /// What the reading nodes read, each set once.
  let sets: Set<ByteGraph.SymbolSet>
  /// What is reached before anything is read.
  let start: [UInt64]
  private let symbols: [ByteGraph.SymbolSet]
  private let wordCount: Int
  /// By reading node: the set of what comes next, `wordCount` words each.
  private var follows: [UInt64]

  /// The bit of the accepting node is nought's.
  init(_ graph: ByteGraph) {
    var bits = [Int](repeating: -1, count: graph.nodes.count)
    var nexts: [Int] = [ByteGraph.accept]
    var symbols: [ByteGraph.SymbolSet] = [ByteGraph.SymbolSet()]
    bits[ByteGraph.accept] = 0
    for (number, node) in graph.nodes.enumerated() {
      guard case .read(let set, let next) = node else { continue }
      bits[number] = nexts.count
      nexts.append(next)
      symbols.append(set)
    }
    let wordCount = (nexts.count + 63) / 64
    var marks = [Int](repeating: -1, count: graph.nodes.count)
    var stack: [Int] = []
    func reach(_ root: Int, _ mark: Int, _ add: (Int) -> Void) {
      stack.append(root)
      while let node = stack.popLast() {
        guard marks[node] != mark else { continue }
        marks[node] = mark
        if case .split(let targets) = graph.nodes[node] { stack += targets } else { add(bits[node]) }
      }
    }
    var start = [UInt64](repeating: 0, count: wordCount)
    reach(graph.start, 0) { start[$0 >> 6] |= 1 << UInt64($0 & 63) }
    var follows = [UInt64](repeating: 0, count: wordCount * nexts.count)
    for bit in 1..<max(1, nexts.count) {
      reach(nexts[bit], bit) { follows[bit * wordCount + $0 >> 6] |= 1 << UInt64($0 & 63) }
    }
    self.start = start
    self.symbols = symbols
    self.wordCount = wordCount
    self.follows = follows
    sets = Set(symbols)
  }

  func accepts(_ state: [UInt64]) -> Bool { state[0] & 1 != 0 }

  /// Nodes that read something.
  func members(_ reads: (ByteGraph.SymbolSet) -> Bool) -> [UInt64] {
    var found = [UInt64](repeating: 0, count: wordCount)
    for bit in 1..<max(1, symbols.count) where reads(symbols[bit]) { found[bit >> 6] |= 1 << UInt64(bit & 63) }
    return found
  }

  /// What is reached from the nodes of a state that are among `reading`.
  func follow(_ state: [UInt64], _ reading: [UInt64], into targets: inout [UInt64]) {
    targets.removeAll(keepingCapacity: true)
    for _ in 0..<wordCount { targets.append(0) }
    for word in 0..<wordCount {
      var rest = state[word] & reading[word]
      while rest != 0 {
        let bit = word * 64 + rest.trailingZeroBitCount
        rest &= rest - 1
        for index in 0..<wordCount { targets[index] |= follows[bit * wordCount + index] }
      }
    }
  }
}

/// An expression as nodes that read bytes (Thompson 1968), made to match more wherever that makes it smaller.
private struct ByteGraph {
  /// A character of ASCII, or any other.
  struct Symbol: Hashable {
    static let count: UInt8 = 129

    let value: UInt8

    init(_ byte: UInt8) { value = min(byte, 128) }
  }

  struct SymbolSet: Hashable {
    var low: UInt64 = 0
    var high: UInt64 = 0
    var others = false

    init() {}

    init(_ scalars: ScalarSet) {
      for range in scalars.ranges {
        if range.upperBound >= 128 { others = true }
        guard range.lowerBound < 128 else { break }
        for value in range.lowerBound...min(range.upperBound, 127) {
          if value < 64 { low |= 1 << UInt64(value) } else { high |= 1 << UInt64(value - 64) }
        }
      }
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
}
