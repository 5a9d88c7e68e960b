internal import Semantics
internal import Syntax
internal import Text

/// `ends with "acme.example"` also holds for `evil-acme.example`.
struct LooseSuffix: LintRule {
  static let code = Diagnostic.Code.looseSuffix

  static func findings(in input: LintInput) -> [Diagnostic] {
    input.predicates.flatMap { _, _, predicate, _ -> [Diagnostic] in
      guard case .endsWith(let texts) = predicate.test else { return [] }
      return texts.filter { isHost($0.value) }.map { text in
        Diagnostic(
          code, "`\(text.value)` is also the end of other names", at: .init(text.range, "`evil\(text.value)` ends with it, too"),
          help: "say what stands before it: `\"@\(text.value)\"` for addresses, `\".\(text.value)\"` for hosts below it; "
            + "of a URL, test the host: `host(…) in {\"\(text.value)\", \"*.\(text.value)\"}`")
      }
    }
  }

  /// Two labels or more, the last of letters, and nothing before the first.
  private static func isHost(_ text: String) -> Bool {
    let labels = text.split(separator: ".", omittingEmptySubsequences: false)
    guard labels.count >= 2, let last = labels.last, last.count >= 2, last.allSatisfy({ $0.isASCII && $0.isLetter }) else { return false }
    return labels.allSatisfy { label in !label.isEmpty && label.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") } }
  }
}
