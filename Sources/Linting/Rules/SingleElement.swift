internal import Semantics
internal import Syntax
internal import Text

/// `in {"EUR"}` is `== "EUR"`.
struct SingleElement: LintRule {
  static let code = Diagnostic.Code.singleElement

  static func findings(in input: LintInput) -> [Diagnostic] {
    input.predicates.compactMap { tree, _, predicate, _ in
      guard predicate.quantifier == nil, case .fact = predicate.subject.kind, case .inSet(let set) = predicate.test,
        case .literal(let elements) = set.kind, elements.count == 1
      else { return nil }
      let comparison = "\(predicate.negation == nil ? "==" : "!=") \(tree.text(elements[0].range))"
      let range = SourceRange(file: tree.file.id, lower: predicate.subject.range.upper, upper: predicate.range.upper)
      return Diagnostic(
        code, "a set of one element", at: .init(set.range, "is one value"), help: "write `\(comparison)`",
        fixes: tree.text(range).contains("//") ? [] : [.init(title: "write `\(comparison)`", edits: [.init(range, " \(comparison)")])])
    }
  }
}
