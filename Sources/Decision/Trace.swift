package import Bytecode
internal import JSON

/// Why a verdict is what it is: every rule on the target with the outcome of each of its tests. Values of arguments and claims are in it, so
/// it is for the person at the terminal, not for logs or callers.
package struct Trace: Sendable {
  package let verdict: Verdict
  /// Every rule on the target, in order of name; empty when the arguments do not fit the snapshot, because then no rule is asked.
  package let rules: [RuleTrace]
  /// The grants that open the target and do not allow the call, those that miss least first.
  package let nearestGrants: [RuleTrace]
}

package struct RuleTrace: Sendable {
  package let rule: RuleNumber
  /// Whether it is about this caller: denies and asks always are.
  package let speaksOfCaller: Bool
  package let hasExpired: Bool
  /// Whether its condition holds.
  package let holds: Bool
  /// In the order of `RuleInfo.atoms`.
  package let atoms: [AtomTrace]
  /// Whether each test has to be met, with no alternatives.
  package let isConjunction: Bool

  /// Whether it counts towards the verdict.
  package var applies: Bool { speaksOfCaller && !hasExpired && holds }

  var misses: Int { (speaksOfCaller ? 0 : 1) + (hasExpired ? 1 : 0) + atoms.count { $0.isMet != true } }
}

package struct AtomTrace: Sendable {
  /// Into `RuleInfo.atoms`.
  package let atom: Int
  /// What the fact is: JSON text, or `absent`.
  package let value: String
  /// Whether it counts towards the condition, negation included; nil when it could not be evaluated.
  package let isMet: Bool?
}

extension Evaluator {
  /// Decides a call and says why. Not for the hot path.
  package mutating func explain(_ call: Call, principal: Principal, now: Moment) -> Trace {
    let verdict = decide(call, principal: principal, now: now)
    var rules: [RuleTrace] = []
    switch call {
    case .tool(let tool, let document, let arguments):
      rules = trace(program.tool(tool).plan, document, arguments, principal, now)
    case .prompt(let prompt, let document, let arguments):
      rules = trace(program.prompt(prompt).plan, document, arguments, principal, now)
    case .resource(let server, let uri):
      let facts = Facts(plan: program.shared, document: nothing, now: now.milliseconds)
      let uri = CanonicalURI(uri)
      for rule in program.servers[Int(server.index)].resources {
        let isGrant = if case .grant = rule.effect { true } else { false }
        guard rule.globs.contains(where: { isGrant ? $0.covers(uri) : $0.touches(uri) }) else { continue }
        rules.append(trace(rule.planned, facts, principal))
      }
    }
    let grants = rules.filter { if case .grant = program.rule($0.rule).kind { !$0.applies } else { false } }
    return Trace(verdict: verdict, rules: rules, nearestGrants: grants.sorted { ($0.misses, $0.rule) < ($1.misses, $1.rule) })
  }

  /// What arguments would have to be for the call to be granted, in the policy's words: of every layer that does not grant it, the missed
  /// tests of the grant that misses least. All have to be met. Empty when arguments alone would not help.
  ///
  /// - Parameter hidesConfidential: true when the answer is for the caller: what confidential grants test is not said then.
  package mutating func constraints(_ call: Call, principal: Principal, now: Moment, hidesConfidential: Bool) -> [String] {
    let trace = explain(call, principal: principal, now: now)
    var open: Set<String?> = []
    for rule in program.rules {
      if case .grant = rule.kind { open.insert(rule.layer) }
    }
    for grant in trace.rules where grant.applies {
      if case .grant = program.rule(grant.rule).kind { open.remove(program.rule(grant.rule).layer) }
    }
    var tests: [String] = []
    for grant in trace.nearestGrants where grant.speaksOfCaller && !grant.hasExpired {
      let info = program.rule(grant.rule)
      guard open.contains(info.layer), !(hidesConfidential && info.isConfidential), let missed = missedTests(grant, info) else { continue }
      open.remove(info.layer)
      for test in missed where !tests.contains(test) { tests.append(test) }
    }
    return open.isEmpty ? tests : []
  }

