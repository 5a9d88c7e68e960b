internal import Semantics
internal import Syntax
internal import Text

/// A scope's documentation is what a person reads before consenting to it.
struct MissingConsentText: LintRule {
  static let code = Diagnostic.Code.missingConsentText

  static func findings(in input: LintInput) -> [Diagnostic] {
    input.declarations.compactMap { _, declaration in
      guard case .scope(let scope) = declaration.kind, declaration.documentation.allSatisfy(\.isEmpty) else { return nil }
      return Diagnostic(
        code, "the scope `\(scope.name.text)` does not say what it is for", at: .init(scope.name.range, "no `///` above it"),
        help: "write what a person consents to: `/// Read code, issues and pull requests.`")
    }
  }
}
