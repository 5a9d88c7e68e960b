package import Approvals
package import Enforcement
internal import Glibc
package import Logging

/// The stdio transport: one thread and one poll loop between a client on our standard streams and a server process.
///
/// Nothing of ours goes to standard output but what the session says. Memory is bounded both ways: a side is read only while there is
/// room for what its messages become on the other side, so a slow reader slows its writer down and nobody else.
package struct StdioGate: ~Copyable {
  package struct Limits: Sendable {
    /// Longest message in bytes, either way.
    package var message: Int
    /// A side is not read while this many bytes wait for the other side.
    var forwarded: Int
    /// A side is not read while this many bytes wait for itself: answers of the gate to a client that sends and never reads. Larger
    /// than `forwarded`: an honest peer may write for a while before it reads, and stopping it then would be a deadlock of our making.
    var answered: Int

    package init(message: Int = 16 << 20, forwarded: Int = 1 << 20, answered: Int = 32 << 20) {
      self.message = message
      self.forwarded = forwarded
      self.answered = answered
    }
  }

  /// Why the gate is done.
  package enum Ending: Equatable, Sendable {
    case clientClosed
    case signal(Int32)
    /// The server ended before the client had closed; every call since was answered with an error.
    case serverEnded(ExitStatus)
  }

  var session: Session
  let logger: Logger
  /// Tells people that an approval is waiting; returns at once.
  let askPeople: @Sendable (Approval) -> Void
  let calls: CallLog
  let stream: LogStream
  let limits: Limits
  let signals: SignalInbox
  /// Wakes the loop when `Revocations` are replaced.
  let stops: WakePipe

  var server: ServerProcess
  var clientInput: Descriptor?
  var clientOutput: Descriptor?
  var fromClient: LineReader
  var fromServer: LineReader
  var errors = ErrorRelay()
  var toClient = OutputQueue()
  var toServer = OutputQueue()
  var actions: [Action] = []

  var ladder: ShutdownLadder?
  /// The way down has begun, and with it every deadline; until then the loop need not look at one.
  var isEnding = false
  /// When the server's input is closed although requests wait for answers; those may never come (`subscriptions/listen`).
  var inputDeadline: ContinuousClock.Instant?
  var signal: Int32?
  /// How the server ended while the client was still there.
  var earlyEnd: ExitStatus?
  var sessionKnowsServerIsGone = false
  /// When the output of a server that has ended counts as complete.
  var outputDeadline: ContinuousClock.Instant?
  /// When what is left for the client is given up.
  var writeDeadline: ContinuousClock.Instant?

  /// Starts the server and takes over standard input and output. Call it before the process has a second thread.
  ///
  /// - Parameter key: the name of the key that the session's caller has, for the log.
  package init(
    starting command: [String], session: consuming Session, revocations: Revocations = Revocations(), key: String? = nil,
    limits: Limits = Limits(), logger: Logger, stream: LogStream, mailbox: CallMailbox? = nil,
    askPeople: @escaping @Sendable (Approval) -> Void = { _ in }
  ) throws {
    Descriptor.openMissingStandardStreams()
    let inbox = try SignalInbox()
    let pipe = try WakePipe()
    let process = try ServerProcess(starting: command)
    revocations.whenReplaced { pipe.wake() }
    signals = inbox
    stops = pipe
    server = process
    self.session = session
    self.logger = logger
    self.stream = stream
    self.limits = limits
    self.askPeople = askPeople
    calls = CallLog(stream: stream, level: logger.logLevel, key: key, mailbox: mailbox)
    clientInput = Descriptor(standard: STDIN_FILENO)
    clientOutput = Descriptor(standard: STDOUT_FILENO)
    fromClient = LineReader(limit: limits.message)
    fromServer = LineReader(limit: limits.message)
  }

  /// Carries messages until one side is done and the server has ended.
  package consuming func run() -> Ending {
    var interests = Interests()
    while !isOver {
      declare(&interests)
      interests.wait(timeout)
      if interests.isReady(.signals) { takeSignals() }
      // Before anything that came at the same time: an answer that is to be withheld.
      if interests.isReady(.stops) { takeStops() }
      if interests.isReady(.serverErrors) { relayErrors() }
      if interests.isReady(.serverOutput) { readServer() }
      if interests.isReady(.clientInput) { readClient() }
      writeServer(brokenPipe: interests.isBroken(.serverInput))
      writeClient(brokenPipe: interests.isBroken(.clientOutput))
      if stream.hasBacklog { stream.flush() }
      if isEnding { passTime() }
      if sessionPatience == .zero { passSessionTime() }
    }
    return finish()
  }

  private borrowing func declare(_ interests: inout Interests) {
    let mayReadClient = toServer.count < limits.forwarded && toClient.count < limits.answered
    let mayReadServer = toClient.count < limits.forwarded && toServer.count < limits.answered
    interests.set(.signals, signals.descriptor.number, POLLIN)
    interests.set(.stops, stops.reading, POLLIN)
    interests.set(.clientInput, mayReadClient ? clientInput.number : nil, POLLIN)
    interests.set(.serverOutput, mayReadServer ? server.output.number : nil, POLLIN)
    interests.set(.serverErrors, stream.hasRoom ? server.errors.number : nil, POLLIN)
    // Without anything to write these still report that nobody reads any more.
    interests.set(.serverInput, server.input.number, toServer.isEmpty ? 0 : POLLOUT)
    interests.set(.clientOutput, clientOutput.number, toClient.isEmpty ? 0 : POLLOUT)
    interests.set(.ownErrors, stream.hasBacklog ? STDERR_FILENO : nil, POLLOUT)
  }

  /// How long the loop may sleep; nil: until something comes, as in most of its rounds.
  private var timeout: Duration? {
    guard isEnding else { return sessionPatience }
    return [nextDeadline.map { ContinuousClock.now.duration(to: $0) }, sessionPatience].compactMap(\.self).min()
  }

  private var nextDeadline: ContinuousClock.Instant? {
    [ladder?.deadline, server.input.number == nil ? nil : inputDeadline, outputDeadline, writeDeadline].compactMap(\.self).min()
  }

  /// How long the session waits for an event before it does something by itself.
  private var sessionPatience: Duration? {
    guard let deadline = session.nextDeadline else { return nil }
    let now = EventTime.now().nanoseconds
    return deadline > now ? .nanoseconds(Int64(clamping: deadline - now)) : .zero
  }

  /// The client is gone or we were told to end, the server has ended, and nothing is left to pass on.
  private var isOver: Bool {
    clientInput == nil && !server.isRunning && server.output == nil && server.errors == nil && (toClient.isEmpty || clientOutput == nil)
  }

  private consuming func finish() -> Ending {
    session.clientClosed(at: .now(), into: &actions)
    carryOut()
    stream.flush()
    if let earlyEnd { return .serverEnded(earlyEnd) }
    if let signal { return .signal(signal) }
    return .clientClosed
  }
}

