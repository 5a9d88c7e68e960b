internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Synchronization

/// Metrics, health, reload and the live page, on an address of this machine and a thread of its own: what is asked here takes nothing from
/// what is served, and is answered when that hangs.
package final class AdminListener: Sendable {
  /// Connections at the same time; a scraper, a browser and a person have few.
  private static let connections = 64
  private static let idleSeconds: Int64 = 30

  package let port: Int
  private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  private let workers = NIOThreadPool(numberOfThreads: 1)
  private let channel: any Channel

  /// - Parameter host: a loopback address; whoever calls sees to that.
  package init(host: String, port: Int, _ service: AdminService) throws {
    workers.start()
    let workers = workers
    let count = ConnectionCount(AdminListener.connections)
    let bound = Mutex(0)
    let box = PortBox(bound: bound)
    channel = try ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 64)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          guard count.take() else { throw ChannelError.ioOnClosedChannel }
          channel.closeFuture.whenComplete { _ in count.giveBack() }
          let pipeline = channel.pipeline.syncOperations
          try pipeline.addHandler(IdleStateHandler(allTimeout: .seconds(AdminListener.idleSeconds)))
          try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: true, withErrorHandling: true)
          try pipeline.addHandler(AdminConnection(service, port: box, workers: workers))
        }
      }
      .bind(host: host, port: port).wait()
    guard let port = channel.localAddress?.port else { throw ChannelError.unknownLocalAddress }
    self.port = port
    box.set(port)
  }

  package func stop() {
    try? channel.close().wait()
    try? workers.syncShutdownGracefully()
    try? group.syncShutdownGracefully()
  }
}

/// The port, which is known once it is listened on.
final class PortBox: Sendable {
  private let bound: Mutex<Int>

  init(bound: consuming Mutex<Int>) { self.bound = bound }

  func set(_ port: Int) { bound.withLock { $0 = port } }

  var port: Int { bound.withLock { $0 } }
}

private final class ConnectionCount: Sendable {
  private let left: Mutex<Int>

  init(_ most: Int) { left = Mutex(most) }

  func take() -> Bool {
    left.withLock { left in
      guard left > 0 else { return false }
      left -= 1
      return true
    }
  }

  func giveBack() { left.withLock { $0 += 1 } }
}
