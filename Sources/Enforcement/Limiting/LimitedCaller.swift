internal import Bytecode
internal import Decision
internal import JSON

/// A caller as limits tell it from others. Made once a connection and program.
struct LimitedCaller {
  private let agent: [UInt8]
  private let subject: [UInt8]
  private let principal: Principal

  init(_ principal: Principal) {
    self.principal = principal
    subject = LimitedCaller.subject(principal)
    let program = principal.program
    let names = principal.agents.map { program.agents[Int($0)].name }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    var agent: [UInt8] = []
    if !names.isEmpty {
      for name in names { agent.append(part: Array(name.utf8)) }
    } else if case .named(let name) = principal.identity.caller {
      agent.append(part: Array(name.utf8))
    } else {
      // Nobody the policy knows: each by their own credential, or strangers could use up each other's share.
      agent = Array("-".utf8) + subject
    }
    self.agent = agent
  }

  /// Who a credential speaks for: the subject as its issuer knows it, or the owner of the key.
  private static func subject(_ principal: Principal) -> [UInt8] {
    var bytes: [UInt8] = []
    for (root, names) in [(ClaimPath.Root.token, ["iss", "sub"]), (.key, ["owner"])] {
      for name in names { bytes.append(part: LimitedCaller.bytes(of: ClaimPath(root: root, path: [name]), principal)) }
    }
    return bytes
  }

  /// Empty for a claim that is absent.
  private static func bytes(of claim: ClaimPath, _ principal: Principal) -> [UInt8] {
    principal.value(of: claim).map { write($0, .canonical) } ?? []
  }

  /// - Parameter call: what the other keys say.
  func part(_ key: LimitInfo.Key, of call: LimitedCall) -> [UInt8] {
    switch key {
    case .agent: agent
    case .subject: subject
    case .claim(let path): LimitedCaller.bytes(of: path, principal)
    case .session: call.session.bytes
    case .tool: call.target
    case .server: call.server
    case .scope: call.scope
    }
  }
}

/// What limits count a call by beside its caller.
struct LimitedCall {
  let session: SessionKey
  let target: [UInt8]
  let server: [UInt8]
  let scope: [UInt8]
}
