internal import JSON

/// What the gate says of itself to clients that need a token (RFC 9728 section 2). Its own, never an upstream's: clients refuse metadata of
/// another resource than they asked.
package struct ProtectedResource: Sendable {
  package let identifier: ResourceIdentifier
  package let authorizationServers: [WebAddress]
  /// What a client may ask for at first; few, since it will ask for all of them. Challenges name what a call needs.
  package let scopes: [ScopeName]
  /// For people.
  package let name: String?
  package let documentation: WebAddress?

  /// - Parameter authorizationServers: at least one (the MCP authorization specification).
  package init(
    _ identifier: ResourceIdentifier, authorizationServers: [WebAddress], scopes: [ScopeName] = [], name: String? = nil,
    documentation: WebAddress? = nil
  ) {
    precondition(!authorizationServers.isEmpty, "clients would not know where to get a token")
    self.identifier = identifier
    self.authorizationServers = authorizationServers
    self.scopes = scopes
    self.name = name
    self.documentation = documentation
  }

  /// The document, to be served as `application/json` at the identifier's `metadataPath`.
  package var document: [UInt8] {
    var members: [Value.Member] = [
      Value.Member("resource", .string(identifier.description)),
      Value.Member("authorization_servers", .array(authorizationServers.map { .string($0.text) })),
      // Not in the body and never in the address (the MCP authorization specification).
      Value.Member("bearer_methods_supported", ["header"]),
    ]
    // Section 3.2: members without values are left out.
    if !scopes.isEmpty { members.append(Value.Member("scopes_supported", .array(scopes.map { .string($0.text) }))) }
    if let name { members.append(Value.Member("resource_name", .string(name))) }
    if let documentation { members.append(Value.Member("resource_documentation", .string(documentation.text))) }
    return write(.object(members))
  }
}

/// A scope as OAuth writes it: printable ASCII without space, quotation mark and backslash (RFC 6749 section 3.3).
package struct ScopeName: Hashable, Sendable, Comparable {
  package let text: String

  package init?(_ text: String) {
    let isName = text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    guard isName, !text.isEmpty else { return nil }
    self.text = text
  }

  package static func < (left: ScopeName, right: ScopeName) -> Bool { left.text < right.text }
}
