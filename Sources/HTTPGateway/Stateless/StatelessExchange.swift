internal import Enforcement
internal import Gateway
internal import JSON
internal import Messages
internal import NIOHTTP1

/// One POST of 2026-07-28 from its body to its answer: a session of its own, so that no id, progress token or log of one request can meet
/// those of another. The client's end of the connection is its cancellation.
final class StatelessExchange: ReplyOwner, UpstreamStreamOwner {
  private let site: UpstreamSite
  private let worker: Worker
  private let request: ClientRequest
  private let reply: HTTPReply
  private let box: SessionBox
  private let isSubscription: Bool
  /// The message of the client in one line, and as it was read.
  private let received: [UInt8]
  private let document: Document?
  private var streams: [UpstreamStream] = []
  private var isOver = false
  /// Nothing happened that could follow the session into its next request.
  private var isClean = true

  init(_ worker: Worker, _ site: UpstreamSite, _ request: ClientRequest, _ message: [UInt8], _ document: Document?, _ reply: HTTPReply) {
    received = message
    self.document = document
    self.worker = worker
    self.site = site
    self.request = request
    self.reply = reply
    box = site.takeSession(for: request.caller)
    if let document, case .request(_, let method, _) = Envelope(document, document.root) {
      isSubscription = Method(document, method) == .listen
    } else {
      isSubscription = false
    }
  }

  func start() {
    reply.owner = self
    if let document {
      let envelope = Envelope(document, document.root)
      if case .request(let identifier, _, _) = envelope, let tool = MirroredHeaders.tool(of: document, envelope),
        let mirrors = box.mirrors(ofTool: tool.name)
      {
        do throws(HTTPRefusal) {
          try MirroredHeaders.check(request.head.headers, document, arguments: tool.arguments, mirrors, to: identifier)
        } catch {
          isOver = true
          site.giveBack(box, for: request.caller)
          return reply.refuse(error)
        }
      }
    }
    worker.begin(self)
    let actions = box.feed { $0.receiveFromClient(received, at: .now(), into: &$1) }
    carryOut(actions, status: StatelessExchange.status(ofRefusal: actions))
    if box.isIdle, !isOver { finish() }
  }

  /// Requests that are against the protocol have a status that says so; what the policy denies has not.
  private static func status(ofRefusal actions: [Action]) -> HTTPResponseStatus {
    let isRefused = actions.contains { action in
      if case .record(let record) = action { record.outcome == .refused } else { false }
    }
    guard isRefused, let answer = actions.compactMap({ if case .sendToClient(let bytes) = $0 { bytes } else { nil } }).last,
      let document = try? Document(parsing: answer), case .failure(_, let error) = Envelope(document, document.root)
    else { return .ok }
    return error.code == ErrorCode.methodNotFound.rawValue ? .notFound : .badRequest
  }

  private func carryOut(_ actions: [Action], status: HTTPResponseStatus = .ok) {
    let last = actions.lastIndex { if case .sendToClient = $0 { true } else { false } }
    let isAnswered = box.isIdle
    let stepUp = isAnswered && !reply.isStreaming ? site.stepUp(actions, request.caller, isStateless: true) : nil
    for (index, action) in actions.enumerated() {
      switch action {
      case .sendToServer(let message): forward(message)
      case .sendToClient(let message):
        if isAnswered, index == last {
          answer(message, stepUp == nil ? status : .forbidden, stepUp.map { [$0] } ?? [])
        } else {
          pass(message)
        }
      case .record(let record): worker.calls.write(record)
      case .ask(let approval): worker.askPeople(approval)
      }
    }
    box.carriedOut()
    if isAnswered, last != nil { finish() }
    if !isOver { worker.wake(at: box.nextDeadline) { [weak self] in self?.passTime($0) } }
  }

  private func pass(_ message: [UInt8]) {
    reply.openStream()
    reply.write(EventWriter.event(message))
  }

