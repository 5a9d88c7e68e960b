internal import Gateway
internal import Logging
internal import NIOCore
internal import NIOPosix

/// Whoever talks to a server process. Calls come on the event loop.
protocol ServerLineOwner: AnyObject {
  /// Whether more messages may be read now.
  func takesMore(_ line: ServerLine) -> Bool
  func line(_ line: ServerLine, received message: [UInt8])
  /// The last call: nothing more comes, and nothing more arrives.
  func lineEnded(_ line: ServerLine)
}

/// A stdio server and the messages that go to it and come from it, one a line. Belongs to one event loop.
///
/// It is ended step by step: its input is closed, then SIGTERM, then SIGKILL. Whatever happens, none is left behind.
final class ServerLine {
  /// Bytes that may wait for it to read; more are not taken.
  private static let mostWaiting = 32 << 20

  let begun = monotonicNanoseconds()
  private let name: String
  private let child: ChildServer
  private let loop: any EventLoop
  private let logger: Logger
  private weak var owner: (any ServerLineOwner)?
  private var reader: LineReader
  private var channel: (any Channel)?
  /// What is to be written before the pipes are there.
  private var early: [ByteBuffer] = []
  private var waitingBytes = 0
  private var isEnded = false
  private var ladder: ShutdownLadder?
  private var isPaused = false
  var whenGone: (() -> Void)?

  init(
    _ name: String, _ command: ServerCommand, loop: any EventLoop, limit: Int, logger: Logger, owner: any ServerLineOwner
  ) throws {
    self.name = name
    self.loop = loop
    self.logger = logger
    self.owner = owner
    reader = LineReader(limit: limit)
    child = try ChildServer(starting: command.words, seeing: command.environment)
    guard let streams = child.takeStreams() else { throw ChannelError.ioOnClosedChannel }
    logger.info("a server was started", metadata: ["upstream": "\(name)", "process": "\(child.identifier)"])
    open(streams)
  }

