internal import Enforcement
internal import Gateway
internal import JSON
internal import Messages
internal import NIOHTTP1

/// A client's session from before 2026-07-28, with the upstream's behind it: one `Enforcement.Session`, as over stdio, whose messages come
/// and go on many HTTP requests. Belongs to one event loop.
final class HandshakeSession {
  /// A message on its way to the upstream, or a stream opened to hear from it.
  struct Uplink {
    let stream: UpstreamStream
    /// What it brings goes there, unless it answers something else.
    let origin: ClientStream?
    /// Of the request whose answer it brings.
    let identifier: Identifier?
    let isInitialize: Bool
  }

  struct Outgoing {
    let message: [UInt8]
    let document: Document
    /// Nil for what is no request: the next message waits until it has arrived.
    let identifier: Identifier?
    let method: Method?
    /// Answered once the message has arrived.
    let acknowledges: HTTPReply?
  }

  /// A stream that broke off before its answer, and when it is asked for again.
  struct Interruption {
    let due: UInt64
    let lastIdentifier: [UInt8]
    let origin: ClientStream?
    let identifier: Identifier?
    let message: [UInt8]?
  }

  static let mostOutgoing = 1_024

  let worker: Worker
  let site: UpstreamSite
  private(set) var caller: Caller
  let name: String
  let box: SessionBox
  var whenOver: (() -> Void)?
  let replay: ReplayBuffer
  private(set) var isOver = false

  var upstreamName: String?
  /// The upstream knows its session no more.
  var isLost = false
  private(set) var revision: String?

  /// What GET carries.
  private lazy var general = ClientStream(self, number: 0, reply: nil)
  private var streams: [Int: ClientStream] = [:]
  private var lastStream = 0
  private(set) var waiting: [Identifier: ClientStream] = [:]

  var uplinks: [Uplink] = []
  var outbox: [Outgoing] = []
  /// The message that is no request and has not arrived yet.
  var blocking: (stream: UpstreamStream, reply: HTTPReply?)?
  var interruptions: [Interruption] = []
  var listener: UpstreamStream?
  var listenerDue: UInt64?
  var listenerFailures = 0
  /// The process of a stdio server.
  var process: ServerLine?
  /// A session has one process and no other.
  var hadProcess = false
  private var lastUsed = monotonicNanoseconds()

  init(_ worker: Worker, _ site: UpstreamSite, _ caller: Caller, name: String) {
    self.worker = worker
    self.site = site
    self.caller = caller
    self.name = name
    box = site.newSession(for: caller, sharing: nil)
    replay = ReplayBuffer(limit: worker.limits.replayBytes, of: worker.replayMemory)
  }

  static func isHandshake(_ version: String) -> Bool {
    Revision.allCases.contains { $0.era == .handshake && $0.name.utf8.elementsEqual(version.utf8) }
  }

  var isBusy: Bool { !waiting.isEmpty }

  /// A later request says the revision that was agreed on, or nothing: 2025-03-26 had no such header.
  func check(_ headers: HTTPHeaders) throws(HTTPRefusal) {
    guard let stated = headers.first(name: MirroredHeaders.version), let revision else { return }
    guard stated.utf8.elementsEqual(revision.utf8) else {
      throw HTTPRefusal(.badRequest, "`MCP-Protocol-Version` is not the revision that this session agreed on")
    }
  }

  /// Decisions rest on the credential that came last. It is the same caller's: sessions are found by that.
  func renew(_ caller: Caller) {
    guard caller.mark != self.caller.mark, !isOver else { return }
    self.caller = caller
    let configuration = site.configuration(for: caller)
    carryOut(box.feed { $0.renew(configuration, at: .now(), into: &$1) }, origin: nil)
  }

  // MARK: From the client

