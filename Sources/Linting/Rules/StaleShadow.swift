internal import Semantics
internal import Syntax
internal import Text

/// A shadow rule is a question; after three months somebody should answer it.
struct StaleShadow: LintRule {
  static let code = Diagnostic.Code.staleShadow
  static let days: Int64 = 90

  static func findings(in input: LintInput) -> [Diagnostic] {
    input.declarations.compactMap { _, declaration in
      guard let shadow = declaration.shadow, let since = declaration.since,
        input.now.milliseconds - since.moment.milliseconds > days * MomentLiteral.day
      else { return nil }
      let age = (input.now.milliseconds - since.moment.milliseconds) / MomentLiteral.day
      return Diagnostic(
        code, "this has been in the shadow for \(age) days", at: .init(shadow, "not enforced"), also: [.init(since.range, "since then")],
        help: "look at what it would have done (the log has it as `shadow`), then enforce or remove it")
    }
  }
}

extension Declaration {
  /// What `@since(2026-11-30)` says.
  var since: (moment: MomentLiteral, range: SourceRange)? {
    for annotation in annotations where annotation.name.text == "since" {
      if let moment = annotation.arguments.first?.moment { return (moment, annotation.range) }
    }
    return nil
  }
}
