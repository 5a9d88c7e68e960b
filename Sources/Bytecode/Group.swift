/// What evaluation needs of one rule.
package struct Candidate: Hashable, Sendable {
  package var rule: RuleNumber
  package var chain: Chain
  /// The first moment that is too late, in milliseconds; `Int64.max` for never.
  package var expires: Int64

  package init(rule: RuleNumber, chain: Chain, expires: Int64) {
    self.rule = rule
    self.chain = chain
    self.expires = expires
  }
}

/// Rules of one kind on one target (for grants: of one layer), sorted into buckets so that a call meets only rules that could hold.
///
/// A rule stands in the buckets of the agents it speaks of (or of everyone), and within those, when its condition requires one of a few
/// values of a pivot slot, in the buckets of these values. Evaluation visits the buckets of the caller's agents and of the values at hand.
package struct Group: Hashable, Sendable {
  /// Its number in the keys of `Buckets`.
  package var number: UInt32
  /// At most `Buckets.pivots`.
  package var pivots: [UInt32]
  /// Whether any of its rules speaks of single agents.
  package var hasAgents: Bool

  package init(number: UInt32, pivots: [UInt32], hasAgents: Bool) {
    self.number = number
    self.pivots = pivots
    self.hasAgents = hasAgents
  }
}

/// Finds the candidates of a bucket: an open-addressing table from (group, agent, pivot, value) to a range of `Program.candidates`.
package struct Buckets: Sendable {
  /// Pivots a group may have.
  package static let pivots = 3
  /// The agent of rules that speak of everyone.
  package static let everyone = UInt32.max
  /// In place of a pivot: rules that stand in no pivot's buckets.
  package static let unpivoted = 3
  /// In place of a value, without a pivot: every rule of the agent, for when the pivots' values are unknown.
  package static let all: UInt32 = 1

  private struct Key: Hashable {
    /// Group and agent.
    var who: UInt64
    /// Pivot and value.
    var what: UInt64

    init(_ group: UInt32, _ agent: UInt32, _ pivot: Int, _ value: UInt32) {
      who = UInt64(group) &<< 32 | UInt64(agent)
      what = UInt64(pivot) &<< 32 | UInt64(value)
    }

    var place: Int {
      let mixed = (who &* 0x9E37_79B9_7F4A_7C15 ^ what) &* 0xD6E8_FEB8_6659_FD93
      return Int(truncatingIfNeeded: mixed &>> 33)
    }
  }

  /// Empty when `lower` is `upper`: no bucket is.
  private struct Entry: Sendable {
    var key: Key
    var lower: UInt32
    var upper: UInt32
  }

  /// A power of two, at most half full.
  private var entries: [Entry]
  private var count = 0

  package init() { entries = Array(repeating: Buckets.empty, count: 16) }

  private static let empty = Entry(key: Key(0, 0, 0, 0), lower: 0, upper: 0)

  /// The table, borrowed.
  package struct View: ~Escapable {
    private let entries: Span<Entry>

    @_lifetime(borrow buckets)
    package init(_ buckets: borrowing Buckets) { entries = buckets.entries.span }

    /// Empty when there is no such bucket.
    package func bucket(group: UInt32, agent: UInt32, pivot: Int, value: UInt32) -> Range<Int> {
      let key = Key(group, agent, pivot, value)
      let mask = entries.count &- 1
      var place = key.place & mask
      while true {
        let entry = entries[place]
        if entry.lower == entry.upper { return 0..<0 }
        if entry.key == key { return Int(entry.lower)..<Int(entry.upper) }
        place = (place &+ 1) & mask
      }
    }
  }

  package mutating func insert(group: UInt32, agent: UInt32, pivot: Int, value: UInt32, candidates: Range<Int>) {
    precondition(!candidates.isEmpty && pivot <= Buckets.unpivoted)
    if (count + 1) * 2 > entries.count {
      let old = entries
      entries = Array(repeating: Buckets.empty, count: old.count * 2)
      for entry in old where entry.lower != entry.upper { place(entry) }
    }
    place(Entry(key: Key(group, agent, pivot, value), lower: UInt32(candidates.lowerBound), upper: UInt32(candidates.upperBound)))
    count += 1
  }

  private mutating func place(_ entry: Entry) {
    var place = entry.key.place & (entries.count - 1)
    while entries[place].lower != entries[place].upper { place = (place + 1) & (entries.count - 1) }
    entries[place] = entry
  }

  /// Every bucket: its group and its candidates.
  package var ranges: [(group: UInt32, candidates: Range<Int>)] {
    entries.filter { $0.lower != $0.upper }.map { (UInt32($0.key.who &>> 32), Int($0.lower)..<Int($0.upper)) }
  }
}
