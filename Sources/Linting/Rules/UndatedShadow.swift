internal import Semantics
internal import Syntax
internal import Text

/// Without a date nobody knows how long a rule has been on trial.
struct UndatedShadow: LintRule {
  static let code = Diagnostic.Code.undatedShadow

  static func findings(in input: LintInput) -> [Diagnostic] {
    input.declarations.compactMap { tree, declaration in
      guard let shadow = declaration.shadow, declaration.since == nil else { return nil }
      let start = SourceRange(file: shadow.file, lower: declaration.range.lower, upper: declaration.range.lower)
      let line = "@since(\"\(input.now.dayText)\")"
      return Diagnostic(
        code, "this shadow rule does not say since when it is watched", at: .init(shadow, "no `@since`"),
        help: "with `\(line)` before it, it is reported after \(StaleShadow.days) days",
        fixes: [.init(title: "add `\(line)`", edits: [.init(start, line + "\n")])])
    }
  }
}
