internal import JSON
internal import Semantics

/// What is decided of the calls of one target, by one policy or by two that are compared, as diagrams over the same variables.
struct Decisions {
  /// Values of the diagrams of decisions; from `firstAsk` on, who is asked.
  enum Verdict {
    static let deny = 0
    static let allow = 1
    static let firstAsk = 2
  }

  struct Asking: Hashable {
    let approvers: ExactText
    let within: Int64
  }

  let target: Target
  let indices: [RuleIndex]
  let space: Space
  var diagrams = Diagrams()
  /// Who callers can be: those that credentials tell, then operators' names of agents; of each, those that no rule tells apart.
  let callers: [[String]]
  private(set) var askings: [Asking] = []
  /// By policy, by rule: diagrams that all callers share.
  private var conditions: [Key: Diagrams.Reference] = [:]
  /// By policy, by kind of caller.
  private var namedClaims: [Key: [Int: Int]] = [:]

  private struct Key: Hashable {
    let side: Int
    let number: Int
  }

  /// - Parameters:
  ///   - others: conditions that will be asked for as well, with the agents they speak of.
  ///   - addresses: tests of addresses that will be asked for as well.
  init(
    _ target: Target, _ indices: [RuleIndex], with others: [Condition] = [], addresses: [Division] = [], agents names: Set<String> = []
  ) throws(TooLarge) {
    self.target = target
    self.indices = indices
    var divisions = others.flatMap(\.divisions) + addresses
    for index in indices {
      var needed = Set(index.policies.agents.indices.filter { names.contains(index.policies.agents[$0].name) })
      for number in index.rules[target] ?? [] {
        let rule = index.policies.rules[number]
        divisions += rule.condition.divisions
        if let addresses = Self.addresses(rule, target, index.policies) { divisions.append(addresses) }
        guard case .grant(let grant) = rule.kind else { continue }
        if let until = grant.until { divisions.append(Division(parts: [Elementary.before(until)])) }
        if case .agents(let agents) = grant.grantees { needed.formUnion(agents) }
      }
      for agent in needed { divisions += index.policies.agents[agent].condition.divisions }
    }
    let sides = indices.map { index in
      Side(
        shape: index.shape(of: target) ?? ObjectShape(properties: []), refinement: index.refinement(of: target),
        claims: index.policies.claims)
    }
    callers = [[]] + Self.groups(target, indices, divisions, names)
    space = try Space(divisions, sides, callers: callers.count)
  }

  /// Agents that an operator may name, those together that all rules treat alike.
  private static func groups(
    _ target: Target, _ indices: [RuleIndex], _ divisions: [Division], _ names: Set<String>
  ) -> [[String]] {
    struct Signature: Hashable {
      let grants: [[Int]]
      /// What the tests of claims come to.
      let outcomes: [[Outcome]]
      let name: String?
    }
    var tests: [(test: Elementary, path: ClaimPath)] = []
    var seen: Set<Elementary> = []
    for part in divisions.flatMap(\.parts) {
      if case .claim(let path) = part.subject, seen.insert(part).inserted { tests.append((part, path)) }
    }
    var judging = Judging()
    // What an agent's condition does not fix is absent; of thousands of tests it fixes few.
    let absent = tests.map { judging.outcome($0.test, nil) }
    let places = Dictionary(grouping: tests.indices) { tests[$0].path }
    let all = Set(indices.flatMap { $0.policies.agents.map(\.name) }).sorted()
    let signatures = all.map { name in
      let agents = indices.map { $0.agents[name] }
      let grants = zip(indices, agents).map { index, agent in
        (index.rules[target] ?? []).filter { number in
          guard let agent, case .grant(let grant) = index.policies.rules[number].kind, case .agents(let agents) = grant.grantees else {
            return false
          }
          return agents.contains(agent)
        }
      }
      let outcomes = zip(indices, agents).map { index, agent in
        var outcomes = absent
        for claim in agent.map({ index.policies.agents[$0].fixedClaims }) ?? [:] {
          for place in places[claim.key] ?? [] { outcomes[place] = judging.outcome(tests[place].test, claim.value.value) }
        }
        return outcomes
      }
      // Who is granted something is called by name.
      let isNamed = names.contains(name) || grants.contains { !$0.isEmpty }
      return Signature(grants: grants, outcomes: outcomes, name: isNamed ? name : nil)
    }
    var groups: [[String]] = []
    var known: [Signature: Int] = [:]
    for (name, signature) in zip(all, signatures) {
      if let group = known[signature] {
        groups[group].append(name)
      } else {
        known[signature] = groups.count
        groups.append([name])
      }
    }
    return groups
  }

  // MARK: Conditions

