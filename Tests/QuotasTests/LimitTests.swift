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

  @Test func denyingBeatsWaiting() throws {
    let waits = try #require(Limit(1, per: .nanoseconds(second), overflow: .wait(nanoseconds: 10 * second)))
    let denies = try #require(Limit(1, per: .nanoseconds(5 * second)))
    var gate = try Gate([waits, denies])
    #expect(gate.take(1, at: 0) == .now)
    #expect(gate.take(1, at: 0) == .over(milliseconds: 5_000))
  }

  @Test func placesAreServedInOrder() throws {
    let limit = try #require(Limit(2, per: .flight, overflow: .wait(nanoseconds: second)))
    let quotas = LocalQuotas([limit])
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
    #expect(quotas.withdraw(tickets[1]) && !quotas.withdraw(tickets[1]))
    #expect(quotas.release(charges.span, takenAt: start, at: start) == [ServedTicket(ticket: tickets[0], at: start)])
    // Whoever has waited too long is passed over.
    let late = QuotaTime(nanoseconds: second + 1, unixMilliseconds: 1_000)
    #expect(quotas.release(charges.span, takenAt: start, at: late).isEmpty)
    #expect(quotas.reserve(charges.span, at: late) == .admitted(at: late))
  }

  @Test func theLineIsBounded() throws {
    let limit = try #require(Limit(1, per: .flight, overflow: .wait(nanoseconds: second)))
    let quotas = LocalQuotas([limit], waiters: 2)
    let charges = [Charge(limit: 0, key: key(0, 1), amount: .one)]
    let start = QuotaTime(nanoseconds: 0, unixMilliseconds: 0)
    let outcomes = (0..<4).map { _ in quotas.reserve(charges.span, at: start) }
    #expect(outcomes[0] == .admitted(at: start) && outcomes[3] == .full)
  }

  @Test func aPlaceIsFreeAgain() throws {
    let limit = try #require(Limit(1, per: .flight))
    let quotas = LocalQuotas([limit])
    let charges = [Charge(limit: 0, key: key(0, 1), amount: .one)]
    let start = QuotaTime(nanoseconds: 0, unixMilliseconds: 0)
    for _ in 0..<3 {
      #expect(quotas.reserve(charges.span, at: start) == .admitted(at: start))
      #expect(quotas.reserve(charges.span, at: start) == .over(charge: 0, retryAfter: nil))
      _ = quotas.release(charges.span, takenAt: start, at: start)
    }
  }
}

let second: Int64 = 1_000_000_000

func key(_ limit: Int, _ value: UInt64) -> QuotaKey {
  let parts = [KeyPart(high: value, low: value &* 0x9E37_79B9_7F4A_7C15)]
  return QuotaKey(limit: limit, parts.span)
}

/// Every limit once for one caller, at times in seconds.
struct Gate {
  enum Answer: Equatable {
    case now
    case later(milliseconds: Int64)
    case over(milliseconds: Int64)
    case never, other
  }

  let quotas: LocalQuotas

  init(_ limits: [Limit]) throws { quotas = LocalQuotas(limits) }

  mutating func take(_ amount: Number, at seconds: Double) -> Answer {
    let time = QuotaTime(nanoseconds: Int64((seconds * 1e9).rounded()), unixMilliseconds: Int64((seconds * 1e3).rounded()))
    let charges = quotas.limits.indices.map { index in
      let limit = quotas.limits[index]
      return Charge(limit: index, key: key(index, 1), amount: Amount(amount, decimals: limit.decimals) ?? .zero)
    }
    return switch quotas.reserve(charges.span, at: time) {
    case .admitted(let moment) where moment == time: .now
    case .admitted(let moment): .later(milliseconds: (moment.nanoseconds - time.nanoseconds + 999_999) / 1_000_000)
    case .over(_, let nanoseconds): .over(milliseconds: ((nanoseconds ?? 0) + 999_999) / 1_000_000)
    case .never: .never
    case .queued, .full: .other
    }
  }

  mutating func take(_ amount: String, at seconds: Double) -> Answer { take(Number(amount) ?? 0, at: seconds) }
}
