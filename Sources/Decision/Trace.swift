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
  package mutating func explain(_ call: Call, principal: Principal, labels: LabelSet, now: Moment) -> Trace {
    let verdict = decide(call, principal: principal, labels: labels, now: now)
    let context = TraceContext(program: program, principal: principal, now: now)
    var rules: [RuleTrace] = []
    switch call {
    case .tool(let tool, let document, let arguments):
      if let target = tables.tools[Int(tool.index)], let plan = program.tool(tool).plan {
        rules = traces(context, tables, target, plan.rules, document, arguments, &cells, &scratch)
      }
    case .prompt(let prompt, let document, let arguments):
      if let target = tables.prompts[Int(prompt.index)], let plan = program.prompt(prompt).plan {
        rules = traces(context, tables, target, plan.rules, document, arguments, &cells, &scratch)
      }
    case .resource(let server, let uri):
      let uri = CanonicalURI(uri)
      var budget = MatchBudget()
      let onResource = program.servers[Int(server.index)].resources.filter { rule in
        let isGrant = if case .grant = rule.effect { true } else { false }
        return rule.globs.contains { isGrant ? $0.covers(uri, &budget) : $0.touches(uri, &budget) }
      }
      rules = traces(context, tables, tables.shared, onResource.map(\.planned), nothing, nil, &cells, &scratch)
    }
    let grants = rules.filter { if case .grant = program.rule($0.rule).kind { !$0.applies } else { false } }
    return Trace(verdict: verdict, rules: rules, nearestGrants: grants.sorted { ($0.misses, $0.rule) < ($1.misses, $1.rule) })
  }

  /// What arguments would have to be for the call to be granted, in the policy's words: of every layer that does not grant it, the missed
  /// tests of the grant that misses least. All have to be met. Empty when arguments alone would not help.
  ///
  /// - Parameter hidesConfidential: true when the answer is for the caller: what confidential grants test is not said then.
  package mutating func constraints(
    _ call: Call, principal: Principal, labels: LabelSet, now: Moment, hidesConfidential: Bool
  ) -> [String] {
    let trace = explain(call, principal: principal, labels: labels, now: now)
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
}

private struct TraceContext {
  let program: Program
  let principal: Principal
  let now: Moment
}

/// Empty when the arguments do not fit.
private func traces(
  _ context: TraceContext, _ tables: borrowing Tables, _ target: Tables.Target, _ rules: [PlannedRule], _ document: Document,
  _ arguments: Node?, _ storage: inout [Cell], _ scratch: inout Scratch
) -> [RuleTrace] {
  let reading = Reading(tables, target, now: context.now)
  var cells = storage.mutableSpan
  if reading.bind(document, arguments, &cells, &scratch) != nil { return [] }
  var traces: [RuleTrace] = []
  for rule in rules { traces.append(reading.trace(rule, context, document, &cells, &scratch)) }
  return traces
}

extension Reading {
  fileprivate func trace(
    _ rule: PlannedRule, _ context: TraceContext, _ document: Document, _ cells: inout MutableSpan<Cell>, _ scratch: inout Scratch
  ) -> RuleTrace {
    let isGrant = if case .grant = context.program.rule(rule.rule).kind { true } else { false }
    var atoms: [AtomTrace] = []
    var isConjunction = true
    for offset in 0..<Int(rule.chain.count) {
      let instruction = code[Int(rule.chain.start) + offset]
      isConjunction = isConjunction && instruction.whenFalse == Instruction.reject
      let isMet: Bool? =
        switch truth(instruction, document, &cells, &scratch) {
        case .yes: !instruction.isNegated
        case .no: instruction.isNegated
        case .unknown: nil
        }
      let value = value(Int(instruction.slot), context, document, cells, scratch)
      atoms.append(AtomTrace(atom: Int(rule.atoms[offset]), value: value, isMet: isMet))
    }
    let speaksOfCaller = rule.agents.map { $0.contains { context.principal.agents.contains($0) } } ?? true
    return RuleTrace(
      rule: rule.rule, speaksOfCaller: speaksOfCaller, hasExpired: now >= rule.expires,
      holds: holds(rule.chain, whenUnknown: !isGrant, document, &cells, &scratch), atoms: atoms.sorted { $0.atom < $1.atom },
      isConjunction: isConjunction)
  }

  /// The value of a slot for people.
  private func value(
    _ slot: Int, _ context: TraceContext, _ document: Document, _ cells: borrowing MutableSpan<Cell>, _ scratch: borrowing Scratch
  ) -> String {
    let known = slots[slot]
    let origin = known.base.map { Int($0) } ?? slot
    let cell = cells[slot]
    if origin < shared {
      switch context.program.sources[origin] {
      case .clock(.moment): return isoText(context.now)
      case .clock(let field): return String(CalendarTime(context.now).value(field))
      case .label: return cell.value == 2 ? "yes" : "no"
      case .claim(let path):
        guard let claim = context.principal.claims.values[path], !claim.isNull else { return "absent" }
        return String(decoding: write(claim), as: UTF8.self)
      }
    }
    if let list = slots[origin].list { return source(cells[Int(list)], document) }
    switch known.form {
    case .boolean: return cell.value == Cell.absent ? "absent" : cell.value == 2 ? "true" : "false"
    case .presence: return cell.value == Cell.absent ? "absent" : "present"
    case .length:
      let base = cells[origin]
      if base.value == Cell.absent { return "absent" }
      if slots[origin].form == .list { return String(document.count(base.node)) }
      return String(string(base, document, scratch).unicodeScalars.count)
    case .host, .scheme, .path:
      if cell.value == Cell.absent { return "absent" }
      if cell.value == Cell.unknown { return "none in \(source(cells[origin], document))" }
      return String(decoding: write(.string(string(cell, document, scratch))), as: UTF8.self)
    case .text, .number, .list, .field, .moment: return source(cell, document)
    }
  }

  private func string(_ cell: Cell, _ document: Document, _ scratch: borrowing Scratch) -> String {
    let text = scratch.text(of: cell, DocumentView(document))
    return String(decoding: text.indices.map { text[$0] }, as: UTF8.self)
  }

  private func source(_ cell: Cell, _ document: Document) -> String {
    if cell.value == Cell.absent { return "absent" }
    return String(decoding: document.bytes[document.source(cell.node)], as: UTF8.self)
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
