internal import Approvals
internal import Authentication
internal import Bytecode
internal import Credentials
internal import Enforcement
internal import Gateway
internal import JSON
internal import Logging
internal import Messages
internal import NIOCore
internal import NIOHTTP1
internal import TLS

/// The place of a worker, known to the others before the worker is there.
struct WorkerSeat: Sendable {
  let loop: any EventLoop
  let worker: NIOLoopBoundBox<Worker?>

  init(_ loop: any EventLoop) {
    self.loop = loop
    worker = .makeBoxSendingValue(nil, eventLoop: loop)
  }
}

/// Everything that one event loop serves. Nothing in here is shared: a request is read, decided, forwarded and answered on one thread; one
/// of a session that another event loop has is handed over whole.
final class Worker {
  let limits: HTTPLimits
  /// Of messages that are being gathered, to and fro.
  let memory: MemoryBudget
  /// What sessions keep for clients that come back.
  let replayMemory: MemoryBudget
  /// Among `seats`.
  let number: Int
  let calls: CallLog
  let askPeople: @Sendable (Approval) -> Void
  let loop: any EventLoop
  private let seats: [WorkerSeat]
  let logger: Logger
  private let door: FrontDoor
  private let callers: CallerRule
  private let tokens: TokenReader?
  private var sites: [String: UpstreamSite] = [:]
  private var aggregate: Aggregate?
  /// By path.
  private var entrances: [String: Entrance] = [:]
  /// What is told to everybody: metadata of the resources here (RFC 9728), by path.
  private var documents: [String: [UInt8]] = [:]
  private var parser: DocumentParser
  /// Processes of stdio servers.
  var lines: [ObjectIdentifier: ServerLine] = [:]
  private let room: ConnectionRoom
  private var connections: [ObjectIdentifier: ClientConnection] = [:]
  /// Those under TLS that are not in `connections`: on their way, or carrying streams which are.
  private var secured: [ObjectIdentifier: SecureConnection] = [:]
  private var exchanges: [ObjectIdentifier: StatelessExchange] = [:]
  private(set) var isDraining = false
  /// When an upstream's failures were last logged, by its name, and under no name those of clients; there may be many a second.
  private var complained: [String: UInt64] = [:]

  init(
    _ configuration: GatewayConfiguration, number: Int, of seats: [WorkerSeat], room: ConnectionRoom, door: FrontDoor,
    policies: PolicyStore, revocations: Revocations, tools: [SharedTools], logger: Logger, calls: CallLog
  ) {
    limits = configuration.limits.divided(among: seats.count)
    memory = MemoryBudget(limits.memory)
    replayMemory = MemoryBudget(limits.replayMemory)
    self.number = number
    self.room = room
    self.seats = seats
    loop = seats[number].loop
    self.calls = calls
    askPeople = configuration.askPeople
    self.logger = logger
    self.door = door
    callers = configuration.callers
    let rule: TokenRule? = if case .credentials(let bearer) = configuration.callers { bearer.tokens } else { nil }
    tokens = rule.map { TokenReader($0) }
    parser = DocumentParser(limits: DocumentLimits(bytes: configuration.limits.message))
    for (upstream, tools) in zip(configuration.upstreams, tools) {
      sites[upstream.path] = UpstreamSite(
        upstream, policies: policies, revocations: revocations, tools: tools, recording: configuration.recording,
        trust: configuration.trust, loop: loop, limits: limits, tokens: rule, approvals: configuration.approvals,
        handles: configuration.handles,
        process: SharedProcess(upstream.name, logger: logger) { [weak self] owner in
          guard let self else { throw StartFailure.noCommand }
          return try beginProcess(of: upstream, for: owner)
        })
    }
    aggregate = configuration.aggregate.map { path in
      let members = path.servers.compactMap { name in sites.values.first { $0.upstream.name == name } }
      return Aggregate(
        path: path.path, members.enumerated().map { AggregateMember(index: $0.offset, $0.element) },
        tokens: rule.map { TokenDoor($0, path: path.path, audience: nil) }, key: configuration.cursorKey, limits: limits)
    }
    for site in sites.values { entrances[site.upstream.path] = Entrance(tokens: site.tokens, servers: [site.upstream.name]) }
    if let aggregate {
      entrances[aggregate.path] = Entrance(tokens: aggregate.tokens, servers: aggregate.members.map(\.site.upstream.name))
    }
    if let rule {
      documents = Worker.metadata(rule, configuration.upstreams.map(\.path) + (configuration.aggregate.map { [$0.path] } ?? []))
    }
  }

