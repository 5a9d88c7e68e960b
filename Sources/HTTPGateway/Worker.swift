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
  let door: FrontDoor
  let callers: CallerRule
  let tokens: TokenReader?
  private var sites: [String: UpstreamSite] = [:]
  private var aggregate: Aggregate?
  /// By path.
  private(set) var entrances: [String: Entrance] = [:]
  /// What is told to everybody: metadata of the resources here (RFC 9728), by path.
  private(set) var documents: [String: [UInt8]] = [:]
  private var parser: DocumentParser
  /// Processes of stdio servers.
  var lines: [ObjectIdentifier: ServerLine] = [:]
  private let room: Room
  private var connections: [ObjectIdentifier: ClientConnection] = [:]
  /// Those under TLS that are not in `connections`: on their way, or carrying streams which are.
  private var secured: [ObjectIdentifier: SecureConnection] = [:]
  private var exchanges: [ObjectIdentifier: StatelessExchange] = [:]
  private(set) var isDraining = false
  /// When an upstream's failures were last logged, by its name, and under no name those of clients; there may be many a second.
  private var complained: [String: UInt64] = [:]

  init(
    _ configuration: GatewayConfiguration, number: Int, of seats: [WorkerSeat], room: Room, door: FrontDoor,
    policies: PolicyStore, revocations: Revocations, shared: [SharedSite], aggregated: Room, logger: Logger, calls: CallLog
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
    for (upstream, shared) in zip(configuration.upstreams, shared) {
      sites[upstream.path] = UpstreamSite(
        upstream, policies: policies, revocations: revocations, shared: shared, recording: configuration.recording,
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
        tokens: rule.map { TokenDoor($0, path: path.path, audience: nil) }, key: configuration.cursorKey,
        sessions: AggregateSessions(aggregated))
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

  func isHandshake(_ version: String) -> Bool { HandshakeSession.isHandshake(version) }

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
