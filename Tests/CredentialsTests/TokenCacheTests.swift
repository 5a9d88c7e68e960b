import Credentials
import Digests
import TestSupport
import Testing

@Suite struct TokenCacheTests {
  @Test func anAnswerEndsWithItsToken() {
    var cache = TokenCache<Int>(capacity: 4)
    cache.put(7, for: sha256([1]), expiry: 100, generation: 0)
    #expect(cache.answer(to: sha256([1]), generation: 0, now: 99) == 7)
    #expect(cache.answer(to: sha256([1]), generation: 0, now: 100) == nil)
    #expect(cache.answer(to: sha256([2]), generation: 0, now: 0) == nil)
  }

  @Test func aRevocationMakesEveryAnswerOld() {
    var cache = TokenCache<Int>(capacity: 4)
    cache.put(7, for: sha256([1]), expiry: 100, generation: 3)
    #expect(cache.answer(to: sha256([1]), generation: 4, now: 0) == nil)
    cache.put(8, for: sha256([1]), expiry: 100, generation: 4)
    #expect(cache.answer(to: sha256([1]), generation: 4, now: 0) == 8)
    #expect(cache.count == 1)
  }

  /// Against a dictionary that forgets nothing: what the cache says is what was put last, and it never holds more than it may.
  @Test func neverSaysWhatWasNotPut() {
    let seed = propertySeed()
    var random = SeededGenerator(seed: seed)
    var cache = TokenCache<Int>(capacity: 8)
    var all: [UInt8: (answer: Int, expiry: Int64, generation: UInt64)] = [:]
    var hits = 0
    var generation: UInt64 = 0
    for step in 0..<20_000 {
      let now = Int64(step / 10)
      let key = UInt8.random(in: 0..<16, using: &random)
      switch Int.random(in: 0..<100, using: &random) {
      case 0: generation += 1
      case 1..<30:
        let expiry = now + Int64.random(in: -5...50, using: &random)
        all[key] = (step, expiry, generation)
        cache.put(step, for: sha256([key]), expiry: expiry, generation: generation)
      default:
        if let answer = cache.answer(to: sha256([key]), generation: generation, now: now) {
          hits += 1
          let known = all[key]
          #expect(known?.answer == answer && (known?.expiry ?? 0) > now && known?.generation == generation, "SEED=\(seed), step \(step)")
        }
      }
      #expect(cache.count <= 8)
    }
    #expect(hits > 1_000, "SEED=\(seed)")
  }

  @Test func whatIsUsedStays() {
    var cache = TokenCache<Int>(capacity: 10)
    cache.put(0, for: sha256([0]), expiry: .max, generation: 0)
    for number in 1..<1_000 {
      #expect(cache.answer(to: sha256([0]), generation: 0, now: 0) == 0)
      cache.put(number, for: sha256([UInt8(number & 255), UInt8(number >> 8), 1]), expiry: .max, generation: 0)
    }
    #expect(cache.answer(to: sha256([0]), generation: 0, now: 0) == 0 && cache.count == 10)
  }
}
