package import Bytecode
internal import Enforcement
package import JSON
internal import Recording
package import Semantics

/// Policies that recordings are replayed under, with the labels and limits of one replay. Made anew for each replay.
package struct ReplayPolicy {
  package let program: Program
  let policies: PolicyStore
  let tools: ReplayedTools
  /// By filter.
  let filters: [String: String]
  /// By tool.
  let forms: [String]

  package init(_ checked: CheckedPolicies, _ program: Program) {
    self.program = program
    policies = PolicyStore(program)
    let definitions = pinnedDefinitions(checked)
    tools = ReplayedTools(policies) { definitions(program, $0) }
    filters = Dictionary(
      program.filters.indices.map { (program.filters[$0].name, program.identity(ofFilter: $0)) }, uniquingKeysWith: { first, _ in first })
    forms = program.tools.indices.map { program.form(of: ToolID(UInt32($0))) }
  }
}

/// Finds the pinned definition of a tool of a program that was compiled from these policies.
package func pinnedDefinitions(_ checked: CheckedPolicies) -> @Sendable (Program, ToolID) -> Value? {
  let servers = Dictionary(
    checked.servers.map { server in
      (server.name, Dictionary(server.snapshot.tools.map { ($0.name, $0.definition) }, uniquingKeysWith: { first, _ in first }))
    }, uniquingKeysWith: { first, _ in first })
  return { program, tool in
    let info = program.tool(tool)
    return servers[program.servers[Int(info.server.index)].name]?[info.name]
  }
}

/// What parts of a recording share nothing by: they can be replayed apart, and their summaries add up to that of the whole.
package enum PartitionKey: String, Sendable {
  /// Calls of different agents meet no common limit and no common label.
  case agent
  /// Something is counted for several agents together.
  case none
}

extension ReplayPolicy {
  package var partitionKey: PartitionKey {
    let areLimitsApart = program.limits.allSatisfy { $0.keys.contains(.agent) }
    // Without `session by` a session is its principal's, and every principal is of one agent.
    let areSessionsApart = program.sessionKey.isEmpty || program.labels.isEmpty
    return areLimitsApart && areSessionsApart ? .agent : .none
  }
}
