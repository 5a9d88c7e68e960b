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

  package init(name: String, tools: [ToolID], prompts: [PromptID], resources: [Resources]) {
    self.name = name
    self.tools = tools
    self.prompts = prompts
    self.resources = resources
  }
}
