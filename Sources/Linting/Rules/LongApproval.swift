internal import Semantics
internal import Syntax
internal import Text

/// Who approves a call tomorrow approves what nobody sees any more.
struct LongApproval: LintRule {
  static let code = Diagnostic.Code.longApproval
  private static let longest: Int64 = 86_400_000

  static func findings(in input: LintInput) -> [Diagnostic] {
    input.declarations.compactMap { _, declaration in
      guard case .ask(let ask) = declaration.kind, case .duration(let milliseconds) = ask.within.kind, milliseconds > longest else {
        return nil
      }
      return Diagnostic(
        code, "`\(ask.name.text)` waits for more than a day", at: .init(ask.within.range, "what was asked may be forgotten by then"),
        help: "the agent's session is over long before; ask within minutes or hours")
    }
  }
}
