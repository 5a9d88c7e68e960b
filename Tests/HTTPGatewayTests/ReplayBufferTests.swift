import Testing

@testable import HTTPGateway

/// What sessions keep for clients that come back, within their own limit and that of all together.
@Suite struct ReplayBufferTests {
  private func kept(_ buffer: ReplayBuffer, _ stream: Int = 1) -> [Int] { buffer.events(of: stream, after: 0).map(\.number) }

  @Test func theOldestMakeRoom() {
    let buffer = ReplayBuffer(limit: 100, of: MemoryBudget(1_000))
    for number in 1...5 { buffer.append([UInt8](repeating: 0, count: 30), stream: 1, number: number) }
    #expect(kept(buffer) == [3, 4, 5])
    buffer.append([UInt8](repeating: 0, count: 101), stream: 1, number: 6)
    #expect(kept(buffer).isEmpty, "whoever comes back must not be given what came before it alone")
  }

  /// Whoever comes back is not given what is left as if it were all.
  @Test func whatIsMissingIsKnown() {
    let buffer = ReplayBuffer(limit: 100, of: MemoryBudget(1_000))
    for number in 1...2 { buffer.append([UInt8](repeating: 0, count: 10), stream: 1, number: number) }
    #expect(buffer.isWhole(1, after: 0) && buffer.isWhole(2, after: 0))
    for number in 1...3 { buffer.append([UInt8](repeating: 0, count: 30), stream: 2, number: number) }
    #expect(!buffer.isWhole(1, after: 0) && buffer.isWhole(1, after: 1) && buffer.isWhole(2, after: 0))
    buffer.append([UInt8](repeating: 0, count: 101), stream: 2, number: 4)
    #expect(!buffer.isWhole(1, after: 1) && buffer.isWhole(1, after: 2))
    #expect(!buffer.isWhole(2, after: 3) && buffer.isWhole(2, after: 4))
    let poor = ReplayBuffer(limit: 100, of: MemoryBudget(5))
    poor.append([UInt8](repeating: 0, count: 10), stream: 1, number: 1)
    #expect(!poor.isWhole(1, after: 0) && poor.isWhole(1, after: 1))
  }

  @Test func allTogetherHaveABudget() {
    let budget = MemoryBudget(100)
    var first: ReplayBuffer? = ReplayBuffer(limit: 100, of: budget)
    let second = ReplayBuffer(limit: 100, of: budget)
    first?.append([UInt8](repeating: 0, count: 80), stream: 1, number: 1)
    second.append([UInt8](repeating: 0, count: 30), stream: 1, number: 1)
    #expect(kept(second).isEmpty && first.map { kept($0) } == [1], "nobody else's is forgotten")
    second.append([UInt8](repeating: 0, count: 10), stream: 1, number: 2)
    second.append([UInt8](repeating: 0, count: 20), stream: 2, number: 1)
    #expect(kept(second).isEmpty && kept(second, 2) == [1])
    second.forget(2)
    first = nil
    #expect(budget.take(100), "everything was given back")
  }
}
