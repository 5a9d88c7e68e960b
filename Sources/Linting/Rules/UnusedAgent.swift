internal import Semantics
internal import Syntax
internal import Text

/// Not to be removed without a thought: who is named is also counted and logged by that name.
struct UnusedAgent: LintRule {
  static let code = Diagnostic.Code.unusedAgent

  static func findings(in input: LintInput) -> [Diagnostic] {
    input.declarations.compactMap { _, declaration in
      guard case .agent(let agent) = declaration.kind, input.occurrences(of: agent.name.text) < 2 else { return nil }
      return Diagnostic(
        code, "nothing is granted to the agent `\(agent.name.text)` by its name",
        at: .init(agent.name.range, "no rule, test or proof names it"),
        help: "grant it something, or remove it if limits and logs need not know it")
    }
  }
}
