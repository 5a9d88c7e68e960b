package import JSON

/// Where a claim stands in a credential: `token.team`, `key.owner`, `token.realm.roles`.
package struct ClaimPath: Hashable, Sendable, CustomStringConvertible {
  package enum Root: String, Hashable, Sendable, CaseIterable {
    case token, key
  }

  package let root: Root
  /// Never empty.
  package let path: [String]

  package init(root: Root, path: [String]) {
    precondition(!path.isEmpty, "a claim has a name")
    self.root = root
    self.path = path
  }

  package var description: String { ([root.rawValue] + path).joined(separator: ".") }
}

// Names of claims differ when their scalars do.
extension ClaimPath {
  package static func == (left: ClaimPath, right: ClaimPath) -> Bool { left.root == right.root && left.path.exact == right.path.exact }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(root)
    hasher.combine(path.exact)
  }
}

/// Who is calling, before it is looked at through a program.
package struct Identity: Sendable, Equatable {
  package enum Caller: Sendable, Equatable {
    /// The agents whose condition holds for the claims.
    case verified
    /// The operator's word, not verified: this agent and no other, with the claims that its condition fixes by equality.
    case named(String)
    /// No declared agent, whatever the claims say.
    case anyone
  }

  package let caller: Caller
  /// As the credential says them; `null` counts as absent.
  package let claims: [ClaimPath: JSON.Value]
  /// Names of the policy's scopes that the credential is bound to: whatever the rules grant, it is good for what these open and nothing else.
  /// Nil: it is not bound.
  package let scopes: [String]?

  package init(caller: Caller, claims: [ClaimPath: JSON.Value] = [:], scopes: [String]? = nil) {
    self.caller = caller
    self.claims = claims
    self.scopes = scopes
  }

  /// The agent that an operator named; nobody named: the agents that the claims prove.
  package init(agent: String?, claims: [ClaimPath: JSON.Value] = [:]) {
    self.init(caller: agent.map(Caller.named) ?? .verified, claims: claims)
  }
}
