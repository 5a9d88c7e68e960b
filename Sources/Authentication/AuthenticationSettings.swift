package import Credentials
package import Fetching
internal import JSON

/// Who may call over HTTP, as a configuration file says it: `[resource]`, `[network]`, `[[issuer]]` (docs/tokens.md).
package struct AuthenticationSettings: Sendable {
  /// The tables that are read here, and whether there may be several.
  package static let tables: [(name: String, isRepeated: Bool)] = [
    ("resource", false), ("network", false), ("issuer", true),
  ]

  package let resource: ProtectedResource
  package let addresses: AddressPolicy
  /// A file of certificates that are trusted instead of the system's.
  package let authorities: String?
  /// At least one.
  package let issuers: [IssuerSettings]
  package let stepUp: StepUpSettings

  /// An authenticator that fetches as these settings allow.
  ///
  /// - Parameter report: called from any thread; must not wait.
  package func authenticator(
    revocations: any RevocationList = NoRevocations(), report: @escaping @Sendable (AuthenticationEvent) -> Void
  ) -> Authenticator {
    Authenticator(issuers, Fetcher(addresses, authorities: authorities), revocations: revocations, report: report)
  }

  /// What the gate says of one resource behind it.
  ///
  /// - Parameter path: where it is: a slash, and what may stand in an address as it is.
  package func resource(at path: String) -> ProtectedResource {
    guard let identifier = try? ResourceIdentifier(resource.identifier.description + path) else {
      preconditionFailure("a path that was checked makes an address")
    }
    return ProtectedResource(
      identifier, authorizationServers: resource.authorizationServers, scopes: resource.scopes, name: resource.name,
      documentation: resource.documentation)
  }

  /// Which tokens are for one resource behind the gate.
  ///
  /// - Parameter audience: what they must be issued for, and nothing else will do; nil: the resource, the gate, or what the issuer's
  ///   settings say.
  package func audience(at path: String, only audience: String?) -> TokenAudience {
    let usual = [resource.identifier.description, resource.identifier.description + path]
    return TokenAudience(issuers.map { ($0.name.text, audience.map { [$0] } ?? $0.audiences ?? usual) })
  }
}

/// What the scopes of a token mean, and how a call that they do not open is refused.
package struct StepUpSettings: Sendable {
  /// Whether a token is good for what its scopes open in the policy and nothing else; if not, scopes are facts like others.
  package let bindsScopes: Bool
  /// Whether a call that needs more scopes is refused with a status of HTTP, from 2026-07-28 on. If not, it is a result like other denials.
  package let isStatus: Bool
  /// The same for earlier revisions, whose clients may take the status for the end of their connection.
  package let isStatusBefore: Bool
}

/// Whether a good token is for one resource: the gate has several, and a token for one opens none of the others.
package struct TokenAudience: Sendable {
  private let names: [(issuer: String, audiences: [String])]

  init(_ names: [(issuer: String, audiences: [String])]) { self.names = names }

  package func accepts(_ token: VerifiedToken) -> Bool {
    guard let accepted = names.first(where: { $0.issuer.utf8.elementsEqual(token.issuer.utf8) })?.audiences else { return false }
    let named: [Value] =
      switch token.claims["aud"] {
      case .array(let values)?: values
      case let value?: [value]
      case nil: []
      }
    return named.contains { value in value.string.map { text in accepted.contains { $0.utf8.elementsEqual(text.utf8) } } ?? false }
  }
}
