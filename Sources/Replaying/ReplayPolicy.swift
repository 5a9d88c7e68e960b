package import Bytecode
internal import Enforcement
internal import JSON
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
  private let definitions: @Sendable (ToolID) -> Value?

  package init(_ checked: CheckedPolicies, _ program: Program) {
    self.program = program
    policies = PolicyStore(program)
    let definitions = pinnedDefinitions(checked)
    self.definitions = { definitions(program, $0) }
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
