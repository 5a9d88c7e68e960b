import Credentials
import JSON
import Testing

/// The keys of an issuer on a clock of our own.
@Suite struct KeyCacheTests {
  private let policy = KeyCachePolicy(
    shortestFreshness: 60, longestFreshness: 3_600, usualFreshness: 600, oldestKeys: 7_200, unknownKeyInterval: 10, firstRetry: 1,
    longestRetry: 60)
  private let keys: KeySet

  init() throws { keys = try #require(KeySet(["keys": []])) }

  @Test func oneFetchForAllWhoWait() {
    var cache = KeyCache(policy)
    #expect(word(cache.advice(now: 0)) == "wait, fetch")
    for _ in 0..<1_000 { #expect(word(cache.advice(now: 0)) == "wait") }
    cache.succeeded(keys, freshness: nil, now: 1)
    #expect(word(cache.advice(now: 1)) == "use")
  }

  @Test(arguments: [(nil, 600), (0, 60), (59, 60), (61, 61), (3_600, 3_600), (100_000, 3_600)] as [(Int64?, Int64)])
  func freshnessHasBounds(_ said: Int64?, _ kept: Int64) {
    var cache = KeyCache(policy)
    _ = cache.advice(now: 0)
    cache.succeeded(keys, freshness: said, now: 0)
    #expect(word(cache.advice(now: kept - 1)) == "use")
    #expect(word(cache.advice(now: kept)) == "use, fetch")
    // Nobody waits for it, and nobody fetches as well.
    #expect(word(cache.advice(now: kept)) == "use")
  }

  @Test func anUnknownKeyIsLookedForOnceInAWhile() {
    var cache = KeyCache(policy)
    _ = cache.advice(now: 0)
    cache.succeeded(keys, freshness: nil, now: 0)
    #expect(word(cache.adviceOnUnknownKey(now: 1)) == "wait, fetch")
    #expect(word(cache.adviceOnUnknownKey(now: 1)) == "wait")
    // Others go on with what there is.
    #expect(word(cache.advice(now: 1)) == "use")
    cache.succeeded(keys, freshness: nil, now: 2)
    for now in 2..<11 { #expect(word(cache.adviceOnUnknownKey(now: Int64(now))) == "use") }
    #expect(word(cache.adviceOnUnknownKey(now: 11)) == "wait, fetch")
  }

  @Test func oldKeysServeUntilTheyAreTooOld() {
    var cache = KeyCache(policy)
    #expect(cache.condition(now: 0) == .empty)
    _ = cache.advice(now: 0)
    cache.succeeded(keys, freshness: 60, now: 0)
    #expect(cache.condition(now: 59) == .fresh)
    var now: Int64 = 60
    var pauses: [Int64] = []
    var last: Int64 = 60
    while now < 7_200 {
      let advice = word(cache.advice(now: now))
      #expect(advice.hasPrefix("use"))
      if advice == "use, fetch" {
        pauses.append(now - last)
        last = now
        cache.failed(now: now)
        #expect(cache.condition(now: now) == .stale)
      }
      now += 1
    }
    #expect(pauses.prefix(9) == [0, 1, 2, 4, 8, 16, 32, 60, 60])
    // From here on nobody is let in.
    #expect(cache.condition(now: now) == .unavailable)
    let first = word(cache.advice(now: now))
    #expect(first == "wait, fetch" || first.hasPrefix("unavailable"))
    cache.failed(now: now)
    #expect(word(cache.advice(now: now)) == "unavailable, 60")
    #expect(word(cache.adviceOnUnknownKey(now: now)) == "unavailable, 60")
    #expect(word(cache.advice(now: now + 60)) == "wait, fetch")
    cache.succeeded(keys, freshness: nil, now: now + 61)
    #expect(word(cache.advice(now: now + 61)) == "use")
    #expect(cache.condition(now: now + 61) == .fresh)
  }

  /// While the issuer cannot be asked, it is not said that it has no such key.
  @Test func unknownIsNotUnpublished() {
    var cache = KeyCache(policy)
    _ = cache.advice(now: 0)
    cache.succeeded(keys, freshness: nil, now: 0)
    #expect(word(cache.adviceOnUnknownKey(now: 20)) == "wait, fetch")
    cache.failed(now: 20)
    #expect(word(cache.adviceOnUnknownKey(now: 20)) == "unavailable, 1")
    #expect(word(cache.advice(now: 20)) == "use")
  }

  private func word(_ advice: KeyCache.Advice) -> String {
    switch advice {
    case .use(_, true): "use, fetch"
    case .use(_, false): "use"
    case .wait(true): "wait, fetch"
    case .wait(false): "wait"
    case .unavailable(let retry): "unavailable, \(retry)"
    }
  }
}