  func post(_ message: [UInt8], _ document: Document?, _ request: ClientRequest, _ reply: HTTPReply) {
    lastUsed = monotonicNanoseconds()
    let requests = document.map { HandshakeSession.requests(in: $0) } ?? []
    lastStream += 1
    let stream = ClientStream(self, number: lastStream, reply: reply)
    streams[stream.number] = stream
    forgetOldStreams()
    // A batch is answered at once, and found by any of its ids; ids in use are refused by the session, with a null for an id.
    for identifier in requests where waiting[identifier] == nil { waiting[identifier] = stream }
    let actions = box.feed { $0.receiveFromClient(message, at: .now(), into: &$1) }
    let sends = actions.contains { if case .sendToServer = $0 { true } else { false } }
    let acknowledged = requests.isEmpty && sends ? reply : nil
    carryOut(actions, origin: stream, fromClient: true, acknowledging: acknowledged)
    if requests.isEmpty, !stream.isFinished {
      // Nothing will be answered, so nothing is kept.
      streams[stream.number] = nil
      if acknowledged == nil { reply.sendEmpty(.accepted) }
    }
    pump()
  }

  private static func requests(in document: Document) -> [Identifier] {
    let nodes = document.kind(document.root) == .array ? Array(document.elements(document.root)) : [document.root]
    return nodes.compactMap { if case .request(let identifier, _, _) = Envelope(document, $0) { identifier } else { nil } }
  }

  /// GET: what comes without being asked for, or what a broken stream still owes.
  func listen(_ request: ClientRequest, _ reply: HTTPReply) throws(HTTPRefusal) {
    guard MediaTypes.accepts(request.head.headers["accept"], "text/event-stream") else {
      throw HTTPRefusal(.notAcceptable, "`Accept` must list text/event-stream")
    }
    lastUsed = monotonicNanoseconds()
    let positions = request.head.headers["last-event-id"]
    guard let position = positions.first else { return general.attach(reply, after: nil) }
    let parts = position.split(separator: "-", omittingEmptySubsequences: false)
    guard positions.count == 1, parts.count == 2, let number = Int(parts[0]), let event = Int(parts[1]),
      let stream = number == 0 ? general : streams[number]
    else { throw HTTPRefusal(.badRequest, "`Last-Event-ID` names no event that is still known") }
    // Not 404, which would end the session for the client; and not the rest alone, which would look like all of it.
    guard replay.isWhole(number, after: event) else {
      throw HTTPRefusal(.badRequest, "what came after the event in `Last-Event-ID` is not kept any more, not all of it")
    }
    stream.attach(reply, after: event)
  }

  /// Streams whose client went away and that are answered are kept for a while; the oldest make room.
  private func forgetOldStreams() {
    while streams.count > worker.limits.replayStreams + waiting.count {
      guard let oldest = streams.values.filter({ $0.isFinished || !$0.isAttached }).map(\.number).min() else { return }
      streams[oldest] = nil
      replay.forget(oldest)
    }
  }

  func lost(_ stream: ClientStream) { lastUsed = monotonicNanoseconds() }

  /// What waits for an answer the longest.
  var oldestWaiting: ClientStream? { waiting.values.min { $0.number < $1.number } }

  var areClientsReading: Bool { general.isWritable && waiting.values.allSatisfy { $0.isWritable } }

  // MARK: What the session says

  func carryOut(_ actions: [Action], origin: ClientStream?, fromClient: Bool = false, acknowledging reply: HTTPReply? = nil) {
    var reply = reply
    for case .record(let record) in actions {
      // Not only of what was just sent: a call may have waited for the list of tools.
      guard let header = site.stepUp(record, caller, isStateless: false), let denied = record.identifier.flatMap({ waiting[$0] }) ?? origin,
        denied.status == nil
      else { continue }
      denied.status = .forbidden
      denied.headers.append(header)
    }
    for (place, action) in actions.enumerated() {
      switch action {
      case .sendToServer(let message):
        enqueue(message, acknowledging: reply)
        reply = nil
      case .sendToClient(let message):
        route(message, origin: asker(of: actions, at: place) ?? origin, fromClient: fromClient)
      case .record(let record): worker.calls.write(record)
      case .ask(let approval): worker.askPeople(approval)
      }
    }
    box.carriedOut()
    if !isOver { worker.wake(at: box.nextDeadline) { [weak self] in self?.passTime($0) } }
  }

