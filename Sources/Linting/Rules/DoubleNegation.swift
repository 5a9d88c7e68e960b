internal import Semantics
internal import Syntax
internal import Text

struct DoubleNegation: LintRule {
  static let code = Diagnostic.Code.doubleNegation

  static func findings(in input: LintInput) -> [Diagnostic] {
    input.conditions.flatMap { tree, _, condition in
      condition.all.compactMap { expression in
        guard case .not(let inner) = expression.kind, let plain = positive(inner, tree) else { return nil }
        return Diagnostic(
          code, "not not", at: .init(expression.range, "says what it would say without"), help: "write `\(plain)`",
          fixes: tree.text(expression.range).contains("//")
            ? [] : [.init(title: "write `\(plain)`", edits: [.init(expression.range, plain)])])
      }
    }
  }

  /// What is negated, when the expression is a negation of something.
  private static func positive(_ expression: Expression, _ tree: SyntaxTree) -> String? {
    switch expression.kind {
    case .not(let inner): return tree.text(inner.range)
    case .test(let predicate):
      // Under a quantifier the inner `not` speaks of each element.
      guard let negation = predicate.negation, predicate.quantifier == nil else { return nil }
      let before = SourceRange(file: tree.file.id, lower: predicate.range.lower, upper: negation.lower)
      let behind = SourceRange(file: tree.file.id, lower: negation.upper, upper: predicate.range.upper)
      return tree.text(before) + String(tree.text(behind).drop { $0.isWhitespace })
    default: return nil
    }
  }
}
