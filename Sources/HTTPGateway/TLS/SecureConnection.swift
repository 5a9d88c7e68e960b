internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTP2
internal import TLS

/// A client's connection under TLS, until it says what it speaks, and for its whole life when that is HTTP/2. Belongs to one event loop.
///
/// HTTP/2 is bounded by NIOHTTP2: streams at the same time, resets of them, glitches, header lists, frames without use; each stream is a
/// `ClientConnection` with the limits that a connection of HTTP/1.1 has.
final class SecureConnection: ChannelInboundHandler {
  typealias InboundIn = NIOAny

  private enum State {
    case shakingHands
    case multiplexed
    /// Nothing more is said; the peer has a moment to read the last of it.
    case ending
    case closed
  }

  private let worker: Worker
  private var context: ChannelHandlerContext?
  private var state = State.shakingHands
  private var streams = 0
  private var isDraining = false
  private var since = monotonicNanoseconds()

  init(_ worker: Worker) { self.worker = worker }

  /// Sets up TLS and what follows it.
  static func configure(_ channel: any Channel, _ worker: Worker, _ certificate: ServerCertificate) throws {
    let pipeline = channel.pipeline.syncOperations
    let connection = SecureConnection(worker)
    try pipeline.addHandler(TLSHandler(try TLSConnection(accepting: certificate.context)))
    try pipeline.addHandler(connection)
  }

  private func speak(_ established: TLSEstablished, _ channel: any Channel) throws {
    guard established.speaksHTTP2 else {
      worker.remove(self)
      state = .closed
      return try ClientConnection.configure(channel, worker)
    }
    state = .multiplexed
    since = monotonicNanoseconds()
    var limits = NIOHTTP2Handler.ConnectionConfiguration()
    limits.initialSettings = [
      HTTP2Setting(parameter: .maxConcurrentStreams, value: worker.limits.streams),
      HTTP2Setting(parameter: .maxHeaderListSize, value: worker.limits.headers),
    ]
    var streamLimits = NIOHTTP2Handler.StreamConfiguration()
    streamLimits.outboundBufferSizeHighWatermark = 1 << 18
    streamLimits.outboundBufferSizeLowWatermark = 1 << 16
    let worker = worker
    let own = NIOLoopBound(self, eventLoop: channel.eventLoop)
    let home = NIOLoopBound(worker, eventLoop: channel.eventLoop)
    _ = try channel.pipeline.syncOperations.configureHTTP2Pipeline(
      mode: .server, connectionConfiguration: limits, streamConfiguration: streamLimits
    ) { stream in
      stream.eventLoop.makeCompletedFuture {
        own.value.began(stream)
        try stream.pipeline.syncOperations.addHandler(HTTP2FramePayloadToHTTP1ServerCodec())
        try stream.pipeline.syncOperations.addHandler(ClientConnection(home.value, isStream: true))
      }
    }
    try channel.pipeline.syncOperations.addHandler(HTTP2FaultHandler(self))
  }

  private func began(_ stream: any Channel) {
    streams += 1
    let own = NIOLoopBound(self, eventLoop: stream.eventLoop)
    stream.closeFuture.whenComplete { _ in own.value.ended() }
  }

  private func ended() {
    streams -= 1
    since = monotonicNanoseconds()
    if isDraining, streams == 0 { abort() }
  }

  /// The peer broke the protocol, and was told so. Only what the gateway says ends at once: to close with bytes unread would take the reason
  /// back that is on its way.
  func faulted() {
    guard case .multiplexed = state else { return }
    state = .ending
    since = monotonicNanoseconds()
    context?.close(mode: .output, promise: nil)
  }

  // MARK: Events of the channel

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func channelActive(context: ChannelHandlerContext) {
    worker.add(self)
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    state = .closed
    self.context = nil
    worker.remove(self)
    context.fireChannelInactive()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard let established = event as? TLSEstablished else { return context.fireUserInboundEventTriggered(event) }
    do {
      try speak(established, context.channel)
    } catch {
      context.close(promise: nil)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // Behind the handshake, of HTTP/1.1, it is for whoever speaks that.
    guard case .closed = state else {
      if case .shakingHands = state { worker.noteHandshake(error) }
      return context.close(promise: nil)
    }
    context.fireErrorCaught(error)
  }

  func abort() { context?.close(promise: nil) }

  /// No new streams; the connection ends with the last one.
  func drain() {
    guard !isDraining else { return }
    isDraining = true
    guard case .multiplexed = state, streams > 0, let context else { return abort() }
    let frame = HTTP2Frame(streamID: .rootStream, payload: .goAway(lastStreamID: .maxID, errorCode: .noError, opaqueData: nil))
    context.channel.writeAndFlush(frame, promise: nil)
  }

  func tick(_ now: UInt64) {
    let passed = now > since ? (now - since) / 1_000_000 : 0
    switch state {
    case .shakingHands: if passed >= worker.limits.headerTime { abort() }
    case .multiplexed: if streams == 0, passed >= worker.limits.idleTime { abort() }
    case .ending: if passed >= 2_000 { abort() }
    case .closed: break
    }
  }
}

/// Behind the frames of a connection, where faults of them come out: NIOHTTP2 says GOAWAY and leaves the connection open.
private final class HTTP2FaultHandler: ChannelInboundHandler {
  typealias InboundIn = HTTP2Frame

  private let connection: SecureConnection

  init(_ connection: SecureConnection) { self.connection = connection }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // What could not be sent on one stream concerns that stream alone.
    if !(error is NIOHTTP2Errors.StreamError) { connection.faulted() }
  }
}
