internal import Bytecode
internal import JSON
internal import Messages

/// A request of the client that the server has been given and has not answered.
struct PendingRequest {
  let identifier: Identifier
  let method: Method
  let revision: Revision
  /// What the client can be asked in return: its own word, for the session or for this request.
  let capabilities: ClientCapabilities
  /// Progress notifications with this token belong to it.
  let progressToken: Identifier?
  /// From 2026-07-28 a server logs only for requests that asked for it.
  let wantsLog: Bool
  /// The batch it came in, by number.
  let batch: Int?
  /// Of a call: the tool's name. Of a request on a task: the name of the tool that the task belongs to.
  var tool: [UInt8] = []
  /// Of a request on a task: its name as the client knows it.
  var shownTask: [UInt8] = []
  /// Of what is asked of a prompt or resource: its name or URI.
  var subject: [UInt8] = []
  /// Whose labels its answer changes; nil while there are none.
  var session: SessionKey?
  /// What filters found in its arguments.
  var labels = LabelSet()
  /// What it took from limits.
  var reservation: Reservations.Number?
  /// What the result of a call, or of the call that made a task, has to be.
  var output: OutputSchema?
  /// Whether the call may be answered with a task in place of a result.
  var mayBecomeTask = false
  var subscription: Subscription?
  var record: CallRecord
  /// Its number in the recording; nil: nothing is recorded.
  var number: UInt64?
  /// What came for it, while something is recorded.
  var answer: Document?
  /// What filters set when it was answered.
  var setLabels = LabelSet()

  /// Subscriptions are meant to stay.
  var deadline: UInt64? { method == .listen ? nil : record.time.nanoseconds &+ Limits.answerWaitNanoseconds }
}

/// What a `subscriptions/listen` asked for; nothing else may be sent on it.
struct Subscription {
  var toolsListChanged = false
  var promptsListChanged = false
  var resourcesListChanged = false
  var resources = false
  var tasks = false
}

/// Requests in flight, by id. A flat table, searched by fingerprint: a few entries as a rule, `Limits.inFlight` at most.
struct PendingRequests {
  private var fingerprints: [UInt64] = []
  private(set) var entries: [PendingRequest] = []
  /// Ids whose request was cancelled: an answer may still come, and must not be taken for that of a later request.
  private var cancelled: [Identifier] = []
  private var nextCancelled = 0
  /// What requests that are over had taken from limits.
  private(set) var ended: [Reservations.Number] = []
  /// Of those whose server has failed.
  private(set) var failed: [Reservations.Number] = []
  /// When to look for requests that waited for too long: no later than the first of them did. Nil: there are none.
  private(set) var deadline: UInt64?

  var hasEnded: Bool { !ended.isEmpty || !failed.isEmpty }
  mutating func forgetEnded() {
    ended.removeAll(keepingCapacity: true)
    failed.removeAll(keepingCapacity: true)
  }

  /// A request that was just removed is over because its server has failed.
  mutating func noteFailure(of request: PendingRequest) {
    guard let number = request.reservation, let place = ended.lastIndex(of: number) else { return }
    ended.remove(at: place)
    failed.append(number)
  }

  var count: Int { entries.count }
  var isFull: Bool { entries.count >= Limits.inFlight }

  func contains(_ identifier: Identifier) -> Bool { place(of: identifier) != nil }

  /// Whether an id may be given to a new request.
  func isTaken(_ identifier: Identifier) -> Bool { contains(identifier) || cancelled.contains(identifier) }

  func isProgressTokenTaken(_ token: Identifier) -> Bool { entries.contains { $0.progressToken == token } }

  /// In the order of arrival as long as nothing was removed.
  mutating func insert(_ request: PendingRequest) {
    fingerprints.append(request.identifier.fingerprint)
    entries.append(request)
    if deadline == nil { deadline = request.deadline }
  }

  mutating func remove(_ identifier: Identifier) -> PendingRequest? {
    guard let place = place(of: identifier) else { return nil }
    // The last one takes its place: most servers answer the oldest first, and moving all the others would cost more than the decision.
    fingerprints.swapAt(place, fingerprints.count - 1)
    fingerprints.removeLast()
    entries.swapAt(place, entries.count - 1)
    if let reservation = entries[entries.count - 1].reservation { ended.append(reservation) }
    return entries.removeLast()
  }

  mutating func cancel(_ identifier: Identifier) -> PendingRequest? {
    guard let request = remove(identifier) else { return nil }
    if cancelled.count < Limits.cancelled {
      cancelled.append(identifier)
    } else {
      cancelled[nextCancelled] = identifier
      nextCancelled = (nextCancelled + 1) % Limits.cancelled
    }
    return request
  }

  /// Takes out the requests that have waited for too long; an answer to them that still comes meets nothing.
  mutating func takeExpired(at nanoseconds: UInt64) -> [PendingRequest] {
    guard let deadline, nanoseconds >= deadline else { return [] }
    let expired = entries.filter { $0.deadline.map { nanoseconds >= $0 } ?? false }.compactMap { cancel($0.identifier) }
    self.deadline = entries.compactMap(\.deadline).min()
    return expired
  }

  /// An answer came for a cancelled request: from now on the id is free.
  mutating func forgetCancelled(_ identifier: Identifier) -> Bool {
    guard let place = cancelled.firstIndex(of: identifier) else { return false }
    cancelled.remove(at: place)
    nextCancelled = 0
    return true
  }

  mutating func removeAll() -> [PendingRequest] {
    ended += entries.compactMap(\.reservation)
    defer {
      entries = []
      fingerprints = []
      cancelled = []
      nextCancelled = 0
      deadline = nil
    }
    return entries
  }

  mutating func bookForwarding(of identifier: Identifier, at nanoseconds: UInt64) {
    guard let place = place(of: identifier) else { return }
    entries[place].record.forwarded = nanoseconds
  }

  mutating func setNumber(_ number: UInt64?, of identifier: Identifier) {
    guard let place = place(of: identifier) else { return }
    entries[place].number = number
  }

  func request(_ identifier: Identifier) -> PendingRequest? { place(of: identifier).map { entries[$0] } }

  private func place(of identifier: Identifier) -> Int? {
    let fingerprint = identifier.fingerprint
    for place in fingerprints.indices where fingerprints[place] == fingerprint {
      if entries[place].identifier == identifier { return place }
    }
    return nil
  }
}

/// Requests of the server that the client has been given and has not answered. Their ids are the server's, a space of its own.
struct ServerRequests {
  struct Entry {
    let identifier: Identifier
    let method: Method
    /// The client reports progress on the request with this token.
    let progressToken: Identifier?
  }

  private(set) var entries: [Entry] = []

  var isFull: Bool { entries.count >= Limits.serverRequests }

  func contains(_ identifier: Identifier) -> Bool { entries.contains { $0.identifier == identifier } }

  mutating func insert(_ entry: Entry) { entries.append(entry) }

  mutating func remove(_ identifier: Identifier) -> Entry? {
    entries.firstIndex { $0.identifier == identifier }.map { entries.remove(at: $0) }
  }

  mutating func removeAll() -> [Entry] {
    defer { entries = [] }
    return entries
  }
}
