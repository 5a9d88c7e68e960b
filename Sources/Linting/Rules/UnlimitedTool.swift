internal import Semantics
internal import Syntax
internal import Text

/// What is sensitive should not be done a thousand times before somebody looks.
struct UnlimitedTool: LintRule {
  static let code = Diagnostic.Code.unlimitedTool

  static func findings(in input: LintInput) -> [Diagnostic] {
    let limits = input.policies.limits.filter { !$0.isShadow }
    let limited = Set(limits.flatMap(\.targets.tools))
    return input.sensitiveScopes.compactMap { _, scope in
      guard let checked = input.policies.scopes.first(where: { $0.name == scope.name.text }) else { return nil }
      // What it implies is not what makes it sensitive.
      let implied = Set(scope.implies.map(\.text))
      let others = Set(input.policies.scopes.filter { implied.contains($0.name) }.flatMap(\.opens.tools))
      let free = checked.opens.tools.filter { !limited.contains($0) && !others.contains($0) }
      guard let first = free.first else { return nil }
      let name = "\(input.policies.servers[first.server].name).\(input.policies.tool(first).name)"
      let more = free.count > 1 ? " and \(free.count - 1) more" : ""
      return Diagnostic(
        code, "no limit bounds the sensitive `\(name)`\(more)", at: .init(scope.name.range, "as often as one likes"),
        help: "`limit NAME 10 calls per minute by agent on \(name)`")
    }
  }
}
