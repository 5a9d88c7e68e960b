internal import Bytecode
internal import Decision

/// What the `@sensitive` scopes of a program open.
struct SensitiveTargets: Sendable {
  /// By `ToolID`.
  private var tools: [Bool]
  /// By `PromptID`.
  private var prompts: [Bool]
  /// By `ServerID`.
  private var resources: [[URIGlob]]

  init(_ program: Program) {
    tools = Array(repeating: false, count: program.tools.count)
    prompts = Array(repeating: false, count: program.prompts.count)
    resources = Array(repeating: [], count: program.servers.count)
    for scope in program.scopes where scope.isSensitive {
      for tool in scope.tools { tools[Int(tool.index)] = true }
      for prompt in scope.prompts { prompts[Int(prompt.index)] = true }
      for opened in scope.resources { resources[Int(opened.server.index)].append(opened.glob) }
    }
  }

  func contains(_ call: Call) -> Bool {
    switch call {
    case .tool(let tool, _, _): return tools[Int(tool.index)]
    case .prompt(let prompt, _, _): return prompts[Int(prompt.index)]
    case .resource(let server, let uri):
      let globs = resources[Int(server.index)]
      if globs.isEmpty { return false }
      let canonical = CanonicalURI(uri)
      var budget = MatchBudget()
      // A glob that cannot be told in time touches.
      return globs.contains { $0.touches(canonical, &budget) }
    }
  }
}
