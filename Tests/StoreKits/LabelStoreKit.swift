package import Bytecode
internal import Digests
package import Enforcement
internal import Testing

/// What every keeper of sessions' labels must do.
package struct LabelStoreKit: Sendable {
  /// Makes an empty one, seen by two gateways that share it.
  let stores: @Sendable () throws -> (SessionLabels, SessionLabels)

  package init(_ stores: @escaping @Sendable () throws -> (SessionLabels, SessionLabels)) { self.stores = stores }

  package static let names = ["tainted", "paid", "reviewed"]

  package static func key(_ principal: String, _ thread: String? = nil) -> SessionKey {
    SessionKey(principal: sha256(Array(principal.utf8)), thread: thread.map { sha256(Array($0.utf8)) })
  }

  package static func set(_ numbers: UInt8...) -> LabelSet { LabelSet(numbers.map { LabelID($0) }) }

  package func all() async throws {
    try staysUntilCleared()
    try isOfOneSession()
    try isByName()
    try await losesNothingAmongThreads()
  }

  private func empty() throws -> (SessionLabels, SessionLabels) {
    let (one, other) = try stores()
    one.bind(names: Self.names)
    other.bind(names: Self.names)
    return (one, other)
  }

  private func staysUntilCleared() throws {
    let (one, other) = try empty()
    let key = Self.key("a", "t")
    #expect(other.labels(of: key) == .labels(LabelSet()))
    #expect(one.apply(LabelChange(sets: Self.set(0)), to: key) == Self.set(0))
    #expect(other.labels(of: key) == .labels(Self.set(0)))
    #expect(other.apply(LabelChange(sets: Self.set(1)), to: key) == Self.set(0, 1))
    #expect(one.apply(LabelChange(sets: Self.set(1)), to: key) == Self.set(0, 1))
    #expect(one.apply(LabelChange(clears: Self.set(1)), to: key) == Self.set(0))
    // What one event both clears and sets is set.
    #expect(other.apply(LabelChange(sets: Self.set(0), clears: Self.set(0, 2)), to: key) == Self.set(0))
    #expect(other.apply(LabelChange(clears: Self.set(0)), to: key) == LabelSet())
    #expect(one.labels(of: key) == .labels(LabelSet()))
  }

  /// Of another principal, another thread of the same one, or none: these are others. What belongs to no thread is of all of them.
  private func isOfOneSession() throws {
    let (one, other) = try empty()
    one.apply(LabelChange(sets: Self.set(0)), to: Self.key("a", "t"))
    for key in [Self.key("b", "t"), Self.key("a", "u"), Self.key("a"), Self.key("b"), Self.key("t", "a")] {
      #expect(other.labels(of: key) == .labels(LabelSet()))
    }
    other.apply(LabelChange(sets: Self.set(1)), to: Self.key("a"))
    #expect(one.labels(of: Self.key("a", "t")) == .labels(Self.set(0, 1)) && one.labels(of: Self.key("a", "u")) == .labels(Self.set(1)))
    #expect(one.labels(of: Self.key("a")) == .labels(Self.set(1)) && one.labels(of: Self.key("b", "t")) == .labels(LabelSet()))
  }

  /// Another version of a policy numbers them otherwise, and does not declare all.
  private func isByName() throws {
    let (one, other) = try empty()
    one.apply(LabelChange(sets: Self.set(0, 2)), to: Self.key("a"))
    other.bind(names: ["more", "reviewed"])
    #expect(other.labels(of: Self.key("a")) == .labels(Self.set(1)))
    other.apply(LabelChange(sets: Self.set(0)), to: Self.key("a"))
    #expect(other.labels(of: Self.key("a")) == .labels(Self.set(0, 1)))
  }

  private func losesNothingAmongThreads() async throws {
    let (one, other) = try stores()
    let names = (0..<48).map { "label\($0)" }
    one.bind(names: names)
    other.bind(names: names)
    await withDiscardingTaskGroup { group in
      for number in UInt8(0)..<48 {
        group.addTask { (number % 2 == 0 ? one : other).apply(LabelChange(sets: Self.set(number)), to: Self.key("a")) }
      }
    }
    #expect(one.labels(of: Self.key("a")) == .labels(LabelSet((UInt8(0)..<48).map { LabelID($0) })))
  }
}
