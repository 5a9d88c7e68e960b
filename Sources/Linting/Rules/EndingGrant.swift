internal import Semantics
internal import Syntax
internal import Text

/// What ends next week is better renewed this week.
struct EndingGrant: LintRule {
  static let code = Diagnostic.Code.endingGrant
  private static let days: Int64 = 14

  static func findings(in input: LintInput) -> [Diagnostic] {
    input.declarations.compactMap { _, declaration in
      guard case .grant(let grant) = declaration.kind, let until = grant.until, let moment = until.moment else { return nil }
      // A day is granted to its end.
      let left = moment.milliseconds + (moment.isDay ? MomentLiteral.day : 0) - input.now.milliseconds
      guard left > 0, left <= days * MomentLiteral.day else { return nil }
      return Diagnostic(
        code, "`\(grant.name.text)` ends in less than \(left / MomentLiteral.day + 1) days", at: .init(until.range, "soon"),
        help: "renew it, or tell whoever relies on it")
    }
  }
}
