internal import Semantics
internal import Syntax
internal import Text

/// `github.get_issue, github.*`: the first says nothing.
struct CoveredTarget: LintRule {
  static let code = Diagnostic.Code.coveredTarget

  static func findings(in input: LintInput) -> [Diagnostic] {
    input.declarations.flatMap { tree, declaration -> [Diagnostic] in
      let targets = declaration.targets
      return targets.indices.compactMap { index in
        guard let cover = targets.indices.first(where: { $0 != index && covers(targets[$0], targets[index]) }) else { return nil }
        return Diagnostic(
          code, "`\(tree.text(targets[index].range))` is covered already", at: .init(targets[index].range, "adds nothing"),
          also: [.init(targets[cover].range, "covers it")], help: "remove it",
          fixes: removal(of: index, from: targets, tree).map { [.init(title: "remove it", edits: [$0])] } ?? [])
      }
    }
  }

  private static func covers(_ wide: Target, _ narrow: Target) -> Bool {
    guard case .tool(let server, let name) = wide.kind, case .tool(let otherServer, let otherName) = narrow.kind,
      !(server.text == otherServer.text && name.text == otherName.text)
    else { return false }
    return covers(server.text, otherServer.text) && covers(name.text, otherName.text)
  }

  private static func covers(_ glob: String, _ text: String) -> Bool {
    glob == text || glob.allSatisfy { $0 == "*" } || (!text.contains("*") && Glob(glob).overlaps(Glob(text)))
  }

  /// With the comma that goes with it; nil when something else would go, too.
  private static func removal(of index: Int, from targets: [Target], _ tree: SyntaxTree) -> Diagnostic.Fix.Edit? {
    let range =
      index + 1 < targets.count
      ? SourceRange(file: tree.file.id, lower: targets[index].range.lower, upper: targets[index + 1].range.lower)
      : index > 0
        ? SourceRange(file: tree.file.id, lower: targets[index - 1].range.upper, upper: targets[index].range.upper) : nil
    guard let range, !tree.text(range).contains("//") else { return nil }
    return .init(range, "")
  }
}
