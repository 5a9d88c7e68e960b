import JSON
import Quotas
import RedisStore
import TestSupport

/// A store with limits, numbered as they were given; whatever store it is.
struct Stocked: Sendable {
  let store: QuotaStore
  let limits: [Limit]
  let numbers: [Int]

  init(_ store: QuotaStore, _ limits: [Limit]) {
    self.store = store
    self.limits = limits
    numbers = store.define(limits)
  }

  func charge(_ limit: Int, _ amount: Number = 1, key: UInt64 = 1) -> Charge {
    Charge(limit: numbers[limit], key: Self.key(limit, key), amount: Amount(amount, decimals: limits[limit].decimals) ?? .zero)
  }

  static func key(_ limit: Int, _ value: UInt64) -> QuotaKey {
    QuotaKey(high: (value &+ 1) &* 0x9E37_79B9_7F4A_7C15, low: (value << 8 | UInt64(limit)) &* 0xD6E8_FEB8_6659_FD93)
  }

  func reserve(_ charges: [Charge], at time: QuotaTime) -> (outcome: QuotaOutcome, rooms: [Int128]) {
    var rooms = QuotaRooms()
    let outcome = store.reserve(charges.span, at: time, rooms: &rooms)
    return (outcome, charges.indices.map { rooms.rooms[$0] })
  }
}

let second: Int64 = 1_000_000_000

/// From 2026-11-18T00:00:00Z on.
func moment(_ nanoseconds: Int64) -> QuotaTime {
  QuotaTime(nanoseconds: nanoseconds, unixMilliseconds: 1_795_000_000_000 / 86_400_000 * 86_400_000 + nanoseconds / 1_000_000)
}

/// What a rate means, apart from any bucket: over every stretch of time, at most the burst and what came back in it.
struct Rate {
  let amount: Int64
  let period: Int64
  let burst: Int64

  func allows(_ calls: [(time: Int64, amount: Int64)]) -> Bool {
    guard let last = calls.last else { return true }
    var sum: Int128 = 0
    for call in calls.reversed() {
      sum += Int128(call.amount)
      if sum * Int128(period) > Int128(burst) * Int128(period) + Int128(last.time - call.time) * Int128(amount) { return false }
    }
    return true
  }
}

extension Limit {
  static func random(_ random: inout SeededGenerator) -> Limit {
    let waits: [Overflow] = [.deny, .deny, .wait(nanoseconds: .random(in: 1...2 * second, using: &random))]
    let overflow = waits.randomElement(using: &random) ?? .deny
    let period: Period =
      switch Int.random(in: 0..<6, using: &random) {
      case 0:
        .calendar(CalendarWindow([.day, .week, .month].randomElement(using: &random) ?? .day, count: .random(in: 1...3, using: &random)))
      case 1: .flight
      default: .nanoseconds(.random(in: 1...10 * second, using: &random))
      }
    let amount = Number(Int.random(in: 1...9, using: &random))
    let burst: Number? = if case .nanoseconds = period, random.chance(50) { Number(Int.random(in: 1...9, using: &random)) } else { nil }
    guard let limit = Limit(amount, per: period, burst: burst, overflow: overflow) else {
      preconditionFailure("an amount that can be counted")
    }
    return limit
  }
}
