internal import Semantics
internal import Syntax
internal import Text

/// `until 2207-01-01` is a slip more often than a wish.
struct DistantEnd: LintRule {
  static let code = Diagnostic.Code.distantEnd
  private static let years: Int64 = 5

  static func findings(in input: LintInput) -> [Diagnostic] {
    input.declarations.compactMap { _, declaration in
      guard case .grant(let grant) = declaration.kind, let until = grant.until, let moment = until.moment,
        moment.milliseconds - input.now.milliseconds > years * 366 * MomentLiteral.day
      else { return nil }
      return Diagnostic(
        code, "`\(grant.name.text)` ends in more than \(years) years", at: .init(until.range, "is the year right?"),
        help: "a grant that is meant to stand has no `until`; one that is meant to end should end while somebody remembers it")
    }
  }
}
