/// How long keys of an issuer are used, and how often they are asked for. All in seconds.
package struct KeyCachePolicy: Sendable {
  /// Bounds of what the issuer says in `Cache-Control`.
  package let shortestFreshness: Int64
  package let longestFreshness: Int64
  /// For an issuer that says nothing.
  package let usualFreshness: Int64
  /// After the last good answer: keys older than this are not used, whatever else fails. An issuer that withdraws a key is obeyed after this
  /// time even by a gate that is kept from hearing of it.
  package let oldestKeys: Int64
  /// Between fetches that tokens with unknown keys cause: anybody can make up such tokens.
  package let unknownKeyInterval: Int64
  /// Until the second attempt after a failure; doubles with each.
  package let firstRetry: Int64
  package let longestRetry: Int64

  package init(
    shortestFreshness: Int64 = 60, longestFreshness: Int64 = 86_400, usualFreshness: Int64 = 600, oldestKeys: Int64 = 14_400,
    unknownKeyInterval: Int64 = 10, firstRetry: Int64 = 1, longestRetry: Int64 = 60
  ) {
    self.shortestFreshness = shortestFreshness
    self.longestFreshness = min(longestFreshness, oldestKeys)
    self.usualFreshness = usualFreshness
    self.oldestKeys = oldestKeys
    self.unknownKeyInterval = unknownKeyInterval
    self.firstRetry = firstRetry
    self.longestRetry = longestRetry
  }
}

/// The keys of one issuer over time: which to use, when to fetch anew, what to do while that fails. Without clock and network: whoever holds
/// it asks, fetches and tells. Time is seconds of a clock that never goes back.
package struct KeyCache: Sendable {
  package enum Advice: Sendable {
    /// Check with these. When `isDue`, fetch meanwhile: nobody waits for that.
    case use(KeySet, isDue: Bool)
    /// A fetch must end first; when `isDue`, it has to be begun.
    case wait(isDue: Bool)
    /// There are no keys that may be used, and it is too early to ask again. Seconds until then.
    case unavailable(retry: Int64)
  }

  /// For logs and health checks.
  package enum Condition: String, Sendable {
    /// Nothing was asked of it yet.
    case empty
    case fresh
    /// The last fetch failed; keys from before are still used.
    case stale
    /// No keys that may be used.
    case unavailable
  }

  private let policy: KeyCachePolicy
  private var keys: KeySet?
  private var isUnderWay = false
  private var fetched: Int64 = 0
  private var freshUntil: Int64 = 0
  /// Failures since the last good answer.
  private var failures = 0
  private var nextAttempt: Int64 = .min
  private var nextUnknownKey: Int64 = .min

  package init(_ policy: KeyCachePolicy = KeyCachePolicy()) { self.policy = policy }

  package func condition(now: Int64) -> Condition {
    guard usable(now) != nil else { return failures > 0 || keys != nil ? .unavailable : .empty }
    return failures > 0 ? .stale : .fresh
  }

  /// What to check a token with.
  package mutating func advice(now: Int64) -> Advice {
    guard let keys = usable(now) else { return waiting(now) }
    let isDue = !isUnderWay && now >= freshUntil && now >= nextAttempt
    if isDue { isUnderWay = true }
    return .use(keys, isDue: isDue)
  }

  /// A token named a key that is not among those to use: the issuer may have rotated them.
  ///
  /// - Returns: `use`: it stays unknown, for now.
  package mutating func adviceOnUnknownKey(now: Int64) -> Advice {
    guard let keys = usable(now) else { return waiting(now) }
    if isUnderWay { return .wait(isDue: false) }
    // While its keys cannot be had, nobody knows whether it has such a key.
    guard now >= nextAttempt else { return .unavailable(retry: nextAttempt - now) }
    guard now >= nextUnknownKey else { return .use(keys, isDue: false) }
    isUnderWay = true
    nextUnknownKey = now + policy.unknownKeyInterval
    return .wait(isDue: true)
  }

  /// - Parameter freshness: what the issuer says, in seconds.
  package mutating func succeeded(_ keys: KeySet, freshness: Int64?, now: Int64) {
    isUnderWay = false
    self.keys = keys
    fetched = now
    let bounded = min(max(freshness ?? policy.usualFreshness, policy.shortestFreshness), policy.longestFreshness)
    freshUntil = now + bounded
    failures = 0
    nextAttempt = .min
  }

  package mutating func failed(now: Int64) {
    isUnderWay = false
    let pause = policy.firstRetry << Int64(min(failures, 20))
    failures += 1
    nextAttempt = now + min(pause, policy.longestRetry)
  }

  private func usable(_ now: Int64) -> KeySet? { now - fetched < policy.oldestKeys ? keys : nil }

  private mutating func waiting(_ now: Int64) -> Advice {
    if isUnderWay { return .wait(isDue: false) }
    guard now >= nextAttempt else { return .unavailable(retry: nextAttempt - now) }
    isUnderWay = true
    return .wait(isDue: true)
  }
}
