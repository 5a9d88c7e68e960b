internal import Semantics
internal import Syntax
internal import Text

/// An agent that is refused without a reason tries again, or tries something worse.
struct MissingReason: LintRule {
  static let code = Diagnostic.Code.missingReason

  static func findings(in input: LintInput) -> [Diagnostic] {
    input.declarations.flatMap { _, declaration -> [Diagnostic] in
      switch declaration.kind {
      case .deny(let deny) where deny.because == nil: [finding("`\(deny.name.text)` denies without a reason", deny.name.range)]
      case .ask(let ask) where ask.because == nil: [finding("`\(ask.name.text)` asks without a reason", ask.name.range)]
      case .filter(let filter): blocks(filter).map { finding("`\(filter.name.text)` blocks without a reason", $0) }
      default: []
      }
    }
  }

  private static func blocks(_ filter: FilterSyntax) -> [SourceRange] {
    filter.clauses.flatMap { clause -> [FilterSyntax.Action] in
      switch clause {
      case .match(_, let actions, _), .longerThan(_, let actions, _), .binary(_, let actions, _): actions
      case .normalise, .strip, .decode: []
      }
    }.compactMap { action in
      if case .block(because: nil, let range) = action { range } else { nil }
    }
  }

  private static func finding(_ message: String, _ range: SourceRange) -> Diagnostic {
    Diagnostic(
      code, message, at: .init(range, "no `because`"),
      help: "`because \"…\"` is what the agent and the log are told: say what to do instead")
  }
}
