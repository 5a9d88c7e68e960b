package import Bytecode
package import Decision
internal import JSON
internal import Quotas

/// What limits say to one call.
package struct LimitReading: Sendable {
  /// The limits that the call is under, in order of name.
  package let states: [LimitStates.State]
  /// The limit that refuses it; nil: it goes.
  package let refusing: LimitInfo?
  /// What the caller is told.
  package let message: String?
  /// Until it may go; nil: it waits for nothing, or waiting does not help.
  package let retryAfterMilliseconds: Int64?
}

/// Limits without a session, for tests and `explain`: calls one after another, each answered before the next.
package struct LimitGauge {
  private let ledger: LimitLedger
  private var open: [Charge] = []
  private var taken = QuotaTime(nanoseconds: 0, unixMilliseconds: 0)

  package init(_ program: Program) { ledger = LimitLedger(program, .local(LocalQuotas(keys: Limits.balances, waiters: 1))) }

  /// - Parameter target: the call in words: `bank.transfer`.
  package mutating func take(
    _ call: Call, _ target: String, grant: RuleNumber, by principal: Principal, in session: SessionKey, at now: Moment
  ) -> LimitReading {
    let time = QuotaTime(now)
    answer(at: time)
    var charging = CallCharges(principal, ledger)
    if let limit = charging.prepare(call, grant: grant, session: session) {
      let refusal = Refusal(uncountable: ledger.info(limit), subject: target)
      return LimitReading(states: [], refusing: ledger.info(limit), message: refusal.message, retryAfterMilliseconds: nil)
    }
    var rooms = QuotaRooms()
    let outcome = ledger.quotas.reserve(charging.charges.span, at: time, rooms: &rooms)
    var over: Int?
    switch outcome {
    case .admitted(let moment):
      open = charging.charges
      taken = moment
    case .over(let charge, _), .never(let charge): over = charge
    case .queued(let ticket): _ = ledger.quotas.withdraw(ticket)
    case .full, .unavailable: break
    }
    var states = LimitStates()
    for place in charging.charges.indices {
      states.add(charging.limits[place], of: ledger, charging.charges[place].amount, room: rooms.rooms[place], isOver: over == place)
    }
    for place in charging.shadows.indices {
      let charges = [charging.shadows[place]]
      let shadow = ledger.quotas.reserve(charges.span, at: time, rooms: &rooms)
      if case .admitted = shadow { open += charges }
      let isOver = if case .admitted = shadow { false } else { true }
      states.add(charging.shadowLimits[place], of: ledger, charges[0].amount, room: rooms.rooms[0], isOver: isOver)
    }
    let refusal = over.map { _ in Refusal(outcome, charging, rooms, subject: target) }
    let all = (0..<states.count).map { states[$0] }.sorted { $0.limit.utf8.lexicographicallyPrecedes($1.limit.utf8) }
    return LimitReading(
      states: all, refusing: over.map { ledger.info(charging.limits[$0]) }, message: refusal?.message,
      retryAfterMilliseconds: refusal?.retryAfterMilliseconds)
  }

  /// The server failed instead of answering the last call.
  package mutating func fail(at now: Moment) {
    ledger.quotas.fail(open, takenAt: taken, at: QuotaTime(now))
    open = []
  }

  /// The last call was answered.
  private mutating func answer(at time: QuotaTime) {
    ledger.quotas.release(open.span, takenAt: taken, at: time)
    open = []
  }
}

extension QuotaTime {
  /// One clock for both: tests have no other.
  fileprivate init(_ moment: Moment) {
    let (nanoseconds, overflow) = moment.milliseconds.multipliedReportingOverflow(by: 1_000_000)
    self.init(nanoseconds: overflow ? (moment.milliseconds < 0 ? .min / 2 : .max / 2) : nanoseconds, unixMilliseconds: moment.milliseconds)
  }
}
