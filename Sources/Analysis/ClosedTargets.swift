internal import JSON
internal import Semantics
internal import Text

/// Scopes that no grant gives, neither themselves nor through a scope that implies them. A scope that only names a group of tools (`any of`)
/// is none of them.
func scopeFindings(_ policies: CheckedPolicies) -> [Diagnostic] {
  var granted: Set<Int> = []
  var waiting = policies.rules.compactMap { rule in if case .grant(let grant) = rule.kind { grant.scope } else { nil } }
  // A file that grants nothing is a part of another policy.
  guard !waiting.isEmpty else { return [] }
  while let scope = waiting.popLast() {
    if granted.insert(scope).inserted { waiting += policies.scopes[scope].implies }
  }
  return policies.scopes.enumerated().filter { !granted.contains($0.offset) && !$0.element.isGroup }.map { _, scope in
    Diagnostic(
      .ungrantedScope, "no grant gives scope `\(scope.name)`", at: .init(scope.range, "opens nothing to anybody"),
      help: "grant it to somebody, or remove it")
  }
}

extension RuleFinder {
  /// Of each server, the tools that nobody may call. A note: what is not meant to be used is rightly closed.
  mutating func closedTools() -> [Diagnostic] {
    guard index.policies.rules.contains(where: \.isGrant) else { return [] }
    var findings: [Diagnostic] = []
    for (number, server) in index.policies.servers.enumerated() {
      let tools = server.snapshot.tools
      let closed = tools.indices.filter { isClosed(index.policies.target(ToolReference(server: number, tool: $0))) }
      guard !closed.isEmpty else { continue }
      let names = closed.map { tools[$0].name.exact }.sorted().map(\.text)
      let listed = names.prefix(8).joined(separator: ", ") + (names.count > 8 ? " and \(names.count - 8) more" : "")
      findings.append(
        Diagnostic(
          .closedTools,
          "\(closed.count) of \(tools.count) tools of `\(server.name)` \(closed.count == 1 ? "is" : "are") closed to everyone",
          at: .init(server.range, "its snapshot lists \(tools.count)"), help: listed))
    }
    return findings
  }
}
