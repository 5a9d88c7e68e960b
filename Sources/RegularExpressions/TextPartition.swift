/// How all texts divide by several tests of them, with a shortest text of each part: a walk through the product of the tests' deterministic
/// automata, as far as it goes.
package struct TextPartition: Sendable {
  package enum Test: Sendable {
    case equals(String)
    case startsWith(String)
    case endsWith(String)
    case contains(String)
    case matches(Language)
  }

  /// The parts differ in what they pass or in their class of length; each text is of the part it stands for.
  package let texts: [String]

  /// - Parameter lengths: where classes of length begin, in Unicode scalars, ascending from 0.
  /// - Returns: nil when the automata are too large, or one is not exact.
  package init?(by tests: [Test], lengths: [Int] = [0]) {
    guard var walk = try? Walk(tests, lengths: lengths), (try? walk.run()) != nil else { return nil }
    texts = walk.texts
  }
}

private enum PartitionLimits {
  /// States of the product, and texts that are told apart.
  static let states = 20_000
  static let parts = 2_000
  /// Lengths until sets of states come again, and states in all of these.
  static let layers = 4_096
  static let visits = 200_000
  /// No text is made that is longer, in scalars.
  static let longest = 200_000
}

/// Texts that are compared from their start: one tree for all, so that a set of a thousand words is one automaton.
private struct WordTree {
  private struct Node {
    var children: [Unicode.Scalar: Int] = [:]
    var equal: [Int] = []
    var starts: [Int] = []
    /// The nearest node on the way here, itself included, that ends a prefix; the root when there is none.
    var lastStart = 0
    var parent = 0
  }

  private var nodes = [Node()]

  mutating func insert(_ text: String, test: Int, isPrefix: Bool) {
    var node = 0
    for scalar in text.unicodeScalars {
      if let next = nodes[node].children[scalar] {
        node = next
      } else {
        nodes.append(Node(parent: node))
        nodes[node].children[scalar] = nodes.count - 1
        node = nodes.count - 1
      }
    }
    if isPrefix { nodes[node].starts.append(test) } else { nodes[node].equal.append(test) }
  }

  mutating func close() {
    // Children come after their parents.
    for index in nodes.indices.dropFirst() {
      nodes[index].lastStart = nodes[index].starts.isEmpty ? nodes[nodes[index].parent].lastStart : index
    }
  }

  /// A node, or the complement of the last prefix passed when the text has left the tree.
  func step(_ state: Int, _ scalar: Unicode.Scalar) -> Int {
    if state < 0 { return state }
    return nodes[state].children[scalar] ?? ~nodes[state].lastStart
  }

  func passed(_ state: Int, _ passes: inout [Bool]) {
    if state >= 0 { for test in nodes[state].equal { passes[test] = true } }
    var node = state < 0 ? ~state : nodes[state].lastStart
    while node != 0 {
      for test in nodes[node].starts { passes[test] = true }
      node = nodes[nodes[node].parent].lastStart
    }
    for test in nodes[0].starts { passes[test] = true }
  }
}

private struct Walk {
  private let alphabet: Alphabet
  /// Of characters, those first that are easy to read.
  private let kinds: [Int]
  private let count: Int
  private let lengths: [Int]
  private var words = WordTree()
  private var automata: [(test: Int, automaton: SubsetAutomaton)] = []
  /// By state: the word tree's, then each automaton's.
  private var members: [[Int]] = []
  private var numbers: [[Int]: Int] = [:]
  /// By state, once asked for: each state that follows, and a kind that leads there.
  private var following: [[(state: Int, kind: Int)]?] = []
  private var passes: [[Bool]] = []
  private var known: Set<Part> = []
  private(set) var texts: [String] = []

  private struct Part: Hashable {
    let passes: [Bool]
    let length: Int
  }

  init(_ tests: [TextPartition.Test], lengths: [Int]) throws(TooLarge) {
    var sets: Set<ScalarSet> = []
    var languages: [(Int, Language)] = []
    for (index, test) in tests.enumerated() {
      switch test {
      case .equals(let text), .startsWith(let text):
        for scalar in text.unicodeScalars { sets.insert(ScalarSet(scalar)) }
        words.insert(text, test: index, isPrefix: { if case .startsWith = test { true } else { false } }())
      case .endsWith(let text):
        let any = Expression.repetition(.any(lineFeed: true), Quantifier(0, nil))
        languages.append((index, Language(RegularExpression(root: .sequence([any] + literals(text))), .whole)))
      case .contains(let text): languages.append((index, Language(RegularExpression(root: .sequence(literals(text))), .search)))
      case .matches(let language): languages.append((index, language))
      }
    }
    words.close()
    for (_, language) in languages { sets.formUnion(language.expression.root.characterSets) }
    alphabet = Alphabet(separating: sets)
    kinds = [Int](0..<alphabet.count).sorted { [alphabet] left, right in
      let (a, b) = (alphabet.representatives[left], alphabet.representatives[right])
      return (Self.rank(a), a.value) < (Self.rank(b), b.value)
    }
    count = tests.count
    self.lengths = lengths
    for (index, language) in languages {
      let root = language.expression.root
      let graph = ThompsonGraph(root, mode: language.mode, alphabet: alphabet)
      guard graph.isExact else { throw TooLarge() }
      automata.append((index, SubsetAutomaton(try PositionAutomaton(graph, alphabet: alphabet, splitsContexts: root.hasAssertions))))
    }
  }

