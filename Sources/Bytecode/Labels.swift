/// The place of a label among a program's labels.
package struct LabelID: Hashable, Comparable, Sendable {
  package let index: UInt8

  /// - Precondition: less than `LabelSet.capacity`.
  package init(_ index: UInt8) {
    precondition(index < LabelSet.capacity)
    self.index = index
  }

  package static func < (left: LabelID, right: LabelID) -> Bool { left.index < right.index }
}

/// Labels of one program, one bit each: what a session has, or what a filter sets.
package struct LabelSet: Hashable, Sendable {
  /// As many as a policy may declare.
  package static let capacity: UInt8 = 64

  package private(set) var bits: UInt64

  package init() { bits = 0 }

  package init(_ labels: some Sequence<LabelID>) {
    bits = 0
    for label in labels { insert(label) }
  }

  package var isEmpty: Bool { bits == 0 }
  package func contains(_ label: LabelID) -> Bool { bits >> UInt64(label.index) & 1 == 1 }
  package mutating func insert(_ label: LabelID) { bits |= 1 << UInt64(label.index) }
  package mutating func formUnion(_ other: LabelSet) { bits |= other.bits }
  package mutating func subtract(_ other: LabelSet) { bits &= ~other.bits }
  package func subtracting(_ other: LabelSet) -> LabelSet {
    var rest = self
    rest.subtract(other)
    return rest
  }
  package func union(_ other: LabelSet) -> LabelSet {
    var all = self
    all.formUnion(other)
    return all
  }

  /// Ascending.
  package var labels: [LabelID] { (0..<LabelSet.capacity).map { LabelID($0) }.filter(contains) }
}

/// A label as a policy declares it.
package struct LabelInfo: Hashable, Sendable {
  package let name: String
  /// For people.
  package let meaning: String
  /// Whether anything takes it away again; one that nothing does stays for the session.
  package let canBeCleared: Bool

  package init(name: String, meaning: String, canBeCleared: Bool) {
    self.name = name
    self.meaning = meaning
    self.canBeCleared = canBeCleared
  }
}

/// What an event does to a session's labels.
package struct LabelChange: Hashable, Sendable {
  package var sets: LabelSet
  package var clears: LabelSet

  package init(sets: LabelSet = LabelSet(), clears: LabelSet = LabelSet()) {
    self.sets = sets
    self.clears = clears
  }

  package var isEmpty: Bool { sets.isEmpty && clears.isEmpty }

  package mutating func formUnion(_ other: LabelChange) {
    sets.formUnion(other.sets)
    clears.formUnion(other.clears)
  }
}

extension LabelSet {
  /// What one event both sets and clears is set.
  package mutating func apply(_ change: LabelChange) {
    subtract(change.clears)
    formUnion(change.sets)
  }
}

/// What tells one session from another: `session by token.sub, args.thread_id`.
package enum SessionKeyPart: Hashable, Sendable {
  case claim(ClaimPath)
  /// From the arguments downwards, through objects only; at least one name. A call without it has a key of its own kind: absent.
  case argument([String])
}

/// What reading resources of a server does to labels. Labels are set when any reading of the URI is one of the globs' (`URIGlob.touches`), and
/// cleared only when its one meaning is (`URIGlob.covers`).
package struct ResourceLabels: Hashable, Sendable {
  package let change: LabelChange
  package let globs: [URIGlob]

  package init(change: LabelChange, globs: [URIGlob]) {
    self.change = change
    self.globs = globs
  }
}

extension ServerInfo {
  /// What reading a resource does to labels.
  package func labels(afterReading uri: [UInt8]) -> LabelChange {
    var change = LabelChange()
    guard !resourceLabels.isEmpty else { return change }
    let canonical = CanonicalURI(uri)
    var budget = MatchBudget()
    for rule in resourceLabels {
      if rule.globs.contains(where: { $0.touches(canonical, &budget) }) { change.sets.formUnion(rule.change.sets) }
      if rule.globs.contains(where: { $0.covers(canonical, &budget) }) { change.clears.formUnion(rule.change.clears) }
    }
    return change
  }
}

/// A filter of resources of a server, by URI. It applies when any reading of the URI is one of the globs' (`URIGlob.touches`).
package struct ResourceFilter: Hashable, Sendable {
  /// Into `Program.filters`.
  package let filter: Int
  package let globs: [URIGlob]

  package init(filter: Int, globs: [URIGlob]) {
    self.filter = filter
    self.globs = globs
  }
}
