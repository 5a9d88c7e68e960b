/// A scope as the policy declares it: what it opens, itself and through what it implies.
package struct ScopeInfo: Sendable {
  package struct Resources: Sendable {
    package let server: ServerID
    package let glob: URIGlob

    package init(server: ServerID, glob: URIGlob) {
      self.server = server
      self.glob = glob
    }
  }

  package let name: String
  /// Ascending.
  package let tools: [ToolID]
  /// Ascending.
  package let prompts: [PromptID]
  package let resources: [Resources]
  /// `@sensitive`: what it opens is not let through while no record of it can be kept.
  package let isSensitive: Bool

  package init(name: String, tools: [ToolID], prompts: [PromptID], resources: [Resources], isSensitive: Bool = false) {
    self.name = name
    self.tools = tools
    self.prompts = prompts
    self.resources = resources
    self.isSensitive = isSensitive
  }
}
