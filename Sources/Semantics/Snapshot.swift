package import Digests
package import JSON

/// What a server offered when its operator looked: the types of a policy, and what the live server is held against.
package struct Snapshot: Sendable {
  package struct Tool: Sendable {
    package let name: String
    /// Over the canonical JSON of the whole definition without `_meta`.
    package let digest: Digest
    /// Exactly as the server sent it.
    package let definition: JSON.Value
    /// What conditions may rely on: the schema, narrowed by the policy's refinements once they are checked.
    package internal(set) var input: ObjectShape
  }

  package struct Prompt: Sendable {
    package let name: String
    package let digest: Digest
    package let definition: JSON.Value
    /// All of them text.
    package let input: ObjectShape
  }

  package struct Resource: Sendable {
    package let uri: String
    package let digest: Digest
  }

  package struct ResourceTemplate: Sendable {
    package let uriTemplate: String
    package let digest: Digest
  }

  /// As the policy names it, relative to where the policies were loaded from.
  package let path: String
  /// Whether it says all there is. A plain `tools/list` result says nothing of resources and prompts.
  package let listsEverything: Bool
  /// Of the file's bytes.
  package let digest: Digest
  package internal(set) var tools: [Tool]
  package let resources: [Resource]
  package let resourceTemplates: [ResourceTemplate]
  package let prompts: [Prompt]

  /// Of nothing.
  init(path: String) {
    self.path = path
    listsEverything = false
    digest = sha256([])
    tools = []
    resources = []
    resourceTemplates = []
    prompts = []
  }
}
