internal import Semantics
internal import Syntax
internal import Text

/// A deny of everything makes every grant an ornament.
struct ClosesEverything: LintRule {
  static let code = Diagnostic.Code.closesEverything

  static func findings(in input: LintInput) -> [Diagnostic] {
    input.declarations.compactMap { _, declaration in
      guard case .deny(let deny) = declaration.kind, declaration.shadow == nil, deny.condition == nil else { return nil }
      let all = deny.targets.first { target in
        guard case .tool(let server, let name) = target.kind else { return false }
        return server.text.allSatisfy { $0 == "*" } && name.text.allSatisfy { $0 == "*" }
      }
      return all.map {
        Diagnostic(
          code, "`\(deny.name.text)` denies every call of every tool", at: .init($0.range, "all servers, all tools"),
          help: "what no grant opens is closed already; to stop everything at once, `sallyport stop` does it without a change of policy")
      }
    }
  }
}
