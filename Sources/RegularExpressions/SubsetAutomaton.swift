/// The deterministic automaton of a position automaton, made state by state as it is asked for (Rabin and Scott 1959).
struct SubsetAutomaton {
  /// How many states all automata of one question may have together. Patterns people write need tens to hundreds.
  static let stateBudget = 10_000

  private let automaton: PositionAutomaton
  private var numbers: [[Int]: Int] = [:]
  private var members: [[Int]] = []
  /// By state, then kind; -1: not made yet.
  private var transitions: [[Int]] = []

  static let start = 0

  init(_ automaton: PositionAutomaton) {
    self.automaton = automaton
    _ = number(of: [0])
  }

  private mutating func number(of set: [Int]) -> Int {
    if let known = numbers[set] { return known }
    numbers[set] = members.count
    members.append(set)
    transitions.append([Int](repeating: -1, count: automaton.alphabet.count))
    return members.count - 1
  }

  /// Whether the text may end here.
  func accepts(_ state: Int) -> Bool {
    members[state].contains { automaton.accepts[$0].contains(automaton.alphabet.end) }
  }

  mutating func step(_ state: Int, _ kind: Int) throws(TooLarge) -> Int {
    if transitions[state][kind] >= 0 { return transitions[state][kind] }
    var targets: Set<Int> = []
    for position in members[state] {
      for edge in automaton.edges[position] where edge.kinds.contains(kind) { targets.insert(edge.target) }
    }
    let next = number(of: targets.sorted())
    guard members.count <= Self.stateBudget else { throw TooLarge() }
    transitions[state][kind] = next
    return next
  }
}
