import JSON
import Quotas
import Synchronization
import TestSupport
import Testing

/// What limits promise, held against the definition of a rate rather than against another bucket: over every stretch of time, what went
/// through is at most the burst and what came back meanwhile; and whatever was turned away would have broken that.
@Suite struct ExactnessTests {
  struct Taken {
    let time: Int64
    let amount: Int64
  }

  struct Rate {
    let amount: Int64
    let period: Int64
    let burst: Int64

    /// Whether the last of the calls could go: no stretch that ends with it holds too much. Exact in 128 bits.
    func allows(_ calls: [Taken]) -> Bool {
      guard let last = calls.last else { return true }
      var sum: Int128 = 0
      for call in calls.reversed() {
        sum += Int128(call.amount)
        if sum * Int128(period) > Int128(burst) * Int128(period) + Int128(last.time - call.time) * Int128(amount) { return false }
      }
      return true
    }
  }

  @Test func neverMoreThanAllowedAndNeverLess() throws {
    let seed = propertySeed()
    var random = SeededGenerator(seed: seed)
    for _ in 0..<propertyRuns(200) {
      let rate = Rate(
        amount: .random(in: 1...50, using: &random), period: .random(in: 1...10_000, using: &random),
        burst: .random(in: 1...60, using: &random))
      let limit = try #require(Limit(Number(rate.amount), per: .nanoseconds(rate.period), burst: Number(rate.burst)))
      let quotas = Store([limit])
      var taken: [Taken] = []
      var now: Int64 = .random(in: 0...1_000_000, using: &random)
      for _ in 0..<150 {
        now += random.chance(40) ? 0 : .random(in: 0...(2 * rate.period / rate.amount + 2), using: &random)
        let amount = random.chance(70) ? 1 : Int64.random(in: 1...rate.burst + 1, using: &random)
        let fits = rate.allows(taken + [Taken(time: now, amount: amount)])
        switch reserve(quotas, limit, amount, at: now) {
        case .admitted:
          #expect(fits, "too much: SEED=\(seed)")
          taken.append(Taken(time: now, amount: amount))
        case .never: #expect(amount > rate.burst, "SEED=\(seed)")
        case .over(_, let wait?):
          #expect(!fits, "too little: SEED=\(seed)")
          // Not a nanosecond earlier than it says.
          let again = taken + [Taken(time: now + wait, amount: amount)]
          let early = taken + [Taken(time: now + wait - 1, amount: amount)]
          #expect(rate.allows(again) && !rate.allows(early), "the hint is wrong: SEED=\(seed)")
        default: Issue.record("SEED=\(seed)")
        }
      }
    }
  }

  /// Some of the calls are taken back; the others stay within the rate all the same.
  @Test func takingBackGrantsNothing() throws {
    let seed = propertySeed()
    var random = SeededGenerator(seed: seed)
    for _ in 0..<propertyRuns(200) {
      let rate = Rate(
        amount: .random(in: 1...20, using: &random), period: .random(in: 1...1_000, using: &random),
        burst: .random(in: 1...30, using: &random))
      let limit = try #require(Limit(Number(rate.amount), per: .nanoseconds(rate.period), burst: Number(rate.burst)))
      let quotas = Store([limit])
      var taken: [Taken] = []
      var now: Int64 = 0
      for _ in 0..<120 {
        now += random.chance(40) ? 0 : .random(in: 0...(2 * rate.period / rate.amount + 2), using: &random)
        if random.chance(25), let place = taken.indices.randomElement(using: &random) {
          let back = taken.remove(at: place)
          let charges = [charge(limit, back.amount)]
          quotas.local.refund(charges.span, takenAt: moment(back.time), at: moment(now))
          continue
        }
        let amount = Int64.random(in: 1...rate.burst, using: &random)
        guard case .admitted = reserve(quotas, limit, amount, at: now) else { continue }
        taken.append(Taken(time: now, amount: amount))
        #expect(rate.allows(taken), "too much: SEED=\(seed)")
      }
    }
  }

