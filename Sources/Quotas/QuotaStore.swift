/// A store of balances that several processes share. It is synchronous and bounded in time; what it cannot do now it says (`unavailable`).
///
/// What must stay true, as for `LocalQuotas`: a call takes from all of its limits or from none, and no limit ever admits more than it says,
/// however many processes ask.
package protocol SharedQuotas: Sendable {
  /// Numbers of limits, by which charges name them.
  func define(_ limits: [Limit]) -> [Int]
  func reserve(_ charges: Span<Charge>, at time: QuotaTime, rooms: inout QuotaRooms) -> QuotaOutcome
  func refund(_ charges: Span<Charge>, takenAt taken: QuotaTime, at time: QuotaTime)
  func release(_ charges: Span<Charge>, takenAt taken: QuotaTime, at time: QuotaTime)
  func turn(of ticket: QuotaTicket, at time: QuotaTime) -> QuotaTime?
  func withdraw(_ ticket: QuotaTicket) -> QuotaTime?
}

/// Where balances are kept. The one in memory is called without a detour: most gateways have no other.
package enum QuotaStore: Sendable {
  case local(LocalQuotas)
  case shared(any SharedQuotas)

  package func define(_ limits: [Limit]) -> [Int] {
    switch self {
    case .local(let quotas): quotas.define(limits)
    case .shared(let quotas): quotas.define(limits)
    }
  }

  package func reserve(_ charges: Span<Charge>, at time: QuotaTime, rooms: inout QuotaRooms) -> QuotaOutcome {
    switch self {
    case .local(let quotas): quotas.reserve(charges, at: time, rooms: &rooms)
    case .shared(let quotas): quotas.reserve(charges, at: time, rooms: &rooms)
    }
  }

  package func refund(_ charges: Span<Charge>, takenAt taken: QuotaTime, at time: QuotaTime) {
    switch self {
    case .local(let quotas): quotas.refund(charges, takenAt: taken, at: time)
    case .shared(let quotas): quotas.refund(charges, takenAt: taken, at: time)
    }
  }

  package func release(_ charges: Span<Charge>, takenAt taken: QuotaTime, at time: QuotaTime) {
    switch self {
    case .local(let quotas): quotas.release(charges, takenAt: taken, at: time)
    case .shared(let quotas): quotas.release(charges, takenAt: taken, at: time)
    }
  }

  /// A call is over, and its server has failed.
  package func fail(_ charges: [Charge], takenAt taken: QuotaTime, at time: QuotaTime) {
    let returned = charges.filter(\.isRefundable)
    let kept = charges.filter { !$0.isRefundable }
    if !returned.isEmpty { refund(returned.span, takenAt: taken, at: time) }
    if !kept.isEmpty { release(kept.span, takenAt: taken, at: time) }
  }

  package func turn(of ticket: QuotaTicket, at time: QuotaTime) -> QuotaTime? {
    switch self {
    case .local(let quotas): quotas.turn(of: ticket)
    case .shared(let quotas): quotas.turn(of: ticket, at: time)
    }
  }

  package func withdraw(_ ticket: QuotaTicket) -> QuotaTime? {
    switch self {
    case .local(let quotas): quotas.withdraw(ticket)
    case .shared(let quotas): quotas.withdraw(ticket)
    }
  }
}

/// What one key had taken, as a shared store found it: what `LocalQuotas` keeps, so that both answer by the same arithmetic.
package struct SharedBalance: Sendable {
  let balance: Balance

  /// - Parameters:
  ///   - value: of a bucket nanoseconds times its amount, of a window units, in flight calls.
  ///   - window: of a window its number.
  package init(value: Int128, window: Int64) { balance = Balance(value: value, window: window) }
}

/// What limits say to a call with these balances.
///
/// - Parameters:
///   - charges: at most `LocalQuotas.mostCharges`, each with its limit and balance.
///   - time: of the store.
///   - turn: when the store has let the call in, on the same clock; nil: it has not.
///   - rooms: what is free under each limit.
/// - Returns: why the call is refused; nil: it is not.
package func refusal(
  of charges: [(charge: Charge, limit: Limit, balance: SharedBalance)], at time: QuotaTime, turn: QuotaTime?, rooms: inout QuotaRooms
) -> QuotaOutcome? {
  var tally = Tally(at: time)
  for (index, entry) in charges.enumerated() {
    tally.add(entry.charge, number: index, entry.balance.balance, entry.limit)
    guard let turn else { continue }
    var balance = entry.balance.balance
    balance.take(entry.charge.amount, from: entry.limit, at: turn)
    tally.took(number: index, leaving: balance.free(in: entry.limit, at: time))
  }
  rooms = tally.rooms
  if turn == nil, case .refused(let outcome) = tally.verdict { return outcome }
  return nil
}
