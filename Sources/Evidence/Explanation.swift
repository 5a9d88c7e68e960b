package import Bytecode
internal import Decision
internal import Enforcement

/// A judgement in words.
package struct Explanation: Sendable {
  /// `allow by small_refunds`, `deny by default`
  package let outcome: String
  /// The next thing a person would ask: problems with the arguments, or what the nearest grant missed. May be empty.
  package let reasons: [String]

  package init(_ judgement: Judgement, _ program: Program) {
    if !judgement.problems.isEmpty {
      outcome = judgement.isListed ? "deny code INVALID_ARGUMENT" : "deny by default"
      reasons = judgement.problems.map { "\($0.path.isEmpty ? "arguments" : $0.path): \($0.message)" }
      return
    }
    if let denial = judgement.filterDenial {
      outcome = "deny by \(denial.filter.name)"
      reasons = denial.problems.map { "\($0.path.isEmpty ? "arguments" : $0.path): \($0.message)" }
      return
    }
    if let limit = judgement.refusingLimit {
      let pause = judgement.limits?.retryAfterMilliseconds
      outcome = "limited by \(limit.name)" + (pause.map { " retry after \(Explanation.duration($0))" } ?? "")
      reasons = judgement.limits?.message.map { [$0] } ?? []
      return
    }
    switch judgement.trace.verdict {
    case .allow(let grounds):
      outcome = "allow by \(program.rule(grounds.grant).name)"
      reasons = []
    case .ask(let question) where judgement.approval == .approved:
      outcome = "allow by \(program.rule(question.grant).name)"
      reasons = []
    case .ask(let question) where judgement.approval == .denied:
      outcome = "deny code PERMISSION_DENIED"
      reasons = ["a person has denied it, as \(program.rule(question.ask).name) asks"]
    case .ask(let question):
      outcome = "ask by \(program.rule(question.ask).name)"
      reasons = Explanation.because(program.rule(question.ask))
    case .deny(.byRule(let rule)):
      outcome = "deny by \(program.rule(rule).name)"
      reasons = Explanation.because(program.rule(rule))
    case .deny(.invalidArgument(let field, let misfit)):
      outcome = "deny code INVALID_ARGUMENT"
      let name = program.field(field) ?? "arguments"
      reasons = ["\(name): \(misfit == .missing ? "required, and not there" : "not of the type that the snapshot says")"]
    case .deny(.outOfScope):
      outcome = "deny by scope"
      reasons = ["no scope of the caller's credential opens it"]
    case .deny(.noGrant):
      outcome = "deny by default"
      reasons = judgement.trace.nearestGrants.first.map { [Explanation.miss($0, program)] } ?? ["no grant opens it"]
    }
  }

  /// As policies write it: `26s`, `1500ms`.
  private static func duration(_ milliseconds: Int64) -> String {
    for (unit, length) in [("d", Int64(86_400_000)), ("h", 3_600_000), ("m", 60_000), ("s", 1_000)]
    where milliseconds >= length && milliseconds % length == 0 {
      return "\(milliseconds / length)\(unit)"
    }
    return "\(milliseconds)ms"
  }

  private static func because(_ rule: RuleInfo) -> [String] { rule.because.map { ["because: \($0)"] } ?? [] }

  private static func miss(_ grant: RuleTrace, _ program: Program) -> String {
    let info = program.rule(grant.rule)
    if !grant.speaksOfCaller { return "nearest grant \(info.name) is to somebody else" }
    if grant.hasExpired { return "nearest grant \(info.name) has expired" }
    let missed = grant.atoms.filter { $0.isMet != true }.map { atom in
      let text = info.atoms[atom.atom]
      return "\(text.isNegated ? "not " : "")\(text.text) (it is \(atom.value))"
    }
    return "nearest grant \(info.name) needs \(missed.joined(separator: ", "))"
  }
}
