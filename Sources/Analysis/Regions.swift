internal import JSON
internal import Semantics

/// The calls that two policies decide differently, put into words.
struct Regions {
  private(set) var all: [Comparison.Region] = []

  init(_ decisions: inout Decisions) throws(TooLarge) {
    let old = try decisions.decision(side: 0)
    let new = try decisions.decision(side: 1)
    let pairs = try decisions.diagrams.combine(old, .pair, new)
    let agents = Set(decisions.indices.flatMap { $0.agentsGranted(decisions.target) }).sorted()
    for code in decisions.diagrams.values(of: pairs).sorted() {
      let (before, after) = (code / Diagrams.pairs, code % Diagrams.pairs)
      guard before != after else { continue }
      let changed = try decisions.diagrams.mapValues(pairs) { $0 == code ? 1 : 0 }
      let direction: Comparison.Direction =
        if rank(before) == rank(after) { .mixed } else if rank(before) < rank(after) { .wider } else { .narrower }
      for part in try decisions.parts(of: changed, agents) {
        all.append(
          Comparison.Region(
            facts: part.facts, before: decisions.text(of: before), after: decisions.text(of: after), direction: direction,
            // A call that only the old policy lets through is one that the old schema takes.
            witness: decisions.witness(in: part.calls, side: direction == .narrower ? 0 : 1)))
      }
    }
    all.sort { ($0.direction == .narrower ? 1 : 0, $0.facts.count) < ($1.direction == .narrower ? 1 : 0, $1.facts.count) }
  }
}

private func rank(_ verdict: Int) -> Int {
  switch verdict {
  case Decisions.Verdict.deny: 0
  case Decisions.Verdict.allow: 2
  default: 1
  }
}

extension Decisions {
  func text(of verdict: Int) -> String {
    switch verdict {
    case Verdict.deny: "deny"
    case Verdict.allow: "allow"
    default: "ask \(quoted(askings[verdict - Verdict.firstAsk].approvers.text))"
    }
  }

  struct Part {
    let facts: [String]
    let calls: Diagrams.Reference
  }

  /// Divides calls by who makes them, in the words of agents as far as these say it, and then by what they ask for.
  mutating func parts(of calls: Diagrams.Reference, _ agents: [String]) throws(TooLarge) -> [Part] {
    let claims = Set(space.variables.indices.filter { if case .claim = space.variables[$0].key { true } else { false } })
    guard let place = space.places[.caller] else { throw TooLarge() }
    let verified = try byCredentials(calls)
    // For whoever calls: whatever the claims are.
    let anyone = try everywhere(claims, verified)
    var rest = try diagrams.combine(verified, .without, anyone)
    var parts = try cubes(anyone, who: [], caller: place, kinds: try kindsEqual(to: anyone, in: calls, place))
    var covered = [Diagrams.Reference](repeating: anyone, count: callers.count)
    for agent in agents where rest != .no {
      guard let condition = try agreedCondition(of: agent) else { continue }
      // Where every caller that is this agent is meant.
      let outside = try diagrams.combine(condition, .without, verified)
      let some = try diagrams.some(claims, outside)
      let all = try diagrams.combine(try diagrams.negated(some), .without, anyone)
      let calling = try diagrams.combine(condition, .and, all)
      guard calling != .no, try diagrams.combine(calling, .and, rest) != .no else { continue }
      rest = try diagrams.combine(rest, .without, calling)
      var kinds = [0]
      for caller in callers.indices.dropFirst() where callers[caller].contains(agent) {
        let own = try diagrams.combine(try diagrams.restrict(calls, to: [place: caller]), .without, anyone)
        if own == all {
          kinds.append(caller)
          covered[caller] = try diagrams.combine(anyone, .or, all)
        }
      }
      parts += try cubes(all, who: ["agent \(agent)"], caller: place, kinds: kinds, within: calls)
    }
    parts += try cubes(rest, who: [], caller: place, kinds: [0])
    for caller in callers.indices.dropFirst() {
      let own = try diagrams.combine(try diagrams.restrict(calls, to: [place: caller]), .without, covered[caller])
      let names =
        callers[caller].count > 3
        ? "\(callers[caller].prefix(3).joined(separator: ", ")) and \(callers[caller].count - 3) more"
        : callers[caller].joined(separator: ", ")
      parts += try cubes(own, who: ["a caller that its operator names \(names)"], caller: place, kinds: [caller])
    }
    return parts
  }

