package import Digests
package import JSON

extension Snapshot {
  /// What identifies a tool, prompt, resource or template as a server sent it: SHA-256 over its canonical JSON (RFC 8785) without `_meta`,
  /// which is no part of what the server promises.
  package static func digest(of definition: JSON.Value) -> Digest {
    guard case .object(let members) = definition else { return sha256(canonicalBytes(of: definition)) }
    return sha256(canonicalBytes(of: .object(members.filter { $0.name != "_meta" })))
  }

  /// What a snapshot is made from, each item exactly as the server sent it.
  package struct Contents: Sendable {
    package var protocolVersion: String?
    /// `{"name": …, "version": …}`
    package var server: JSON.Value?
    package var instructions: String?
    package var tools: [JSON.Value]
    package var resources: [JSON.Value]
    package var resourceTemplates: [JSON.Value]
    package var prompts: [JSON.Value]

    package init(
      protocolVersion: String? = nil, server: JSON.Value? = nil, instructions: String? = nil, tools: [JSON.Value],
      resources: [JSON.Value] = [], resourceTemplates: [JSON.Value] = [], prompts: [JSON.Value] = []
    ) {
      self.protocolVersion = protocolVersion
      self.server = server
      self.instructions = instructions
      self.tools = tools
      self.resources = resources
      self.resourceTemplates = resourceTemplates
      self.prompts = prompts
    }
  }

  /// The bytes of a snapshot file (docs/snapshot.md), indented so that a change of a tool reads well in a review.
  package static func bytes(of contents: Contents) -> [UInt8] {
    var members: [JSON.Value.Member] = [.init("sallyport", "snapshot"), .init("version", 1)]
    if let version = contents.protocolVersion { members.append(.init("protocolVersion", .string(version))) }
    if let server = contents.server { members.append(.init("server", server)) }
    if let instructions = contents.instructions { members.append(.init("instructions", .string(instructions))) }
    let lists: [(name: String, key: String, items: [JSON.Value])] = [
      ("tools", "name", contents.tools), ("resources", "uri", contents.resources),
      ("resourceTemplates", "uriTemplate", contents.resourceTemplates), ("prompts", "name", contents.prompts),
    ]
    members += lists.map { .init($0.name, .array($0.items)) }
    let digests = lists.map { list in
      let entries = list.items.compactMap { item in item[list.key]?.string.map { JSON.Value.Member($0, .string(digest(of: item).hex)) } }
      return JSON.Value.Member(list.name, .object(entries))
    }
    members.append(.init("digests", .object(digests)))
    return write(.object(members), .pretty) + [UInt8(ascii: "\n")]
  }
}

private func canonicalBytes(of value: JSON.Value) -> [UInt8] { write(value, .canonical) }
