package import Enforcement
package import Gateway
package import Logging
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Synchronization

/// The gateway as a process runs it: event loops that serve, and the calling thread, which waits for signals.
///
/// One socket listens, and connections go round among the loops. `SO_REUSEPORT`, with a socket for each loop, spreads them by chance: of
/// a few long connections one loop would often have most.
package final class Listener: Sendable {
  private let configuration: GatewayConfiguration
  private let logger: Logger
  private let group: MultiThreadedEventLoopGroup
  private let channel: any Channel
  private let seats: [WorkerSeat]
  private let stream: LogStream
  /// Why the certificate could not be replaced, as it was last logged.
  private let complaint = Mutex<CertificateFault?>(nil)
  private let draining = Atomic<Bool>(false)

  /// The port that is listened on.
  package let port: Int

  /// Begins to listen.
  package init(
    _ configuration: GatewayConfiguration, policies: PolicyStore, revocations: Revocations = Revocations(), logger: Logger,
    stream: LogStream, mailbox: CallMailbox? = nil
  ) throws {
    self.configuration = configuration
    self.logger = logger
    self.stream = stream
    let loops = max(1, min(configuration.loops ?? System.coreCount, GatewayConfiguration.mostLoops))
    group = MultiThreadedEventLoopGroup(numberOfThreads: loops)
    let certificate = configuration.certificate
    let seats = (0..<loops).map { [group] _ in WorkerSeat(group.next()) }
    self.seats = seats
    channel = try ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 1_024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      // Nobody is accepted before the workers are there.
      .serverChannelOption(.autoRead, value: false)
      .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
      .childChannelOption(.writeBufferWaterMark, value: ChannelOptions.Types.WriteBufferWaterMark(low: 1 << 18, high: 1 << 20))
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          guard let worker = seats.first(where: { $0.loop === channel.eventLoop })?.worker.value else {
            throw ChannelError.ioOnClosedChannel
          }
          if let certificate {
            try SecureConnection.configure(channel, worker, certificate)
          } else {
            try ClientConnection.configure(channel, worker)
          }
        }
      }
      .bind(host: configuration.host, port: configuration.port).wait()
    guard let port = channel.localAddress?.port else { throw ChannelError.unknownLocalAddress }
    self.port = port
    let door = FrontDoor(
      listening: configuration.host, port: port, isSecure: certificate != nil, hosts: configuration.hosts,
      origins: configuration.origins)
    let calls = CallLog(stream: stream, level: logger.logLevel, mailbox: mailbox)
    let shared = configuration.upstreams.map { _ in SharedSite(configuration.limits) }
    let aggregated = Room(most: configuration.limits.sessions)
    let room = Room(most: configuration.limits.connections)
    for (number, seat) in seats.enumerated() {
      try seat.loop.submit {
        seat.worker.value = Worker(
          configuration, number: number, of: seats, room: room, door: door, policies: policies, revocations: revocations, shared: shared,
          aggregated: aggregated, logger: logger, calls: calls)
      }.wait()
      seat.loop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { _ in
        seat.worker.value?.tick()
        if number == 0, stream.hasBacklog { stream.flush() }
      }
    }
    revocations.whenReplaced {
      for seat in seats { seat.loop.execute { seat.worker.value?.stopsChanged() } }
    }
    try channel.setOption(.autoRead, value: true).wait()
    logger.notice("listening", metadata: ["address": "\(configuration.host):\(port)", "loops": "\(loops)"])
  }

  /// Serves until a signal says to end, and then until what is under way has ended, or the time for that is over.
  ///
  /// - Parameter reload: called for `SIGHUP`, on the calling thread.
  package func run(_ signals: consuming SignalWait, reload: () -> Void) throws {
    while true {
      switch signals.next(within: configuration.certificate == nil ? 60_000 : Listener.certificateTime) {
      case nil: refreshCertificate()
      case .reload:
        refreshCertificate()
        reload()
      case .end(let number):
        logger.notice("ending", metadata: ["signal": "\(number)"])
        try end(signals)
        return
      }
    }
  }

  /// How often the certificate's files are looked at, in milliseconds.
  private static let certificateTime = 5_000

  /// Connections stay as they are; the next ones are shown what the files hold now.
  private func refreshCertificate() {
    guard let certificate = configuration.certificate else { return }
    do throws(CertificateFault) {
      guard try certificate.refresh(now: EventTime.now().unixMilliseconds / 1000) else { return }
      complaint.withLock { $0 = nil }
      logger.notice("the certificate was replaced", metadata: ["expires": "\(certificate.expires)"])
    } catch {
      // Once for each reason: the files are looked at again and again.
      let isNew = complaint.withLock { last in
        defer { last = error }
        return last != error
      }
      if isNew { logger.error("the certificate was not replaced; the one before stays", metadata: ["reason": "\(error.message)"]) }
    }
  }
  /// Whether new work is taken; from any thread.
  package var isReady: Bool { !draining.load(ordering: .relaxed) }

  private func end(_ signals: borrowing SignalWait) throws {
    draining.store(true, ordering: .relaxed)
    try? channel.close().wait()
    try onEachLoop { $0.drain() }
    let deadline = ContinuousClock.now + .milliseconds(configuration.drainTime)
    while try onEachLoop({ $0.isBusy }).contains(true), ContinuousClock.now < deadline {
      // A second signal is impatience.
      if case .end = signals.next(within: 20) { break }
    }
    try stop()
  }

  /// Ends at once.
  package func stop() throws {
    try? channel.close().wait()
    try onEachLoop { $0.abort() }
    for seat in seats { try seat.loop.submit { seat.worker.value = nil }.wait() }
    try group.syncShutdownGracefully()
    stream.flush()
  }

  @discardableResult
  private func onEachLoop<Result: Sendable>(_ body: @escaping @Sendable (Worker) -> Result) throws -> [Result] {
    try seats.compactMap { seat in try seat.loop.submit { seat.worker.value.map(body) }.wait() }
  }
}