  /// Where it holds whatever these variables are.
  private mutating func everywhere(_ variables: Set<Int>, _ function: Diagrams.Reference) throws(TooLarge) -> Diagrams.Reference {
    try diagrams.negated(try diagrams.some(variables, try diagrams.negated(function)))
  }

  /// Kinds of callers whose calls are at least these.
  private mutating func kindsEqual(
    to function: Diagrams.Reference, in calls: Diagrams.Reference, _ place: Int
  ) throws(TooLarge) -> [Int] {
    var kinds: [Int] = []
    for caller in callers.indices {
      if try diagrams.combine(function, .without, try diagrams.restrict(calls, to: [place: caller])) == .no { kinds.append(caller) }
    }
    return kinds
  }

  /// Where an agent is recognised, when both policies say the same of it.
  private mutating func agreedCondition(of agent: String) throws(TooLarge) -> Diagrams.Reference? {
    var found: Diagrams.Reference?
    for index in indices {
      guard let declared = index.policies.agents.first(where: { $0.name == agent }) else { continue }
      let condition = try holds(declared.condition, whenUndecided: false)
      if let found, found != condition { return nil }
      found = condition
    }
    return found
  }

  // MARK: Cubes

  private typealias Cube = [Int: Set<Int>]

  /// Conjunctions of sets of kinds that together are the function.
  private mutating func cubes(
    _ function: Diagrams.Reference, who: [String], caller place: Int, kinds: [Int], within calls: Diagrams.Reference? = nil
  ) throws(TooLarge) -> [Part] {
    guard function != .no else { return [] }
    var found: [Cube] = []
    try collect(function, [:], &found)
    var isMerging = true
    while isMerging {
      isMerging = false
      search: for left in found.indices {
        for right in found.indices where right > left {
          guard let merged = merged(found[left], found[right]) else { continue }
          found[left] = merged
          found.remove(at: right)
          isMerging = true
          break search
        }
      }
    }
    var parts: [Part] = []
    for cube in found {
      var functions = [try diagrams.node(place, callers.indices.map { .constant(kinds.contains($0) ? 1 : 0) })]
      for (variable, chosen) in cube {
        functions.append(
          try diagrams.node(variable, space.variables[variable].kinds.indices.map { .constant(chosen.contains($0) ? 1 : 0) }))
      }
      var calling = try diagrams.all(functions, .and)
      if let calls { calling = try diagrams.combine(calling, .and, calls) }
      let facts = cube.sorted { $0.key < $1.key }.compactMap { space.variables[$0.key].words(for: $0.value) }
      parts.append(Part(facts: who + facts, calls: calling))
    }
    return parts
  }

  private func collect(_ function: Diagrams.Reference, _ cube: Cube, _ found: inout [Cube]) throws(TooLarge) {
    if let value = function.constant {
      if value == 1 { found.append(cube) }
      guard found.count <= 200 else { throw TooLarge() }
      return
    }
    guard let variable = diagrams.variable(of: function) else { return }
    let children = diagrams.children(of: function)
    for (child, kinds) in Dictionary(grouping: children.indices, by: { children[$0] }).sorted(by: { $0.value[0] < $1.value[0] }) {
      if child == .no { continue }
      var cube = cube
      cube[variable] = Set(kinds)
      try collect(child, cube, &found)
    }
  }

  /// Of two that differ in one variable: both in one.
  private func merged(_ left: Cube, _ right: Cube) -> Cube? {
    guard left.count == right.count, Set(left.keys) == Set(right.keys) else { return nil }
    let different = left.keys.filter { left[$0] != right[$0] }
    guard different.count == 1, let variable = different.first else { return nil }
    var merged = left
    merged[variable, default: []].formUnion(right[variable] ?? [])
    return merged
  }
}

