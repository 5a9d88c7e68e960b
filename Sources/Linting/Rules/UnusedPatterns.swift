internal import Semantics
internal import Syntax
internal import Text

struct UnusedPatterns: LintRule {
  static let code = Diagnostic.Code.unusedPatterns

  static func findings(in input: LintInput) -> [Diagnostic] {
    let used = Set(input.policies.filters.flatMap { filter in filter.clauses.map { input.policies.patternSets[$0.set].name } })
    return input.declarations.compactMap { _, declaration in
      guard case .patterns(let patterns) = declaration.kind, !used.contains(patterns.name.text) else { return nil }
      return Diagnostic(
        code, "no filter looks for `\(patterns.name.text)`", at: .init(patterns.name.range, "finds nothing"),
        help: "`match \(patterns.name.text) -> …` in a filter uses it")
    }
  }
}
