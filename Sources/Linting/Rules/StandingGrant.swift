internal import Semantics
internal import Syntax
internal import Text

/// Access that nobody has to renew is access that nobody looks at again.
struct StandingGrant: LintRule {
  static let code = Diagnostic.Code.standingGrant

  static func findings(in input: LintInput) -> [Diagnostic] {
    let sensitive = Set(input.policies.scopes.filter { $0.annotations.contains { $0.name == "sensitive" } }.map(\.name))
    return input.declarations.compactMap { _, declaration in
      guard case .grant(let grant) = declaration.kind, grant.until == nil, sensitive.contains(grant.scope.text) else { return nil }
      return Diagnostic(
        code, "`\(grant.name.text)` grants the sensitive scope `\(grant.scope.text)` for ever", at: .init(grant.name.range, "no `until`"),
        help: "give it an end, so that somebody looks at it again: `until \(nextYear(input.now))`")
    }
  }

  private static func nextYear(_ now: MomentLiteral) -> String {
    MomentLiteral(milliseconds: now.milliseconds + 365 * MomentLiteral.day, isDay: true).dayText
  }
}
