package import Bytecode
internal import JSON
internal import Patterns

/// Decides calls by one program. It has one owner, and what it writes to is used again: once warm, deciding a call of a tool or prompt does not
/// allocate. A decision is a function of program, principal, call and moment.
package struct Evaluator: ~Copyable, Sendable {
  package let program: Program
  /// The shadow rules that held in the last decision, in order of name within denies and asks together. Not enforced.
  package internal(set) var shadowed: [RuleNumber] = []

  var cells: [Cell]
  var decoded: [UInt8] = []
  var derived: [UInt8] = []
  var matching = MatchScratch()
  /// The claims in `cells`.
  var bound: BoundClaims?
  /// The moment in `cells`.
  var time: Moment?
  /// The document `null`: the arguments of those who have none.
  let nothing = Document()

  package init(_ program: Program) {
    self.program = program
    cells = Array(repeating: Cell(value: Cell.absent, node: nothing.root), count: program.cells)
  }

  /// - Parameter principal: of the evaluator's program.
  package mutating func decide(_ call: Call, principal: Principal, now: Moment) -> Verdict {
    switch call {
    case .tool(let tool, let document, let arguments):
      decide(program.tool(tool).plan, document, arguments, principal, now)
    case .prompt(let prompt, let document, let arguments):
      decide(program.prompt(prompt).plan, document, arguments, principal, now)
    case .resource(let server, let uri):
      decide(server, CanonicalURI(uri), principal, now)
    }
  }

  /// Whether some call of the target could be allowed or asked for, as far as can be told without its arguments: what could be is never said
  /// not to be.
  package mutating func mayAllow(_ target: Target, principal: Principal, now: Moment) -> Bool {
    switch target {
    case .tool(let tool): mayAllow(program.tool(tool).plan, principal, now)
    case .prompt(let prompt): mayAllow(program.prompt(prompt).plan, principal, now)
    case .resource(let server, let uri):
      switch decide(server, CanonicalURI(uri), principal, now) {
      case .allow, .ask: true
      case .deny: false
      }
    case .resourceTemplate(let server, let template): mayAllow(template, of: server, principal, now)
    }
  }

  func isOfProgram(_ principal: Principal) -> Bool { principal.program === program }
}

// MARK: Tools and prompts

extension Evaluator {
  mutating func decide(_ plan: Plan?, _ document: Document, _ arguments: Node?, _ principal: Principal, _ now: Moment) -> Verdict {
    precondition(isOfProgram(principal), "a principal of another program")
    shadowed.removeAll(keepingCapacity: true)
    guard let plan else { return .deny(.noGrant) }
    bindShared(principal.claims, now)
    if let denial = bind(plan, document, arguments) { return .deny(denial) }
    let facts = Facts(plan: plan, document: document, now: now.milliseconds)
    if let group = plan.shadows { collectShadows(group, facts) }
    // A test that cannot be evaluated denies and asks, and does not grant.
    if let group = plan.denies, let rule = first(in: group, facts, agents: [], whenUnknown: true) { return .deny(.byRule(rule)) }
    guard let grant = grant(plan, facts, principal.agents, whenUnknown: false) else { return .deny(.noGrant) }
    if let group = plan.asks, let rule = first(in: group, facts, agents: [], whenUnknown: true) {
      return .ask(Question(ask: rule, grant: grant))
    }
    return .allow(Grounds(grant: grant))
  }

  mutating func mayAllow(_ plan: Plan?, _ principal: Principal, _ now: Moment) -> Bool {
    precondition(isOfProgram(principal), "a principal of another program")
    guard let plan else { return false }
    bindShared(principal.claims, now)
    forgetArguments(plan)
    let facts = Facts(plan: plan, document: nothing, now: now.milliseconds, isListing: true)
    if let group = plan.denies, first(in: group, facts, agents: [], whenUnknown: false) != nil { return false }
    return grant(plan, facts, principal.agents, whenUnknown: true) != nil
  }

  /// The grant to report when every layer that contains grants has one.
  private mutating func grant(_ plan: Plan, _ facts: borrowing Facts, _ agents: [UInt32], whenUnknown: Bool) -> RuleNumber? {
    var best: RuleNumber?
    for index in plan.grants.indices {
      guard let group = plan.grants[index], let rule = first(in: group, facts, agents: agents, whenUnknown: whenUnknown) else { return nil }
      best = min(best ?? rule, rule)
    }
    return best
  }

  /// The rule with the smallest number that holds, among those of a group that speak of everyone or of one of the agents.
  private mutating func first(in group: Group, _ facts: borrowing Facts, agents: [UInt32], whenUnknown: Bool) -> RuleNumber? {
    var best = RuleNumber(.max)
    visit(group, Buckets.everyone, facts, whenUnknown, &best)
    if group.hasAgents {
      for index in agents.indices { visit(group, agents[index], facts, whenUnknown, &best) }
    }
    return best.index == .max ? nil : best
  }

  private mutating func visit(
    _ group: Group, _ agent: UInt32, _ facts: borrowing Facts, _ whenUnknown: Bool, _ best: inout RuleNumber
  ) {
    if facts.isListing && !group.pivots.isEmpty {
      let bucket = program.buckets.bucket(group: group.number, agent: agent, pivot: Buckets.unpivoted, value: Buckets.all)
      return search(bucket, facts, whenUnknown, &best)
    }
    search(program.buckets.bucket(group: group.number, agent: agent, pivot: Buckets.unpivoted, value: 0), facts, whenUnknown, &best)
    for pivot in group.pivots.indices {
      let value = cells[Int(group.pivots[pivot])].value
      if value == Cell.absent { continue }
      search(program.buckets.bucket(group: group.number, agent: agent, pivot: pivot, value: value), facts, whenUnknown, &best)
    }
  }

  /// Candidates stand in order of number, so the first that holds ends the search.
  private mutating func search(_ bucket: Range<Int>, _ facts: borrowing Facts, _ whenUnknown: Bool, _ best: inout RuleNumber) {
    for index in bucket {
      let candidate = program.candidates[index]
      if candidate.rule >= best { return }
      if facts.now < candidate.expires, holds(candidate.chain, facts, whenUnknown: whenUnknown) {
        best = candidate.rule
        return
      }
    }
  }

  private mutating func collectShadows(_ group: Group, _ facts: borrowing Facts) {
    let bucket = program.buckets.bucket(group: group.number, agent: Buckets.everyone, pivot: Buckets.unpivoted, value: 0)
    for index in bucket {
      let candidate = program.candidates[index]
      if holds(candidate.chain, facts, whenUnknown: true) { shadowed.append(candidate.rule) }
    }
  }
}

/// What tests of one decision read beside the evaluator's cells.
struct Facts {
  let plan: Plan
  let document: Document
  /// Milliseconds since 1970-01-01T00:00:00Z.
  let now: Int64
  /// Arguments are unknown.
  var isListing = false
}
