package import Credentials
package import Fetching

/// Who may call over HTTP and what the gate shows to upstreams, as a configuration file says it: `[resource]`, `[network]`, `[[issuer]]`,
/// `[[upstream]]` (docs/tokens.md).
package struct AuthenticationSettings: Sendable {
  package struct Upstream: Sendable {
    package let name: String
    package let credential: UpstreamCredential
  }

  /// The tables that are read here, and whether there may be several.
  package static let tables: [(name: String, isRepeated: Bool)] = [
    ("resource", false), ("network", false), ("issuer", true), ("upstream", true),
  ]

  package let resource: ProtectedResource
  package let addresses: AddressPolicy
  /// A file of certificates that are trusted instead of the system's.
  package let authorities: String?
  /// At least one.
  package let issuers: [IssuerSettings]
  package let upstreams: [Upstream]

  /// An authenticator that fetches as these settings allow.
  ///
  /// - Parameter report: called from any thread; must not wait.
  package func authenticator(
    revocations: any RevocationList = NoRevocations(), report: @escaping @Sendable (AuthenticationEvent) -> Void
  ) -> Authenticator {
    Authenticator(issuers, Fetcher(addresses, authorities: authorities), revocations: revocations, report: report)
  }
}
