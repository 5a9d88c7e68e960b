/// Calls that wait for a place among the calls in flight, in the order in which they came.
struct WaitingLine: Sendable {
  private struct Waiter: Sendable {
    let ticket: QuotaTicket
    let charges: [Charge]
    /// On the clock of `QuotaTime.nanoseconds`; it is not served later.
    let deadline: Int64
  }

  private var waiters: [Waiter] = []
  private var last: UInt64 = 0
  private let capacity: Int

  init(capacity: Int) { self.capacity = capacity }

  var count: Int { waiters.count }

  /// Whether somebody waits for a place that one of the charges takes.
  func holdsAny(of charges: Span<Charge>, _ limits: [Limit], at time: QuotaTime) -> Bool {
    waiters.contains { waiter in
      waiter.deadline >= time.nanoseconds
        && waiter.charges.contains { waiting in
          guard case .inFlight = limits[waiting.limit].form else { return false }
          for index in charges.indices where charges[index].key == waiting.key { return true }
          return false
        }
    }
  }

  /// Nil: too many wait.
  mutating func join(_ charges: Span<Charge>, until deadline: Int64) -> QuotaTicket? {
    guard waiters.count < capacity else { return nil }
    last += 1
    let ticket = QuotaTicket(number: last)
    var own: [Charge] = []
    for index in charges.indices { own.append(charges[index]) }
    waiters.append(Waiter(ticket: ticket, charges: own, deadline: deadline))
    return ticket
  }

  mutating func leave(_ ticket: QuotaTicket) -> Bool {
    guard let place = waiters.firstIndex(where: { $0.ticket == ticket }) else { return false }
    waiters.remove(at: place)
    return true
  }

  /// Offers places to those who wait, first come first served. Whoever is not served does not keep later ones from other places.
  mutating func serve(at time: QuotaTime, _ attempt: ([Charge]) -> QuotaTime?) -> [ServedTicket] {
    var served: [ServedTicket] = []
    waiters.removeAll { waiter in
      guard waiter.deadline >= time.nanoseconds else { return false }
      guard let moment = attempt(waiter.charges) else { return false }
      served.append(ServedTicket(ticket: waiter.ticket, at: moment))
      return true
    }
    return served
  }
}
