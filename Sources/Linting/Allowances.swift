internal import Semantics
internal import Syntax
internal import Text

/// `@allow("missing-reason")` before a declaration: its author has thought of it.
struct Allowances {
  private struct Allowance {
    let annotation: Annotation
    let names: [String]
    /// Of the declaration, its annotations included.
    let place: SourceRange
  }

  private let allowances: [Allowance]

  init(_ input: LintInput) {
    allowances = input.trees.flatMap(\.declarations).flatMap { declaration in
      declaration.annotations.filter { $0.name.text == "allow" }.map {
        Allowance(annotation: $0, names: $0.arguments.compactMap(\.text), place: declaration.range)
      }
    }
  }

  /// What is left of both, and what allows nothing.
  func apply(to others: [Diagnostic], _ found: [Diagnostic]) -> [Diagnostic] {
    var idle = Set(allowances.indices)
    func isAllowed(_ diagnostic: Diagnostic) -> Bool {
      guard diagnostic.severity != .error else { return false }
      let matching = allowances.indices.filter { index in
        allowances[index].names.contains(diagnostic.code.name) && allowances[index].place.contains(diagnostic.primary.range)
      }
      idle.subtract(matching)
      return !matching.isEmpty
    }
    let left = others.filter { !isAllowed($0) } + found.filter { !isAllowed($0) }
    return left + idle.sorted().map { finding(allowances[$0]) }
  }

  private func finding(_ allowance: Allowance) -> Diagnostic {
    let unknown = allowance.names.first { !lintNames.contains($0) }
    let near = unknown.flatMap { nearest(to: $0, among: lintNames.sorted()) }
    return Diagnostic(
      .idleAllowance, "this allows nothing", at: .init(allowance.annotation.range, "nothing of this name is found here"),
      help: near.map { "did you mean `\($0)`?" }
        ?? "remove it; `@allow(\"name\")` takes the name that stands behind the code of a warning or note")
  }
}

extension SourceRange {
  func contains(_ other: SourceRange) -> Bool { file == other.file && lower <= other.lower && other.upper <= upper }
}
