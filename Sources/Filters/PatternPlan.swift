internal import Patterns
internal import RegularExpressions

/// What a set of patterns looks for, while it is gathered.
struct PatternPlan {
  /// What a literal says of its branch.
  private struct Probe {
    let branch: Int
    let offset: ClosedRange<Int>
    let latestEnd: UInt32
    let head: Gates.Head?
    let neighbours: NeighbourMasks
  }

  private(set) var branches: [PatternSet.Branch] = []
  private(set) var gates = Gates()
  private(set) var literals: [(bytes: [UInt8], tag: UInt32)] = []
  /// By literal.
  private var probes: [Probe] = []

  mutating func add(_ expression: RegularExpression, entry: Int) {
    let triggers = expression.triggers()
    let start = expression.matchStart
    let number = branches.count
    branches.append(PatternSet.Branch(entry: entry, start: start, isTriggered: triggers != nil))
    gates.append(Gate(expression), start: start)
    guard let triggers else { return }
    let search = NeighbourSearch(expression)
    let latestEnd = start == .textStart ? expression.maximumWidth.map { UInt32(clamping: $0) } ?? .max : .max
    for trigger in triggers {
      let neighbours = search?.neighbours(of: trigger) ?? [Neighbours](repeating: .unknown, count: trigger.literals.count)
      for (literal, neighbours) in zip(trigger.literals, neighbours) {
        literals.append((literal, UInt32(probes.count)))
        probes.append(
          Probe(
            branch: number, offset: trigger.offset, latestEnd: latestEnd,
            head: trigger.offset == 0...0 ? gates.head(number, of: literal) : nil, neighbours: NeighbourMasks(neighbours)))
      }
    }
  }

  /// By number of the automaton's outputs.
  func hits(_ automaton: LiteralAutomaton) -> [PatternSet.Hit] {
    automaton.outputs.map { output in
      let probe = probes[Int(output.tag)]
      let nearest = UInt32(probe.offset.lowerBound)
      return PatternSet.Hit(
        branch: probe.branch, start: branches[probe.branch].start, isWindow: output.hasBlank || probe.offset.count > 1,
        back: output.length + nearest, nearest: nearest, furthest: UInt32(probe.offset.upperBound),
        head: probe.head, neighbours: probe.neighbours)
    }
  }

  /// By number of the automaton's outputs.
  func glances(_ automaton: LiteralAutomaton) -> [PatternSet.Glance] {
    automaton.outputs.map { output in
      let probe = probes[Int(output.tag)]
      let neighbours = probe.neighbours
      return PatternSet.Glance(
        behind: neighbours.behind, behindThat: neighbours.behindThat, before: output.hasBlank ? .max : neighbours.before,
        beforeThat: output.hasBlank ? .max : neighbours.beforeThat, length: Int32(output.length),
        entry: Int32(branches[probe.branch].entry),
        latestEnd: probe.latestEnd)
    }
  }

  /// By reporting state of the automaton: the kinds of bytes behind which one of its hits may go on.
  func goesOn(_ automaton: LiteralAutomaton) -> [UInt64] {
    (0..<automaton.reportingCount).map { state in
      automaton.outputs(ofState: state).reduce(0) { $0 | probes[Int(automaton.outputs[$1].tag)].neighbours.behind }
    }
  }
}