extension Variable {
  /// A set of its kinds as a test; nil when it is all that are possible.
  func words(for chosen: Set<Int>) -> String? {
    let possible = Set(kinds.indices.filter { kinds[$0].isValid.contains(true) })
    if chosen.isSuperset(of: possible) { return nil }
    switch key {
    case .caller: return nil
    case .sameness(let sameness): return (chosen == [1] ? "" : "not ") + sameness.text
    case .label(let name): return (chosen == [1] ? "" : "not ") + "session has \(name)"
    case .claim, .date, .hour, .minute, .argument, .address: break
    }
    if let intervals = intervals(chosen) { return intervals }
    func passing(_ test: Int, _ outcome: Outcome) -> Set<Int> { possible.filter { kinds[$0].outcomes[test] == outcome } }
    for (index, test) in tests.enumerated() where passing(index, .yes) == chosen { return test.text }
    for (index, test) in tests.enumerated() where possible.subtracting(passing(index, .yes)) == chosen { return "not \(test.text)" }
    // What all have in common, and what all lack.
    var common = possible
    var texts: [String] = []
    for (index, test) in tests.enumerated() {
      let yes = passing(index, .yes)
      let no = passing(index, .no)
      if chosen.isSubset(of: yes), !common.isSubset(of: yes) {
        common.formIntersection(yes)
        texts.append(test.text)
      } else if chosen.isSubset(of: no), !common.isSubset(of: no) {
        common.formIntersection(no)
        texts.append("not \(test.text)")
      }
    }
    if common == chosen { return texts.joined(separator: " and ") }
    var union: Set<Int> = []
    var sides: [String] = []
    for (index, test) in tests.enumerated() {
      let yes = passing(index, .yes)
      if !yes.isEmpty, yes.isSubset(of: chosen), !yes.isSubset(of: union) {
        union.formUnion(yes)
        sides.append(test.text)
      }
    }
    if union == chosen { return "(\(sides.joined(separator: " or ")))" }
    let example = chosen.sorted().first.flatMap { kinds[$0].value }.map(sally) ?? "absent"
    return (texts + ["\(name) such as \(example)"]).joined(separator: " and ")
  }

  private var name: String {
    switch key {
    case .argument(let name): "args.\(name.text)"
    case .claim(let path): path.description
    case .date, .hour, .minute: "now"
    case .address: "address"
    case .caller, .sameness, .label: ""
    }
  }

  /// Numbers as intervals between those that tests and schemas name; nil: not only numbers.
  private func intervals(_ chosen: Set<Int>) -> String? {
    guard !key.isOfClock else { return nil }
    let numbered = kinds.indices.filter { kinds[$0].value?.number != nil }.sorted { left, right in
      guard let a = kinds[left].value?.number, let b = kinds[right].value?.number else { return false }
      return a < b
    }
    guard numbered.count > 1, Set(numbered).isSuperset(of: chosen), let subject = tests.first?.subject,
      tests.allSatisfy({ $0.element == nil }),
      case let plain = tests.allSatisfy({ $0.subject == subject }), plain
    else { return nil }
    let constants = Set(tests.flatMap(\.test.numbers))
    var runs: [String] = []
    var index = 0
    while index < numbered.count {
      guard chosen.contains(numbered[index]) else {
        index += 1
        continue
      }
      let first = index
      while index + 1 < numbered.count, chosen.contains(numbered[index + 1]) { index += 1 }
      runs.append(text(first, index, numbered, constants, subject.text))
      index += 1
    }
    return runs.count == 1 ? runs[0] : "(\(runs.joined(separator: " or ")))"
  }

  private func text(_ first: Int, _ last: Int, _ numbered: [Int], _ constants: Set<Number>, _ name: String) -> String {
    guard let low = kinds[numbered[first]].value?.number, let high = kinds[numbered[last]].value?.number else { return name }
    if first == last, constants.contains(low) { return "\(name) == \(low)" }
    var parts: [String] = []
    if first > 0 {
      let below = constants.filter { $0 < low }.max()
      parts.append(constants.contains(low) ? "\(name) >= \(low)" : below.map { "\(name) > \($0)" } ?? "")
    }
    if last < numbered.count - 1 {
      let above = constants.filter { $0 > high }.min()
      parts.append(constants.contains(high) ? "\(name) <= \(high)" : above.map { "\(name) < \($0)" } ?? "")
    }
    let said = parts.filter { !$0.isEmpty }
    return said.isEmpty ? "\(name) present" : said.joined(separator: " and ")
  }
}

extension VariableKey {
  var isOfClock: Bool { [.date, .hour, .minute].contains(self) }
}
