internal import Synchronization

/// Limits in the memory of one process, for any number of threads.
///
/// What must stay true: a call takes from all of its limits or from none; no limit ever admits more than it says, whatever the order of
/// threads; and nothing that was taken is forgotten before it would have come back.
package final class LocalQuotas: Sendable {
  /// Limits that one call can be under; `check` refuses policies that need more.
  package static let mostCharges = 8

  private let shards: [Shard]
  private let known = Mutex<[Limit]>([])
  private let line: Mutex<WaitingLine>
  /// Read without the lock, which is needed only when somebody waits.
  private let waiting = Atomic<Int>(0)

  /// With a line of the processor's cache to either side: two shards in one line would make threads wait for each other that have nothing in common.
  private final class Shard: Sendable {
    private let before = InlineArray<8, UInt64>(repeating: 0)
    let table: Mutex<BalanceTable>
    private let after = InlineArray<8, UInt64>(repeating: 0)

    init(capacity: Int) { table = Mutex(BalanceTable(capacity: capacity)) }
  }

  /// - Parameters:
  ///   - keys: balances that are kept at most, some more or less by how they fall.
  ///   - waiters: calls that may wait for a place at the same time.
  package init(keys: Int = 1_000_000, waiters: Int = 1_000) {
    // Room for shards that happen to get more than their share.
    shards = (0..<LocalQuotas.shardCount).map { _ in Shard(capacity: max(16, keys / LocalQuotas.shardCount)) }
    line = Mutex(WaitingLine(capacity: waiters))
  }

  private static let shardCount = 64

  /// Makes limits known, before anything is taken from them.
  ///
  /// - Returns: their numbers. Equal limits have one number; a key that was kept under another one goes on with what was taken under that.
  package func define(_ limits: [Limit]) -> [Int] {
    known.withLock { known in
      limits.map { limit in
        if let number = known.firstIndex(of: limit) { return number }
        for shard in shards { shard.table.withLock { $0.define(limit) } }
        known.append(limit)
        return known.count - 1
      }
    }
  }

  /// Takes all charges or none. At most `mostCharges`, each of another key.
  package func reserve(_ charges: Span<Charge>, at time: QuotaTime, rooms: inout QuotaRooms) -> QuotaOutcome {
    if waiting.load(ordering: .acquiring) == 0 {
      switch attempt(charges, at: time, &rooms) {
      case .at(let moment): return .admitted(at: moment)
      case .refused(let outcome): return outcome
      case .placeNeeded: break
      }
    }
    return wait(charges, at: time, &rooms)
  }

  /// Gives back what a call took that did not happen: everything but what has come back by itself.
  package func refund(_ charges: Span<Charge>, takenAt taken: QuotaTime, at time: QuotaTime) {
    giveBack(charges, takenAt: taken, at: time, onlyPlaces: false)
  }

  /// A call is over: its places among the calls in flight are free.
  package func release(_ charges: Span<Charge>, takenAt taken: QuotaTime, at time: QuotaTime) {
    giveBack(charges, takenAt: taken, at: time, onlyPlaces: true)
  }

  /// Whether it is the turn of a call that waits: when it may go, told once; all that it takes has been taken. Nil: it still waits.
  package func turn(of ticket: QuotaTicket) -> QuotaTime? { line.withLock { $0.turn(of: ticket) } }

  /// A call waits no longer.
  ///
  /// - Returns: nil, or when it would have gone: it was served meanwhile, and what it took has to be given back.
  package func withdraw(_ ticket: QuotaTicket) -> QuotaTime? {
    line.withLock { line in
      line.leave(ticket)
      waiting.store(line.count, ordering: .releasing)
      return line.turn(of: ticket)
    }
  }

  /// Balances kept now.
  package var count: Int { shards.reduce(0) { sum, shard in sum + shard.table.withLock { $0.count } } }

  // MARK: Taking

  private func attempt(_ charges: Span<Charge>, at time: QuotaTime, _ rooms: inout QuotaRooms) -> Tally.Verdict {
    var tally = Tally(at: time)
    let verdict = visit(ShardOrder(charges, of: self), from: 0, charges, &tally, at: time, takes: true)
    rooms = tally.rooms
    return verdict
  }

  /// Locks the shards of all charges one inside the other, in order of number so that two calls never wait for each other; asks each on the way
  /// in, and takes from each on the way out.
  private func visit(
    _ order: ShardOrder, from index: Int, _ charges: Span<Charge>, _ tally: inout Tally, at time: QuotaTime, takes: Bool
  ) -> Tally.Verdict {
    guard index < order.count else { return tally.verdict }
    let number = order.shards[index]
    return shards[Int(number)].table.withLock { table in
      for place in charges.indices where order.shardOfCharge[place] == number {
        let charge = charges[place]
        tally.add(charge, number: place, table.balance(of: charge.key, under: charge.limit, at: time), table.limits[charge.limit])
      }
      if takes, !table.makeRoom(for: order.chargesOfShard[index], at: time) { tally.lackMemory() }
      let verdict = visit(order, from: index + 1, charges, &tally, at: time, takes: takes)
      guard takes, case .at(let moment) = verdict else { return verdict }
      for place in charges.indices where order.shardOfCharge[place] == number {
        let charge = charges[place]
        var balance = table.balance(of: charge.key, under: charge.limit, at: time)
        balance.take(charge.amount, from: table.limits[charge.limit], at: moment)
        table.set(balance, of: charge.key, under: charge.limit)
        tally.took(number: place, leaving: balance.free(in: table.limits[charge.limit], at: time))
      }
      return verdict
    }
  }

  // MARK: Waiting

  private func wait(_ charges: Span<Charge>, at time: QuotaTime, _ rooms: inout QuotaRooms) -> QuotaOutcome {
    line.withLock { line in
      // Whoever came first for the same place is served first. Asked again under the lock: a place given back meanwhile was offered to nobody.
      let isBehind = line.holdsAny(of: charges, { takesPlace($0) }, at: time)
      var tally = Tally(at: time)
      let verdict = visit(ShardOrder(charges, of: self), from: 0, charges, &tally, at: time, takes: !isBehind)
      rooms = tally.rooms
      switch verdict {
      case .refused(let outcome): return outcome
      case .at(let moment) where !isBehind: return .admitted(at: moment)
      case .at, .placeNeeded: break
      }
      guard let ticket = line.join(charges, until: deadline(of: charges, at: time)) else { return .full }
      waiting.store(line.count, ordering: .releasing)
      return .queued(ticket)
    }
  }

  private func limit(of charge: Charge) -> Limit { known.withLock { $0[charge.limit] } }

  private func takesPlace(_ charge: Charge) -> Bool { limit(of: charge).isOfPlaces }

  private func deadline(of charges: Span<Charge>, at time: QuotaTime) -> Int64 {
    var patience = Int64.max
    for index in charges.indices {
      let limit = limit(of: charges[index])
      if limit.isOfPlaces, case .wait(let longest) = limit.overflow { patience = min(patience, longest) }
    }
    let (deadline, overflow) = time.nanoseconds.addingReportingOverflow(patience)
    return overflow ? .max : deadline
  }

  // MARK: Giving back

  private func giveBack(_ charges: Span<Charge>, takenAt taken: QuotaTime, at time: QuotaTime, onlyPlaces: Bool) {
    var isPlaceFree = false
    for index in charges.indices {
      let charge = charges[index]
      isPlaceFree =
        shards[shard(of: charge.key)].table.withLock { table in
          let limit = table.limits[charge.limit]
          if limit.isOfPlaces || !onlyPlaces, table.contains(charge.key) {
            var balance = table.balance(of: charge.key, under: charge.limit, at: time)
            balance.giveBack(charge.amount, to: limit, takenAt: taken, at: time)
            table.set(balance, of: charge.key, under: charge.limit)
          }
          return limit.isOfPlaces
        } || isPlaceFree
    }
    guard isPlaceFree, waiting.load(ordering: .acquiring) > 0 else { return }
    line.withLock { line in
      line.serve(at: time) { waiter in
        var rooms = QuotaRooms()
        if case .at(let moment) = attempt(waiter.span, at: time, &rooms) { return moment }
        return nil
      }
      waiting.store(line.count, ordering: .releasing)
    }
  }

  // MARK: Shards

  fileprivate func shard(of key: QuotaKey) -> Int { Int(truncatingIfNeeded: key.low >> 32) & (LocalQuotas.shardCount - 1) }
}

/// The shards that the charges of one call fall into, each once, in order of number.
private struct ShardOrder {
  private(set) var shards = InlineArray<8, UInt8>(repeating: 0)
  private(set) var chargesOfShard = InlineArray<8, Int>(repeating: 0)
  private(set) var shardOfCharge = InlineArray<8, UInt8>(repeating: 0)
  private(set) var count = 0

  init(_ charges: Span<Charge>, of quotas: LocalQuotas) {
    precondition(charges.count <= LocalQuotas.mostCharges, "more limits than a call can be under")
    for index in charges.indices {
      let shard = UInt8(quotas.shard(of: charges[index].key))
      shardOfCharge[index] = shard
      add(shard)
    }
  }

  private mutating func add(_ shard: UInt8) {
    var place = 0
    while place < count, shards[place] < shard { place += 1 }
    if place < count, shards[place] == shard {
      chargesOfShard[place] += 1
      return
    }
    var index = count
    while index > place {
      shards[index] = shards[index - 1]
      chargesOfShard[index] = chargesOfShard[index - 1]
      index -= 1
    }
    shards[place] = shard
    chargesOfShard[place] = 1
    count += 1
  }
}