extension Descriptor? {
  var number: Int32? {
    switch self {
    case .none: nil
    case .some(let descriptor): descriptor.number
    }
  }
}

/// What poll(2) is asked about: one entry for each descriptor of the loop.
private struct Interests {
  enum Source: Int, CaseIterable { case signals, stops, clientInput, clientOutput, serverInput, serverOutput, serverErrors, ownErrors }

  private var entries = Source.allCases.map { _ in pollfd(fd: -1, events: 0, revents: 0) }

  /// A source that is not asked about must not be in the set at all: a hang-up is reported whether asked for or not, and the loop
  /// would spin.
  mutating func set(_ source: Source, _ descriptor: Int32?, _ events: Int32) {
    entries[source.rawValue] = pollfd(fd: descriptor ?? -1, events: Int16(events), revents: 0)
  }

  mutating func wait(_ timeout: Duration?) {
    var milliseconds: Int32 = -1
    if let timeout {
      // Rounded up: waking too early would only poll again.
      let parts = max(timeout, .zero).components
      milliseconds = Int32(clamping: parts.seconds * 1000 + (parts.attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
    if unsafe poll(&entries, nfds_t(entries.count), milliseconds) < 0 {
      for index in entries.indices { entries[index].revents = 0 }
    }
  }

  func isReady(_ source: Source) -> Bool { entries[source.rawValue].revents != 0 }

  func isBroken(_ source: Source) -> Bool { entries[source.rawValue].revents & Int16(POLLERR | POLLHUP | POLLNVAL) != 0 }
}
