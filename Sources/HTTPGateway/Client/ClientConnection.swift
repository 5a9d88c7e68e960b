internal import NIOCore
internal import NIOHTTP1

/// One request as it was read: its body is complete.
struct ClientRequest {
  let head: HTTPRequestHead
  let body: [UInt8]
  let caller: Caller
}

/// One connection of a client, or one stream of an HTTP/2 connection: requests one after another, each within bounds of size and time.
/// Belongs to one event loop.
final class ClientConnection: ChannelDuplexHandler, ReplyChannel {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundIn = Never
  typealias OutboundOut = HTTPServerResponsePart

  private enum State {
    /// Between requests, or in the middle of a head.
    case resting
    /// Whose request it is has to be found out; what comes of its body waits.
    case checking(HTTPRequestHead)
    case receiving(HTTPRequestHead, Caller)
    case answering
    /// Answered before its end, or beyond repair: what still comes is thrown away until the connection is closed.
    case closing
  }

  private let worker: Worker
  /// A stream of HTTP/2, which carries one request.
  private let isStream: Bool
  private var context: ChannelHandlerContext?
  private var state = State.resting
  private var body: [UInt8] = []
  /// Of the worker's memory, for the request that is being read or answered.
  private var held = 0
  /// What came while a request is being answered: it has its turn after that. At most what was read at once, because nothing more is read.
  private var queue: [HTTPServerRequestPart] = []
  private var wantsRead = false
  private var reply: HTTPReply?
  private var keepsAlive = true
  /// Bytes of a head that is not complete.
  private var headBytes = 0
  /// When the present state began, on the clock of `EventTime.nanoseconds`.
  private var since = monotonicNanoseconds()
  /// Whether the last bytes of the last answer are with the system.
  private var isFlushed = false
  /// Since when the client leaves unread what was written.
  private var stalledSince: UInt64?

  init(_ worker: Worker, isStream: Bool = false) {
    self.worker = worker
    self.isStream = isStream
  }

