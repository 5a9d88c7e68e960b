/// How the time of a backtracking matcher grows with a text on which it fails in the end.
///
/// After A. Weber and H. Seidl, "On the degree of ambiguity of finite automata" (1991), whose conditions EDA and IDA these are, and N. Weideman,
/// B. van der Merwe, M. Berglund and B. Watson, "Analyzing matching time behavior of backtracking regular expression matchers by using ambiguity
/// of NFA" (2016), who tie them to backtracking. In a search the attempt at every place counts too: `a+b` is quadratic there.
package enum Ambiguity: Hashable, Sendable {
  /// Time grows as the text does; counted repetitions may still make the factor large.
  case linear
  /// Time grows as this power of the text's length, or faster.
  case polynomial(degree: Int, HurtingText)
  case exponential(HurtingText)
  /// The automaton is beyond the budget, so nothing is known.
  case tooLarge
}

extension Ambiguity {
  /// The longest text, in bytes, on which a match stays within some ten milliseconds. What takes exponential time is stopped by the
  /// match limit; what the machine code does not count (see `PatternLimits.match`) is stopped by this.
  package var longestText: Int {
    switch self {
    case .linear: .max
    case .polynomial(degree: ...2, _): 4_096
    case .polynomial(degree: 3, _): 256
    case .polynomial, .exponential: 64
    case .tooLarge: 1_024
    }
  }
}

/// A family of texts that hurt more the more often `pump` is repeated.
package struct HurtingText: Hashable, Sendable {
  package let prefix: String
  package let pump: String
  /// Makes the match fail, so that every way is tried.
  package let suffix: String

  package func repeated(_ count: Int) -> String { prefix + String(repeating: pump, count: count) + suffix }
}

extension RegularExpression {
  /// Exact but for two things: an atomic group, or a possessive repetition of more than one character, is taken to give back, which may report
  /// too much; and so is a way that a match found earlier would have cut off.
  package func ambiguity(_ mode: MatchMode) -> Ambiguity { Self.ambiguity(of: root, mode) }

  /// How time would grow from one place to begin at if counted repetitions of many rounds had no end. What is not linear there stays bounded by the counts, but
  /// by their product: `[^)]{1,200}[?&][^)]{0,200}\)` can take 40,000 steps at one place. Its text shows how, repeated as often as the counts allow.
  package var countedCost: Ambiguity { Self.ambiguity(of: .sequence([.assertion(.textStart), root.uncounted]), .search) }

  private static func ambiguity(of root: Expression, _ mode: MatchMode) -> Ambiguity {
    let alphabet = Alphabet(separating: root.characterSets.union([.all]))
    let graph = ThompsonGraph(stoppingAtMatch: root, mode: mode, alphabet: alphabet)
    do {
      var search = AmbiguitySearch(try PositionAutomaton(graph, alphabet: alphabet, splitsContexts: root.hasAssertions))
      if let hurting = try search.exponential() { return .exponential(hurting) }
      if let (degree, hurting) = try search.polynomial() { return .polynomial(degree: degree, hurting) }
      return .linear
    } catch {
      return .tooLarge
    }
  }
}

/// Looks for loops that can be gone through in two ways on one text, in products of an automaton with itself.
struct AmbiguitySearch {
  /// Steps in product automata: about a second in a debug build.
  static let stepBudget = 3_000_000

  private let automaton: PositionAutomaton
  private let components: StrongComponents
  /// Members of each component that has a loop.
  private let loops: [Int: [Int]]
  private var steps = 0

  init(_ automaton: PositionAutomaton) {
    self.automaton = automaton
    let components = StrongComponents(nodes: automaton.count) { automaton.edges[$0].map(\.target) }
    var members: [Int: [Int]] = [:]
    for state in 0..<automaton.count { members[components.component[state], default: []].append(state) }
    self.components = components
    loops = members.filter { component, states in
      states.count > 1 || automaton.edges[states[0]].contains { $0.target == states[0] }
    }
  }

  private func inside(_ edge: PositionAutomaton.Edge, _ component: Int) -> Bool { components.component[edge.target] == component }

