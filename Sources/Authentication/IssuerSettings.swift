package import Credentials

/// An authorization server that is trusted, and how its tokens are checked.
package struct IssuerSettings: Sendable {
  package enum Tokens: Sendable {
    /// Signed tokens, checked here. The key set's address; nil: as the issuer's metadata says.
    case signed(keys: WebAddress?)
    /// Tokens that only their issuer can read, whatever they look like: it is asked about each. The endpoint's address; nil: as the issuer's
    /// metadata says.
    case opaque(endpoint: WebAddress?, client: String, secret: SecretReader)
  }

  /// Compared byte for byte with what tokens and metadata say.
  package let name: WebAddress
  package let requirements: TokenRequirements
  package let tokens: Tokens
  package let keys: KeyCachePolicy
  /// Seconds that an answer to introspection is used for: so long a token that its issuer withdrew may still be accepted.
  package let introspectionLife: Int64
  /// The claim that names the groups of a token's subject, for approvals; nil: its tokens name none.
  package let groupsClaim: String?
  /// What its tokens may be issued for by the operator's word; nil: the gate and the resources behind it.
  package let audiences: [String]?

  package init(
    _ name: WebAddress, _ requirements: TokenRequirements, _ tokens: Tokens, keys: KeyCachePolicy = KeyCachePolicy(),
    introspectionLife: Int64 = 30, groupsClaim: String? = nil, audiences: [String]? = nil
  ) {
    precondition(requirements.issuer == name.text, "the requirements are of another issuer")
    self.name = name
    self.requirements = requirements
    self.tokens = tokens
    self.keys = keys
    self.introspectionLife = introspectionLife
    self.groupsClaim = groupsClaim
    self.audiences = audiences
  }
}
