/// Whether an expression is looked for in a text or must match all of it.
package enum MatchMode: Sendable, Hashable {
  case search, whole
}

/// The automaton could not be made or searched within its budget.
struct TooLarge: Error {}

/// An automaton without empty steps whose states are the places of an expression that have just read a character (Glushkov 1961), each split by
/// what kind of neighbour that character is to `\b`, `^` and `$`.
///
/// An edge knows which kinds of character take it and for which of them there is more than one way of getting there without reading, which is
/// what makes a backtracking matcher try again in vain.
struct PositionAutomaton {
  struct Edge {
    let target: Int
    var kinds: KindSet
    /// Of these kinds there are two ways or more.
    var doubled: KindSet
  }

  /// How many edges an automaton may have: some tens of megabytes.
  static let edgeBudget = 400_000

  /// How many optional parts may follow each other: the walk over them recurses, and a thread of the pool has 512 KiB of stack.
  static let depthBudget = 300

  let alphabet: Alphabet
  /// By state; state 0 has read nothing.
  let edges: [[Edge]]
  /// By state: the kinds, or the end, that may come next when it accepts.
  let accepts: [KindSet]
  let isExact: Bool

  var count: Int { edges.count }

  /// Throws when the edges exceed the budget.
  init(_ graph: ThompsonGraph, alphabet: Alphabet, splitsContexts: Bool) throws(TooLarge) {
    var builder = Builder(graph: graph, alphabet: alphabet, splits: splitsContexts)
    try builder.run()
    self.alphabet = alphabet
    edges = builder.edges
    accepts = builder.accepts
    isExact = graph.isExact
  }

  private struct Builder {
    let graph: ThompsonGraph
    let alphabet: Alphabet
    let splits: Bool
    let contextKinds: [KindSet]
    let none: KindSet
    var states: [State: Int] = [:]
    var queue: [State] = []
    var edges: [[Edge]] = []
    var accepts: [KindSet] = []
    var total = 0
    var memo: [Visit: [Step]] = [:]
    var depth = 0

    struct State: Hashable {
      /// The reading node, or -1 for the start.
      let node: Int
      let context: Alphabet.Context
    }

    /// A node on the way, under the loops already entered since the last character.
    struct Visit: Hashable {
      let node: Int
      let context: Alphabet.Context
      let loops: [Int]
    }

    /// Where empty steps lead: a reading node, or the accepting node 0.
    struct Step {
      let node: Int
      var kinds: KindSet
      var doubled: KindSet
    }

    init(graph: ThompsonGraph, alphabet: Alphabet, splits: Bool) {
      self.graph = graph
      self.alphabet = alphabet
      self.splits = splits
      none = KindSet(capacity: alphabet.count + 1)
      contextKinds = Alphabet.Context.allCases.map { context in alphabet.kinds { $0 == context } }
    }

    mutating func state(_ node: Int, _ context: Alphabet.Context) -> Int {
      let state = State(node: node, context: context)
      if let known = states[state] { return known }
      states[state] = queue.count
      queue.append(state)
      return queue.count - 1
    }

    mutating func run() throws(TooLarge) {
      _ = state(-1, .edge)
      var index = 0
      while index < queue.count {
        let from = queue[index]
        let node: Int
        if case .read(_, let next) = from.node < 0 ? .accept : graph.nodes[from.node] { node = next } else { node = graph.start }
        var outgoing: [Edge] = []
        var accepting = none
        for step in try steps(Visit(node: node, context: from.context, loops: [])) {
          guard step.node != 0 else {
            accepting.formUnion(step.kinds)
            continue
          }
          outgoing += edges(to: step)
        }
        total += outgoing.count + 1
        guard total <= PositionAutomaton.edgeBudget else { throw TooLarge() }
        edges.append(outgoing)
        accepts.append(accepting)
        index += 1
      }
    }

    private mutating func edges(to step: Step) -> [Edge] {
      guard splits else { return [Edge(target: state(step.node, .other), kinds: step.kinds, doubled: step.doubled)] }
      var result: [Edge] = []
      for context in [Alphabet.Context.word, .lineFeed, .other] {
        let kinds = step.kinds.intersection(contextKinds[Int(context.rawValue)])
        guard !kinds.isEmpty else { continue }
        result.append(Edge(target: state(step.node, context), kinds: kinds, doubled: step.doubled.intersection(kinds)))
      }
      return result
    }

    /// What can be reached without reading.
    private mutating func steps(_ visit: Visit) throws(TooLarge) -> [Step] {
      if let known = memo[visit] { return known }
      depth += 1
      defer { depth -= 1 }
      guard depth <= PositionAutomaton.depthBudget else { throw TooLarge() }
      let result: [Step]
      switch graph.nodes[visit.node] {
      case .accept: result = [Step(node: 0, kinds: alphabet.kinds { _ in true }, doubled: none)]
      case .read(let kinds, _): result = [Step(node: visit.node, kinds: kinds, doubled: none)]
      case .split(let targets):
        var merged: [Step] = []
        for target in targets { merged = merge(merged, try steps(Visit(node: target, context: visit.context, loops: visit.loops))) }
        result = merged
      case .loop(let body, let exit, let canBeEmpty):
        let leaving = try steps(Visit(node: exit, context: visit.context, loops: visit.loops))
        if canBeEmpty && visit.loops.contains(visit.node) {
          result = leaving
        } else {
          let loops = canBeEmpty ? (visit.loops + [visit.node]).sorted() : visit.loops
          result = merge(try steps(Visit(node: body, context: visit.context, loops: loops)), leaving)
        }
      case .assertion(let assertion, let next):
        let allowed = alphabet.kinds { assertion.holds(between: visit.context, and: $0) }
        result = restrict(try steps(Visit(node: next, context: visit.context, loops: visit.loops)), to: allowed)
      case .ahead(let kinds, let next):
        result = restrict(try steps(Visit(node: next, context: visit.context, loops: visit.loops)), to: kinds)
      }
      total += result.count
      guard total <= 4 * PositionAutomaton.edgeBudget else { throw TooLarge() }
      memo[visit] = result
      return result
    }

    private func restrict(_ steps: [Step], to kinds: KindSet) -> [Step] {
      steps.compactMap { step in
        let rest = step.kinds.intersection(kinds)
        return rest.isEmpty ? nil : Step(node: step.node, kinds: rest, doubled: step.doubled.intersection(kinds))
      }
    }

    private func merge(_ first: [Step], _ second: [Step]) -> [Step] {
      guard !first.isEmpty else { return second }
      var merged = first
      var places = Dictionary(first.enumerated().map { ($1.node, $0) }, uniquingKeysWith: { first, _ in first })
      for step in second {
        guard let place = places[step.node] else {
          places[step.node] = merged.count
          merged.append(step)
          continue
        }
        merged[place].doubled.formUnion(step.doubled)
        merged[place].doubled.formUnion(merged[place].kinds.intersection(step.kinds))
        merged[place].kinds.formUnion(step.kinds)
      }
      return merged
    }
  }
}

extension Assertion {
  /// Whether it holds between two characters. `before` is an edge at the start of the text, `after` at its end.
  func holds(between before: Alphabet.Context, and after: Alphabet.Context) -> Bool {
    switch self {
    case .textStart: before == .edge
    case .lineStart: before == .edge || (before == .lineFeed && after != .edge)
    case .textEnd: after == .edge
    case .lineEnd: after == .edge || after == .lineFeed
    case .wordBoundary: (before == .word) != (after == .word)
    case .notWordBoundary: (before == .word) == (after == .word)
    }
  }
}