  /// Of a question of the session's own: the stream of the call that it is about, which the record right behind it names. A call that waited
  /// for the list of tools is asked about when that comes, and then there is no other way to its client.
  private func asker(of actions: [Action], at place: Int) -> ClientStream? {
    guard place + 1 < actions.count, case .record(let record) = actions[place + 1], record.outcome == .asked else { return nil }
    return record.identifier.flatMap { waiting[$0] }
  }

  private func passTime(_ now: UInt64) {
    guard !isOver, let deadline = box.nextDeadline, now >= deadline else { return }
    carryOut(box.feed { $0.timePassed(at: .now(), into: &$1) }, origin: nil)
    pump()
    closeIfStopped()
  }

  private func route(_ message: [UInt8], origin: ClientStream?, fromClient: Bool) {
    guard let document = try? Document(parsing: message, limits: .answer) else { return }
    let node = document.kind(document.root) == .array ? document.firstChild(document.root) ?? document.root : document.root
    var identifier: Identifier?
    switch Envelope(document, node) {
    case .result(let answered, let result):
      identifier = answered
      if let version = document.member(result, "protocolVersion").flatMap({ document.string($0) }), revision == nil {
        begin(version, answered)
      }
    case .failure(let answered, _): identifier = answered
    case .request, .notification, .invalid:
      let target = origin.flatMap { $0.isFinished ? nil : $0 } ?? general
      return target.write(message)
    }
    let stream = identifier.flatMap { waiting[$0] } ?? origin
    // Its own answers to what is no message at all: the request was a bad one.
    stream?.finish(message, fromClient && identifier == nil ? .badRequest : .ok)
    for (waits, other) in waiting where other === stream { waiting[waits] = nil }
    if revision == nil, identifier != nil, uplinks.isEmpty, outbox.isEmpty { end() }
  }

  /// `initialize` was answered: from now on the session has a name.
  private func begin(_ version: String, _ identifier: Identifier) {
    revision = version
    waiting[identifier]?.headers = [("mcp-session-id", name)]
  }

  // MARK: Ends

  /// The session is over: its streams end, what the upstream still does for it is stopped.
  func end() {
    guard !isOver else { return }
    isOver = true
    for case .record(let record) in box.feed({ $0.clientClosed(at: .now(), into: &$1) }) { worker.calls.write(record) }
    let gone = HTTPRefusal(.notFound, "the session has ended")
    for stream in streams.values { stream.close(gone) }
    general.close(nil)
    blocking?.reply?.sendEmpty(.accepted)
    for outgoing in outbox { outgoing.acknowledges?.sendEmpty(.accepted) }
    for uplink in uplinks { uplink.stream.cancel() }
    listener?.cancel()
    uplinks = []
    outbox = []
    streams = [:]
    waiting = [:]
    endUpstream()
    whenOver?()
  }

  func stopsChanged() {
    guard !isOver else { return }
    carryOut(box.feed { $0.stopsChanged(at: .now(), into: &$1) }, origin: nil)
    pump()
    closeIfStopped()
  }

  /// Whoever is stopped listens no more. The session stays: what is stopped can be resumed.
  private func closeIfStopped() {
    guard box.isStopped else { return }
    general.detach()
    for stream in streams.values where stream.isFinished || !waiting.values.contains(where: { $0 === stream }) { stream.detach() }
  }

  /// Streams that have no end of their own end.
  func drain() {
    general.close(nil)
    if waiting.isEmpty { end() }
  }

  func tick(_ now: UInt64) {
    let limits = worker.limits
    passTime(now)
    for uplink in uplinks where uplink.identifier != nil || uplink.stream === blocking?.stream {
      uplink.stream.tick(now, silence: limits.silenceTime * 1_000_000)
    }
    resumeInterrupted(now)
    let silence = limits.commentTime * 1_000_000
    general.comment(now, after: silence)
    for stream in waiting.values { stream.comment(now, after: silence) }
    let isUsed = isBusy || general.isAttached || streams.values.contains { $0.isAttached }
    if isUsed {
      lastUsed = now
    } else if now > lastUsed &+ limits.sessionTime * 1_000_000 {
      end()
    }
  }
}

extension DocumentLimits {
  /// Of answers, which may be whole batches.
  static let answer = DocumentLimits(bytes: 48 << 20)
}
