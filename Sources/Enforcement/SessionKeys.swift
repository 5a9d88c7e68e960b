package import Bytecode
package import Decision
internal import Digests
package import JSON

/// Finds out whose session a request belongs to, for one connection under one program.
package struct SessionKeys {
  private let principal: Digest
  private let paths: [[String]]

  package init(_ principal: Principal, _ program: Program) {
    var bytes: [UInt8] = []
    let claims = program.sessionKey.compactMap { part in if case .claim(let path) = part { path } else { nil } }
    // Arguments are the client's own: without a claim that says whose they are, anybody could name anybody's session.
    if claims.isEmpty || claims.contains(where: { principal.value(of: $0) == nil }) {
      bytes += "\(principal.identity.caller)".utf8
      let all = SessionKeys.lasting(principal.identity.claims).map { (name: $0.key.description, value: $0.value) }
      for claim in all.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
        bytes.append(part: Array(claim.name.utf8))
        bytes.append(part: write(claim.value, .canonical))
      }
    }
    // A claim that is absent is of its own kind, and no value's.
    for path in claims { bytes.append(part: principal.value(of: path).map { write($0, .canonical) } ?? []) }
    self.principal = sha256(bytes)
    paths = program.sessionKey.compactMap { part in if case .argument(let path) = part { path } else { nil } }
  }

  /// Of a credential, what stays the same when it is renewed: whom it speaks for, through which client, by whose word. A credential that says
  /// nothing of the kind is told from others by all it says.
  private static func lasting(_ claims: [ClaimPath: JSON.Value]) -> [ClaimPath: JSON.Value] {
    let names: [(ClaimPath.Root, [String])] = [
      (.token, ["iss", "sub", "client", "client_id", "azp", "act"]), (.key, ["id", "owner"]),
    ]
    let kept = claims.filter { path, value in
      !value.isNull && names.contains { $0.0 == path.root && path.path.first.map($0.1.contains) ?? false }
    }
    let speaksForSomebody = kept.contains { path, _ in path.path != ["iss"] }
    return speaksForSomebody ? kept : claims
  }

  /// Of what belongs to no call.
  package var whole: SessionKey { SessionKey(principal: principal, thread: nil) }

  package func key(_ document: Document, _ arguments: Node?) -> SessionKey {
    if paths.isEmpty { return whole }
    var bytes: [UInt8] = []
    for path in paths {
      let value = arguments.flatMap { document.find(Pointer(path), from: $0) }
      bytes.append(part: value.map { canonicalBytes(of: document, $0) } ?? [])
    }
    return SessionKey(principal: principal, thread: sha256(bytes))
  }
}
