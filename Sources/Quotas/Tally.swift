/// What the limits of one call say to it, gathered limit by limit while their locks are held. A limit that denies beats one that makes
/// wait; of several, the one that lasts longest answers, and of equals the first, in whatever order they are asked.
struct Tally {
  private let time: QuotaTime
  private(set) var rooms = QuotaRooms()
  private var moment: QuotaTime
  private var tooMuch: Int?
  private var denial: (charge: Int, nanoseconds: Int64?)?
  private var latest: (charge: Int, nanoseconds: Int64)?
  private var patience = Int64.max
  private var needsPlace = false
  private var lacksMemory = false

  init(at time: QuotaTime) {
    self.time = time
    moment = time
  }

  enum Verdict: Equatable {
    case at(QuotaTime)
    case refused(QuotaOutcome)
    /// All there but for a place among the calls in flight, which may be waited for.
    case placeNeeded
  }

  mutating func add(_ charge: Charge, number index: Int, _ balance: Balance, _ limit: Limit) {
    rooms.rooms[index] = balance.free(in: limit, at: time)
    guard charge.amount <= limit.capacity else {
      tooMuch = min(tooMuch ?? index, index)
      return
    }
    switch (balance.room(for: charge.amount, in: limit, at: time), limit.overflow) {
    case (.now, _): return
    case (.at(let room), .deny):
      let nanoseconds = room.nanoseconds - time.nanoseconds
      if denial.map({ ($0.nanoseconds ?? -1, index) < (nanoseconds, $0.charge) }) ?? true { denial = (index, nanoseconds) }
    case (.whenReleased, .deny):
      if denial.map({ $0.nanoseconds == nil && index < $0.charge }) ?? true { denial = (index, nil) }
    case (.at(let room), .wait(let longest)):
      let nanoseconds = room.nanoseconds - time.nanoseconds
      patience = min(patience, longest)
      if latest.map({ ($0.nanoseconds, index) < (nanoseconds, $0.charge) }) ?? true { latest = (index, nanoseconds) }
      if room.nanoseconds > moment.nanoseconds { moment = room }
    case (.whenReleased, .wait(let longest)):
      patience = min(patience, longest)
      needsPlace = true
    }
  }

  /// There is no memory for another balance.
  mutating func lackMemory() { lacksMemory = true }

  mutating func took(number index: Int, leaving room: Int128) { rooms.rooms[index] = room }

  var verdict: Verdict {
    if let tooMuch { return .refused(.never(charge: tooMuch)) }
    if let denial { return .refused(.over(charge: denial.charge, retryAfter: denial.nanoseconds)) }
    if let latest, latest.nanoseconds > patience { return .refused(.over(charge: latest.charge, retryAfter: latest.nanoseconds)) }
    if needsPlace { return .placeNeeded }
    return lacksMemory ? .refused(.full) : .at(moment)
  }
}