  /// Once in a component all of whose places accept whatever follows, the matcher ends with a match before it tries anything twice.
  private func alwaysSucceeds(_ states: [Int]) -> Bool {
    let all = automaton.alphabet.kinds { _ in true }
    return states.allSatisfy { automaton.accepts[$0] == all }
  }

  private mutating func count(_ number: Int) throws(TooLarge) {
    steps += number
    guard steps <= Self.stepBudget else { throw TooLarge() }
  }

  // MARK: Exponential

  /// EDA: a state with two different ways back to itself on one text.
  mutating func exponential() throws(TooLarge) -> HurtingText? {
    for (component, states) in loops.sorted(by: { $0.key > $1.key }) where !alwaysSucceeds(states) {
      if let (state, pump) = try doubledLoop(component, states) { return hurting(at: state, pump) }
      if let (state, pump) = try pairLoop(component, states) { return hurting(at: state, pump) }
    }
    return nil
  }

  /// Two ways over empty steps between two neighbours of a loop.
  private mutating func doubledLoop(_ component: Int, _ states: [Int]) throws(TooLarge) -> (Int, [Int])? {
    for state in states {
      for edge in automaton.edges[state] where inside(edge, component) {
        guard let kind = edge.doubled.first else { continue }
        let back = try path(
          [edge.target], { [component, components] in components.component[$0[0]] == component }, until: { $0 == [state] })
        if let back { return (state, [kind] + back.kinds) }
      }
    }
    return nil
  }

  /// Two places reached from one and leading to one, all in one component.
  private mutating func pairLoop(_ component: Int, _ states: [Int]) throws(TooLarge) -> (Int, [Int])? {
    guard states.count > 1 else { return nil }
    for state in states {
      for (first, second, kinds) in forks(from: state, component) {
        guard let kind = kinds.first else { continue }
        let within: ([Int]) -> Bool = { [component, components] in $0.allSatisfy { components.component[$0] == component } }
        guard let join = try path([first, second], within, until: { $0[0] == $0[1] }) else { continue }
        guard let back = try path([join.end[0]], within, until: { $0 == [state] }) else { continue }
        return (state, [kind] + join.kinds + back.kinds)
      }
    }
    return nil
  }

  private func forks(from state: Int, _ component: Int) -> [(Int, Int, KindSet)] {
    let edges = automaton.edges[state].filter { inside($0, component) }
    var forks: [(Int, Int, KindSet)] = []
    for (index, first) in edges.enumerated() {
      for second in edges[(index + 1)...] where first.target != second.target && first.kinds.meets(second.kinds) {
        forks.append((first.target, second.target, first.kinds.intersection(second.kinds)))
      }
    }
    return forks
  }

  /// A shortest path in the product of the automaton with itself, one factor for each number.
  private mutating func path(
    _ start: [Int], _ within: ([Int]) -> Bool, until: ([Int]) -> Bool
  ) throws(TooLarge) -> (end: [Int], kinds: [Int])? {
    var visits: [(states: [Int], parent: Int, kind: Int)] = [(start, -1, 0)]
    var seen: Set<[Int]> = [start]
    var index = 0
    while index < visits.count {
      let states = visits[index].states
      if until(states) {
        var kinds: [Int] = []
        var visit = index
        while visits[visit].parent >= 0 {
          kinds.append(visits[visit].kind)
          visit = visits[visit].parent
        }
        return (states, kinds.reversed())
      }
      try count(1)
      for (next, kinds) in try successors(states) where within(next) {
        guard let kind = kinds.first, seen.insert(next).inserted else { continue }
        visits.append((next, index, kind))
      }
      index += 1
    }
    return nil
  }

  private mutating func successors(_ states: [Int]) throws(TooLarge) -> [([Int], KindSet)] {
    var result: [([Int], KindSet)] = [([], automaton.alphabet.kinds { _ in true })]
    for state in states {
      var next: [([Int], KindSet)] = []
      for (targets, kinds) in result {
        try count(automaton.edges[state].count)
        for edge in automaton.edges[state] where edge.kinds.meets(kinds) {
          next.append((targets + [edge.target], kinds.intersection(edge.kinds)))
        }
      }
      result = next
    }
    return result
  }

