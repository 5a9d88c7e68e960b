internal import Authentication
internal import Bytecode
internal import Credentials
internal import Enforcement
internal import NIOCore
internal import NIOHTTP1

// Who may come in: before a request's body is read.
extension Worker {
  /// At its address and at the path alone, in case that the address has a path which whatever stands in front of us takes off.
  static func metadata(_ rule: TokenRule, _ paths: [String]) -> [String: [UInt8]] {
    let wellKnown = "/.well-known/oauth-protected-resource"
    let whole = rule.settings.resource
    // One path, when the resource itself has none.
    var documents = [wellKnown: whole.document]
    documents[whole.identifier.metadataPath] = whole.document
    for path in paths {
      let resource = rule.settings.resource(at: path)
      documents[resource.identifier.metadataPath] = resource.document
      documents[wellKnown + path] = resource.document
    }
    return documents
  }

  /// What a path leads to, as far as it matters who comes.
  struct Entrance {
    let tokens: TokenDoor?
    /// Names of the upstreams behind it.
    let servers: [String]
  }

  /// What a request needs before its body is worth reading.
  enum Admission {
    case admitted(Caller)
    /// This token has to be checked, which takes a while.
    case checking([UInt8])
  }

  /// Whether a request's body is worth reading, and whose it is.
  func admit(_ head: HTTPRequestHead) throws(HTTPRefusal) -> Admission {
    if head.uri == "/healthz" || head.uri == "/readyz" {
      try admitProbe(head)
      return .admitted(Worker.nobody)
    }
    try door.check(head)
    guard let entrance = entrances[head.uri] else {
      guard documents[head.uri] != nil else { throw HTTPRefusal(.notFound, "there is nothing at this path") }
      try admitProbe(head)
      return .admitted(Worker.nobody)
    }
    let admission = try recognise(head, entrance)
    switch head.method {
    case .POST:
      guard MediaTypes.isType(head.headers["content-type"], "application/json") else {
        throw HTTPRefusal(.unsupportedMediaType, "`Content-Type` must be application/json")
      }
      guard MediaTypes.accepts(head.headers["accept"], "application/json"), MediaTypes.accepts(head.headers["accept"], "text/event-stream")
      else { throw HTTPRefusal(.notAcceptable, "`Accept` must list application/json and text/event-stream") }
    case .GET, .DELETE:
      guard head.headers.first(name: MirroredHeaders.version).map({ isHandshake($0) }) ?? true else {
        throw .notAllowed("POST")
      }
    default: throw .notAllowed("POST, GET, DELETE")
    }
    return admission
  }

  /// Checks a token that nothing is known of.
  ///
  /// - Parameter done: called on the event loop, once, later.
  func check(_ token: [UInt8], for head: HTTPRequestHead, _ done: @escaping (Result<Caller, HTTPRefusal>) -> Void) {
    let waiting = NIOLoopBound((worker: self, done: done), eventLoop: loop)
    let loop = loop
    tokens?.check(token) { outcome in
      loop.execute {
        let (worker, done) = waiting.value
        done(worker.admission(outcome, head))
      }
    }
  }

  private func admission(_ outcome: AuthenticationOutcome, _ head: HTTPRequestHead) -> Result<Caller, HTTPRefusal> {
    guard let tokens, let door = entrances[head.uri]?.tokens else {
      return .failure(HTTPRefusal(.notFound, "there is nothing at this path"))
    }
    switch outcome {
    case .accepted(let authenticated):
      guard door.accepts(authenticated) else { return .failure(door.refusal(.token(.wrongAudience))) }
      return .success(tokens.caller(authenticated))
    case .refused(let fault): return .failure(door.refusal(.token(fault)))
    case .unavailable(let retry):
      var refusal = HTTPRefusal(.serviceUnavailable, "whether the access token is good cannot be found out now")
      refusal.headers = [.init(name: "retry-after", value: String(max(1, retry)))]
      return .failure(refusal)
    }
  }

  /// Anybody may probe, so nobody may have a body kept for it.
  private func admitProbe(_ head: HTTPRequestHead) throws(HTTPRefusal) {
    guard head.method == .GET else { throw .notAllowed("GET") }
    guard head.headers["content-length"].allSatisfy({ $0 == "0" }), head.headers["transfer-encoding"].isEmpty else {
      throw HTTPRefusal(.badRequest, "a probe has no body")
    }
  }

  /// Of probes, which have no session.
  private static let nobody = Caller(identity: Identity(caller: .anyone))

  /// On every request: neither a connection nor a session stands for a credential.
  private func recognise(_ head: HTTPRequestHead, _ entrance: Entrance) throws(HTTPRefusal) -> Admission {
    let rule: BearerRule
    switch callers {
    case .everybody(let caller): return .admitted(caller)
    case .credentials(let bearer): rule = bearer
    }
    let credential: [UInt8]?
    do throws(AuthorizationHeader.Fault) {
      credential = try AuthorizationHeader.token(head.headers["authorization"].map { Array($0.utf8) })
    } catch {
      if let door = entrance.tokens { throw door.refusal(.badRequest(error)) }
      var refusal = HTTPRefusal(.badRequest, error.rawValue)
      refusal.headers = [HTTPRefusal.HeaderField(name: "www-authenticate", value: #"Bearer error="invalid_request""#)]
      throw refusal
    }
    guard let credential else {
      throw entrance.tokens?.refusal(.missing) ?? Worker.challenge(nil, "a credential is needed: `Authorization: Bearer`")
    }
    if let tokens, let door = entrance.tokens, rule.keys == nil || !BearerRule.isKey(credential) {
      guard let authenticated = tokens.known(credential) else { return .checking(credential) }
      guard door.accepts(authenticated) else { throw door.refusal(.token(.wrongAudience)) }
      return .admitted(tokens.caller(authenticated))
    }
    switch verdict(rule, credential, entrance.servers) {
    case .accepted(let caller): return .admitted(caller)
    case .refused: throw entrance.tokens?.refusal(.token(.malformed)) ?? Worker.challenge("invalid_token", "the credential is not accepted")
    case .elsewhere: throw HTTPRefusal(.forbidden, "the credential is not for this server")
    }
  }

  /// A key may be for some of the upstreams behind one path.
  private func verdict(_ rule: BearerRule, _ credential: [UInt8], _ servers: [String]) -> CallerVerdict {
    guard let keys = rule.keys else { return .refused }
    var caller: Caller?
    var opened: Set<String> = []
    var isRefused = false
    for server in servers {
      switch keys(credential, server) {
      case .accepted(let accepted):
        caller = caller ?? accepted
        opened.insert(server)
      case .refused: isRefused = true
      case .elsewhere: break
      }
    }
    guard let caller else { return isRefused ? .refused : .elsewhere }
    return .accepted(servers.count == 1 ? caller : caller.opening(opened))
  }

  /// RFC 6750, section 3.1: without a credential no error is named.
  private static func challenge(_ error: String?, _ message: String) -> HTTPRefusal {
    var refusal = HTTPRefusal(.unauthorized, message)
    let value = error.map { "Bearer error=\"\($0)\"" } ?? "Bearer"
    refusal.headers = [HTTPRefusal.HeaderField(name: "www-authenticate", value: value)]
    return refusal
  }
}