  /// Where a condition holds, for any caller that credentials tell.
  ///
  /// - Parameter whenUndecided: what a test counts as that cannot be told.
  mutating func holds(_ condition: Condition, negated: Bool = false, whenUndecided: Bool) throws(TooLarge) -> Diagrams.Reference {
    switch condition {
    case .constant(let value): return .constant(value != negated ? 1 : 0)
    case .not(let inner): return try holds(inner, negated: !negated, whenUndecided: whenUndecided)
    case .all(let parts), .any(let parts):
      let isAll = if case .all = condition { !negated } else { negated }
      var functions: [Diagrams.Reference] = []
      for part in parts { functions.append(try holds(part, negated: negated, whenUndecided: whenUndecided)) }
      return try diagrams.all(functions, isAll ? .and : .or)
    case .atom(let atom): return try holds(Division(atom), negated: negated, whenUndecided: whenUndecided)
    }
  }

  mutating func holds(_ division: Division, negated: Bool, whenUndecided: Bool) throws(TooLarge) -> Diagrams.Reference {
    if let sameness = division.sameness {
      guard let place = space.places[.sameness(sameness)] else { throw TooLarge() }
      var functions = [try diagrams.node(place, [.no, .yes])]
      for part in division.parts { functions.append(try holds(Division(parts: [part]), negated: false, whenUndecided: whenUndecided)) }
      let holds = try diagrams.all(functions, .and)
      return negated ? try diagrams.negated(holds) : holds
    }
    let places = division.parts.compactMap(space.number)
    guard places.count == division.parts.count, let place = places.first?.variable else { throw TooLarge() }
    let tests = places.map(\.test)
    return try diagrams.node(
      place,
      space.variables[place].kinds.map { kind in
        switch Outcome.any(tests.map { kind.outcomes[$0] }) {
        case .undecided: .constant(whenUndecided ? 1 : 0)
        case .yes: .constant(division.isNegated != negated ? 0 : 1)
        case .no: .constant(division.isNegated != negated ? 1 : 0)
        }
      })
  }

  /// Where a rule of a policy holds, whoever the caller is.
  mutating func condition(of rule: Int, side: Int) throws(TooLarge) -> Diagrams.Reference {
    if let known = conditions[Key(side: side, number: rule)] { return known }
    let holds = try holds(indices[side].policies.rules[rule], nil, side)
    conditions[Key(side: side, number: rule)] = holds
    return holds
  }

  private mutating func holds(
    _ rule: CheckedPolicies.Rule, _ condition: Condition?, _ side: Int
  ) throws(TooLarge) -> Diagrams.Reference {
    var holds = try holds(condition ?? rule.condition, whenUndecided: !rule.isGrant)
    if let addresses = Self.addresses(rule, target, indices[side].policies) {
      holds = try diagrams.combine(holds, .and, try self.holds(addresses, negated: false, whenUndecided: !rule.isGrant))
    }
    guard case .grant(let grant) = rule.kind, let end = grant.until else { return holds }
    return try diagrams.combine(
      holds, .and, try self.holds(Division(parts: [Elementary.before(end)]), negated: false, whenUndecided: false))
  }

  /// The calls that a rule speaks of, whether or not the tool takes them.
  ///
  /// - Parameter other: in the place of its condition, made of its tests.
  mutating func calls(of rule: Int, with other: Condition? = nil, side: Int) throws(TooLarge) -> Diagrams.Reference {
    let policies = indices[side].policies
    let declared = policies.rules[rule]
    let verified = other == nil ? try condition(of: rule, side: side) : try holds(declared, other, side)
    let holds = try forAllCallers(verified, side: side)
    guard case .grant(let grant) = declared.kind, case .agents(let agents) = grant.grantees else { return holds }
    return try diagrams.combine(holds, .and, try isOne(of: agents.map { policies.agents[$0].name }, side: side))
  }

  // MARK: Callers

  /// Where the caller is one of these agents.
  mutating func isOne(of agents: [String], side: Int) throws(TooLarge) -> Diagrams.Reference {
    let policies = indices[side].policies
    var verified: [Diagrams.Reference] = []
    for agent in policies.agents where agents.contains(agent.name) { verified.append(try holds(agent.condition, whenUndecided: false)) }
    let byCredentials = try diagrams.all(verified, .or)
    var functions = [byCredentials]
    for caller in callers.dropFirst() { functions.append(.constant(caller.contains { agents.contains($0) } ? 1 : 0)) }
    guard let place = space.places[.caller] else { throw TooLarge() }
    return try diagrams.node(place, functions)
  }

  /// What a function is for callers that credentials tell.
  mutating func byCredentials(_ function: Diagrams.Reference) throws(TooLarge) -> Diagrams.Reference {
    guard let place = space.places[.caller] else { throw TooLarge() }
    return try diagrams.restrict(function, to: [place: 0])
  }

