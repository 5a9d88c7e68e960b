import Bytecode
import Decision
import Enforcement
import Evidence
import JSON

/// One decision with its reasons, for a person or a machine.
struct ExplanationReport {
  private let judgement: Judgement
  private let program: Program
  private let target: String
  private let caller: String
  /// That the caller's credential is bound to; nil: it is not.
  private let scopes: [String]?
  /// Of the session.
  private let labels: LabelSet
  /// The filters that would read the answer.
  private let readers: [FilterInfo]
  /// What becomes of the answer that was given.
  private let answer: ReleasedAnswer?

  init(
    _ judgement: Judgement, _ program: Program, target: String, caller: String, scopes: [String]?, labels: LabelSet,
    readers: [FilterInfo], answer: ReleasedAnswer?
  ) {
    self.judgement = judgement
    self.program = program
    self.target = target
    self.caller = caller
    self.scopes = scopes
    self.labels = labels
    self.readers = readers
    self.answer = answer
  }

  /// One sentence: what was decided, and by what.
  private var sentence: String {
    if !judgement.problems.isEmpty {
      return judgement.isListed
        ? "deny (invalid argument): the arguments do not fit the input schema of \(target)"
        : "deny (default): no call of \(target) could be allowed to \(caller)"
    }
    if let denial = judgement.filterDenial { return "deny: filter \(denial.filter.name) denies \(target) to \(caller)" }
    if let limit = judgement.refusingLimit { return "limited: \(limit.name) never lets \(target) through with these arguments" }
    return switch judgement.trace.verdict {
    case .allow(let grounds): "allow: \(program.rule(grounds.grant).name) allows \(target) to \(caller)"
    case .ask(let question): "ask: \(program.rule(question.ask).name) wants a person to approve \(target) for \(caller)"
    case .deny(.byRule(let rule)): "deny: \(program.rule(rule).name) denies \(target) to \(caller)"
    case .deny(.noGrant): "deny (default): no grant allows \(target) to \(caller)"
    case .deny(.outOfScope): "deny (scope): no scope of \(caller)'s credential opens \(target)"
    case .deny(.invalidArgument(let field, _)):
      "deny (invalid argument): `\(program.field(field) ?? "arguments")` is not what the snapshot says"
    }
  }

  func human(colour: Bool) -> String {
    let style = decision == "allow" ? "1;32" : decision == "ask" || decision == "limited" ? "1;33" : "1;31"
    var out = colour ? "\u{1B}[\(style)m\(sentence)\u{1B}[0m\n" : sentence + "\n"
    for problem in judgement.problems where judgement.isListed {
      out += "  \(problem.path.isEmpty ? "arguments" : problem.path)  \(problem.message)\n"
    }
    for problem in judgement.filterDenial?.problems ?? [] {
      out += "  \(problem.path.isEmpty ? "arguments" : problem.path)  \(problem.message)\n"
    }
    if let because { out += "  because \(because)\n" }
    if let scopes, judgement.trace.verdict == .deny(.outOfScope) {
      out += "  it is bound to \(scopes.joined(separator: ", ")); without that, the rules below would decide\n"
    }
    guard judgement.problems.isEmpty else { return out }
    if let filter = judgement.filterDenial?.filter { out += "\nfilter \(filter.name)  \(filter.file):\(filter.line)\n" }
    for name in judgement.filtered?.shadows ?? [] { out += "\nshadow filter \(name) would deny it\n" }
    let picture = ConditionPicture(colour: colour)
    for rule in shown {
      let info = program.rule(rule.rule)
      out += "\n\(title(rule, info))\n"
      out += picture.draw(rule, info)
    }
    if let limits = judgement.limits?.states, !limits.isEmpty {
      out += "\nlimits, as if nothing had been taken yet\n"
      for state in limits { out += "  \(words(state))\n" }
    }
    let rest = judgement.trace.rules.count - shown.count
    if rest > 0 { out += "\n\(counted(rest, "more rule")) on \(target) \(rest == 1 ? "does" : "do") not change this\n" }
    out += judgement.isListed ? "" : "\n\(target) is hidden from \(caller)'s list\n"
    return out + humanAnswer
  }

  /// Which filters read the answer, and what they make of the one that was given.
  private var humanAnswer: String {
    guard judgement.isLetThrough || answer != nil else { return "" }
    var out = ""
    for filter in readers {
      out += "\n\(filter.isShadow ? "shadow filter" : "filter") \(filter.name)  \(filter.file):\(filter.line)  reads the answer\n"
    }
    guard let answer else { return out }
    out += "\n\(outcome(of: answer))\n"
    if case .unfit(let problems) = answer.block {
      for problem in problems { out += "  \(problem.path.isEmpty ? "structuredContent" : problem.path)  \(problem.message)\n" }
    }
    for finding in answer.findings {
      let what = finding.pattern.map { "`\($0)`" } ?? "what no pattern names"
      out += "  \(finding.filter) \(finding.isUndecided ? "could not search for" : "found") \(what) \(counted(finding.count, "time"))\n"
    }
    if !answer.labels.sets.isEmpty { out += "  sets \(names(answer.labels.sets))\n" }
    if !answer.labels.clears.isEmpty { out += "  clears \(names(answer.labels.clears))\n" }
    if let passed = answer.passed { out += String(decoding: write(Value(passed, passed.root), .pretty), as: UTF8.self) + "\n" }
    return out
  }

  private func outcome(of answer: ReleasedAnswer) -> String {
    switch answer.block {
    case .filter(let name): "answer: withheld by filter \(name)"
    case .unfit: "answer: withheld, because it does not fit the output schema of \(target)"
    case nil: answer.isChanged ? "answer: passes changed" : "answer: passes as it is"
    }
  }

