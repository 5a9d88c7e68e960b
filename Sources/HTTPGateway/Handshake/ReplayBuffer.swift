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
  /// By stream: the last of its events that had to make room, or never had any.
  private var lost: [Int: Int] = [:]

  init(limit: Int, of budget: MemoryBudget) {
    self.limit = limit
    self.budget = budget
  }

  deinit { budget.giveBack(bytes) }

  func append(_ message: [UInt8], stream: Int, number: Int) {
    var dropped = 0
    var freed = 0
    while bytes - freed + message.count > limit || budget.room + freed < message.count {
      if dropped == events.count {
        forgetFirst(dropped)
        lost[stream] = number
        return
      }
      freed += events[dropped].message.count
      dropped += 1
    }
    forgetFirst(dropped)
    guard budget.take(message.count) else {
      lost[stream] = number
      return
    }
    bytes += message.count
    events.append(Event(stream: stream, number: number, message: message))
  }

  /// Whether nothing is missing of what a stream carried after an event.
  func isWhole(_ stream: Int, after number: Int) -> Bool { lost[stream, default: 0] <= number }

  /// What a stream carried after an event, as far as it is still known: of this stream and no other.
  func events(of stream: Int, after number: Int) -> [(number: Int, message: [UInt8])] {
    events.filter { $0.stream == stream && $0.number > number }.map { ($0.number, $0.message) }
  }

  func forget(_ stream: Int) {
    for event in events where event.stream == stream { release(event.message.count) }
    events.removeAll { $0.stream == stream }
    lost[stream] = nil
  }

  /// All at once: one at a time would move those behind them again and again.
  private func forgetFirst(_ count: Int) {
    for event in events[..<count] {
      release(event.message.count)
      lost[event.stream] = event.number
    }
    events.removeFirst(count)
  }

  private func release(_ count: Int) {
    bytes -= count
    budget.giveBack(count)
  }
}
