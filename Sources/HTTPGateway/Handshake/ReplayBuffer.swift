/// Events kept for clients that come back for them: of all streams of one session together, the oldest make room.
///
/// All sessions of an event loop have one budget. Where that is used up a session keeps what it can by forgetting its own; nobody else's is
/// forgotten for it.
final class ReplayBuffer {
  private struct Event {
    let stream: Int
    let number: Int
    let message: [UInt8]
  }

  private let limit: Int
  private let budget: MemoryBudget
  private var events: [Event] = []
  private var bytes = 0

  init(limit: Int, of budget: MemoryBudget) {
    self.limit = limit
    self.budget = budget
  }

  deinit { budget.giveBack(bytes) }

  func append(_ message: [UInt8], stream: Int, number: Int) {
    guard message.count <= limit else { return drop { _ in true } }
    var dropped = 0
    var freed = 0
    while bytes - freed + message.count > limit, dropped < events.count {
      freed += events[dropped].message.count
      dropped += 1
    }
    forgetFirst(dropped)
    while !budget.take(message.count) {
      if events.isEmpty { return }
      forgetFirst(1)
    }
    bytes += message.count
    events.append(Event(stream: stream, number: number, message: message))
  }

  /// What a stream carried after an event: of this stream and no other.
  func events(of stream: Int, after number: Int) -> [(number: Int, message: [UInt8])] {
    events.filter { $0.stream == stream && $0.number > number }.map { ($0.number, $0.message) }
  }

  func forget(_ stream: Int) { drop { $0.stream == stream } }

  private func forgetFirst(_ count: Int) {
    guard count > 0 else { return }
    release(events[..<count].reduce(0) { $0 + $1.message.count })
    events.removeFirst(count)
  }

  private func drop(_ isForgotten: (Event) -> Bool) {
    release(events.reduce(0) { isForgotten($1) ? $0 + $1.message.count : $0 })
    events.removeAll(where: isForgotten)
  }

  private func release(_ count: Int) {
    bytes -= count
    budget.giveBack(count)
  }
}
