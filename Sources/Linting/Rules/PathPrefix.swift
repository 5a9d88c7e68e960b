internal import Semantics
internal import Syntax
internal import Text

/// `starts with "/data"` also holds for `/database`, and for `/data/../etc`.
struct PathPrefix: LintRule {
  static let code = Diagnostic.Code.pathPrefix

  static func findings(in input: LintInput) -> [Diagnostic] {
    input.predicates.flatMap { _, _, predicate, _ -> [Diagnostic] in
      guard case .startsWith(let texts) = predicate.test else { return [] }
      return texts.filter { isPath($0.value) }.map { text in
        let folder = text.value.hasSuffix("/") ? String(text.value.dropLast()) : text.value
        let witness = text.value.hasSuffix("/") ? "\(text.value)../etc/passwd" : "\(text.value)-other"
        return Diagnostic(
          code, "a folder is tested as a text", at: .init(text.range, "`\(witness)` starts with it, too"),
          help: "`under \"\(folder)\"` takes `..` and names apart; a path that it cannot read is under nothing")
      }
    }
  }

  private static func isPath(_ text: String) -> Bool {
    (text.hasPrefix("/") || text.hasPrefix("./") || text.hasPrefix("../")) && text.count > 1
  }
}
