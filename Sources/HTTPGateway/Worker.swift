internal import Bytecode
internal import Credentials
internal import Enforcement
internal import Gateway
internal import JSON
internal import Logging
internal import Messages
internal import NIOCore
internal import NIOHTTP1

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
  /// Among `seats`.
  let number: Int
  let calls: CallLog
  private let loop: any EventLoop
  private let seats: [WorkerSeat]
  private let logger: Logger
  private let door: FrontDoor
  private let callers: CallerRule
  private var sites: [String: UpstreamSite] = [:]
  private var parser: DocumentParser
  private var connections: [ObjectIdentifier: ClientConnection] = [:]
  private var exchanges: [ObjectIdentifier: StatelessExchange] = [:]
  private(set) var isDraining = false
  /// When an upstream's failures were last logged, by its name; there may be many a second.
  private var complained: [String: UInt64] = [:]

  init(
    _ configuration: GatewayConfiguration, number: Int, of seats: [WorkerSeat], door: FrontDoor, policies: PolicyStore,
    revocations: Revocations, tools: [SharedTools], logger: Logger, calls: CallLog
  ) {
    limits = configuration.limits.divided(among: seats.count)
    self.number = number
    self.seats = seats
    loop = seats[number].loop
    self.calls = calls
    self.logger = logger
    self.door = door
    callers = configuration.callers
    parser = DocumentParser(limits: DocumentLimits(bytes: configuration.limits.message))
    for (upstream, tools) in zip(configuration.upstreams, tools) {
      sites[upstream.path] = UpstreamSite(
        upstream, policies: policies, revocations: revocations, tools: tools, recording: configuration.recording, loop: loop,
        limits: limits)
    }
  }

  // MARK: Connections

  func add(_ connection: ClientConnection) {
    guard connections.count < limits.connections, !isDraining else { return connection.abort() }
    connections[ObjectIdentifier(connection)] = connection
  }

  func remove(_ connection: ClientConnection) { connections[ObjectIdentifier(connection)] = nil }

  func begin(_ exchange: StatelessExchange) { exchanges[ObjectIdentifier(exchange)] = exchange }

  func end(_ exchange: StatelessExchange) { exchanges[ObjectIdentifier(exchange)] = nil }

  // MARK: Requests

  /// Whether a request's body is worth reading, and whose it is.
  func admit(_ head: HTTPRequestHead) throws(HTTPRefusal) -> Caller {
    if head.uri == "/healthz" || head.uri == "/readyz" {
      try admitProbe(head)
      return Worker.nobody
    }
    try door.check(head)
    guard let site = sites[head.uri] else { throw HTTPRefusal(.notFound, "there is nothing at this path") }
    let caller = try recognise(head, site)
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
    return caller
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
  private func recognise(_ head: HTTPRequestHead, _ site: UpstreamSite) throws(HTTPRefusal) -> Caller {
    let verify: @Sendable ([UInt8], String) -> CallerVerdict
    switch callers {
    case .everybody(let caller): return caller
    case .bearer(let check): verify = check
    }
    let credential: [UInt8]?
    do throws(AuthorizationHeader.Fault) {
      credential = try AuthorizationHeader.token(head.headers["authorization"].map { Array($0.utf8) })
    } catch {
      var refusal = HTTPRefusal(.badRequest, error.rawValue)
      refusal.headers = [HTTPRefusal.HeaderField(name: "www-authenticate", value: #"Bearer error="invalid_request""#)]
      throw refusal
    }
    guard let credential else { throw Worker.challenge(nil, "a credential is needed: `Authorization: Bearer`") }
    switch verify(credential, site.upstream.name) {
    case .accepted(let caller): return caller
    case .refused: throw Worker.challenge("invalid_token", "the credential is not accepted")
    case .elsewhere: throw HTTPRefusal(.forbidden, "the credential is not for this server")
    }
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
    guard let site = sites[request.head.uri] else { return answerProbe(request, reply) }
    do throws(HTTPRefusal) {
      switch request.head.method {
      case .POST: try post(request, site, reply)
      case .GET: try site.handshakes.session(named: request.head.headers, of: request.caller).listen(request, reply)
      default: try site.handshakes.end(named: request.head.headers, of: request.caller, reply)
      }
    } catch {
      reply.refuse(error)
    }
  }

  /// The worker that has the session which a request names; nil: it names none. In 2026-07-28 the name is nobody's.
  private func home(of request: ClientRequest) -> Int? {
    guard let name = request.head.headers.first(name: "mcp-session-id"), let home = HandshakeSessions.number(in: name),
      seats.indices.contains(home),
      request.head.headers.first(name: MirroredHeaders.version).map({ isHandshake($0) }) ?? true
    else { return nil }
    return home
  }

  /// For whoever watches over the process. Both say nothing of upstreams: a gateway that is taken out of service because one of its
  /// servers is down serves the others no longer.
  private func answerProbe(_ request: ClientRequest, _ reply: HTTPReply) {
    let isReady = !isDraining || request.head.uri == "/healthz"
    reply.send(isReady ? .ok : .serviceUnavailable, json: Array((isReady ? #"{"status":"ok"}"# : #"{"status":"draining"}"#).utf8))
  }

  private func post(_ request: ClientRequest, _ site: UpstreamSite, _ reply: HTTPReply) throws(HTTPRefusal) {
    let message = LineBreaks.flattened(request.body)
    var document: Document? = Document()
    do throws(ParseError) {
      var read = Document()
      try parser.parse(message, into: &read)
      document = read
    } catch {
      document = nil
    }
    switch try PostKind(request.head.headers, document) {
    case .request:
      if let document { try MirroredHeaders.check(request.head.headers, document, Envelope(document, document.root)) }
      StatelessExchange(self, site, request, document, reply).start(message, document)
    case .notification:
      // There is none that a server would want: what is cancelled has its connection closed.
      reply.sendEmpty(.accepted)
    case .opening: try site.handshakes.open(self, site, request.caller).post(message, document, request, reply)
    case .session:
      try site.handshakes.session(named: request.head.headers, of: request.caller).post(message, document, request, reply)
    }
  }

  /// Why an upstream could not be used, once a second at most for each.
  func note(_ site: UpstreamSite, _ ending: UpstreamStream.Ending) {
    let now = monotonicNanoseconds()
    if let last = complained[site.upstream.name], now < last &+ 1_000_000_000 { return }
    complained[site.upstream.name] = now
    logger.warning("an upstream failed", metadata: ["upstream": "\(site.upstream.name)", "how": "\(ending)"])
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
    for exchange in Array(exchanges.values) { exchange.tick(now) }
    for site in sites.values { site.handshakes.tick(now) }
  }

  /// No new requests; what is under way may end, what would never end is ended.
  func drain() {
    isDraining = true
    for exchange in Array(exchanges.values) { exchange.drain() }
    for site in sites.values { site.handshakes.drain() }
    tick()
  }

  /// Whether anything is still under way.
  var isBusy: Bool { !exchanges.isEmpty || sites.values.contains { $0.handshakes.isBusy } || !connections.isEmpty }

  /// The time to drain is over.
  func abort() {
    for exchange in Array(exchanges.values) { exchange.abort() }
    for site in sites.values {
      site.handshakes.abort()
      site.pool.close()
    }
    for connection in Array(connections.values) { connection.abort() }
  }
}