  /// A call that one limit turns away takes nothing from the others.
  @Test func allOrNone() throws {
    let seed = propertySeed()
    var random = SeededGenerator(seed: seed)
    for _ in 0..<propertyRuns(100) {
      let limits = try (0..<4).map { _ in
        try #require(Limit(Number(Int.random(in: 1...5, using: &random)), per: .nanoseconds(.random(in: 1...1_000, using: &random))))
      }
      let (quotas, spared) = (Store(limits), Store(limits))
      var now: Int64 = 0
      for _ in 0..<100 {
        now += .random(in: 0...300, using: &random)
        let charges = limits.indices.filter { _ in random.chance(60) }.map { index in
          quotas.charge(index, 1, key: .random(in: 0...2, using: &random))
        }
        let outcome = quotas.reserve(charges.span, at: moment(now))
        guard case .admitted = outcome else { continue }
        // The other store never saw what was turned away, and answers the same.
        #expect(spared.reserve(charges.span, at: moment(now)) == outcome, "SEED=\(seed)")
      }
    }
  }

  /// A small store that forgets idle keys answers as one that forgets nothing, or says that it is full.
  @Test func forgettingGrantsNothing() throws {
    let seed = propertySeed()
    var random = SeededGenerator(seed: seed)
    let limits = [
      try #require(Limit(3, per: .nanoseconds(10_000))), try #require(Limit(4, per: .calendar(CalendarWindow(.day)))),
      try #require(Limit(1, per: .nanoseconds(100), burst: 2)),
    ]
    let (small, large) = (Store(limits, keys: 64 * 14), Store(limits))
    var now: Int64 = 0
    var refusals = 0
    for _ in 0..<propertyRuns(40_000) {
      now += random.chance(1) ? .random(in: 0...50_000, using: &random) : .random(in: 0...20, using: &random)
      let limit = limits.indices.randomElement(using: &random) ?? 0
      let charges = [small.charge(limit, 1, key: .random(in: 0...700, using: &random))]
      // One day every 100,000 ns, so that windows come and go.
      let time = QuotaTime(nanoseconds: now, unixMilliseconds: now / 100_000 * 86_400_000)
      let outcome = small.reserve(charges.span, at: time)
      if outcome == .full {
        refusals += 1
      } else {
        #expect(large.reserve(charges.span, at: time) == outcome, "SEED=\(seed)")
      }
    }
    #expect(small.local.count <= 64 * 28 && refusals < 40_000)
  }

  /// Threads that take from the same and from several balances at once: together exactly as much as there is.
  @Test func threadsShareExactly() async throws {
    let limits = [try #require(Limit(1_000, per: .nanoseconds(second))), try #require(Limit(700, per: .nanoseconds(second)))]
    let quotas = Store(limits)
    let total = Total()
    await withDiscardingTaskGroup { group in
      for task in 0..<4 {
        group.addTask {
          var own = 0
          for _ in 0..<500 {
            // Every other task names them the other way round: locks are taken in one order nevertheless.
            let charges = [0, 1].map { quotas.charge($0, 1) }
            let ordered = task % 2 == 0 ? charges : charges.reversed()
            if case .admitted = quotas.reserve(ordered.span, at: moment(0)) { own += 1 }
          }
          total.add(own)
        }
      }
    }
    #expect(total.value == 700)
  }

  // MARK: Support

  private func reserve(_ quotas: Store, _ limit: Limit, _ amount: Int64, at now: Int64) -> QuotaOutcome {
    let charges = [charge(limit, amount)]
    return quotas.reserve(charges.span, at: moment(now))
  }

  private func charge(_ limit: Limit, _ amount: Int64) -> Charge {
    Charge(limit: 0, key: key(0, 1), amount: Amount(Number(amount), decimals: limit.decimals) ?? .zero)
  }
}

private final class Total: Sendable {
  private let sum = Atomic<Int>(0)

  var value: Int { sum.load(ordering: .sequentiallyConsistent) }

  func add(_ count: Int) { sum.add(count, ordering: .sequentiallyConsistent) }
}

private func moment(_ nanoseconds: Int64) -> QuotaTime { QuotaTime(nanoseconds: nanoseconds, unixMilliseconds: nanoseconds / 1_000_000) }
