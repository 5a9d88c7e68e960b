internal import Semantics
internal import Syntax
internal import Text

/// Nobody is told when a sensitive scope is used, changed or abused.
struct MissingOwner: LintRule {
  static let code = Diagnostic.Code.missingOwner

  static func findings(in input: LintInput) -> [Diagnostic] {
    input.sensitiveScopes.filter { !$0.declaration.has("owner") }.map { declaration, scope in
      Diagnostic(
        code, "the sensitive scope `\(scope.name.text)` has no owner", at: .init(scope.name.range, "whose is it?"),
        help: "say who answers for it: `@owner(\"payments-sec\")` before the declaration")
    }
  }
}
