/// One thing that limits count by - an agent, a tool, the value of a claim - as a digest nobody can collide, the same on every gateway.
package struct KeyPart: Hashable, Sendable {
  package let high: UInt64
  package let low: UInt64

  /// - Parameter digest: 128 bits of a cryptographic digest over what kind of thing it is and its value.
  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }
}

/// What a balance is kept under: a limit and the parts it counts by. Never zero.
package struct QuotaKey: Hashable, Sendable {
  let high: UInt64
  let low: UInt64

  /// Two keyed hashes with different beginnings. Their key is drawn anew in every process, so that no caller can choose claims that fall
  /// together with others'; if two keys ever did, they would share one limit, never escape it.
  package init(limit: Int, _ parts: borrowing Span<KeyPart>) {
    high = QuotaKey.hash(seed: 1, limit, parts)
    low = QuotaKey.hash(seed: 2, limit, parts) | 1
  }

  private static func hash(seed: Int, _ limit: Int, _ parts: borrowing Span<KeyPart>) -> UInt64 {
    var hasher = Hasher()
    hasher.combine(seed)
    hasher.combine(limit)
    for index in parts.indices {
      hasher.combine(parts[index].high)
      hasher.combine(parts[index].low)
    }
    return UInt64(bitPattern: Int64(hasher.finalize()))
  }
}
