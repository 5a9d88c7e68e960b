internal import NIOCore

/// Whoever sent one message to an upstream and takes the messages that come back for it.
protocol UpstreamStreamOwner: AnyObject {
  /// Whether more messages may be read now.
  func takesMore(_ stream: UpstreamStream) -> Bool
  /// The head of the answer has come.
  func stream(_ stream: UpstreamStream, began head: ResponseHead)
  func stream(_ stream: UpstreamStream, sent message: [UInt8])
  /// The last call.
  func stream(_ stream: UpstreamStream, ended: UpstreamStream.Ending)
}

/// A request under way, as its sender holds it.
protocol UpstreamExchange: AnyObject {
  /// When anything was last heard, on the clock of `EventTime.nanoseconds`.
  var lastHeard: UInt64 { get }
  /// Ends it; the upstream learns of it.
  func cancel()
  /// Ends it for whoever waits.
  func release()
  func pause()
  func resume()
  func fail(_ fault: UpstreamFault)
}

/// One exchange with an upstream as messages: a body of JSON, or a stream of events.
final class UpstreamStream: UpstreamReceiver {
  enum Ending: Equatable {
    /// In order; 202 and the like among it.
    case complete
    /// The upstream answered with a status that carries no message.
    case status(Int)
    /// What it sent is no message: another type of content, or too large.
    case unusable
    case fault(UpstreamFault)
  }

  private enum Content {
    case none
    case json(ByteBuffer)
    case events(EventParser)
    case refused(Int)
  }

  /// The message that was sent; nil for a stream that was only opened.
  let request: [UInt8]?
  private weak var owner: (any UpstreamStreamOwner)?
  private var call: (any UpstreamExchange)?
  private var content = Content.none
  private let limit: Int
  private let memory: MemoryBudget
  /// Of `memory`.
  private var held = 0
  private(set) var status = 0
  /// The position to come back to when the stream breaks off.
  private(set) var lastIdentifier: [UInt8]?
  private(set) var retry: Int?
  private var isOver = false

  init(request: [UInt8]?, owner: any UpstreamStreamOwner, limit: Int, memory: MemoryBudget) {
    self.request = request
    self.owner = owner
    self.limit = limit
    self.memory = memory
  }

  deinit { memory.giveBack(held) }

  func start(_ request: UpstreamRequest, on pool: UpstreamPool) {
    let call = pool.send(request, to: self)
    if !isOver { self.call = call }
  }

  /// The same with a process, which gives whole messages.
  func start(_ exchange: any UpstreamExchange) {
    status = 200
    if !isOver { call = exchange }
  }

  /// - Returns: whether more may come now.
  func deliver(_ message: [UInt8]) -> Bool {
    guard !isOver else { return true }
    owner?.stream(self, sent: message)
    return isOver || owner?.takesMore(self) ?? true
  }

  func cancel() {
    isOver = true
    call?.cancel()
    call = nil
  }

  func release() {
    isOver = true
    call?.release()
    call = nil
  }

  func resume() { call?.resume() }

  /// Gives up when nothing was heard for too long.
  func tick(_ now: UInt64, silence: UInt64) {
    guard let call, now > call.lastHeard &+ silence else { return }
    call.fail(.silent)
  }

  func upstreamAnswered(_ head: ResponseHead) {
    status = head.status
    owner?.stream(self, began: head)
    let type = head.values("content-type")
    guard head.values("content-encoding").isEmpty else {
      content = .refused(head.status)
      return
    }
    if head.status == 200, MediaTypes.isType(type, "text/event-stream") {
      content = .events(EventParser(limit: limit))
    } else if MediaTypes.isType(type, "application/json"), [200, 400, 404].contains(head.status) {
      content = .json(ByteBuffer())
    } else if (200...299).contains(head.status), head.status != 200 {
      content = .none
    } else {
      content = .refused(head.status)
    }
  }

  func upstreamSent(_ bytes: ByteBuffer) {
    switch content {
    case .none, .refused: break
    case .json(var body):
      guard body.readableBytes + bytes.readableBytes <= limit, memory.take(bytes.readableBytes) else {
        return end(.unusable, closing: true)
      }
      held += bytes.readableBytes
      content = .none
      body.writeImmutableBuffer(bytes)
      content = .json(body)
    case .events(var parser):
      content = .none
      var events: [ServerEvent] = []
      do {
        // An array: to find the ends of lines in a view of the buffer costs a call for every byte.
        try parser.read(Array(bytes.readableBytesView), into: &events)
      } catch {
        return end(.unusable, closing: true)
      }
      retry = parser.retry
      guard hold(parser.pendingBytes) else { return end(.unusable, closing: true) }
      content = .events(parser)
      for event in events where !isOver { take(event) }
      if !isOver, owner?.takesMore(self) == false { call?.pause() }
    }
  }

  /// Of `memory` so much and no more.
  private func hold(_ bytes: Int) -> Bool {
    guard bytes <= held || memory.take(bytes - held) else { return false }
    if bytes < held { memory.giveBack(held - bytes) }
    held = bytes
    return true
  }

  private func take(_ event: ServerEvent) {
    if let identifier = event.identifier { lastIdentifier = identifier }
    guard !event.data.isEmpty, event.type.isEmpty || event.type.elementsEqual("message".utf8) else { return }
    owner?.stream(self, sent: LineBreaks.flattened(event.data))
  }

  func upstreamFinished() {
    if case .json(let body) = content, body.readableBytes > 0, !isOver {
      owner?.stream(self, sent: LineBreaks.flattened(Array(body.readableBytesView)))
    }
    if case .refused(let status) = content { return end(.status(status)) }
    end(.complete)
  }

  func upstreamFailed(_ fault: UpstreamFault) { end(.fault(fault)) }

  private func end(_ ending: Ending, closing: Bool = false) {
    guard !isOver else { return }
    isOver = true
    if closing { call?.cancel() }
    call = nil
    owner?.stream(self, ended: ending)
  }
}