  private static func rank(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.value {
    case 0x61...0x7A: 0
    case 0x41...0x5A, 0x30...0x39: 1
    case 0x21...0x7E: 2
    case 0x20: 3
    default: 4
    }
  }

  mutating func run() throws(TooLarge) {
    let start = try state([Int](repeating: SubsetAutomaton.start, count: automata.count + 1))
    if lengths.count <= 1 { try search(from: start) } else { try searchByLength(from: start) }
  }

  private mutating func state(_ states: [Int]) throws(TooLarge) -> Int {
    if let known = numbers[states] { return known }
    guard members.count < PartitionLimits.states else { throw TooLarge() }
    numbers[states] = members.count
    members.append(states)
    following.append(nil)
    var passed = [Bool](repeating: false, count: count)
    words.passed(states[0], &passed)
    for index in automata.indices { passed[automata[index].test] = automata[index].automaton.accepts(states[index + 1]) }
    passes.append(passed)
    return members.count - 1
  }

  private mutating func next(_ from: Int) throws(TooLarge) -> [(state: Int, kind: Int)] {
    if let known = following[from] { return known }
    var found: [(state: Int, kind: Int)] = []
    var seen: Set<Int> = []
    for kind in kinds {
      var states = members[from]
      states[0] = words.step(states[0], alphabet.representatives[kind])
      for index in automata.indices { states[index + 1] = try automata[index].automaton.step(states[index + 1], kind) }
      let to = try state(states)
      if seen.insert(to).inserted { found.append((to, kind)) }
    }
    following[from] = found
    return found
  }

  private mutating func isNew(_ state: Int, length: Int) throws(TooLarge) -> Bool {
    guard known.insert(Part(passes: passes[state], length: length)).inserted else { return false }
    guard known.count <= PartitionLimits.parts else { throw TooLarge() }
    return true
  }

  /// Breadth first, lengths apart.
  private mutating func search(from start: Int) throws(TooLarge) {
    var parents: [Int: (state: Int, kind: Int)] = [:]
    var queue = [start]
    var index = 0
    while index < queue.count {
      let from = queue[index]
      if try isNew(from, length: 0) {
        var kinds: [Int] = []
        var at = from
        while let parent = parents[at] {
          kinds.append(parent.kind)
          at = parent.state
        }
        texts.append(alphabet.text(kinds.reversed()))
      }
      for (to, kind) in try next(from) where to != start && parents[to] == nil {
        parents[to] = (from, kind)
        queue.append(to)
      }
      index += 1
    }
  }

  /// The states that texts of each length lead to; from where a set of states comes again, lengths repeat.
  private mutating func searchByLength(from start: Int) throws(TooLarge) {
    var layers = [[start]]
    var seen = [layers[0]: 0]
    var visits = 1
    var period = 0
    while period == 0 {
      var layer: Set<Int> = []
      for from in layers[layers.count - 1] { for (to, _) in try next(from) { layer.insert(to) } }
      let sorted = layer.sorted()
      if let first = seen[sorted] {
        period = layers.count - first
      } else {
        seen[sorted] = layers.count
        layers.append(sorted)
        visits += sorted.count
        guard layers.count <= PartitionLimits.layers, visits <= PartitionLimits.visits else { throw TooLarge() }
      }
    }
    let first = layers.count - period
    func place(_ length: Int) -> Int { length < first ? length : first + (length - first) % period }
    for (number, begin) in lengths.enumerated() {
      let end = number + 1 < lengths.count ? lengths[number + 1] - 1 : Int.max
      // Beyond the layers one round shows all there is.
      let last = min(end, max(begin, first) + period - 1)
      guard begin <= last else { continue }
      for length in begin...last {
        guard length <= PartitionLimits.longest else { throw TooLarge() }
        for state in layers[place(length)] where try isNew(state, length: number) {
          texts.append(try text(to: state, length: length) { layers[place($0)] })
        }
      }
    }
  }

  private mutating func text(to state: Int, length: Int, layer: (Int) -> [Int]) throws(TooLarge) -> String {
    var kinds: [Int] = []
    var (at, position) = (state, length)
    while position > 0 {
      position -= 1
      for from in layer(position) {
        guard let step = try next(from).first(where: { $0.state == at }) else { continue }
        kinds.append(step.kind)
        at = from
        break
      }
    }
    return alphabet.text(kinds.reversed())
  }
}

private func literals(_ text: String) -> [Expression] { text.unicodeScalars.map { .literal($0, folds: false) } }