  private func answer(_ message: [UInt8], _ status: HTTPResponseStatus, _ headers: [(String, String)]) {
    guard reply.isStreaming else { return reply.send(status, headers, json: message) }
    reply.write(EventWriter.event(message))
    reply.endStream()
  }

  private func forward(_ message: [UInt8]) {
    guard !isOver else { return }
    // Most often it is what came, as it came.
    let own = message == received ? document : try? Document(parsing: message)
    guard let document = own, case .request = Envelope(document, document.root) else {
      // A cancellation: the end of the connection says it. The session keeps the id for an answer that will never come.
      isClean = false
      return
    }
    let envelope = Envelope(document, document.root)
    let tool = MirroredHeaders.tool(of: document, envelope)
    let mirrors = tool.flatMap { box.mirrors(ofTool: $0.name) } ?? []
    let headers = MirroredHeaders.written(for: document, envelope, request.head.headers, mirrors: mirrors)
    let stream = UpstreamStream(request: message, owner: self, limit: worker.limits.message, memory: worker.memory)
    streams.append(stream)
    site.post(message, headers, of: request.caller, for: stream)
  }

  private func finish() {
    guard !isOver else { return }
    isOver = true
    for stream in streams { if isClean { stream.release() } else { stream.cancel() } }
    streams = []
    // Nothing answers a notification.
    if reply.isWaiting { reply.sendEmpty(.accepted) } else { reply.endStream() }
    worker.end(self)
    if isClean { site.giveBack(box, for: request.caller) }
  }

  // MARK: From the upstream

  func takesMore(_ stream: UpstreamStream) -> Bool { reply.isWritable }

  func stream(_ stream: UpstreamStream, began head: ResponseHead) {}

  func stream(_ stream: UpstreamStream, sent message: [UInt8]) {
    guard !isOver else { return }
    // A server says with these that the request was none, and clients tell more by them than by the code.
    let status: HTTPResponseStatus = stream.status == 400 ? .badRequest : stream.status == 404 ? .notFound : .ok
    carryOut(box.feed { $0.receiveFromServer(message, at: .now(), into: &$1) }, status: status)
  }

  func stream(_ stream: UpstreamStream, ended: UpstreamStream.Ending) {
    streams.removeAll { $0 === stream }
    guard !isOver else { return }
    if ended != .complete {
      isClean = false
      worker.note(site, ended)
    }
    guard let message = stream.request else { return }
    carryOut(box.feed { $0.deliveryFailed(message, at: .now(), into: &$1) })
  }

  // MARK: From the client

  func clientGone() {
    guard !isOver else { return }
    isOver = true
    for stream in streams { stream.cancel() }
    streams = []
    for case .record(let record) in box.feed({ $0.clientClosed(at: .now(), into: &$1) }) { worker.calls.write(record) }
    worker.end(self)
  }

  func clientTakesMore() {
    for stream in streams { stream.resume() }
  }

  // MARK: Time

  func tick(_ now: UInt64) {
    let limits = worker.limits
    if !isSubscription {
      for stream in streams { stream.tick(now, silence: limits.silenceTime * 1_000_000) }
    }
    passTime(now)
    guard !isOver, now > reply.lastWritten &+ limits.commentTime * 1_000_000, reply.isWritable else { return }
    reply.openStream()
    reply.write(EventWriter.comment)
  }

  private func passTime(_ now: UInt64) {
    guard !isOver, let deadline = box.nextDeadline, now >= deadline else { return }
    carryOut(box.feed { $0.timePassed(at: .now(), into: &$1) })
  }

  func stopsChanged() {
    guard !isOver else { return }
    carryOut(box.feed { $0.stopsChanged(at: .now(), into: &$1) })
  }

  /// The gateway is about to end: what has no end of its own has one now.
  func drain() { if isSubscription, !isOver { abort() } }

  /// The time to drain is over.
  func abort() {
    reply.abort()
    clientGone()
  }
}
