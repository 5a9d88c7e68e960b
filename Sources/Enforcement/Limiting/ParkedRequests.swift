internal import Messages
internal import Quotas

/// A request that may be made, but not yet.
struct ParkedRequest {
  /// What it waits for.
  enum Reason {
    /// A time: all it takes has been taken.
    case turn(Reservations.Number, at: UInt64)
    /// A place among the calls in flight, which somebody has to leave first.
    case place(Reservations.Number, QuotaTicket, until: UInt64)
  }

  let message: Session.Held
  var reason: Reason
  /// By whom it was approved, once.
  let approved: Approved?
  /// What limits said of it.
  let states: LimitStates
  /// What it is told when its wait was for nothing.
  let refusal: Refusal
  /// Its number in the recording; nil: nothing is recorded.
  var number: UInt64?

  /// When to look at it again, on the clock of `EventTime.nanoseconds`.
  ///
  /// - Parameter now: places are left by calls of other connections too, which nobody tells this one.
  func deadline(now: UInt64) -> UInt64 {
    switch reason {
    case .turn(_, let moment): moment
    case .place(_, _, let until): min(until, now &+ Limits.parkedLookNanoseconds)
    }
  }
}

/// The client's requests that wait after they were decided, in the order in which they came. They are decided again when their wait is over: a
/// label, a reload or the clock may have changed what the policy says meanwhile.
struct ParkedRequests {
  private(set) var entries: [ParkedRequest] = []
  private var bytes = 0
  /// When the entries were looked at last.
  private var looked: UInt64 = 0

  var isEmpty: Bool { entries.isEmpty }

  func hasRoom(for message: [UInt8]) -> Bool { entries.count < Limits.parked && bytes + message.count <= Limits.heldBytes }

  func contains(_ identifier: Identifier) -> Bool { entries.contains { $0.message.identifier == identifier } }

  /// When to look at them again; nil: nobody waits.
  var deadline: UInt64? { entries.map { $0.deadline(now: looked) }.min() }

  mutating func insert(_ request: ParkedRequest, at nanoseconds: UInt64) {
    if entries.isEmpty { looked = nanoseconds }
    entries.append(request)
    bytes += request.message.bytes.count
  }

  mutating func remove(_ identifier: Identifier) -> ParkedRequest? {
    guard let place = entries.firstIndex(where: { $0.message.identifier == identifier }) else { return nil }
    bytes -= entries[place].message.bytes.count
    return entries.remove(at: place)
  }

  mutating func removeAll() -> [ParkedRequest] {
    defer {
      entries = []
      bytes = 0
    }
    return entries
  }

  /// Takes out the requests for which it says so, after it has looked at each.
  mutating func take(at nanoseconds: UInt64, where isReady: (inout ParkedRequest) -> Bool) -> [ParkedRequest] {
    looked = nanoseconds
    var ready: [ParkedRequest] = []
    entries = entries.compactMap { entry in
      var entry = entry
      guard isReady(&entry) else { return entry }
      ready.append(entry)
      bytes -= entry.message.bytes.count
      return nil
    }
    return ready
  }
}
