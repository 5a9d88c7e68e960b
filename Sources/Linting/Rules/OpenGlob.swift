internal import Semantics
internal import Syntax
internal import Text

/// `github.*` in a scope opens every tool that the next snapshot brings, whatever it does.
struct OpenGlob: LintRule {
  static let code = Diagnostic.Code.openGlob

  static func findings(in input: LintInput) -> [Diagnostic] {
    input.declarations.flatMap { tree, declaration -> [Diagnostic] in
      guard case .scope(let scope) = declaration.kind else { return [] }
      return scope.opens.compactMap { target in
        guard case .tool(let server, let name) = target.kind, name.text.allSatisfy({ $0 == "*" }) else { return nil }
        return finding(input, tree, target, server)
      }
    }
  }

  private static func finding(_ input: LintInput, _ tree: SyntaxTree, _ target: Target, _ server: Identifier) -> Diagnostic {
    let written = tree.text(target.range)
    let names = input.policies.servers.first { $0.name == server.text }?.snapshot.tools.map(\.name) ?? []
    let arePlain = names.allSatisfy { $0.utf8.allSatisfy { $0 < 0x80 && ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A || $0 == 0x5F) } }
    let list = names.map { "\(server.text).\($0)" }.joined(separator: ", ")
    return Diagnostic(
      code, "`\(written)` also opens tools that a later snapshot brings", at: .init(target.range, "all there is, and all there will be"),
      help: "name the tools, so that a new one is closed until somebody has looked at it",
      fixes: names.isEmpty || !arePlain ? [] : [.init(title: "name the tools of today", edits: [.init(target.range, list)])])
  }
}
