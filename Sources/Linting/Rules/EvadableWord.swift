internal import Semantics
internal import Syntax
internal import Text

/// A deny that looks for `DROP TABLE` does not see `drop table`.
struct EvadableWord: LintRule {
  static let code = Diagnostic.Code.evadableWord

  static func findings(in input: LintInput) -> [Diagnostic] {
    input.predicates.flatMap { _, declaration, predicate, isNegated -> [Diagnostic] in
      guard declaration.narrows, !isNegated, case .contains(let texts) = predicate.test else { return [] }
      return texts.filter { $0.value.count { $0.isLetter } >= 3 }.map { text in
        let other = text.value == text.value.uppercased() ? text.value.lowercased() : text.value.uppercased()
        return Diagnostic(
          code, "`\(text.value)` is looked for in one case of letters", at: .init(text.range, "`\(other)` gets past"),
          help: "`matches /.*\(text.value).*/i` takes both; what an argument may be is safer to say than what it may not")
      }
    }
  }
}

extension Declaration {
  fileprivate var narrows: Bool {
    switch kind {
    case .deny, .ask: true
    default: false
    }
  }
}
