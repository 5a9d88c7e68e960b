internal import Bytecode
internal import JSON
internal import Messages
internal import Schemas

/// The gate for one connection: events in, ordered actions out. It does no I/O, reads no clock and starts no tasks.
///
/// The transport calls one method per event, carries out the appended actions in order, and then calls `carriedOut(at:)`.
///
/// What must stay true: a request is sent to the server only after it was decided by the policy in force; every request of the client
/// gets exactly one answer unless it was cancelled or the client is gone; nothing of the server reaches the client unless it answers a
/// request of the client or is of a kind the client may be sent now.
package struct Session: ~Copyable {
  /// How far client and server have agreed on a revision. One connection is of one era: a server that mixes them could be told one
  /// thing in one era and do another in the other.
  enum Phase {
    /// Nothing but `server/discover` and `ping` so far.
    case opening
    /// `initialize` is on its way; everything else waits.
    case initializing(Identifier)
    case handshake(Revision)
    case stateless
  }

  /// The client's message while it waits for the handshake or for the list of tools.
  struct Held {
    let bytes: [UInt8]
    let time: EventTime
    let batch: Int?
    /// Of a request.
    let identifier: Identifier?
  }

  var clientReader = MessageReader()
  var serverReader = MessageReader()
  var names = ParameterNames()
  var decider: Decider
  var traces: TraceSource
  let ownPrefix: String
  var ownIdentifiers = 0

  var phase = Phase.opening
  var clientCapabilities: ClientCapabilities = []
  var isServerRunning = true
  var isClientConnected = true

  var pending = PendingRequests()
  var serverRequests = ServerRequests()
  var held: [Held] = []
  var heldBytes = 0
  var batches = Batches()
  var tasks = Tasks()
  var questions = OpenQuestions()
  /// Of the request that is taken up again: a person approved it before it had to wait.
  var resumedApproval: Approved?
  var parked = ParkedRequests()
  var reservations = Reservations()
  /// Of the request that is taken up again.
  var resumption: Resumption?
  /// Of the request at hand.
  var limitStates = LimitStates()
  var repeats = RepeatTable()
  var denials = DenialBudget()
  var live = LiveTools()
  /// Of all sessions with this server; nil: this one keeps what it learns to itself.
  let shared: SharedTools?
  /// The version of the shared reading that `live` is.
  var adopted: UInt64 = 0
  var validation = ValidationScratch()
  var filter: MessageFilter
  /// What the recorder is told of the request at hand.
  var noted = NotedRequest()
  /// The request that the current event sent to the server last.
  var lastForwarded: Identifier?

  /// - Parameters:
  ///   - random: unpredictable bytes, as many as asked for; tests pass a seeded generator.
  ///   - tools: what all sessions with this server know of its tools; nil when the connection is a session of its own there.
  package init(
    configuration: GateConfiguration, policies: PolicyStore, revocations: Revocations = Revocations(),
    random: @escaping @Sendable (Int) -> [UInt8], tools: SharedTools? = nil
  ) {
    shared = tools
    decider = Decider(configuration: configuration, policies: policies, revocations: revocations)
    var traces = TraceSource(random: random)
    // Long enough that neither side meets it by chance; a client that uses it all the same is refused.
    ownPrefix = "sallyport-\(traces.next())-"
    filter = MessageFilter(decider.filters, firstMessage: decider.program.filters.isEmpty ? 0 : traces.number())
    self.traces = traces
  }

  /// One message of the client: the bytes of a line without its end.
  package mutating func receiveFromClient(_ message: [UInt8], at time: EventTime, into actions: inout [Action]) {
    guard isClientConnected else { return }
    lastForwarded = nil
    refreshPolicy()
    heedStops(at: time, into: &actions)
    readFromClient(Line.trimmed(message), at: time, into: &actions)
    drainIfPossible(at: time, into: &actions)
  }

  /// One message of the server.
  package mutating func receiveFromServer(_ message: [UInt8], at time: EventTime, into actions: inout [Action]) {
    guard isServerRunning else { return }
    lastForwarded = nil
    refreshPolicy()
    heedStops(at: time, into: &actions)
    readFromServer(Line.trimmed(message), at: time, into: &actions)
    drainIfPossible(at: time, into: &actions)
  }

  /// The server is gone: everything in flight is answered, and so is everything that still comes.
  package mutating func serverExited(at time: EventTime, into actions: inout [Action]) {
    guard isServerRunning else { return }
    isServerRunning = false
    lastForwarded = nil
    live.forget()
    for request in pending.removeAll() {
      pending.noteFailure(of: request)
      answerUnavailable(request, at: time, into: &actions)
    }
    giveUpParked(at: time, into: &actions)
    withdrawQuestions("the server has exited", at: time, into: &actions)
    for request in serverRequests.removeAll() {
      send(Reply.cancellation(of: request.identifier, reason: "the server has exited"), into: &actions)
    }
    if case .initializing = phase { phase = .opening }
    drainIfPossible(at: time, into: &actions)
  }

  /// The client is gone: nothing is sent to it any more; what is in flight is recorded.
  package mutating func clientClosed(at time: EventTime, into actions: inout [Action]) {
    guard isClientConnected else { return }
    isClientConnected = false
    for request in pending.removeAll() {
      var record = request.record
      record.outcome = .cancelled
      record.reason = "the client closed the connection"
      noteEnded(request, record, at: time)
      actions.append(.record(record))
    }
    for request in parked.removeAll() {
      withdraw(request, at: time)
      recordCancelled(request.message, into: &actions)
    }
    for entry in questions.removeAll() {
      var record = openRecord(entry.request, target: entry.target)
      record.outcome = .cancelled
      record.reason = "the client closed the connection"
      actions.append(.record(record))
    }
    releaseEnded(at: time)
    _ = serverRequests.removeAll()
    held = []
    heldBytes = 0
    batches.removeAll()
  }

  /// When `timePassed` has something to do unless another event comes first, on the clock of `EventTime.nanoseconds`; nil: never.
  package var nextDeadline: UInt64? {
    let parked = canTakeUp ? parked.deadline : nil
    return [live.deadline, pending.deadline, decider.stops.deadline, parked, questions.deadline].reduce(nil) { least, next in
      guard let least, let next else { return least ?? next }
      return min(least, next)
    }
  }

  /// Nothing came. At the deadline or after it, what waited for it is answered; before it, nothing happens.
  package mutating func timePassed(at time: EventTime, into actions: inout [Action]) {
    guard let nextDeadline, time.nanoseconds >= nextDeadline else { return }
    lastForwarded = nil
    refreshPolicy()
    heedStops(at: time, into: &actions)
    if let deadline = live.deadline, time.nanoseconds >= deadline { giveUpListing(at: time, into: &actions) }
    giveUpWaiting(at: time, into: &actions)
    giveUpAsking(at: time, into: &actions)
    drainIfPossible(at: time, into: &actions)
  }

  /// `Revocations` were replaced: what that stops is stopped now, without waiting for a message.
  package mutating func stopsChanged(at time: EventTime, into actions: inout [Action]) {
    lastForwarded = nil
    refreshPolicy()
    heedStops(at: time, into: &actions)
    drainIfPossible(at: time, into: &actions)
  }

  /// The actions of the last event were carried out; books the time they took as the gate's, not the server's.
  package mutating func carriedOut(at nanoseconds: UInt64) {
    guard let lastForwarded else { return }
    pending.bookForwarding(of: lastForwarded, at: nanoseconds)
  }

  /// An id for a request of the gate's own.
  mutating func nextOwnIdentifier() -> Identifier {
    ownIdentifiers += 1
    guard let identifier = Identifier(source: Array("\"\(ownPrefix)\(ownIdentifiers)\"".utf8)) else {
      preconditionFailure("hexadecimal digits and dashes make a JSON string")
    }
    return identifier
  }

  /// True when no request of the client waits for an answer. One that waits for the client itself does not count.
  package var isIdle: Bool { pending.count == 0 && held.isEmpty && parked.isEmpty && questions.entries.isEmpty }

  /// A reload takes effect with the next message; what is in flight was decided by the policy of its time.
  private mutating func refreshPolicy() {
    let hadFilters = !decider.program.filters.isEmpty
    guard decider.refresh() else { return }
    // Which descriptions may be shown is not known for the new filters.
    if hadFilters || !decider.program.filters.isEmpty { live.forget() }
    filter = MessageFilter(decider.filters, firstMessage: decider.program.filters.isEmpty ? 0 : traces.number())
    live.bind(to: decider)
  }
}