  private func open(_ streams: (input: Int32, output: Int32, errors: Int32)) {
    let bound = NIOLoopBound(self, eventLoop: loop)
    NIOPipeBootstrap(group: loop)
      .channelOption(.autoRead, value: false)
      .channelOption(.allowRemoteHalfClosure, value: true)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(OutputHandler(bound.value)) }
      }
      .takingOwnershipOfDescriptors(input: streams.output, output: streams.input)
      .assumeIsolated()
      .whenComplete { result in
        switch result {
        case .success(let channel): bound.value.opened(channel)
        case .failure: bound.value.ended()
        }
      }
    NIOPipeBootstrap(group: loop)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(ErrorHandler(name: bound.value.name, logger: bound.value.logger))
        }
      }
      .takingOwnershipOfDescriptor(input: streams.errors)
      .whenFailure { _ in }
  }

  private func opened(_ channel: any Channel) {
    guard !isEnded else { return channel.close(promise: nil) }
    self.channel = channel
    for buffer in early { write(buffer) }
    early = []
    if ladder != nil { channel.close(mode: .output, promise: nil) }
    channel.read()
  }

  // MARK: To the server

  /// - Returns: false when it is gone, or leaves too much unread.
  func send(_ message: [UInt8]) -> Bool {
    guard !isEnded, ladder == nil, waitingBytes <= ServerLine.mostWaiting else { return false }
    var buffer = ByteBuffer()
    buffer.reserveCapacity(message.count + 1)
    buffer.writeBytes(message)
    buffer.writeInteger(UInt8(ascii: "\n"))
    waitingBytes += buffer.readableBytes
    if channel == nil { early.append(buffer) } else { write(buffer) }
    return true
  }

  private func write(_ buffer: ByteBuffer) {
    let count = buffer.readableBytes
    channel?.writeAndFlush(buffer).assumeIsolated().whenComplete { [weak self] _ in self?.waitingBytes -= count }
  }

  // MARK: From the server

  fileprivate func take(_ bytes: ByteBuffer) {
    reader.fill(with: Array(bytes.readableBytesView)[...])
    while !isEnded, let line = reader.next() { take(line) }
    ladder?.heardFromServer(at: .now)
  }

  private func take(_ line: LineReader.Line) {
    switch line {
    case .message(let message): owner?.line(self, received: message)
    case .unreadable(let reason, let outline):
      logger.warning("a message of a server was refused", metadata: ["upstream": "\(name)", "reason": "\(reason)"])
      // Who waits for it must not wait for ever.
      guard outline.kind == .response, let identifier = outline.id else { return }
      owner?.line(
        self,
        received: Array(#"{"jsonrpc":"2.0","id":"#.utf8) + identifier
          + Array(#","error":{"code":-32603,"message":"the server's answer cannot be read"}}"#.utf8))
    }
  }

  fileprivate func readComplete() {
    guard !isEnded else { return }
    if owner?.takesMore(self) ?? true { channel?.read() } else { isPaused = true }
  }

  func resume() {
    guard isPaused, !isEnded else { return }
    isPaused = false
    channel?.read()
  }

  /// Its output has ended, and with it what it is good for.
  fileprivate func ended() {
    guard !isEnded else { return }
    isEnded = true
    channel?.close(promise: nil)
    channel = nil
    let last = owner
    owner = nil
    last?.lineEnded(self)
    descend(.endOfInput)
  }

  // MARK: Its end

  /// Nobody needs it any more. What it still says goes nowhere.
  func close() {
    owner = nil
    descend(.endOfInput)
  }

  private func descend(_ patience: ShutdownLadder.Patience) {
    guard ladder == nil else { return }
    ladder = ShutdownLadder(patience, at: .now)
    channel?.close(mode: .output, promise: nil)
    watch()
  }

  private func watch() {
    if let status = child.look() {
      logger.info("a server ended", metadata: ["upstream": "\(name)", "how": "\(status)"])
      return collect()
    }
    if let step = ladder?.step(at: .now) { child.signal(step) }
    loop.assumeIsolated().scheduleTask(in: .milliseconds(20)) { self.watch() }
  }

  private func collect() {
    isEnded = true
    channel?.close(promise: nil)
    channel = nil
    child.collect()
    whenGone?()
    whenGone = nil
  }

  /// Ends it here and now.
  func abort() {
    owner = nil
    child.signal(.terminate)
    ladder = ladder ?? ShutdownLadder(.signal, at: .now)
    collect()
  }
}

private final class OutputHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private weak var line: ServerLine?

  init(_ line: ServerLine) { self.line = line }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) { line?.take(unwrapInboundIn(data)) }

  func channelReadComplete(context: ChannelHandlerContext) { line?.readComplete() }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .inputClosed? = event as? ChannelEvent { line?.ended() }
    context.fireUserInboundEventTriggered(event)
  }

  func channelInactive(context: ChannelHandlerContext) { line?.ended() }

  /// Of writing: it reads no more. That its output goes on for a while changes nothing.
  func errorCaught(context: ChannelHandlerContext, error: any Error) { line?.ended() }
}

/// What a server says to people goes to the log, a line at a time.
private final class ErrorHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private static let longest = 4 << 10

  private let name: String
  private let logger: Logger
  private var line: [UInt8] = []

  init(name: String, logger: Logger) {
    self.name = name
    self.logger = logger
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    for byte in unwrapInboundIn(data).readableBytesView {
      if byte == UInt8(ascii: "\n") {
        tell()
      } else if line.count < ErrorHandler.longest {
        line.append(byte)
      }
    }
  }

  func channelInactive(context: ChannelHandlerContext) { tell() }

  private func tell() {
    defer { line.removeAll(keepingCapacity: true) }
    guard !line.isEmpty else { return }
    logger.info("a server says", metadata: ["upstream": "\(name)", "text": "\(String(decoding: line, as: UTF8.self))"])
  }
}
