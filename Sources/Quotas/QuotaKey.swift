/// What a balance is kept under: a digest of a limit and of all that it counts by. Never zero, and the same on every gateway.
package struct QuotaKey: Hashable, Sendable {
  package let high: UInt64
  package let low: UInt64

  /// - Parameters:
  ///   - high: with `low`, 128 bits of a cryptographic digest. If two keys ever fell together, they would share one limit, never escape it.
  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low | 1
  }
}
