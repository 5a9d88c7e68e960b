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

  init(_ judgement: Judgement, _ program: Program, target: String, caller: String) {
    self.judgement = judgement
    self.program = program
    self.target = target
    self.caller = caller
  }

  /// One sentence: what was decided, and by what.
  private var sentence: String {
    if !judgement.problems.isEmpty {
      return judgement.isListed
        ? "deny (invalid argument): the arguments do not fit the input schema of \(target)"
        : "deny (default): no call of \(target) could be allowed to \(caller)"
    }
    if let denial = judgement.filterDenial { return "deny: filter \(denial.filter.name) denies \(target) to \(caller)" }
    return switch judgement.trace.verdict {
    case .allow(let grounds): "allow: \(program.rule(grounds.grant).name) allows \(target) to \(caller)"
    case .ask(let question): "ask: \(program.rule(question.ask).name) wants a person to approve \(target) for \(caller)"
    case .deny(.byRule(let rule)): "deny: \(program.rule(rule).name) denies \(target) to \(caller)"
    case .deny(.noGrant): "deny (default): no grant allows \(target) to \(caller)"
    case .deny(.invalidArgument(let field, _)):
      "deny (invalid argument): `\(program.field(field) ?? "arguments")` is not what the snapshot says"
    }
  }

  func human(colour: Bool) -> String {
    let style = decision == "allow" ? "1;32" : decision == "ask" ? "1;33" : "1;31"
    var out = colour ? "\u{1B}[\(style)m\(sentence)\u{1B}[0m\n" : sentence + "\n"
    for problem in judgement.problems where judgement.isListed {
      out += "  \(problem.path.isEmpty ? "arguments" : problem.path)  \(problem.message)\n"
    }
    for problem in judgement.filterDenial?.problems ?? [] {
      out += "  \(problem.path.isEmpty ? "arguments" : problem.path)  \(problem.message)\n"
    }
    if let because { out += "  because \(because)\n" }
    guard judgement.problems.isEmpty else { return out }
    if let filter = judgement.filterDenial?.filter { out += "\nfilter \(filter.name)  \(filter.file):\(filter.line)\n" }
    for name in judgement.filtered?.shadows ?? [] { out += "\nshadow filter \(name) would deny it\n" }
    let picture = ConditionPicture(colour: colour)
    for rule in shown {
      let info = program.rule(rule.rule)
      out += "\n\(title(rule, info))\n"
      out += picture.draw(rule, info)
    }
    let rest = judgement.trace.rules.count - shown.count
    if rest > 0 { out += "\n\(counted(rest, "more rule")) on \(target) \(rest == 1 ? "does" : "do") not change this\n" }
    out += judgement.isListed ? "" : "\n\(target) is hidden from \(caller)'s list\n"
    return out
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
    return decidingRule?.because
  }

  private var decision: String {
    guard judgement.problems.isEmpty, judgement.filterDenial == nil else { return "deny" }
    return switch judgement.trace.verdict {
    case .allow: "allow"
    case .ask: "ask"
    case .deny: "deny"
    }
  }

  var json: Value {
    [
      "decision": .string(decision),
      "rule": judgement.problems.isEmpty ? ((judgement.filterDenial?.filter.name ?? decidingRule?.name).map(Value.string) ?? .null) : .null,
      "code": judgement.code.map(Value.string) ?? .null,
      "retryAfterMs": .null,
      "message": .string(sentence),
      "because": judgement.problems.isEmpty ? (because.map(Value.string) ?? .null) : .null,
      "listed": .boolean(judgement.isListed),
      "problems": .array(
        (judgement.problems + (judgement.filterDenial?.problems ?? [])).map { ["path": .string($0.path), "message": .string($0.message)] }),
      "rules": .array(judgement.trace.rules.map(value)),
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
