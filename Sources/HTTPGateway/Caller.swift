package import Authentication
package import Bytecode
internal import Credentials
internal import Digests
package import Enforcement
internal import JSON

/// Whose request it is.
package struct Caller: Sendable {
  package let identity: Identity
  /// Of the credential that was verified; nil: the identity is the operator's word.
  package let credential: CredentialMarks?
  /// Tells credentials apart: changes with whatever a session is made from.
  private(set) var mark: Digest
  /// Tells callers apart: who shows a renewed token is who showed the one before. Sessions are bound to it.
  let principal: Digest
  /// Groups, as `ask` rules name them, that the person at the client is in by the word of a trusted issuer.
  let groups: [String]
  /// Whether more of it can be had where it came from: of access tokens.
  let canStepUp: Bool
  /// Names of the only upstreams that its credential is for; nil: all. What one upstream alone is asked for was looked at before.
  private(set) var servers: Set<String>?
  /// Before names of tools where it knows them by longer ones.
  private(set) var namePrefix = ""
  /// Where they came in, if that is not the upstream's own path.
  private(set) var door: TokenDoor?

  /// - Parameter name: of the credential, or of its owner; two callers have two.
  package init(identity: Identity, credential: CredentialMarks? = nil, name: String = "") {
    self.init(identity: identity, credential: credential, name: name, groups: [], principal: nil)
  }

  private init(identity: Identity, credential: CredentialMarks?, name: String, groups: [String], principal: Value?) {
    self.identity = identity
    self.credential = credential
    self.groups = groups
    let claims = identity.claims.map { ($0.key.description, $0.value) }.sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
    let all: Value = [
      "name": .string(name), "caller": .string("\(identity.caller)"), "scopes": .string("\(identity.scopes ?? [])"),
      "expires": .string("\(credential?.expires ?? -1)"), "claims": .array(claims.map { .array([.string($0.0), $0.1]) }),
      "groups": .array(groups.map(Value.string)),
    ]
    mark = sha256(write(all, .canonical))
    self.principal = principal.map { sha256(write($0, .canonical)) } ?? mark
    canStepUp = principal != nil
  }

  /// Whom an access token speaks for.
  ///
  /// - Parameter bindsScopes: whether it is good for what its scopes open in the policy, and nothing else.
  init(_ caller: AuthenticatedCaller, bindsScopes: Bool) {
    let token = caller.token
    let lasting: Value = [
      "issuer": .string(token.issuer), "subject": token.subject.map(Value.string) ?? .null,
      "client": token.client.map(Value.string) ?? .null,
      "acts": token.claims["act"] ?? .null,
    ]
    let (milliseconds, isFar) = token.expiry.multipliedReportingOverflow(by: 1_000)
    self.init(
      identity: Identity(
        caller: caller.identity.caller, claims: caller.identity.claims, scopes: bindsScopes ? token.scopes : caller.identity.scopes),
      credential: CredentialMarks(token: token.identifier, subject: token.subject, expires: isFar ? nil : milliseconds),
      name: "token", groups: caller.groups, principal: lasting)
  }
}

extension Caller {
  /// The same, who came in elsewhere and knows tools by other names.
  func coming(through door: TokenDoor?, naming prefix: String) -> Caller {
    var caller = self
    caller.door = door
    caller.namePrefix = prefix
    caller.mark = sha256(mark.bytes + Array(prefix.utf8))
    return caller
  }

  /// The same, whose credential is for these.
  func opening(_ servers: Set<String>) -> Caller {
    var caller = self
    caller.servers = servers
    return caller
  }
}

/// How callers are recognised.
package enum CallerRule: Sendable {
  /// Everybody is this one, by the operator's word.
  case everybody(Caller)
  /// By the credential of each request.
  case credentials(BearerRule)

  /// By keys only.
  package static func bearer(_ keys: @escaping BearerRule.Keys) -> CallerRule { .credentials(BearerRule(keys: keys)) }
}

/// Which credentials are taken: keys, access tokens, or both side by side.
package struct BearerRule: Sendable {
  /// Asked with the credential and the name of the upstream; answers at once.
  package typealias Keys = @Sendable (_ credential: [UInt8], _ server: String) -> CallerVerdict

  /// Nil: none are.
  let keys: Keys?
  let tokens: TokenRule?

  package init(keys: Keys? = nil, tokens: TokenRule? = nil) {
    self.keys = keys
    self.tokens = tokens
  }

  /// A key says that it is one.
  static func isKey(_ credential: [UInt8]) -> Bool { credential.starts(with: "sp_".utf8) }
}

/// How access tokens are checked, and what is said to those whose token is not enough.
package struct TokenRule: Sendable {
  package let settings: AuthenticationSettings
  package let authenticator: Authenticator

  package init(_ settings: AuthenticationSettings, _ authenticator: Authenticator) {
    self.settings = settings
    self.authenticator = authenticator
  }
}

package enum CallerVerdict: Sendable {
  case accepted(Caller)
  /// No credential of ours, or one that is good no more. Why is not told: it would help whoever guesses.
  case refused
  /// A good one, but not for this upstream.
  case elsewhere
}
