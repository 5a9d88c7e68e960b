internal import Semantics
internal import Syntax
internal import Text

/// `starts with "https://api.example.com"` also holds for `https://api.example.com.evil.example`.
struct AddressPrefix: LintRule {
  static let code = Diagnostic.Code.addressPrefix

  static func findings(in input: LintInput) -> [Diagnostic] {
    input.predicates.flatMap { _, _, predicate, _ -> [Diagnostic] in
      guard case .startsWith(let texts) = predicate.test else { return [] }
      return texts.compactMap { text in
        guard let host = openHost(text.value) else { return nil }
        return Diagnostic(
          code, "a host is tested as the start of a text", at: .init(text.range, "`\(text.value).evil.example/` starts with it, too"),
          help: "test the host: `host(…) in {\"\(host)\"}`")
      }
    }
  }

  /// What stands behind `scheme://` when no slash ends it.
  private static func openHost(_ text: String) -> String? {
    guard let separator = text.firstRange(of: "://") else { return nil }
    let rest = text[separator.upperBound...]
    return rest.isEmpty || rest.contains("/") ? nil : String(rest)
  }
}