  /// What a connection of HTTP/1.1 consists of.
  static func configure(_ channel: any Channel, _ worker: Worker) throws {
    let pipeline = channel.pipeline.syncOperations
    let connection = ClientConnection(worker)
    try pipeline.addHandler(HeadCounter(connection))
    try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: false, withErrorHandling: false)
    try pipeline.addHandler(connection)
  }

  var isWritable: Bool { context?.channel.isWritable ?? false }

  // MARK: Events of the channel

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    // Behind TLS the connection is older than what it speaks.
    if context.channel.isActive { worker.add(self) }
  }

  func channelActive(context: ChannelHandlerContext) {
    worker.add(self)
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    state = .closing
    self.context = nil
    letGo()
    worker.remove(self)
    let ended = reply
    reply = nil
    ended?.connectionEnded()
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let part = unwrapInboundIn(data)
    if isWaiting { queue.append(part) } else { take(part) }
  }

  private var isWaiting: Bool {
    switch state {
    case .answering, .checking: true
    case .resting, .receiving, .closing: false
    }
  }

  private func take(_ part: HTTPServerRequestPart) {
    switch part {
    case .head(let head): begin(head)
    case .body(let bytes): take(bytes)
    case .end: finish()
    }
  }

  func read(context: ChannelHandlerContext) {
    if queue.isEmpty { context.read() } else { wantsRead = true }
  }

  private func takeQueued() {
    while !queue.isEmpty {
      if isWaiting { return }
      take(queue.removeFirst())
    }
    guard wantsRead else { return }
    wantsRead = false
    context?.read()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    stalledSince = context.channel.isWritable ? nil : monotonicNanoseconds()
    if context.channel.isWritable { reply?.owner?.clientTakesMore() }
    context.fireChannelWritabilityChanged()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if case .answering = state { return abort() }
    guard error is HTTPParserError else { return abort() }
    refuse(HTTPRefusal(.badRequest, "this is not acceptable HTTP/1.1"))
  }

  /// Bytes came from the socket; the decoder has read them by now if they were a whole head.
  func noteHeadBytes(_ count: Int) {
    guard case .resting = state else {
      headBytes = 0
      return
    }
    if headBytes == 0 { since = monotonicNanoseconds() }
    headBytes += count
    guard headBytes > worker.limits.headers else { return }
    refuse(HTTPRefusal(.requestHeaderFieldsTooLarge, "the headers are too large"))
  }

  // MARK: Requests

  private func begin(_ received: HTTPRequestHead) {
    guard case .resting = state else { return }
    var head = received
    // What the codec of a stream gives; from here on the two are alike.
    if isStream { head.version = .http1_1 }
    headBytes = 0
    since = monotonicNanoseconds()
    keepsAlive = head.isKeepAlive && !isStream
    let size = head.headers.reduce(head.uri.utf8.count) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 }
    do throws(HTTPRefusal) {
      guard size <= worker.limits.headers, head.headers.count <= worker.limits.headerCount else {
        throw HTTPRefusal(.requestHeaderFieldsTooLarge, "the headers are too large")
      }
      let admission = try worker.admit(head)
      if let text = head.headers.first(name: "content-length"), let length = Int(text), length > worker.limits.message {
        throw HTTPRefusal(.payloadTooLarge, "a message has at most \(worker.limits.message) bytes")
      }
      guard head.headers["expect"].allSatisfy({ $0.lowercased() == "100-continue" }) else {
        throw HTTPRefusal(.expectationFailed, "nothing else can be expected")
      }
      body = []
      switch admission {
      case .admitted(let caller): receive(head, caller)
      case .checking(let token): check(token, for: head)
      }
    } catch {
      refuse(error)
    }
  }

  private func check(_ token: [UInt8], for head: HTTPRequestHead) {
    state = .checking(head)
    worker.check(token, for: head) { [weak self] result in
      guard let self, case .checking = state else { return }
      switch result {
      case .success(let caller):
        receive(head, caller)
        takeQueued()
      case .failure(let refusal):
        queue = []
        refuse(refusal)
        takeQueued()
      }
    }
  }

  private func receive(_ head: HTTPRequestHead, _ caller: Caller) {
    since = monotonicNanoseconds()
    state = .receiving(head, caller)
    guard head.headers.contains(name: "expect") else { return }
    context?.writeAndFlush(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
  }

  private func take(_ bytes: ByteBuffer) {
    guard case .receiving = state else { return }
    guard body.count + bytes.readableBytes <= worker.limits.message else {
      return refuse(HTTPRefusal(.payloadTooLarge, "a message has at most \(worker.limits.message) bytes"))
    }
    guard worker.memory.take(bytes.readableBytes) else {
      var refusal = HTTPRefusal(.serviceUnavailable, "too many large messages are under way")
      refusal.beRetried(after: 1)
      return refuse(refusal)
    }
    held += bytes.readableBytes
    body.append(contentsOf: bytes.readableBytesView)
  }

  private func finish() {
    guard case .receiving(let head, let caller) = state else { return }
    state = .answering
    since = monotonicNanoseconds()
    let reply = HTTPReply(self)
    self.reply = reply
    let request = ClientRequest(head: head, body: body, caller: caller)
    body = []
    worker.handle(request, reply)
  }

  /// Answers before the request was read to its end; the connection ends with it, for where the next request begins is not known.
  private func refuse(_ refusal: HTTPRefusal) {
    guard let context, context.channel.isActive else { return }
    if case .closing = state { return }
    state = .closing
    keepsAlive = false
    body = []
    letGo()
    write(refusal.status, refusal.headers.map { ($0.name, $0.value) } + [("content-type", "application/json")], refusal.body)
    // A stream of HTTP/2 has its answer; what its client still sends is thrown away until the next look at the time.
    if !isStream { context.close(mode: .output, promise: nil) }
    since = monotonicNanoseconds()
  }

  // MARK: Answers

  func carryOut(_ step: ReplyStep) {
    guard let context else { return }
    switch step {
    case .answer(let status, let headers, let body):
      write(status, headers, body)
      answered()
    case .begin(let headers):
      let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: HTTPHeaders(headers))
      context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
    case .write(let bytes): context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: bytes)))), promise: nil)
    case .end:
      writeEnd(context)
      answered()
    case .abort: abort()
    }
  }

  private func write(_ status: HTTPResponseStatus, _ headers: [(String, String)], _ body: [UInt8]) {
    guard let context else { return }
    var fields = HTTPHeaders(headers)
    // A 204 has no length (RFC 9110, section 8.6).
    if status != .noContent { fields.add(name: "content-length", value: String(body.count)) }
    if !isStream, !keepsAlive || worker.isDraining { fields.add(name: "connection", value: "close") }
    context.write(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: fields))), promise: nil)
    if !body.isEmpty {
      context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
    }
    writeEnd(context)
  }

  func abort() { context?.close(promise: nil) }

  /// With the last answer of a connection, the time to close it begins when the answer has gone out.
  private func writeEnd(_ context: ChannelHandlerContext) {
    if keepsAlive, !worker.isDraining { return context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil) }
    let written = context.eventLoop.makePromise(of: Void.self)
    let connection = NIOLoopBound(self, eventLoop: context.eventLoop)
    written.futureResult.whenSuccess {
      connection.value.isFlushed = true
      connection.value.since = monotonicNanoseconds()
    }
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: written)
  }

  private func letGo() {
    worker.memory.giveBack(held)
    held = 0
  }

  private func answered() {
    reply = nil
    letGo()
    since = monotonicNanoseconds()
    if keepsAlive && !worker.isDraining {
      state = .resting
      if queue.isEmpty && !wantsRead { return }
      // Behind what is on the stack: this may be the answer to a request that is being taken up.
      context?.eventLoop.assumeIsolated().execute { [weak self] in self?.takeQueued() }
    } else {
      state = .closing
      // A stream ends by itself as soon as its answer has gone out.
      if !isStream { context?.close(mode: .output, promise: nil) }
    }
  }

  // MARK: Time

  func tick(_ now: UInt64) {
    let passed = now > since ? (now - since) / 1_000_000 : 0
    let limits = worker.limits
    if let stalledSince, now > stalledSince &+ limits.stallTime * 1_000_000 { return abort() }
    switch state {
    case .resting where headBytes > 0:
      if passed >= limits.headerTime { refuse(HTTPRefusal(.requestTimeout, "the headers did not come in time")) }
    case .resting:
      if passed >= limits.idleTime || worker.isDraining { abort() }
    case .receiving:
      if passed >= limits.bodyTime { refuse(HTTPRefusal(.requestTimeout, "the body did not come in time")) }
    case .answering: break
    // Finding out whose it is has limits of its own, which are shorter.
    case .checking:
      if passed >= limits.bodyTime { refuse(HTTPRefusal(.serviceUnavailable, "whose request this is was not found out in time")) }
    // The client was told; it has a moment to read it.
    case .closing: if passed >= (isFlushed ? 2_000 : limits.stallTime) { abort() }
    }
  }
}

/// Counts what comes before it is decoded: the decoder itself would gather headers without end.
final class HeadCounter: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  private let connection: ClientConnection

  init(_ connection: ClientConnection) { self.connection = connection }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let count = unwrapInboundIn(data).readableBytes
    context.fireChannelRead(data)
    connection.noteHeadBytes(count)
  }
}
