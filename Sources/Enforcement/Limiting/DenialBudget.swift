/// How many denials of one connection are explained: so many at once, and one more every while. Beyond, a denied call is answered in one short
/// sentence, so that a loop of denials costs next to nothing. What the policy allows is not held up.
struct DenialBudget {
  /// When it will be full again, on the clock of `EventTime.nanoseconds`.
  private var full: UInt64 = 0

  /// How long until another denial is explained, in nanoseconds; 0: now.
  func wait(at now: UInt64) -> UInt64 {
    let debt = max(full, now) - now
    let most = (Limits.explainedDenials - 1) * Limits.denialNanoseconds
    return debt > most ? debt - most : 0
  }

  mutating func take(at now: UInt64) { full = max(full, now) &+ Limits.denialNanoseconds }
}