  // MARK: Connections

  func add(_ connection: ClientConnection) {
    if connections[ObjectIdentifier(connection)] != nil { return }
    guard !isDraining, room.enter() else { return connection.abort() }
    connections[ObjectIdentifier(connection)] = connection
  }

  func add(_ connection: SecureConnection) {
    guard !isDraining, room.enter() else { return connection.abort() }
    secured[ObjectIdentifier(connection)] = connection
  }

  func remove(_ connection: SecureConnection) {
    if secured.removeValue(forKey: ObjectIdentifier(connection)) != nil { room.leave() }
  }

  /// Why a client and the gateway could not agree on TLS, once a second at most: clients that do not know our authority are seen nowhere
  /// else.
  func noteHandshake(_ error: any Error) {
    guard mayComplain(""), case .connection(let reason)? = (error as? TLSFault)?.cause else { return }
    logger.warning("a client did not finish its TLS handshake", metadata: ["how": "\(reason)"])
  }

  func remove(_ connection: ClientConnection) {
    if connections.removeValue(forKey: ObjectIdentifier(connection)) != nil { room.leave() }
  }

  func begin(_ exchange: StatelessExchange) { exchanges[ObjectIdentifier(exchange)] = exchange }

  func end(_ exchange: StatelessExchange) { exchanges[ObjectIdentifier(exchange)] = nil }

  // MARK: Requests

