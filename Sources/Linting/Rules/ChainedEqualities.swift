internal import Semantics
internal import Syntax
internal import Text

/// `x == "a" or x == "b"` is `x in {"a", "b"}`.
struct ChainedEqualities: LintRule {
  static let code = Diagnostic.Code.chainedEqualities

  static func findings(in input: LintInput) -> [Diagnostic] {
    input.conditions.flatMap { tree, _, condition in
      condition.all.compactMap { expression in
        guard case .or(let terms) = expression.kind, let (subject, values) = equalities(terms, tree) else { return nil }
        let plain = "\(subject) in {\(values.joined(separator: ", "))}"
        return Diagnostic(
          code, "one fact is compared \(values.count) times", at: .init(expression.range, "a set says the same"), help: "write `\(plain)`",
          fixes: tree.text(expression.range).contains("//")
            ? [] : [.init(title: "write `\(plain)`", edits: [.init(expression.range, plain)])])
      }
    }
  }

  private static func equalities(_ terms: [Expression], _ tree: SyntaxTree) -> (subject: String, values: [String])? {
    var subject: String?
    var values: [String] = []
    for term in terms {
      guard case .test(let predicate) = term.kind, predicate.quantifier == nil, predicate.negation == nil,
        case .fact = predicate.subject.kind, case .compare(.equal, let operand) = predicate.test, case .literal(let literal) = operand.kind
      else { return nil }
      switch literal.kind {
      case .string, .number: break
      default: return nil
      }
      let text = tree.text(predicate.subject.range)
      guard subject == nil || subject == text else { return nil }
      subject = text
      values.append(tree.text(literal.range))
    }
    return subject.map { ($0, values) }
  }
}
