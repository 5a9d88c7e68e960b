import JSON
import Quotas
import RedisStore
import TestSupport
import Testing

/// What every store promises. Each test makes the store it is told to.
@Suite(.serialized) struct ConformanceTests {
  enum Kind: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case local, redis

    var testDescription: String { rawValue }

    static var present: [Kind] { RedisServer.isInstalled ? allCases : [.local] }
  }

  @Test(.enabled(if: RedisServer.isInstalled, "redis-server is not installed: only the store in memory is held to the kit"))
  func everyStoreIsHere() { #expect(Kind.present == Kind.allCases) }

  /// Runs `body` on an empty store whose time is the callers'.
  private func with(_ kind: Kind, _ body: (QuotaStore) throws -> Void) throws {
    switch kind {
    case .local: try body(.local(LocalQuotas()))
    case .redis:
      let server = try RedisServer()
      try body(.shared(RedisQuotas(RedisClient(server.patient), clock: .callers)))
    }
  }

  @Test(arguments: Kind.present) func neverMoreThanAllowedAndNeverLess(_ kind: Kind) throws {
    let seed = propertySeed()
    var random = SeededGenerator(seed: seed)
    try with(kind) { store in
      for round in 0..<UInt64(propertyRuns(12)) {
        let rate = Rate(
          amount: .random(in: 1...50, using: &random), period: .random(in: 1...10_000, using: &random),
          burst: .random(in: 1...60, using: &random))
        let limit = try #require(Limit(Number(rate.amount), per: .nanoseconds(rate.period), burst: Number(rate.burst)))
        let stocked = Stocked(store, [limit])
        var taken: [(time: Int64, amount: Int64)] = []
        var now: Int64 = .random(in: 0...1_000_000, using: &random)
        for _ in 0..<100 {
          now += random.chance(40) ? 0 : .random(in: 0...(2 * rate.period / rate.amount + 2), using: &random)
          let amount = random.chance(70) ? 1 : Int64.random(in: 1...rate.burst + 1, using: &random)
          let next = taken + [(now, amount)]
          switch stocked.reserve([stocked.charge(0, Number(amount), key: round)], at: moment(now)).outcome {
          case .admitted:
            #expect(rate.allows(next), "too much: SEED=\(seed)")
            taken = next
          case .never: #expect(amount > rate.burst, "SEED=\(seed)")
          case .over(_, let wait?):
            #expect(!rate.allows(next), "too little: SEED=\(seed)")
            #expect(rate.allows(taken + [(now + wait, amount)]) && !rate.allows(taken + [(now + wait - 1, amount)]), "SEED=\(seed)")
          case let other: Issue.record("\(other): SEED=\(seed)")
          }
        }
      }
    }
  }

  /// Both stores say the same of the same calls, with several limits of all kinds, waiting, refunds and releases.
  @Test(.enabled(if: RedisServer.isInstalled, "redis-server is not installed")) func storesAgree() throws {
    let seed = propertySeed()
    var random = SeededGenerator(seed: seed)
    let server = try RedisServer()
    for round in 0..<propertyRuns(25) {
      let limits = (0..<Int.random(in: 1...5, using: &random)).map { _ in Limit.random(&random) }
      let stores = [
        Stocked(.local(LocalQuotas()), limits),
        Stocked(.shared(RedisQuotas(RedisClient(server.patient), prefix: "round\(round)", clock: .callers)), limits),
      ]
      var held: [(charges: [[Charge]], taken: QuotaTime)] = []
      var now: Int64 = 0
      for step in 0..<60 {
        now += random.chance(40) ? 0 : .random(in: 0...(random.chance(2) ? 86_400 * second : 3 * second), using: &random)
        let time = moment(now)
        if random.chance(30), let place = held.indices.randomElement(using: &random) {
          let call = held.remove(at: place)
          let isRefund = random.chance(40)
          for (stocked, charges) in zip(stores, call.charges) {
            if isRefund {
              stocked.store.refund(charges.span, takenAt: call.taken, at: time)
            } else {
              stocked.store.release(charges.span, takenAt: call.taken, at: time)
            }
          }
          continue
        }
        let chosen = limits.indices.filter { _ in random.chance(70) }
        let amounts = chosen.map { _ in Number(Int.random(in: 1...4, using: &random)) }
        let keys = chosen.map { _ in UInt64.random(in: 0...1, using: &random) }
        let charges = stores.map { stocked in chosen.indices.map { stocked.charge(chosen[$0], amounts[$0], key: keys[$0]) } }
        let answers = zip(stores, charges).map { $0.reserve($1, at: time) }
        if case .queued(let ticket) = answers[0].outcome, case .queued(let other) = answers[1].outcome {
          #expect(stores[0].store.withdraw(ticket) == nil && stores[1].store.withdraw(other) == nil)
          continue
        }
        #expect(answers[0].outcome == answers[1].outcome, "step \(step) of \(limits): SEED=\(seed)")
        // What is too much in any case is not asked for.
        if case .never = answers[0].outcome { continue }
        #expect(answers[0].rooms == answers[1].rooms, "step \(step) of \(limits): SEED=\(seed)")
        if case .admitted(let moment) = answers[0].outcome { held.append((charges, moment)) }
      }
    }
  }

  /// Limits change their amounts: nothing that was taken is forgotten.
  @Test(arguments: Kind.present) func newDefinitionsKeepWhatWasTaken(_ kind: Kind) throws {
    let before = try #require(Limit(100, per: .nanoseconds(60 * second)))
    for (amount, period, asked, fits) in [
      (50, 60, 1, false), (70, 60, 9, true), (70, 60, 12, false), (100, 3_600, 39, true), (100, 3_600, 42, false),
    ] {
      let after = try #require(Limit(Number(amount), per: .nanoseconds(Int64(period) * second)))
      try with(kind) { store in
        let old = Stocked(store, [before])
        let new = Stocked(store, [after])
        #expect(old.reserve([old.charge(0, 60)], at: moment(second)).outcome == .admitted(at: moment(second)))
        #expect((new.reserve([new.charge(0, Number(asked))], at: moment(second)).outcome == .admitted(at: moment(second))) == fits)
      }
    }
  }

  @Test(arguments: Kind.present) func whoWaitsForAPlaceIsServedInTurn(_ kind: Kind) throws {
    let limit = try #require(Limit(1, per: .flight, overflow: .wait(nanoseconds: second)))
    try with(kind) { store in
      let stocked = Stocked(store, [limit])
      let charges = [stocked.charge(0)]
      #expect(stocked.reserve(charges, at: moment(0)).outcome == .admitted(at: moment(0)))
      guard case .queued(let first) = stocked.reserve(charges, at: moment(1)).outcome,
        case .queued(let second) = stocked.reserve(charges, at: moment(2)).outcome
      else {
        Issue.record("they wait")
        return
      }
      #expect(store.turn(of: first, at: moment(3)) == nil)
      store.release(charges.span, takenAt: moment(0), at: moment(4))
      #expect(store.turn(of: second, at: moment(5)) == nil)
      #expect(store.turn(of: first, at: moment(6)) != nil)
      #expect(store.turn(of: second, at: moment(7)) == nil)
      if let served = store.withdraw(second) { store.refund(charges.span, takenAt: served, at: moment(8)) }
      store.release(charges.span, takenAt: moment(6), at: moment(8))
      #expect(stocked.reserve(charges, at: moment(9)).outcome == .admitted(at: moment(9)))
    }
  }
}
