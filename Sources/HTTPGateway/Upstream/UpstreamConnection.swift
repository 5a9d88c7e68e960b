internal import NIOCore
internal import TLS

/// Why a request to an upstream came to nothing.
enum UpstreamFault: Error, Equatable {
  case unreachable
  /// Its certificate is not accepted, or there is no common TLS. Nothing was sent.
  case untrusted(String)
  case tooMany
  case framing(FramingFault)
  /// Closed before the answer was complete.
  case closed
  case silent
  /// What the upstream is to be shown cannot be had: where it should be, never what is there.
  case noSecret(String)
}

/// Whoever waits for an upstream's answer. All calls come on the event loop; after the last two none follows.
protocol UpstreamReceiver: AnyObject {
  func upstreamAnswered(_ head: ResponseHead)
  func upstreamSent(_ bytes: ByteBuffer)
  func upstreamFinished()
  func upstreamFailed(_ fault: UpstreamFault)
}

/// One connection to an upstream: a request, its answer, and then perhaps another. Belongs to one event loop.
final class UpstreamConnection: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private weak var pool: UpstreamPool?
  private var context: ChannelHandlerContext?
  private var parser = ResponseParser()
  private var received = ByteBuffer()
  private var receiver: (any UpstreamReceiver)?
  private var closesAfterAnswer = false
  private var isPaused = false
  /// Nothing more comes; what has come may not be delivered yet.
  private var isEnded = false
  /// Bytes that may still come of an answer that nobody wants any more; nil: somebody does.
  private var discardable: Int?
  /// On the clock of `EventTime.nanoseconds`.
  private(set) var restingSince: UInt64 = 0

  /// TLS is not set up yet: what is sent waits for it.
  private var awaitsTLS: Bool

  init(pool: UpstreamPool, awaitsTLS: Bool = false) {
    self.pool = pool
    self.awaitsTLS = awaitsTLS
  }

  var isUsable: Bool { context != nil && receiver == nil && parser.isIdle && discardable == nil }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }
  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func send(_ request: ByteBuffer, to receiver: any UpstreamReceiver) {
    guard let context else { return receiver.upstreamFailed(.closed) }
    self.receiver = receiver
    closesAfterAnswer = false
    parser.expectAnswer()
    context.writeAndFlush(wrapOutboundOut(request), promise: nil)
    context.read()
  }

  /// The answer is not wanted any more, and the upstream shall know: closing is how a request of 2026-07-28 is taken back.
  func abandon() {
    receiver = nil
    context?.close(promise: nil)
  }

  /// The answer has come; what is left of its frame may be read so that the connection can be used again.
  func release() {
    guard receiver != nil else { return }
    receiver = nil
    discardable = 1 << 14
    resume()
  }

  func pause() { isPaused = true }

  func resume() {
    isPaused = false
    deliver()
    if isEnded, !isPaused { return fail(.closed) }
    if !isPaused { context?.read() }
  }

  // MARK: Events of the channel

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var buffer = unwrapInboundIn(data)
    received.writeBuffer(&buffer)
    deliver()
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    if !isPaused { context.read() }
  }

  func channelInactive(context: ChannelHandlerContext) {
    pool?.forget(self)
    self.context = nil
    isEnded = true
    // What came before the end is read whole by the channel, also while its client is not ready for it; that is not lost then.
    if !isPaused || received.readableBytes == 0 { fail(.closed) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if awaitsTLS, case .connection(let reason)? = (error as? TLSFault)?.cause { fail(.untrusted(reason)) }
    context.close(promise: nil)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is TLSEstablished { awaitsTLS = false }
    context.fireUserInboundEventTriggered(event)
  }

  /// The connection is there; TLS must be, too, before long.
  func expectTLS(within milliseconds: UInt64) {
    context?.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(Int64(milliseconds))) { [weak self] in
      guard let self, awaitsTLS else { return }
      fail(.untrusted("no handshake in time"))
      context?.close(promise: nil)
    }
    context?.read()
  }

  private func fail(_ fault: UpstreamFault) {
    let waiting = receiver
    receiver = nil
    waiting?.upstreamFailed(fault)
  }

  private func deliver() {
    while !isPaused {
      do {
        guard let part = try parser.next(&received) else { break }
        take(part)
      } catch {
        let waiting = receiver
        receiver = nil
        context?.close(promise: nil)
        waiting?.upstreamFailed(.framing(error))
        return
      }
    }
    if received.readableBytes == 0 { received.clear(minimumCapacity: 0) } else { received.discardReadBytes() }
  }

  private func take(_ part: ResponseParser.Part) {
    switch part {
    case .head(let head):
      closesAfterAnswer = head.closes
      receiver?.upstreamAnswered(head)
    case .body(let bytes):
      if let left = discardable {
        discardable = left - bytes.readableBytes
        if left < bytes.readableBytes { context?.close(promise: nil) }
      }
      receiver?.upstreamSent(bytes)
    case .end:
      let finished = receiver
      receiver = nil
      discardable = nil
      if closesAfterAnswer || isEnded {
        context?.close(promise: nil)
      } else {
        restingSince = monotonicNanoseconds()
        pool?.rest(self)
      }
      finished?.upstreamFinished()
    }
  }
}
