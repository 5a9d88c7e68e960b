package import Bytecode
package import Credentials
internal import JSON

extension Identity {
  /// Who a token says is calling. The agents whose conditions hold for these claims are the caller's.
  ///
  /// Every claim is `token.NAME`, those within objects `token.NAME.NAME`: so who acts for the subject (RFC 8693 section 4.1) is
  /// `token.act.sub`, and whom that one acts for again `token.act.act.sub`. Three names are what the gate checked rather than what was written:
  /// `token.sub`; `token.client`, from `client_id` or `azp`; and `token.scope`, a list of texts however the issuer writes it. A claim that
  /// happens to have one of these names is not seen.
  package init(_ token: VerifiedToken) {
    var claims: [ClaimPath: Value] = [:]
    for member in token.claims.members ?? [] { Identity.add(member.value, [member.name], to: &claims) }
    for name in ["sub", "client", "scope", "iss"] {
      for path in claims.keys where path.path.first.map({ $0.utf8.elementsEqual(name.utf8) }) ?? false { claims[path] = nil }
    }
    let known: [(String, Value?)] = [
      ("sub", token.subject.map(Value.string)), ("client", token.client.map(Value.string)), ("iss", .string(token.issuer)),
      ("scope", .array(token.scopes.map(Value.string))),
    ]
    for case (let name, let value?) in known { claims[ClaimPath(root: .token, path: [name])] = value }
    self.init(caller: .verified, claims: claims)
  }

  /// Objects are seen by what is in them. They nest no deeper than a document may.
  private static func add(_ value: Value, _ path: [String], to claims: inout [ClaimPath: Value]) {
    guard let members = value.members else {
      claims[ClaimPath(root: .token, path: path)] = value
      return
    }
    for member in members { add(member.value, path + [member.name], to: &claims) }
  }
}
