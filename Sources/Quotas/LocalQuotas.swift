internal import Synchronization

/// Limits in the memory of one process, for any number of threads.
///
/// What must stay true: a call takes from all of its limits or from none; no limit ever admits more than it says, whatever the order of
/// threads; and nothing that was taken is forgotten before it would have come back.
package final class LocalQuotas: Sendable {
  /// Limits that one call can be under; `check` refuses policies that need more.
  package static let mostCharges = 8

  package let limits: [Limit]
  private let shards: [Shard]
  private let line: Mutex<WaitingLine>
  /// Read without the lock, which is needed only when somebody waits.
  private let waiting = Atomic<Int>(0)

  private final class Shard: Sendable {
    let table: Mutex<BalanceTable>

    init(capacity: Int) { table = Mutex(BalanceTable(capacity: capacity)) }
  }

  /// - Parameters:
  ///   - keys: balances that are kept at most, some more or less by how they fall.
  ///   - waiters: calls that may wait for a place at the same time.
  package init(_ limits: [Limit], keys: Int = 1_000_000, waiters: Int = 1_000) {
    self.limits = limits
    // Room for shards that happen to get more than their share.
    shards = (0..<LocalQuotas.shardCount).map { _ in Shard(capacity: max(16, keys / LocalQuotas.shardCount)) }
    line = Mutex(WaitingLine(capacity: waiters))
  }

  private static let shardCount = 64

  /// Takes all charges or none. At most `mostCharges`, each of another limit.
  package func reserve(_ charges: Span<Charge>, at time: QuotaTime) -> QuotaOutcome {
    if waiting.load(ordering: .acquiring) == 0 {
      let outcome = attempt(charges, at: time)
      guard case .placeNeeded = outcome else { return outcome.final }
    }
    return line.withLock { line in
      // Whoever came first for the same place is served first. Asked again under the lock: a place given back meanwhile was offered to nobody.
      if !line.holdsAny(of: charges, limits, at: time) {
        let outcome = attempt(charges, at: time)
        guard case .placeNeeded = outcome else { return outcome.final }
      } else if let refusal = refusal(charges, at: time) {
        return refusal
      }
      guard let ticket = line.join(charges, until: deadline(of: charges, at: time)) else { return .full }
      waiting.store(line.count, ordering: .releasing)
      return .queued(ticket)
    }
  }

  /// Gives back what a call took that did not happen: everything but what has come back by itself.
  package func refund(_ charges: Span<Charge>, takenAt taken: QuotaTime, at time: QuotaTime) -> [ServedTicket] {
    giveBack(charges, takenAt: taken, at: time, onlyPlaces: false)
  }

  /// A call is over: its places among the calls in flight are free.
  ///
  /// - Returns: calls that waited and have all they need, in the order in which they came.
  package func release(_ charges: Span<Charge>, takenAt taken: QuotaTime, at time: QuotaTime) -> [ServedTicket] {
    giveBack(charges, takenAt: taken, at: time, onlyPlaces: true)
  }

  /// A call waits no longer. False: it is not waiting, because it was served or never came.
  @discardableResult
  package func withdraw(_ ticket: QuotaTicket) -> Bool {
    line.withLock { line in
      let isGone = line.leave(ticket)
      waiting.store(line.count, ordering: .releasing)
      return isGone
    }
  }

  /// Balances kept now.
  package var count: Int { shards.reduce(0) { sum, shard in sum + shard.table.withLock { $0.count } } }

  // MARK: Taking

  private enum Attempt: Sendable {
    case final(QuotaOutcome)
    /// All there but for a place among the calls in flight, which may be waited for.
    case placeNeeded

    var final: QuotaOutcome {
      switch self {
      case .final(let outcome): outcome
      case .placeNeeded: preconditionFailure("a call that waits is in the line")
      }
    }
  }

  private func attempt(_ charges: Span<Charge>, at time: QuotaTime) -> Attempt {
    precondition(charges.count <= LocalQuotas.mostCharges, "more limits than a call can be under")
    if charges.count == 1, let outcome = take(charges[0], at: time) { return outcome }
    return locked(charges) { tables in
      let turn = turn(charges, tables, at: time)
      guard case .at(let moment) = turn else { return turn.attempt }
      for index in 0..<tables.count where !tables.makeRoom(inTable: index, for: charges.count, in: limits, at: time) {
        return .final(.full)
      }
      for index in charges.indices {
        let charge = charges[index]
        let table = tables.number(of: shard(of: charge.key))
        var balance = tables.balance(of: charge.key, inTable: table)
        balance.take(charge.amount, from: limits[charge.limit], at: moment)
        tables.set(balance, of: charge.key, limit: charge.limit, inTable: table)
      }
      return .final(.admitted(at: moment))
    }
  }

  /// The most frequent case, for which no tables have to be gathered: one limit, with room. Nil: look closer.
  private func take(_ charge: Charge, at time: QuotaTime) -> Attempt? {
    let limit = limits[charge.limit]
    guard charge.amount <= limit.capacity else { return nil }
    return shards[shard(of: charge.key)].table.withLock { table in
      var balance = table.balance(of: charge.key)
      guard balance.room(for: charge.amount, in: limit, at: time) == .now, table.makeRoom(for: 1, in: limits, at: time) else { return nil }
      balance.take(charge.amount, from: limit, at: time)
      table.set(balance, of: charge.key, limit: charge.limit)
      return .final(.admitted(at: time))
    }
  }

  private enum Turn {
    case at(QuotaTime)
    case refused(QuotaOutcome)
    case placeNeeded

    var attempt: Attempt {
      switch self {
      case .at, .placeNeeded: .placeNeeded
      case .refused(let outcome): .final(outcome)
      }
    }
  }

  /// When all charges have room. A limit that denies beats one that makes wait; of several, the one that lasts longest answers.
  private func turn(_ charges: Span<Charge>, _ tables: borrowing LockedTables, at time: QuotaTime) -> Turn {
    var moment = time
    var denial: (charge: Int, nanoseconds: Int64?)?
    var latest: (charge: Int, nanoseconds: Int64)?
    var patience = Int64.max
    var isPlaceNeeded = false
    for index in charges.indices {
      let charge = charges[index]
      let limit = limits[charge.limit]
      if charge.amount > limit.capacity { return .refused(.never(charge: index)) }
      let balance = tables.balance(of: charge.key, inTable: tables.number(of: shard(of: charge.key)))
      switch (balance.room(for: charge.amount, in: limit, at: time), limit.overflow) {
      case (.now, _): continue
      case (.at(let room), .deny):
        let nanoseconds = room.nanoseconds - time.nanoseconds
        if denial.map({ $0.nanoseconds ?? 0 < nanoseconds }) ?? true { denial = (index, nanoseconds) }
      case (.whenReleased, .deny): if denial == nil { denial = (index, nil) }
      case (.at(let room), .wait(let longest)):
        let nanoseconds = room.nanoseconds - time.nanoseconds
        patience = min(patience, longest)
        if latest.map({ $0.nanoseconds < nanoseconds }) ?? true { latest = (index, nanoseconds) }
        if room.nanoseconds > moment.nanoseconds { moment = room }
      case (.whenReleased, .wait(let longest)):
        patience = min(patience, longest)
        isPlaceNeeded = true
      }
    }
    if let denial { return .refused(.over(charge: denial.charge, retryAfter: denial.nanoseconds)) }
    if let latest, latest.nanoseconds > patience { return .refused(.over(charge: latest.charge, retryAfter: latest.nanoseconds)) }
    return isPlaceNeeded ? .placeNeeded : .at(moment)
  }

  /// Why a call need not even wait, or nil.
  private func refusal(_ charges: Span<Charge>, at time: QuotaTime) -> QuotaOutcome? {
    locked(charges) { tables in
      if case .refused(let outcome) = turn(charges, tables, at: time) { outcome } else { nil }
    }
  }

  private func deadline(of charges: Span<Charge>, at time: QuotaTime) -> Int64 {
    var patience = Int64.max
    for index in charges.indices {
      guard case .inFlight = limits[charges[index].limit].form, case .wait(let longest) = limits[charges[index].limit].overflow else {
        continue
      }
      patience = min(patience, longest)
    }
    let (deadline, overflow) = time.nanoseconds.addingReportingOverflow(patience)
    return overflow ? .max : deadline
  }

  // MARK: Giving back

  private func giveBack(_ charges: Span<Charge>, takenAt taken: QuotaTime, at time: QuotaTime, onlyPlaces: Bool) -> [ServedTicket] {
    var isPlaceFree = false
    for index in charges.indices {
      let charge = charges[index]
      let limit = limits[charge.limit]
      if case .inFlight = limit.form { isPlaceFree = true } else if onlyPlaces { continue }
      shards[shard(of: charge.key)].table.withLock { table in
        guard table.contains(charge.key) else { return }
        var balance = table.balance(of: charge.key)
        balance.giveBack(charge.amount, to: limit, takenAt: taken, at: time)
        table.set(balance, of: charge.key, limit: charge.limit)
      }
    }
    guard isPlaceFree, waiting.load(ordering: .acquiring) > 0 else { return [] }
    return line.withLock { line in
      let served = line.serve(at: time) { waiter in
        if case .final(.admitted(let moment)) = attempt(waiter.span, at: time) { moment } else { nil }
      }
      waiting.store(line.count, ordering: .releasing)
      return served
    }
  }

  // MARK: Shards

  private func shard(of key: QuotaKey) -> Int { Int(truncatingIfNeeded: key.low >> 32) & (LocalQuotas.shardCount - 1) }

  /// Locks the shards of all charges, in order of number so that two calls never wait for each other.
  private func locked<R: Sendable>(_ charges: Span<Charge>, _ body: (inout LockedTables) -> R) -> R {
    var tables = LockedTables()
    for index in charges.indices { tables.add(shard: shard(of: charges[index].key)) }
    return lock(from: 0, &tables, body)
  }

  private func lock<R: Sendable>(from index: Int, _ tables: inout LockedTables, _ body: (inout LockedTables) -> R) -> R {
    guard index < tables.count else { return body(&tables) }
    return shards[tables.shard(index)].table.withLock { table in
      tables.exchange(&table, index)
      let result = lock(from: index + 1, &tables, body)
      tables.exchange(&table, index)
      return result
    }
  }
}
