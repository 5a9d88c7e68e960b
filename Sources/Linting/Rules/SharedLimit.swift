internal import Semantics
internal import Syntax
internal import Text

/// One bucket for all: whoever calls most leaves nothing to the others.
struct SharedLimit: LintRule {
  static let code = Diagnostic.Code.sharedLimit

  static func findings(in input: LintInput) -> [Diagnostic] {
    input.declarations.compactMap { _, declaration in
      guard case .limit(let limit) = declaration.kind, declaration.shadow == nil, let first = limit.keys.first else { return nil }
      // Calls in flight are bounded for the server's sake.
      if case .callsInFlight = limit.measure { return nil }
      let ofAll: Set<String> = ["tool", "server", "scope"]
      guard limit.keys.allSatisfy({ $0.steps.isEmpty && ofAll.contains($0.root.text) }) else { return nil }
      return Diagnostic(
        code, "all callers share `\(limit.name.text)`", at: .init(first.range, "no caller among its keys"),
        help: "one agent can use it up for everybody; count by caller as well: `by agent, \(first.root.text)`")
    }
  }
}
