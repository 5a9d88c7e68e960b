import Foundation
import JSON
import Quotas
import Testing

@Suite struct LimitTests {
  /// The example of the language's design: 600 an hour, five each, one call a second.
  @Test func aBucketGoesDryAndSaysWhen() throws {
    let limit = try #require(Limit(600, per: .nanoseconds(3_600 * second)))
    var gate = try Gate([limit])
    for step in 0..<124 { #expect(gate.take(5, at: Double(step)) == .now) }
    #expect(gate.take(5, at: 124) == .over(milliseconds: 26_000))
    #expect(gate.take(5, at: 149.999) == .over(milliseconds: 1))
    #expect(gate.take(5, at: 150) == .now)
  }

  @Test func aBurstIsAllThereIsAtOnce() throws {
    let limit = try #require(Limit(120, per: .nanoseconds(60 * second), burst: 20))
    var gate = try Gate([limit])
    for _ in 0..<20 { #expect(gate.take(1, at: 7) == .now) }
    #expect(gate.take(1, at: 7) == .over(milliseconds: 500))
    #expect(gate.take(21, at: 1_000) == .never)
    // A week of silence saves nothing up.
    for _ in 0..<20 { #expect(gate.take(1, at: 604_800) == .now) }
    #expect(gate.take(1, at: 604_800) == .over(milliseconds: 500))
  }

  @Test func amountsAreExact() throws {
    let amount = try #require(Number("0.3"))
    let limit = try #require(Limit(amount, per: .calendar(CalendarWindow(.day))))
    var gate = try Gate([limit])
    for _ in 0..<3 { #expect(gate.take("0.1", at: 0) == .now) }
    #expect(gate.take("0.000000001", at: 0) == .over(milliseconds: 86_400_000))
  }

  @Test(arguments: [
    ("-0.01", nil), ("1e30", nil), ("12345678901234567890", nil), ("0", 0), ("0.0000000001", 1), ("1e-400", 1), ("2.5", 2_500_000_000),
  ])
  func amountsAreRoundedUpOrRefused(_ text: String, _ units: Int64?) throws {
    #expect(try Amount(#require(Number(text)), decimals: 9)?.units == units)
  }

  @Test(arguments: ["0", "-1", "1e40", "0.00000000000000000001"])
  func noLimitIsMadeOf(_ amount: String) throws {
    #expect(try Limit(#require(Number(amount)), per: .nanoseconds(second)) == nil)
    #expect(try Limit(#require(Number(amount)), per: .calendar(CalendarWindow(.month))) == nil)
  }

  @Test func aBillionYenADayCanBeCounted() throws {
    let amount = try #require(Number("1e15"))
    let limit = try #require(Limit(amount, per: .calendar(CalendarWindow(.day))))
    #expect(limit.decimals >= 2)
  }

  // MARK: Calendar

  /// Against Foundation's calendar, over 400 years around now.
  @Test func windowsAreThoseOfTheCalendar() throws {
    var calendar = Calendar(identifier: .iso8601)
    calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
    let units: [(CalendarWindow.Unit, Calendar.Component)] = [(.day, .day), (.week, .weekOfYear), (.month, .month)]
    for day in stride(from: Int64(-80_000), to: 80_000, by: 17) {
      let moment = day * 86_400_000 + 51_234_567
      let date = Date(timeIntervalSince1970: Double(moment) / 1_000)
      for (unit, component) in units {
        let window = CalendarWindow(unit)
        let interval = try #require(calendar.dateInterval(of: component, for: date))
        let index = window.index(of: moment)
        #expect(window.start(of: index) == Int64(interval.start.timeIntervalSince1970) * 1_000, "\(unit) \(date)")
        #expect(window.start(of: index + 1) == Int64(interval.end.timeIntervalSince1970) * 1_000, "\(unit) \(date)")
      }
    }
  }

  @Test func severalUnitsMakeOneWindow() {
    let fortnight = CalendarWindow(.week, count: 2)
    for index in Int64(-5)...5 {
      let start = fortnight.start(of: index)
      #expect(fortnight.index(of: start) == index && fortnight.index(of: start - 1) == index - 1)
      #expect(fortnight.start(of: index + 1) - start == 14 * 86_400_000)
    }
  }

  @Test func aWindowOpensAtMidnight() throws {
    let limit = try #require(Limit(2, per: .calendar(CalendarWindow(.day))))
    var gate = try Gate([limit])
    #expect(gate.take(2, at: 86_399) == .now)
    #expect(gate.take(1, at: 86_399.5) == .over(milliseconds: 500))
    #expect(gate.take(2, at: 86_400) == .now)
  }

  // MARK: Waiting

  @Test func waitingCallsGoOneAfterAnother() throws {
    let limit = try #require(Limit(10, per: .nanoseconds(second), burst: 1, overflow: .wait(nanoseconds: second / 4)))
    var gate = try Gate([limit])
    #expect(gate.take(1, at: 0) == .now)
    #expect(gate.take(1, at: 0) == .later(milliseconds: 100))
    #expect(gate.take(1, at: 0) == .later(milliseconds: 200))
    #expect(gate.take(1, at: 0) == .over(milliseconds: 300))
    #expect(gate.take(1, at: 0.1) == .later(milliseconds: 200))
  }

  /// A call that has booked in tomorrow's window does not make today's forget that it is full.
  @Test func aBookedWindowIsBehindAFullOne() throws {
    let limit = try #require(Limit(2, per: .calendar(CalendarWindow(.day)), overflow: .wait(nanoseconds: 10 * second)))
    var gate = try Gate([limit])
    #expect(gate.take(2, at: 86_395) == .now)
    #expect(gate.take(1, at: 86_396) == .later(milliseconds: 4_000))
    #expect(gate.take(1, at: 86_397) == .later(milliseconds: 3_000))
    // Tomorrow is full as well, and the day after is too far away.
    #expect(gate.take(1, at: 86_398) == .over(milliseconds: 86_402_000))
    #expect(gate.take(1, at: 86_400) == .over(milliseconds: 86_400_000))
    #expect(gate.take(2, at: 2 * 86_400) == .now)
  }

  @Test func denyingBeatsWaiting() throws {
    let waits = try #require(Limit(1, per: .nanoseconds(second), overflow: .wait(nanoseconds: 10 * second)))
    let denies = try #require(Limit(1, per: .nanoseconds(5 * second)))
    var gate = try Gate([waits, denies])
    #expect(gate.take(1, at: 0) == .now)
    #expect(gate.take(1, at: 0) == .over(milliseconds: 5_000))
  }

  @Test func placesAreServedInOrder() throws {
    let limit = try #require(Limit(2, per: .flight, overflow: .wait(nanoseconds: second)))
    let quotas = Store([limit])
    let charges = [Charge(limit: 0, key: key(0, 1), amount: .one)]
    let start = QuotaTime(nanoseconds: 0, unixMilliseconds: 0)
    for _ in 0..<2 { #expect(quotas.reserve(charges.span, at: start) == .admitted(at: start)) }
    var tickets: [QuotaTicket] = []
    for _ in 0..<3 {
      guard case .queued(let ticket) = quotas.reserve(charges.span, at: start) else {
        Issue.record("a third call waits")
        return
      }
      tickets.append(ticket)
    }
    #expect(quotas.local.withdraw(tickets[1]) == nil)
    quotas.local.release(charges.span, takenAt: start, at: start)
    #expect(quotas.local.turn(of: tickets[1]) == nil && quotas.local.turn(of: tickets[2]) == nil)
    #expect(quotas.local.turn(of: tickets[0]) == start && quotas.local.turn(of: tickets[0]) == nil)
    // Whoever has waited too long is passed over.
    let late = QuotaTime(nanoseconds: second + 1, unixMilliseconds: 1_000)
    quotas.local.release(charges.span, takenAt: start, at: late)
    #expect(quotas.local.withdraw(tickets[2]) == nil)
    #expect(quotas.reserve(charges.span, at: late) == .admitted(at: late))
  }

  @Test func theLineIsBounded() throws {
    let limit = try #require(Limit(1, per: .flight, overflow: .wait(nanoseconds: second)))
    let quotas = Store([limit], waiters: 2)
    let charges = [Charge(limit: 0, key: key(0, 1), amount: .one)]
    let start = QuotaTime(nanoseconds: 0, unixMilliseconds: 0)
    let outcomes = (0..<4).map { _ in quotas.reserve(charges.span, at: start) }
    #expect(outcomes[0] == .admitted(at: start) && outcomes[3] == .full)
  }

  // MARK: Reloads

  /// What was taken stays taken when a limit is given another amount, period or number of decimals.
  @Test(
    arguments: [
      // 60 of 100 a minute were taken; of 50 a minute, all.
      ("100", 60, "50", 60, 59, false), ("100", 60, "70", 60, 10, true), ("100", 60, "70", 60, 11, false),
      ("100", 60, "70.5", 60, 10, true), ("100", 60, "70.5", 60, 11, false), ("100", 60, "100", 3_600, 40, true),
      ("100", 60, "100", 3_600, 41, false),
    ] as [(String, Int64, String, Int64, Int, Bool)])
  func reloadsKeepWhatWasTaken(
    _ amount: String, _ period: Int64, _ newAmount: String, _ newPeriod: Int64, _ asked: Int, _ fits: Bool
  ) throws {
    let before = try #require(Limit(Number(amount) ?? 0, per: .nanoseconds(period * second)))
    let after = try #require(Limit(Number(newAmount) ?? 0, per: .nanoseconds(newPeriod * second)))
    let store = Store([before])
    let time = QuotaTime(nanoseconds: 5_000 * second, unixMilliseconds: 5_000_000)
    let taken = [store.charge(0, 60)]
    #expect(store.reserve(taken.span, at: time) == .admitted(at: time))
    let number = store.local.define([after])[0]
    let next = [Charge(limit: number, key: key(0, 1), amount: try #require(Amount(Number(asked), decimals: after.decimals)))]
    #expect((store.reserve(next.span, at: time) == .admitted(at: time)) == fits)
  }

  @Test func callsInFlightOutliveAReload() throws {
    let store = Store([try #require(Limit(2, per: .flight)), try #require(Limit(5, per: .nanoseconds(second)))])
    let time = QuotaTime(nanoseconds: 0, unixMilliseconds: 0)
    let old = [Charge(limit: store.numbers[0], key: key(0, 1), amount: .one)]
    for _ in 0..<2 { #expect(store.reserve(old.span, at: time) == .admitted(at: time)) }
    let fewer = [Charge(limit: store.local.define([try #require(Limit(1, per: .flight))])[0], key: key(0, 1), amount: .one)]
    #expect(store.reserve(fewer.span, at: time) == .over(charge: 0, retryAfter: nil))
    store.local.release(old.span, takenAt: time, at: time)
    #expect(store.reserve(fewer.span, at: time) == .over(charge: 0, retryAfter: nil))
    store.local.release(old.span, takenAt: time, at: time)
    #expect(store.reserve(fewer.span, at: time) == .admitted(at: time))
  }

  @Test func aPlaceIsFreeAgain() throws {
    let limit = try #require(Limit(1, per: .flight))
    let quotas = Store([limit])
    let charges = [Charge(limit: 0, key: key(0, 1), amount: .one)]
    let start = QuotaTime(nanoseconds: 0, unixMilliseconds: 0)
    for _ in 0..<3 {
      #expect(quotas.reserve(charges.span, at: start) == .admitted(at: start))
      #expect(quotas.reserve(charges.span, at: start) == .over(charge: 0, retryAfter: nil))
      quotas.local.release(charges.span, takenAt: start, at: start)
    }
  }
}

let second: Int64 = 1_000_000_000

func key(_ limit: Int, _ value: UInt64) -> QuotaKey {
  QuotaKey(high: (value &+ 1) &* 0x9E37_79B9_7F4A_7C15, low: (value << 8 | UInt64(limit)) &* 0xD6E8_FEB8_6659_FD93)
}

/// A store with its limits, numbered as they were given.
struct Store: Sendable {
  let local: LocalQuotas
  let limits: [Limit]
  let numbers: [Int]

  init(_ limits: [Limit], keys: Int = 1_000_000, waiters: Int = 1_000) {
    local = LocalQuotas(keys: keys, waiters: waiters)
    self.limits = limits
    numbers = local.define(limits)
  }

  func charge(_ limit: Int, _ amount: Number, key value: UInt64 = 1) -> Charge {
    Charge(limit: numbers[limit], key: key(limit, value), amount: Amount(amount, decimals: limits[limit].decimals) ?? .zero)
  }

  func reserve(_ charges: Span<Charge>, at time: QuotaTime) -> QuotaOutcome {
    var rooms = QuotaRooms()
    return local.reserve(charges, at: time, rooms: &rooms)
  }
}

/// Every limit once for one caller, at times in seconds.
struct Gate {
  enum Answer: Equatable {
    case now
    case later(milliseconds: Int64)
    case over(milliseconds: Int64)
    case never, other
  }

  let store: Store

  init(_ limits: [Limit]) throws { store = Store(limits) }

  mutating func take(_ amount: Number, at seconds: Double) -> Answer {
    let time = QuotaTime(nanoseconds: Int64((seconds * 1e9).rounded()), unixMilliseconds: Int64((seconds * 1e3).rounded()))
    let charges = store.limits.indices.map { store.charge($0, amount) }
    return switch store.reserve(charges.span, at: time) {
    case .admitted(let moment) where moment == time: .now
    case .admitted(let moment): .later(milliseconds: (moment.nanoseconds - time.nanoseconds + 999_999) / 1_000_000)
    case .over(_, let nanoseconds): .over(milliseconds: ((nanoseconds ?? 0) + 999_999) / 1_000_000)
    case .never: .never
    case .queued, .full, .unavailable: .other
    }
  }

  mutating func take(_ amount: String, at seconds: Double) -> Answer { take(Number(amount) ?? 0, at: seconds) }
}
