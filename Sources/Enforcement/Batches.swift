internal import Messages

/// Batches of the client (2025-03-26) that wait for answers: they are split on the way in and answered together.
struct Batches {
  private struct Entry {
    let number: Int
    var waiting: Int
    var answers: [[UInt8]] = []
  }

  private var entries: [Entry] = []
  private var last = 0
  /// Bytes of all answers that are held.
  private var bytes = 0

  /// - Parameter requests: how many of its messages will be answered, or cancelled; at least one.
  mutating func open(requests: Int) -> Int {
    last += 1
    entries.append(Entry(number: last, waiting: requests))
    return last
  }

  /// Whether an answer of the server's can be held; what the gate writes itself is short and always can.
  func hasRoom(for answer: [UInt8]) -> Bool { bytes + answer.count <= Limits.batchBytes }

  /// Takes one answer, or nil for a request that was cancelled.
  ///
  /// - Returns: the answer to the whole batch once it is complete; nil while it is not, or when nothing of it wants an answer.
  mutating func close(_ number: Int, with answer: [UInt8]?) -> [UInt8]? {
    guard let place = entries.firstIndex(where: { $0.number == number }) else { return answer }
    if let answer {
      entries[place].answers.append(answer)
      bytes += answer.count
    }
    entries[place].waiting -= 1
    guard entries[place].waiting == 0 else { return nil }
    let answers = entries.remove(at: place).answers
    bytes -= answers.reduce(0) { $0 + $1.count }
    return answers.isEmpty ? nil : Reply.batch(answers)
  }

  mutating func removeAll() {
    entries = []
    bytes = 0
  }
}
