/// Calls that wait for a place among the calls in flight, in the order in which they came, and those that were served since and were not told.
struct WaitingLine: Sendable {
  private struct Waiter: Sendable {
    let ticket: QuotaTicket
    let charges: [Charge]
    /// On the clock of `QuotaTime.nanoseconds`; it is not served later.
    let deadline: Int64
  }

  private var waiters: [Waiter] = []
  private var served: [QuotaTicket: QuotaTime] = [:]
  private var last: UInt64 = 0
  private let capacity: Int

  init(capacity: Int) { self.capacity = capacity }

  var count: Int { waiters.count }

  /// Whether somebody waits for a place that one of the charges takes. Amounts that others wait with are nobody's until they are served.
  func holdsAny(of charges: Span<Charge>, _ takesPlace: (Charge) -> Bool, at time: QuotaTime) -> Bool {
    waiters.contains { waiter in
      waiter.deadline >= time.nanoseconds
        && waiter.charges.contains { waiting in
          guard takesPlace(waiting) else { return false }
          for index in charges.indices where charges[index].key == waiting.key { return true }
          return false
        }
    }
  }

  /// Nil: too many wait.
  mutating func join(_ charges: Span<Charge>, until deadline: Int64) -> QuotaTicket? {
    guard waiters.count + served.count < capacity else { return nil }
    last += 1
    let ticket = QuotaTicket(number: last)
    var own: [Charge] = []
    for index in charges.indices { own.append(charges[index]) }
    waiters.append(Waiter(ticket: ticket, charges: own, deadline: deadline))
    return ticket
  }

  /// Tells a call that it was served, once.
  mutating func turn(of ticket: QuotaTicket) -> QuotaTime? { served.removeValue(forKey: ticket) }

  mutating func leave(_ ticket: QuotaTicket) {
    waiters.removeAll { $0.ticket == ticket }
  }

  /// Offers places to those who wait, first come first served. Whoever is not served does not keep later ones from other places.
  mutating func serve(at time: QuotaTime, _ attempt: ([Charge]) -> QuotaTime?) {
    waiters.removeAll { waiter in
      guard waiter.deadline >= time.nanoseconds, let moment = attempt(waiter.charges) else { return false }
      served[waiter.ticket] = moment
      return true
    }
  }
}
