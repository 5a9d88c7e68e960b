package import Digests

/// Tokens that were found good, so that each is checked once. Bounded, without a clock; what is kept is a digest, never the token.
///
/// Every look-up ends a token's time exactly, and asks whether something was revoked since: the generation is that of whoever knows of
/// revocations, and only while it stands still is an old answer good.
package struct TokenCache<Answer: Sendable>: Sendable {
  private struct Entry {
    let answer: Answer
    let expiry: Int64
    let generation: UInt64
    /// Looked up since the hand last passed.
    var isUsed: Bool
  }

  private let capacity: Int
  private var entries: [Digest: Int] = [:]
  private var places: [(key: Digest, entry: Entry)] = []
  private var hand = 0

  /// - Parameter capacity: entries, at least 1.
  package init(capacity: Int) {
    precondition(capacity > 0, "a cache of nothing")
    self.capacity = capacity
  }

  package var count: Int { places.count }

  package mutating func answer(to key: Digest, generation: UInt64, now: Int64) -> Answer? {
    guard let place = entries[key] else { return nil }
    let entry = places[place].entry
    guard now < entry.expiry, entry.generation == generation else { return nil }
    places[place].entry.isUsed = true
    return entry.answer
  }

  /// - Parameter expiry: from then on it is as if it had never been put.
  package mutating func put(_ answer: Answer, for key: Digest, expiry: Int64, generation: UInt64) {
    let entry = Entry(answer: answer, expiry: expiry, generation: generation, isUsed: false)
    if let place = entries[key] {
      places[place].entry = entry
    } else if places.count < capacity {
      entries[key] = places.count
      places.append((key, entry))
    } else {
      let place = oldest()
      entries[places[place].key] = nil
      entries[key] = place
      places[place] = (key, entry)
    }
  }

  /// Second chance: the hand passes what was used since it last came by.
  private mutating func oldest() -> Int {
    while places[hand].entry.isUsed {
      places[hand].entry.isUsed = false
      hand = (hand + 1) % capacity
    }
    defer { hand = (hand + 1) % capacity }
    return hand
  }
}