  /// The claims of a caller that its operator names: those the agent's condition fixes, and no others.
  private mutating func claims(of caller: Int, side: Int) throws(TooLarge) -> [Int: Int] {
    if let known = namedClaims[Key(side: side, number: caller)] { return known }
    var kinds: [Int: Int] = [:]
    let agent = indices[side].policies.agents.first { $0.name == callers[caller][0] }
    var judging = Judging()
    for (index, variable) in space.variables.enumerated() {
      guard case .claim(let path) = variable.key else { continue }
      let value = agent?.fixedClaims[path]?.value
      let outcomes = variable.tests.map { judging.outcome($0, value) }
      guard let kind = variable.kinds.firstIndex(where: { $0.outcomes == outcomes }) else { throw TooLarge() }
      kinds[index] = kind
    }
    namedClaims[Key(side: side, number: caller)] = kinds
    return kinds
  }

  /// A function of calls by any caller that credentials tell, made one of calls by any caller.
  mutating func forAllCallers(_ function: Diagrams.Reference, side: Int) throws(TooLarge) -> Diagrams.Reference {
    var functions = [function]
    for caller in callers.indices.dropFirst() {
      functions.append(try diagrams.restrict(function, to: try claims(of: caller, side: side)))
    }
    guard let place = space.places[.caller] else { throw TooLarge() }
    return try diagrams.node(place, functions)
  }

  // MARK: Decisions

  /// Where the arguments fit the tool's schema and the policy's refinements.
  mutating func isValid(side: Int) throws(TooLarge) -> Diagrams.Reference {
    guard indices[side].shape(of: target) != nil || target.kind == .resources else { return .no }
    var functions: [Diagrams.Reference] = []
    for (index, variable) in space.variables.enumerated() where variable.kinds.contains(where: { !$0.isValid[side] }) {
      functions.append(try diagrams.node(index, variable.kinds.map { .constant($0.isValid[side] ? 1 : 0) }))
    }
    return try diagrams.all(functions, .and)
  }

  /// Where some deny denies.
  mutating func isDenied(side: Int) throws(TooLarge) -> Diagrams.Reference {
    var functions: [Diagrams.Reference] = []
    for number in indices[side].rules[target] ?? [] {
      guard case .deny = indices[side].policies.rules[number].kind else { continue }
      functions.append(try condition(of: number, side: side))
    }
    return try forAllCallers(try diagrams.all(functions, .or), side: side)
  }

  /// What is decided of every call by every caller.
  mutating func decision(side: Int) throws(TooLarge) -> Diagrams.Reference {
    let index = indices[side]
    let rules = (index.rules[target] ?? []).map { index.policies.rules[$0] }
    var layers: [Diagrams.Reference] = []
    for layer in index.grantingLayers {
      var functions: [Diagrams.Reference] = []
      for rule in rules where rule.layer == layer && rule.isGrant { functions.append(try calls(of: rule.number, side: side)) }
      layers.append(try diagrams.all(functions, .or))
    }
    var passes = index.grantingLayers.isEmpty ? Diagrams.Reference.no : try diagrams.all(layers, .and)
    passes = try diagrams.combine(passes, .without, try isDenied(side: side))
    passes = try diagrams.combine(passes, .and, try isValid(side: side))
    // Of several that ask, the one whose name comes first is the one to answer.
    var verdict = Diagrams.Reference.constant(Verdict.allow)
    for rule in rules.sorted(by: { $1.name.exact < $0.name.exact }) {
      guard case .ask(let ask) = rule.kind else { continue }
      let asking = Asking(approvers: ask.approvers.exact, within: ask.withinMilliseconds)
      let number = askings.firstIndex(of: asking) ?? askings.count
      if number == askings.count { askings.append(asking) }
      guard number < Diagrams.pairs / 2 else { throw TooLarge() }
      let asks = try forAllCallers(try condition(of: rule.number, side: side), side: side)
      verdict = try diagrams.choose(asks, .constant(Verdict.firstAsk + number), verdict)
    }
    return try diagrams.choose(passes, verdict, .constant(Verdict.deny))
  }

  /// Where the decision is not to deny.
  mutating func passes(_ decision: Diagrams.Reference) throws(TooLarge) -> Diagrams.Reference {
    try diagrams.mapValues(decision) { $0 == Verdict.deny ? 0 : 1 }
  }
}

extension Elementary {
  static func before(_ moment: Int64) -> Elementary { Elementary(.clock(.moment), .less(Number(moment))) }
}

extension CheckedPolicies.Rule {
  var isGrant: Bool { if case .grant = kind { true } else { false } }
}

extension Condition {
  var atoms: [Atom] {
    switch self {
    case .constant: []
    case .atom(let atom): [atom]
    case .not(let inner): inner.atoms
    case .all(let parts), .any(let parts): parts.flatMap(\.atoms)
    }
  }

  var divisions: [Division] { atoms.map(Division.init) }
}