  /// Nil when something other than arguments is missed too, or when the tests cannot be told one by one and not as a whole either.
  private func missedTests(_ grant: RuleTrace, _ info: RuleInfo) -> [String]? {
    let missed = grant.atoms.filter { $0.isMet != true }
    guard missed.allSatisfy({ info.atoms[$0.atom].readsArguments }) else { return nil }
    // The text of a test says nothing of a `not` around it.
    if grant.isConjunction, !info.hasOuterNegation { return missed.map { info.atoms[$0.atom].text } }
    return info.atoms.allSatisfy(\.readsArguments) ? [info.condition] : nil
  }

  private mutating func trace(
    _ plan: Plan?, _ document: Document, _ arguments: Node?, _ principal: Principal, _ now: Moment
  ) -> [RuleTrace] {
    guard let plan, bind(plan, document, arguments) == nil else { return [] }
    let facts = Facts(plan: plan, document: document, now: now.milliseconds)
    return plan.rules.map { trace($0, facts, principal) }
  }

  private mutating func trace(_ rule: PlannedRule, _ facts: borrowing Facts, _ principal: Principal) -> RuleTrace {
    let isGrant = if case .grant = program.rule(rule.rule).kind { true } else { false }
    var atoms: [AtomTrace] = []
    var isConjunction = true
    for offset in 0..<Int(rule.chain.count) {
      let instruction = program.code[Int(rule.chain.start) + offset]
      isConjunction = isConjunction && instruction.whenFalse == Instruction.reject
      let isMet: Bool? =
        switch truth(instruction, facts) {
        case .yes: !instruction.isNegated
        case .no: instruction.isNegated
        case .unknown: nil
        }
      atoms.append(AtomTrace(atom: Int(rule.atoms[offset]), value: text(Int(instruction.slot), facts, principal), isMet: isMet))
    }
    return RuleTrace(
      rule: rule.rule, speaksOfCaller: rule.agents.map { $0.contains { principal.agents.contains($0) } } ?? true,
      hasExpired: facts.now >= rule.expires, holds: holds(rule.chain, facts, whenUnknown: !isGrant),
      atoms: atoms.sorted { $0.atom < $1.atom }, isConjunction: isConjunction)
  }

  /// The value of a slot for people.
  private func text(_ slot: Int, _ facts: borrowing Facts, _ principal: Principal) -> String {
    let known = facts.plan.slots[slot]
    let origin = known.base.map { Int($0) } ?? slot
    let value = cells[slot].value
    if origin < facts.plan.shared {
      switch program.sources[origin] {
      case .clock(.moment): return isoText(Moment(milliseconds: facts.now))
      case .clock(let field): return String(CalendarTime(Moment(milliseconds: facts.now)).value(field))
      case .claim(let path):
        guard let claim = principal.claims.values[path], !claim.isNull else { return "absent" }
        return String(decoding: write(claim), as: UTF8.self)
      }
    }
    let list = facts.plan.slots[origin].list.map { Int($0) }
    if let list { return source(cells[list], facts) }
    switch known.form {
    case .boolean: return value == Cell.absent ? "absent" : value == 2 ? "true" : "false"
    case .presence: return value == Cell.absent ? "absent" : "present"
    case .length:
      let base = cells[origin]
      if base.value == Cell.absent { return "absent" }
      if facts.plan.slots[origin].form == .list { return String(facts.document.count(base.node)) }
      let bytes = buffer(of: base, facts)
      return String(String(decoding: bytes[base.range], as: UTF8.self).unicodeScalars.count)
    case .host, .scheme, .path:
      if value == Cell.absent { return "none in \(source(cells[origin], facts))" }
      let bytes = buffer(of: cells[slot], facts)
      return String(decoding: write(.string(String(decoding: bytes[cells[slot].range], as: UTF8.self))), as: UTF8.self)
    case .text, .number, .list, .field, .moment: return source(cells[slot], facts)
    }
  }

  private func source(_ cell: Cell, _ facts: borrowing Facts) -> String {
    if cell.value == Cell.absent { return "absent" }
    return String(decoding: facts.document.bytes[facts.document.source(cell.node)], as: UTF8.self)
  }
}

/// RFC 3339 in UTC, without fractions.
private func isoText(_ moment: Moment) -> String {
  let time = CalendarTime(moment)
  func digits(_ value: Int64, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }
  let date = "\(digits(time.value(.year), 4))-\(digits(time.value(.month), 2))-\(digits(time.value(.day), 2))"
  return "\(date)T\(digits(time.value(.hour), 2)):\(digits(time.value(.minute), 2)):\(digits(time.secondsOfDay % 60, 2))Z"
}
