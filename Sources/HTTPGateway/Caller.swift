package import Bytecode
internal import Digests
package import Enforcement
internal import JSON

/// Whose request it is.
package struct Caller: Sendable {
  package let identity: Identity
  /// Of the credential that was verified; nil: the identity is the operator's word.
  package let credential: CredentialMarks?
  /// Tells callers apart. Sessions are bound to it and kept by it, so it changes with whatever a session is made from.
  let mark: Digest

  /// - Parameter name: of the credential, or of its owner; two callers have two.
  package init(identity: Identity, credential: CredentialMarks? = nil, name: String = "") {
    self.identity = identity
    self.credential = credential
    let claims = identity.claims.map { ($0.key.description, $0.value) }.sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
    let all: Value = [
      "name": .string(name), "caller": .string("\(identity.caller)"), "scopes": .string("\(identity.scopes ?? [])"),
      "expires": .string("\(credential?.expires ?? -1)"), "claims": .array(claims.map { .array([.string($0.0), $0.1]) }),
    ]
    mark = sha256(write(all, .canonical))
  }
}

/// How callers are recognised.
package enum CallerRule: Sendable {
  /// Everybody is this one, by the operator's word.
  case everybody(Caller)
  /// By the bearer credential of each request. Asked with the credential and the name of the upstream; answers at once.
  case bearer(@Sendable (_ credential: [UInt8], _ server: String) -> CallerVerdict)
}

package enum CallerVerdict: Sendable {
  case accepted(Caller)
  /// No credential of ours, or one that is good no more. Why is not told: it would help whoever guesses.
  case refused
  /// A good one, but not for this upstream.
  case elsewhere
}
