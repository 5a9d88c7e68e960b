import JSON
import Quotas
import TestSupport
import Testing

/// Limits of all kinds at once against a model that keeps each balance as a person would: a debt that is worked off, a sum for each window of the
/// calendar, a count. Whatever is taken, released and given back, both say the same.
@Suite struct ModelTests {
  /// One balance.
  private struct Model {
    let limit: Limit
    /// Of a rate, in units times the period's nanoseconds.
    var debt: Int128 = 0
    var time: Int64 = 0
    /// Of a calendar, by window.
    var sums: [Int64: Int128] = [:]
    var inFlight = 0

    mutating func workOff(until now: Int64) {
      if case .bucket(let amount, _, _) = limit.form { debt = max(0, debt - Int128(now - time) * Int128(amount.units)) }
      time = now
    }

    func window(_ window: CalendarWindow, at now: Int64) -> Int64 { window.index(of: moment(now).unixMilliseconds) }

    mutating func fits(_ amount: Int128, at now: Int64) -> Bool {
      workOff(until: now)
      switch limit.form {
      case .bucket(_, let period, let burst): return debt + amount * Int128(period) <= Int128(burst.units) * Int128(period)
      case .window(let most, let window): return (sums[self.window(window, at: now)] ?? 0) + amount <= Int128(most.units)
      case .inFlight(let most): return inFlight < most
      }
    }

    mutating func take(_ amount: Int128, at now: Int64) {
      switch limit.form {
      case .bucket(_, let period, _): debt += amount * Int128(period)
      case .window(_, let window): sums[self.window(window, at: now), default: 0] += amount
      case .inFlight: inFlight += 1
      }
    }

    /// What has not come back by itself.
    mutating func giveBack(_ amount: Int128, taken: Int64, at now: Int64) {
      workOff(until: now)
      switch limit.form {
      case .bucket(let rate, let period, _):
        debt = max(0, debt - max(0, amount * Int128(period) - Int128(now - taken) * Int128(rate.units)))
      case .window(_, let window):
        guard self.window(window, at: now) == self.window(window, at: taken) else { return }
        sums[self.window(window, at: now), default: 0] -= amount
      case .inFlight: inFlight -= 1
      }
    }
  }

  private struct Call {
    let charges: [Charge]
    let taken: Int64
  }

  private static func limit(_ random: inout SeededGenerator) -> Limit? {
    // Tenths, as money has.
    let amount = Number(.init(coefficient: .random(in: 10...90, using: &random), exponent: -1))
    switch Int.random(in: 0..<4, using: &random) {
    case 0: return Limit(amount, per: .calendar(CalendarWindow([.day, .week, .month].randomElement(using: &random) ?? .day)))
    case 1: return Limit(Number(Int.random(in: 1...4, using: &random)), per: .flight)
    default:
      return Limit(
        amount, per: .nanoseconds(.random(in: 1...10 * second, using: &random)),
        burst: random.chance(50) ? Number(Int.random(in: 1...9, using: &random)) : nil)
    }
  }

  @Test func theStoreIsTheModel() throws {
    let seed = propertySeed()
    var random = SeededGenerator(seed: seed)
    var outcomes: (admitted: Int, refused: Int) = (0, 0)
    for _ in 0..<propertyRuns(60) {
      var limits: [Limit] = []
      for _ in 0..<Int.random(in: 1...5, using: &random) { limits.append(try #require(Self.limit(&random))) }
      let store = Store(limits)
      var models: [QuotaKey: Model] = [:]
      var calls: [Call] = []
      var now: Int64 = 0
      for step in 0..<150 {
        now += random.chance(40) ? 0 : .random(in: 0...(random.chance(3) ? 86_400 * second : 2 * second), using: &random)
        if random.chance(35), let place = calls.indices.randomElement(using: &random) {
          let call = calls.remove(at: place)
          end(call, fails: random.chance(40), store, &models, at: now)
          continue
        }
        let charges = limits.indices.filter { _ in random.chance(70) }.map { index in
          let amount = limits[index].isOfPlaces ? 1 : Number(.init(coefficient: .random(in: 1...25, using: &random), exponent: -1))
          let charge = store.charge(index, amount, key: .random(in: 0...1, using: &random))
          return Charge(
            limit: charge.limit, key: charge.key, amount: charge.amount, isRefundable: !limits[index].isOfPlaces && random.chance(50))
        }
        for charge in charges where models[charge.key] == nil {
          models[charge.key] = Model(limit: limits[store.numbers.firstIndex(of: charge.limit) ?? 0])
        }
        let fits = charges.map { models[$0.key]?.fits(Int128($0.amount.units), at: now) ?? false }.allSatisfy(\.self)
        let outcome = store.reserve(charges.span, at: moment(now))
        switch outcome {
        case .admitted:
          #expect(fits, "step \(step) of \(limits): SEED=\(seed)")
          for charge in charges { models[charge.key]?.take(Int128(charge.amount.units), at: now) }
          calls.append(Call(charges: charges, taken: now))
          outcomes.admitted += 1
        case .over, .never:
          #expect(!fits, "step \(step) of \(limits): SEED=\(seed)")
          outcomes.refused += 1
        case .queued, .full, .unavailable: Issue.record("\(outcome): SEED=\(seed)")
        }
      }
    }
    #expect(outcomes.admitted > 100 && outcomes.refused > 100)
  }

  /// A call is over; when its server has failed, what is refundable comes back.
  private func end(_ call: Call, fails: Bool, _ store: Store, _ models: inout [QuotaKey: Model], at now: Int64) {
    let quotas = QuotaStore.local(store.local)
    if fails {
      quotas.fail(call.charges, takenAt: moment(call.taken), at: moment(now))
    } else {
      quotas.release(call.charges.span, takenAt: moment(call.taken), at: moment(now))
    }
    for charge in call.charges {
      guard let model = models[charge.key] else { continue }
      if model.limit.isOfPlaces || fails && charge.isRefundable {
        models[charge.key]?.giveBack(Int128(charge.amount.units), taken: call.taken, at: now)
      }
    }
  }
}

private func moment(_ nanoseconds: Int64) -> QuotaTime { QuotaTime(nanoseconds: nanoseconds, unixMilliseconds: nanoseconds / 1_000_000) }
