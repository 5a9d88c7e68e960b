package import Enforcement
internal import Testing

/// What every store of stops must do, whatever it keeps them in.
package struct StopStoreKit: Sendable {
  /// Makes an empty store, seen by two who share it.
  let stores: @Sendable () throws -> (any StopStore, any StopStore)

  package init(_ stores: @escaping @Sendable () throws -> (any StopStore, any StopStore)) { self.stores = stores }

  package func all() async throws {
    try keepsWhatIsStopped()
    try keepsTheFirst()
    try writesDownWhatWasDone()
    try await countsOnceAmongThreads()
  }

  private static func act(_ moment: Int64, _ actor: String = "ann é") -> Act { Act(actor: actor, moment: moment) }

  private func keepsWhatIsStopped() throws {
    let (one, other) = try stores()
    #expect(try other.stops().isEmpty)
    for (moment, kind) in Stops.Kind.allCases.enumerated() {
      #expect(try one.stop(kind, "a b.\"c\" é", because: kind == .key ? nil : "odd \"refunds\"", Self.act(Int64(moment))))
    }
    let kept = Stops.Kind.allCases.enumerated().map { moment, kind in
      StopRecord(
        kind: kind, name: "a b.\"c\" é", since: Int64(moment), actor: "ann é", because: kind == .key ? nil : "odd \"refunds\"")
    }
    #expect(try other.stops() == kept.reversed())
    #expect(try other.resume(.tool, "a b.\"c\" é", Self.act(9)))
    #expect(try one.stops() == kept.reversed().filter { $0.kind != .tool })
    #expect(try !one.resume(.tool, "a b.\"c\" é", Self.act(10)))
  }

  private func keepsTheFirst() throws {
    let (one, other) = try stores()
    #expect(try one.stop(.agent, "clerk", because: "first", Self.act(1)))
    #expect(try !other.stop(.agent, "clerk", because: "second", Self.act(2, "bob")))
    #expect(try one.stops() == [StopRecord(kind: .agent, name: "clerk", since: 1, actor: "ann é", because: "first")])
    // A name of another kind, or almost the same, is another one.
    #expect(try !one.resume(.server, "clerk", Self.act(3)) && !one.resume(.agent, "Clerk", Self.act(3)))
    #expect(try one.resume(.agent, "clerk", Self.act(3)) && one.stop(.agent, "clerk", because: nil, Self.act(4)))
    #expect(try one.stops().map(\.since) == [4])
  }

  private func writesDownWhatWasDone() throws {
    let (one, other) = try stores()
    _ = try one.stop(.tool, "bank.pay", because: "odd", Self.act(1))
    _ = try one.stop(.tool, "bank.pay", because: "again", Self.act(2))
    _ = try other.resume(.tool, "bank.pay", Self.act(3, "bob"))
    _ = try other.resume(.tool, "bank.pay", Self.act(4, "bob"))
    #expect(
      try one.audit() == [
        AuditLine(moment: 1, actor: "ann é", act: "stop", object: "tool bank.pay", details: "odd"),
        AuditLine(moment: 3, actor: "bob", act: "resume", object: "tool bank.pay", details: nil),
      ])
  }

  private func countsOnceAmongThreads() async throws {
    let (one, other) = try stores()
    let done = await withTaskGroup(of: Int.self) { group in
      for number in 0..<8 {
        group.addTask { ((try? (number % 2 == 0 ? one : other).stop(.key, "k", because: nil, Self.act(Int64(number)))) ?? false) ? 1 : 0 }
      }
      return await group.reduce(0, +)
    }
    #expect(done == 1)
    #expect(try one.audit().count == 1)
  }
}