  private func names(_ labels: LabelSet) -> String { labels.labels.map { program.labels[Int($0.index)].name }.joined(separator: ", ") }

  private func words(_ state: LimitStates.State) -> String {
    let info = program.limits.first { $0.name == state.limit }
    let allowance = info.map { " (\($0.allowance) by \($0.keyWords))" } ?? ""
    return "\(state.isShadow ? "shadow " : "")\(state.limit)\(allowance): takes \(state.takes), "
      + (state.isOver ? "of which there is never enough" : "leaves \(state.left)")
  }

  /// The rules that made the decision; for a default deny, the grants that came nearest.
  private var shown: [RuleTrace] {
    switch judgement.trace.verdict {
    case .deny(.noGrant): Array(judgement.trace.nearestGrants.prefix(3))
    default: judgement.trace.rules.filter { $0.applies }
    }
  }

  private func title(_ rule: RuleTrace, _ info: RuleInfo) -> String {
    let kind =
      switch info.kind {
      case .grant: judgement.trace.verdict == .deny(.noGrant) ? "nearest grant" : "grant"
      case .deny: info.isShadow ? "shadow deny" : "deny"
      case .ask: info.isShadow ? "shadow ask" : "ask"
      }
    let layer = info.layer.map { " in layer \($0)" } ?? ""
    let note = !rule.speaksOfCaller ? "  (to somebody else)" : rule.hasExpired ? "  (expired)" : ""
    return "\(kind) \(info.name)  \(info.file):\(info.line)\(layer)\(note)"
  }

  private var decidingRule: RuleInfo? {
    switch judgement.trace.verdict {
    case .allow(let grounds): program.rule(grounds.grant)
    case .ask(let question): program.rule(question.ask)
    case .deny(.byRule(let rule)): program.rule(rule)
    case .deny: nil
    }
  }

  private var because: String? {
    if let denial = judgement.filterDenial { return denial.because }
    if let limit = judgement.refusingLimit { return limit.because }
    return decidingRule?.because
  }

  private var decision: String {
    guard judgement.problems.isEmpty, judgement.filterDenial == nil else { return "deny" }
    if judgement.refusingLimit != nil { return "limited" }
    return switch judgement.trace.verdict {
    case .allow: "allow"
    case .ask: "ask"
    case .deny: "deny"
    }
  }

  var json: Value {
    [
      "decision": .string(decision),
      "rule": judgement.problems.isEmpty
        ? ((judgement.filterDenial?.filter.name ?? judgement.refusingLimit?.name ?? decidingRule?.name).map(Value.string) ?? .null) : .null,
      "code": judgement.code.map(Value.string) ?? .null,
      "retryAfterMs": judgement.limits?.retryAfterMilliseconds.map { .number(Number($0)) } ?? .null,
      "message": .string(sentence),
      "because": judgement.problems.isEmpty ? (because.map(Value.string) ?? .null) : .null,
      "listed": .boolean(judgement.isListed),
      "problems": .array(
        (judgement.problems + (judgement.filterDenial?.problems ?? [])).map { ["path": .string($0.path), "message": .string($0.message)] }),
      "limits": .array((judgement.limits?.states ?? []).map(value)),
      "rules": .array(judgement.trace.rules.map(value)), "labels": list(labels),
      "scopes": scopes.map { .array($0.map(Value.string)) } ?? .null,
      "readers": .array(
        readers.map { ["filter": .string($0.name), "shadow": .boolean($0.isShadow), "file": .string($0.file), "line": number($0.line)] }),
      "answer": answer.map(value) ?? .null,
    ]
  }

  private func list(_ labels: LabelSet) -> Value { .array(labels.labels.map { .string(program.labels[Int($0.index)].name) }) }

  private func value(_ answer: ReleasedAnswer) -> Value {
    var problems: [ArgumentProblem] = []
    var filter: String?
    switch answer.block {
    case .filter(let name): filter = name
    case .unfit(let found): problems = found
    case nil: break
    }
    return [
      "outcome": .string(answer.block != nil ? "withheld" : answer.isChanged ? "changed" : "unchanged"),
      "filter": filter.map(Value.string) ?? .null,
      "problems": .array(problems.map { ["path": .string($0.path), "message": .string($0.message)] }),
      "findings": .array(
        answer.findings.map { finding in
          [
            "filter": .string(finding.filter), "pattern": finding.pattern.map(Value.string) ?? .null, "count": number(finding.count),
            "undecided": .boolean(finding.isUndecided),
          ]
        }),
      "sets": list(answer.labels.sets), "clears": list(answer.labels.clears),
      "result": answer.passed.map { Value($0, $0.root) } ?? .null,
    ]
  }

  private func value(_ state: LimitStates.State) -> Value {
    [
      "limit": .string(state.limit), "takes": .number(state.takes), "left": .number(state.left), "over": .boolean(state.isOver),
      "shadow": .boolean(state.isShadow),
    ]
  }

  private func value(_ rule: RuleTrace) -> Value {
    let info = program.rule(rule.rule)
    let kind =
      switch info.kind {
      case .grant: "grant"
      case .deny: "deny"
      case .ask: "ask"
      }
    return [
      "rule": .string(info.name), "kind": .string(kind), "shadow": .boolean(info.isShadow), "file": .string(info.file),
      "line": number(info.line), "speaksOfCaller": .boolean(rule.speaksOfCaller), "expired": .boolean(rule.hasExpired),
      "holds": .boolean(rule.holds),
      "tests": .array(
        rule.atoms.map { atom in
          [
            "text": .string(info.atoms[atom.atom].text), "value": .string(atom.value),
            "met": atom.isMet.map(Value.boolean) ?? .null,
          ]
        }),
    ]
  }
}
