package import Enforcement
package import Gateway
package import Logging
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// The gateway as a process runs it: one event loop that serves, and the calling thread, which waits for signals.
package final class Listener: Sendable {
  private let configuration: GatewayConfiguration
  private let logger: Logger
  private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  private let loop: any EventLoop
  private let channel: any Channel
  private let worker: NIOLoopBoundBox<Worker?>
  private let stream: LogStream

  /// The port that is listened on.
  package let port: Int

  /// Begins to listen.
  package init(
    _ configuration: GatewayConfiguration, policies: PolicyStore, revocations: Revocations = Revocations(), logger: Logger,
    stream: LogStream
  ) throws {
    self.configuration = configuration
    self.logger = logger
    self.stream = stream
    loop = group.next()
    let box = NIOLoopBoundBox<Worker?>.makeBoxSendingValue(nil, eventLoop: loop)
    worker = box
    let calls = CallLog(stream: stream, level: logger.logLevel)
    channel = try ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 1_024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
      .childChannelOption(.writeBufferWaterMark, value: ChannelOptions.Types.WriteBufferWaterMark(low: 1 << 18, high: 1 << 20))
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          guard let worker = box.value else { throw ChannelError.ioOnClosedChannel }
          try Listener.configure(channel, worker)
        }
      }
      .bind(host: configuration.host, port: configuration.port).wait()
    guard let port = channel.localAddress?.port else { throw ChannelError.unknownLocalAddress }
    self.port = port
    let loop = loop
    try loop.submit {
      let door = FrontDoor(
        listening: configuration.host, port: port, hosts: configuration.hosts, origins: configuration.origins)
      box.value = Worker(configuration, door: door, policies: policies, revocations: revocations, loop: loop, logger: logger, calls: calls)
    }.wait()
    loop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { _ in
      box.value?.tick()
      if stream.hasBacklog { stream.flush() }
    }
    revocations.whenReplaced { [loop] in loop.execute { box.value?.stopsChanged() } }
    logger.notice("listening", metadata: ["address": "\(configuration.host):\(port)"])
  }

  private static func configure(_ channel: any Channel, _ worker: Worker) throws {
    let pipeline = channel.pipeline.syncOperations
    let connection = ClientConnection(worker)
    try pipeline.addHandler(HeadCounter(connection))
    try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: false, withErrorHandling: false)
    try pipeline.addHandler(connection)
  }

  /// Serves until a signal says to end, and then until what is under way has ended, or the time for that is over.
  ///
  /// - Parameter reload: called for `SIGHUP`, on the calling thread.
  package func run(_ signals: consuming SignalWait, reload: () -> Void) throws {
    while true {
      switch signals.next(within: 60_000) {
      case nil: break
      case .reload: reload()
      case .end(let number):
        logger.notice("ending", metadata: ["signal": "\(number)"])
        try end(signals)
        return
      }
    }
  }

  private func end(_ signals: borrowing SignalWait) throws {
    try? channel.close().wait()
    let worker = worker
    try loop.submit { worker.value?.drain() }.wait()
    let deadline = ContinuousClock.now + .milliseconds(configuration.drainTime)
    while try loop.submit({ worker.value?.isBusy ?? false }).wait(), ContinuousClock.now < deadline {
      // A second signal is impatience.
      if case .end = signals.next(within: 20) { break }
    }
    try stop()
  }

  /// Ends at once.
  package func stop() throws {
    try? channel.close().wait()
    let worker = worker
    try loop.submit { worker.value?.abort() }.wait()
    try loop.submit { worker.value = nil }.wait()
    try group.syncShutdownGracefully()
    stream.flush()
  }
}
