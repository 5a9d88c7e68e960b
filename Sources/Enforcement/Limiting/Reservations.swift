internal import Quotas

/// What the calls of one connection have taken and may have to give back. Entries are used again and again, so that a call allocates nothing.
struct Reservations {
  /// One call's, until it is over.
  typealias Number = Int

  private struct Entry {
    var charges: [Charge] = []
    var taken = QuotaTime(nanoseconds: 0, unixMilliseconds: 0)
  }

  private var entries: [Entry] = []
  private var free: [Number] = []

  mutating func insert(_ charges: [Charge], _ others: [Charge], taken: QuotaTime) -> Number {
    let number = free.popLast() ?? entries.count
    if number == entries.count { entries.append(Entry()) }
    entries[number].charges.removeAll(keepingCapacity: true)
    entries[number].charges += charges
    entries[number].charges += others
    entries[number].taken = taken
    return number
  }

  /// A call that waited has its turn.
  mutating func take(_ number: Number, at time: QuotaTime) { entries[number].taken = time }

  mutating func release(_ number: Number, from quotas: QuotaStore, at time: QuotaTime) {
    let charges = entries[number].charges
    quotas.release(charges.span, takenAt: entries[number].taken, at: time)
    free.append(number)
  }

  /// The call's server has failed.
  mutating func fail(_ number: Number, to quotas: QuotaStore, at time: QuotaTime) {
    quotas.fail(entries[number].charges, takenAt: entries[number].taken, at: time)
    free.append(number)
  }

  mutating func refund(_ number: Number, to quotas: QuotaStore, at time: QuotaTime) {
    let charges = entries[number].charges
    quotas.refund(charges.span, takenAt: entries[number].taken, at: time)
    free.append(number)
  }

  /// Of a call that took nothing in the end.
  mutating func forget(_ number: Number) { free.append(number) }

  var isEmpty: Bool { free.count == entries.count }
}
