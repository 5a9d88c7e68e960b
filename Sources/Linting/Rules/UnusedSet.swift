internal import Semantics
internal import Syntax
internal import Text

struct UnusedSet: LintRule {
  static let code = Diagnostic.Code.unusedSet

  static func findings(in input: LintInput) -> [Diagnostic] {
    input.declarations.compactMap { tree, declaration in
      guard case .set(let set) = declaration.kind, input.occurrences(of: set.name.text) < 2 else { return nil }
      return Diagnostic(
        code, "nothing speaks of the set `\(set.name.text)`", at: .init(set.name.range, "never used"), help: "remove it",
        fixes: [.init(title: "remove it", edits: [.init(tree.lines(of: declaration), "")])])
    }
  }
}
