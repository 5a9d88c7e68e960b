internal import Semantics
internal import Syntax
internal import Text

/// Everybody, always: also callers that are no declared agent.
struct UnconditionalGrant: LintRule {
  static let code = Diagnostic.Code.unconditionalGrant

  static func findings(in input: LintInput) -> [Diagnostic] {
    input.declarations.compactMap { _, declaration in
      guard case .grant(let grant) = declaration.kind, case .anyAgent(let range) = grant.grantees, grant.condition == nil else {
        return nil
      }
      return Diagnostic(
        code, "`\(grant.name.text)` opens `\(grant.scope.text)` to whoever calls", at: .init(range, "everybody, always"),
        help: "name agents, or say when: `when token.team == \"platform\"`")
    }
  }
}