  /// At its address and at the path alone, in case that the address has a path which whatever stands in front of us takes off.
  private static func metadata(_ rule: TokenRule, _ paths: [String]) -> [String: [UInt8]] {
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
  private struct Entrance {
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

  private func isHandshake(_ version: String) -> Bool { HandshakeSession.isHandshake(version) }

  func handle(_ request: ClientRequest, _ reply: HTTPReply) {
    if let home = home(of: request), home != number {
      let seat = seats[home]
      return ReplyDesk.hand(reply, from: loop, to: seat.loop) { reply in
        if let worker = seat.worker.value { worker.handle(request, reply) } else { reply.abort() }
      }
    }
    do throws(HTTPRefusal) {
      if let site = sites[request.head.uri] {
        switch request.head.method {
        case .POST: try post(request, site, reply)
        case .GET: try site.handshakes.session(named: request.head.headers, of: request.caller).listen(request, reply)
        default: try site.handshakes.end(named: request.head.headers, of: request.caller, reply)
        }
      } else if let aggregate, aggregate.path == request.head.uri {
        switch request.head.method {
        case .POST: try post(request, aggregate, reply)
        case .GET: try aggregate.sessions.session(named: request.head.headers, of: request.caller).listen(request, reply)
        default: try aggregate.sessions.end(named: request.head.headers, of: request.caller, reply)
        }
      } else {
        answerProbe(request, reply)
      }
    } catch {
      reply.refuse(error)
    }
  }

  /// The worker that has the session which a request names; nil: it names none. In 2026-07-28 the name is nobody's.
  private func home(of request: ClientRequest) -> Int? {
    guard let name = request.head.headers.first(name: "mcp-session-id"), let home = SessionNames.number(in: name),
      seats.indices.contains(home),
      request.head.headers.first(name: MirroredHeaders.version).map({ isHandshake($0) }) ?? true
    else { return nil }
    return home
  }

  /// For whoever watches over the process. Both say nothing of upstreams: a gateway that is taken out of service because one of its
  /// servers is down serves the others no longer.
  private func answerProbe(_ request: ClientRequest, _ reply: HTTPReply) {
    if let document = documents[request.head.uri] { return reply.send(.ok, json: document) }
    let isReady = !isDraining || request.head.uri == "/healthz"
    reply.send(isReady ? .ok : .serviceUnavailable, json: Array((isReady ? #"{"status":"ok"}"# : #"{"status":"draining"}"#).utf8))
  }

  private func post(_ request: ClientRequest, _ site: UpstreamSite, _ reply: HTTPReply) throws(HTTPRefusal) {
    let (message, document) = read(request)
    switch try PostKind(request.head.headers, document) {
    case .request:
      if let document { try MirroredHeaders.check(request.head.headers, document, Envelope(document, document.root)) }
      guard site.hasRoom else { throw Worker.overload(document) }
      StatelessExchange(self, site, request, message, document, reply).start()
    case .notification:
      // There is none that a server would want: what is cancelled has its connection closed.
      reply.sendEmpty(.accepted)
    case .opening:
      guard site.hasRoom else { throw Worker.overload(document) }
      try site.handshakes.open(self, site, request.caller).post(message, document, request, reply)
    case .session:
      try site.handshakes.session(named: request.head.headers, of: request.caller).post(message, document, request, reply)
    }
  }

  private func post(_ request: ClientRequest, _ aggregate: Aggregate, _ reply: HTTPReply) throws(HTTPRefusal) {
    let (message, document) = read(request)
    switch try PostKind(request.head.headers, document) {
    case .request:
      if let document { try MirroredHeaders.check(request.head.headers, document, Envelope(document, document.root)) }
      AggregateExchange(self, aggregate, request, reply).start(message, document)
    case .notification: reply.sendEmpty(.accepted)
    case .opening: try aggregate.sessions.open(self, aggregate, request.caller).post(message, document, request, reply)
    case .session:
      try aggregate.sessions.session(named: request.head.headers, of: request.caller).post(message, document, request, reply)
    }
  }

  /// The body as one line, and what it says; nil when that is no acceptable JSON.
  private func read(_ request: ClientRequest) -> (message: [UInt8], document: Document?) {
    let message = LineBreaks.flattened(request.body)
    do throws(ParseError) {
      var read = Document()
      try parser.parse(message, into: &read)
      return (message, read)
    } catch {
      return (message, nil)
    }
  }

  /// More is not taken than can wait, so that what is taken is answered in time. Nothing was sent.
  private static func overload(_ document: Document?) -> HTTPRefusal {
    var refusal = HTTPRefusal(.serviceUnavailable, "too many requests for this server are under way; nothing was sent")
    if let document, case .request(let identifier, _, _) = Envelope(document, document.root) { refusal.identifier = identifier }
    refusal.beRetried(after: 1)
    return refusal
  }

  /// Why an upstream could not be used, once a second at most for each.
  func note(_ site: UpstreamSite, _ ending: UpstreamStream.Ending) {
    guard mayComplain(site.upstream.name) else { return }
    logger.warning("an upstream failed", metadata: ["upstream": "\(site.upstream.name)", "how": "\(ending)"])
  }

  private func mayComplain(_ name: String) -> Bool {
    let now = monotonicNanoseconds()
    if let last = complained[name], now < last &+ 1_000_000_000 { return false }
    complained[name] = now
    return true
  }

  /// What operators stopped is stopped now, without waiting for a message.
  func stopsChanged() {
    for exchange in Array(exchanges.values) { exchange.stopsChanged() }
    for site in sites.values { site.handshakes.stopsChanged() }
  }

  // MARK: Time

  /// Wakes whoever waits for a moment that is nearer than the next look at everything: a call that waits for its limit does.
  func wake(at deadline: UInt64?, _ body: @escaping (UInt64) -> Void) {
    let now = monotonicNanoseconds()
    guard let deadline, deadline < now &+ 1_000_000_000 else { return }
    let wait = deadline > now ? deadline - now : 0
    loop.assumeIsolated().scheduleTask(in: .nanoseconds(Int64(wait) + 1_000_000)) { body(monotonicNanoseconds()) }
  }

  /// Once a second.
  func tick() {
    let now = monotonicNanoseconds()
    for connection in Array(connections.values) { connection.tick(now) }
    for connection in Array(secured.values) { connection.tick(now) }
    for exchange in Array(exchanges.values) { exchange.tick(now) }
    for site in sites.values { site.tick(now) }
    aggregate?.sessions.forgetEnded()
  }

  /// No new requests; what is under way may end, what would never end is ended.
  func drain() {
    isDraining = true
    for exchange in Array(exchanges.values) { exchange.drain() }
    for site in sites.values { site.drain() }
    for connection in Array(secured.values) { connection.drain() }
    tick()
  }

  /// Whether anything is still under way.
  var isBusy: Bool {
    !exchanges.isEmpty || sites.values.contains { $0.handshakes.isBusy } || !connections.isEmpty || !secured.isEmpty || !lines.isEmpty
  }

  /// The time to drain is over.
  func abort() {
    for exchange in Array(exchanges.values) { exchange.abort() }
    for site in sites.values {
      site.handshakes.abort()
      site.close()
    }
    aggregate?.sessions.abort()
    for connection in Array(connections.values) { connection.abort() }
    for line in Array(lines.values) { line.abort() }
    for connection in Array(secured.values) { connection.abort() }
  }
}
