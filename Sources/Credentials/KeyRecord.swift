/// What is kept of a key: everything but the key.
package struct KeyRecord: Sendable, Equatable {
  /// The key's name, 12 characters.
  package let identifier: String
  /// Of the whole key, under the pepper: 32 bytes.
  package let digest: [UInt8]
  /// Whom it was made for.
  package let owner: String?
  /// Names of the policy's scopes that bound what it can be used for; nil: the policy alone decides.
  package let scopes: [String]?
  package let tags: [String]
  /// Names of the policy's servers that it is good for; nil: all.
  package let servers: [String]?
  /// Milliseconds since 1970, as all moments here.
  package let created: Int64
  /// The first moment that is too late; nil: never.
  package let expires: Int64?
  package let revoked: Int64?
  /// The key that this one was made in place of.
  package let replaces: String?
  /// When a gate last wrote down that it was used.
  package let lastUsed: Int64?

  package init(
    identifier: String, digest: [UInt8], owner: String? = nil, scopes: [String]? = nil, tags: [String] = [], servers: [String]? = nil,
    created: Int64, expires: Int64? = nil, revoked: Int64? = nil, replaces: String? = nil, lastUsed: Int64? = nil
  ) {
    self.identifier = identifier
    self.digest = digest
    self.owner = owner
    self.scopes = scopes
    self.tags = tags
    self.servers = servers
    self.created = created
    self.expires = expires
    self.revoked = revoked
    self.replaces = replaces
    self.lastUsed = lastUsed
  }

  /// Why it is good for nothing at a moment, or nil.
  package func fault(at now: Int64) -> KeyFault? {
    if revoked != nil { return .revoked }
    if let expires, now >= expires { return .expired }
    return nil
  }

  /// Whether it is good for a server of the policy.
  package func opens(server: String) -> Bool { servers?.contains { $0.utf8.elementsEqual(server.utf8) } ?? true }
}
