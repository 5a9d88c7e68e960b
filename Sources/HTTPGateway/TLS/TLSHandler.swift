internal import NIOCore
internal import TLS

/// The handshake is done: what follows is for whoever speaks.
struct TLSEstablished {
  let speaksHTTP2: Bool
}

/// TLS in a channel's pipeline, for either side. Belongs to one event loop.
final class TLSHandler: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private enum State {
    case shakingHands
    case established
    case broken
  }

  private let connection: TLSConnection
  private var state = State.shakingHands
  /// Plain bytes that wait for the handshake, or for a flush.
  private var waiting: [(bytes: ByteBuffer, promise: EventLoopPromise<Void>?)] = []
  private var isFlushed = false

  init(_ connection: TLSConnection) { self.connection = connection }

  // MARK: From the network

  func handlerAdded(context: ChannelHandlerContext) {
    if context.channel.isActive { proceed(context) }
  }

  func channelActive(context: ChannelHandlerContext) {
    context.fireChannelActive()
    proceed(context)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let buffer = unwrapInboundIn(data)
    do throws(TLSFault) {
      try connection.receive(Array(buffer.readableBytesView))
    } catch {
      return fail(context, error)
    }
    if case .shakingHands = state { proceed(context) }
    if case .established = state { deliver(context) }
  }

  private func proceed(_ context: ChannelHandlerContext) {
    guard case .shakingHands = state else { return }
    do throws(TLSFault) {
      let isDone = try connection.handshake()
      send(context)
      guard isDone else { return }
    } catch {
      return fail(context, error)
    }
    state = .established
    context.fireUserInboundEventTriggered(TLSEstablished(speaksHTTP2: connection.speaksHTTP2))
    if isFlushed { flush(context: context) }
  }

  private func deliver(_ context: ChannelHandlerContext) {
    while case .established = state {
      do throws(TLSFault) {
        switch try connection.read() {
        case .bytes(let bytes): context.fireChannelRead(wrapInboundOut(ByteBuffer(bytes: bytes)))
        case .nothing: return send(context)
        // Whether a message is whole is told by its own length, so an end that is said is like one that is not.
        case .end: return context.close(promise: nil)
        }
      } catch {
        return fail(context, error)
      }
    }
  }

  private func send(_ context: ChannelHandlerContext) {
    let output = connection.takeOutput()
    if !output.isEmpty { context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: output)), promise: nil) }
  }

  private func fail(_ context: ChannelHandlerContext, _ fault: TLSFault) {
    if case .broken = state { return }
    state = .broken
    // The alert that tells the peer why.
    send(context)
    refuseWaiting(fault)
    context.fireErrorCaught(fault)
    context.close(promise: nil)
  }

  private func refuseWaiting(_ error: any Error) {
    let refused = waiting
    waiting = []
    for (_, promise) in refused { promise?.fail(error) }
  }

  func channelInactive(context: ChannelHandlerContext) {
    if case .shakingHands = state {
      state = .broken
      context.fireErrorCaught(TLSFault.cutShort)
    }
    refuseWaiting(ChannelError.ioOnClosedChannel)
    context.fireChannelInactive()
  }

  // MARK: To the network

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if case .broken = state {
      promise?.fail(ChannelError.ioOnClosedChannel)
    } else {
      waiting.append((unwrapOutboundIn(data), promise))
    }
  }

  func flush(context: ChannelHandlerContext) {
    isFlushed = true
    guard case .established = state else { return }
    while !waiting.isEmpty {
      let (bytes, promise) = waiting.removeFirst()
      do throws(TLSFault) {
        try connection.write(Array(bytes.readableBytesView))
      } catch {
        promise?.fail(error)
        // Which also refuses what still waits.
        return fail(context, error)
      }
      context.write(wrapOutboundOut(ByteBuffer(bytes: connection.takeOutput())), promise: promise)
    }
    context.flush()
  }

  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    if case .established = state, mode != .input {
      flush(context: context)
      connection.close()
      send(context)
    }
    if mode == .all { state = .broken }
    context.close(mode: mode, promise: promise)
  }
}