  // MARK: Polynomial

  /// IDA: two loops where a text that goes round the first also leads from the first to the second and round that. The degree is one more than
  /// the longest chain of such pairs.
  mutating func polynomial() throws(TooLarge) -> (Int, HurtingText)? {
    let order = loops.keys.sorted(by: >)
    var chains: [Int: Int] = [:]
    var best: (degree: Int, state: Int, pump: [Int])?
    // Components that come later in a chain have lower numbers, so their chains are known first.
    for first in order.reversed() {
      chains[first] = 1
      for second in order where second < first {
        guard let from = loops[first], let to = loops[second], !alwaysSucceeds(to), sharesKinds(first, second) else { continue }
        guard let (state, pump) = try chain(from, first, to, second) else { continue }
        let degree = 1 + (chains[second] ?? 1)
        chains[first] = max(chains[first] ?? 1, degree)
        if degree > best?.degree ?? 1 { best = (degree, state, pump) }
      }
    }
    return best.map { ($0.degree, hurting(at: $0.state, $0.pump)) }
  }

  private func sharesKinds(_ first: Int, _ second: Int) -> Bool {
    func kinds(_ component: Int) -> KindSet {
      var all = KindSet(capacity: automaton.alphabet.count + 1)
      for state in loops[component] ?? [] {
        for edge in automaton.edges[state] where inside(edge, component) { all.formUnion(edge.kinds) }
      }
      return all
    }
    return kinds(first).meets(kinds(second))
  }

  private mutating func chain(_ from: [Int], _ first: Int, _ to: [Int], _ second: Int) throws(TooLarge) -> (Int, [Int])? {
    let components = components.component
    for start in from {
      for end in to {
        let within: ([Int]) -> Bool = { components[$0[0]] == first && components[$0[1]] >= second && components[$0[2]] == second }
        let found = try path([start, start, end], within, until: { $0 == [start, end, end] })
        if let found { return (start, found.kinds) }
      }
    }
    return nil
  }

  // MARK: Witness

  private func hurting(at state: Int, _ pump: [Int]) -> HurtingText {
    var copy = self
    copy.steps = 0
    let prefix = (try? copy.path([0], { _ in true }, until: { $0 == [state] }))?.kinds ?? []
    let body = prefix + pump + pump + pump
    let alphabet = automaton.alphabet
    let suffix = ([[]] + (0..<alphabet.count).map { [$0] }).first { !automaton.matchesSomewhere(body + $0) } ?? []
    return HurtingText(prefix: alphabet.text(prefix), pump: alphabet.text(pump), suffix: alphabet.text(suffix))
  }
}

extension PositionAutomaton {
  /// Whether it accepts anywhere along a text.
  func matchesSomewhere(_ kinds: [Int]) -> Bool {
    var states: Set<Int> = [0]
    for kind in kinds + [alphabet.end] {
      if states.contains(where: { accepts[$0].contains(kind) }) { return true }
      states = states.reduce(into: []) { next, state in
        for edge in edges[state] where edge.kinds.contains(kind) { next.insert(edge.target) }
      }
    }
    return false
  }
}

extension Expression {
  /// Rounds from which a counted repetition is taken for one without end: fewer cost little even when several are multiplied.
  private static let manyRounds = 16

  fileprivate var uncounted: Expression {
    switch self {
    case .empty, .literal, .characterClass, .any, .assertion: self
    case .sequence(let parts): .sequence(parts.map(\.uncounted))
    case .choice(let parts): .choice(parts.map(\.uncounted))
    case .group(let inner, let group): .group(inner.uncounted, group)
    case .repetition(let inner, let quantifier):
      if quantifier.maximum ?? .max >= Self.manyRounds {
        .repetition(inner.uncounted, Quantifier(min(quantifier.minimum, 1), nil, quantifier.kind))
      } else {
        .repetition(inner.uncounted, quantifier)
      }
    }
  }
}
