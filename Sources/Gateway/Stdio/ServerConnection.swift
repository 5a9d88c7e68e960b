internal import Glibc

/// A server process seen from the client's side: for the verbs that ask a server questions.
///
/// It reads while it writes, so that two full pipes cannot hold each other up. One thread; every wait has an end.
package struct ServerConnection: ~Copyable {
  package enum Failure: Error, Equatable, CustomStringConvertible {
    case timedOut
    case closed
    case unreadable(LineReader.Unreadable)

    package var description: String {
      switch self {
      case .timedOut: "the server did not answer in time"
      case .closed: "the server closed the connection"
      case .unreadable(let reason): "the server's answer cannot be read: \(reason)"
      }
    }
  }

  private var server: ServerProcess
  private var reader: LineReader
  private var queue = OutputQueue()
  private var errors = ErrorRelay()
  private let log: LogStream

  package init(starting command: [String], limit: Int = StdioGate.Limits().message, log: LogStream) throws {
    let process = try ServerProcess(starting: command)
    server = process
    reader = LineReader(limit: limit)
    self.log = log
    // A server that goes away is an outcome of write(2), not the end of this process.
    _ = Glibc.signal(SIGPIPE, SIG_IGN)
  }

  package var processIdentifier: Int32 { server.identifier }

  /// Writes as much as the server takes now; the rest goes out while `receive` waits.
  package mutating func send(_ message: [UInt8]) {
    queue.append(message)
    flush()
  }

  /// The server's next message.
  package mutating func receive(until deadline: ContinuousClock.Instant) throws(Failure) -> [UInt8] {
    while true {
      switch reader.next() {
      case .message(let message): return message
      case .unreadable(let reason, _): throw .unreadable(reason)
      case nil: break
      }
      guard server.output != nil else { throw .closed }
      guard ContinuousClock.now < deadline else { throw .timedOut }
      pump(until: deadline)
    }
  }

  /// Takes the server down the shutdown ladder.
  @discardableResult
  package consuming func close() -> ExitStatus? {
    server.input = nil
    var ladder = ShutdownLadder(.endOfInput, at: .now)
    while server.isRunning {
      // Short enough to be no wait worth mentioning: there may be nothing left to poll for but the exit itself.
      pump(until: .now + .milliseconds(10))
      while reader.next() != nil {}
      server.notice()
      if server.isRunning, let step = ladder.step(at: .now) { server.signal(step) }
    }
    errors.finish(to: log)
    return server.status
  }

  /// Waits for the server to say something or to take what is queued, and does what can be done.
  package mutating func pump(until deadline: ContinuousClock.Instant) {
    var entries = [
      pollfd(fd: server.input.number ?? -1, events: Int16(queue.isEmpty ? 0 : POLLOUT), revents: 0),
      pollfd(fd: server.output.number ?? -1, events: Int16(POLLIN), revents: 0),
      pollfd(fd: server.errors.number ?? -1, events: Int16(POLLIN), revents: 0),
    ]
    let left = max(ContinuousClock.now.duration(to: deadline), .zero).components
    let milliseconds = Int32(clamping: left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000 + 1)
    guard unsafe poll(&entries, nfds_t(entries.count), milliseconds) > 0 else { return }
    if entries[0].revents != 0 { flush() }
    if entries[1].revents != 0, reader.fill(fromOpen: server.output) == .ended { server.output = nil }
    if entries[2].revents != 0, errors.relay(fromOpen: server.errors, to: log) == false { server.errors = nil }
  }

  private mutating func flush() {
    if !queue.flush(toOpen: server.input) {
      queue.removeAll()
      server.input = nil
    }
  }
}
