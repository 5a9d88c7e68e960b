internal import Bytecode
internal import JSON

/// What the scopes of a credential open under a program. A name that the policy does not declare opens nothing.
struct ScopeBounds: Sendable {
  /// By `ToolID`.
  private(set) var tools: [Bool]
  /// By `PromptID`.
  private(set) var prompts: [Bool]
  /// By `ServerID`.
  private(set) var resources: [[URIGlob]]

  init(_ names: [String], _ program: Program) {
    tools = Array(repeating: false, count: program.tools.count)
    prompts = Array(repeating: false, count: program.prompts.count)
    resources = Array(repeating: [], count: program.servers.count)
    let held = Set(names.exact)
    for scope in program.scopes where held.contains(scope.name.exact) {
      for tool in scope.tools { tools[Int(tool.index)] = true }
      for prompt in scope.prompts { prompts[Int(prompt.index)] = true }
      for opened in scope.resources { resources[Int(opened.server.index)].append(opened.glob) }
    }
  }
}

extension Verdict {
  /// What is left of a verdict for a credential that is not good for the target. A refusal stays what it is: the scope would not help.
  var outOfScope: Verdict {
    switch self {
    case .allow, .ask: .deny(.outOfScope)
    case .deny: self
    }
  }
}
