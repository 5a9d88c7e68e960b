internal import Semantics
internal import Syntax
internal import Text

/// A claim that is absent is not an empty text.
struct EmptyText: LintRule {
  static let code = Diagnostic.Code.emptyText

  static func findings(in input: LintInput) -> [Diagnostic] {
    input.predicates.compactMap { tree, _, predicate, _ in
      guard case .compare(let comparison, let operand) = predicate.test, comparison == .equal || comparison == .notEqual,
        case .literal(let literal) = operand.kind, literal.text == ""
      else { return nil }
      let subject = tree.text(predicate.subject.range)
      return Diagnostic(
        code, "`\(subject)` is compared with the empty text", at: .init(literal.range, "an absent one is not empty"),
        help: "to ask whether it is there, write `\(subject) present`")
    }
  }
}
