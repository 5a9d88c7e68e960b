internal import Messages

/// A request of the client that waits for the person at the client, who was asked about it.
struct OpenQuestion {
  let request: Request
  let target: String
  /// Of the request with which they were asked.
  let question: Identifier
  let asked: Asked
  /// Identifiers.
  let approvals: [String]
  /// On the clock of `EventTime.nanoseconds`.
  let deadline: UInt64
}

/// Requests about which somebody is being asked, in the order of their coming. Bounded in number and bytes.
struct OpenQuestions {
  private(set) var entries: [OpenQuestion] = []
  private(set) var deadline: UInt64?

  func hasRoom(for request: Request) -> Bool {
    entries.count < Limits.questions
      && entries.reduce(request.inbound.bytes.count) { $0 + $1.request.inbound.bytes.count } <= Limits.heldBytes
  }

  func contains(_ identifier: Identifier) -> Bool { entries.contains { $0.request.identifier == identifier } }

  func isProgressTokenTaken(_ token: Identifier) -> Bool { entries.contains { $0.request.progressToken == token } }

  /// Whether somebody is being asked about an approval.
  func concern(_ approval: String) -> Bool { entries.contains { $0.approvals.contains(approval) } }

  mutating func insert(_ entry: OpenQuestion) {
    entries.append(entry)
    findDeadline()
  }

  mutating func remove(_ identifier: Identifier) -> OpenQuestion? { removeFirst { $0.request.identifier == identifier } }

  mutating func remove(askedWith question: Identifier) -> OpenQuestion? { removeFirst { $0.question == question } }

  mutating func takeExpired(at nanoseconds: UInt64) -> [OpenQuestion] {
    guard let deadline, nanoseconds >= deadline else { return [] }
    defer { findDeadline() }
    let expired = entries.filter { nanoseconds >= $0.deadline }
    entries.removeAll { nanoseconds >= $0.deadline }
    return expired
  }

  mutating func removeAll() -> [OpenQuestion] {
    defer {
      entries = []
      deadline = nil
    }
    return entries
  }

  private mutating func removeFirst(where holds: (OpenQuestion) -> Bool) -> OpenQuestion? {
    guard let place = entries.firstIndex(where: holds) else { return nil }
    defer { findDeadline() }
    return entries.remove(at: place)
  }

  private mutating func findDeadline() { deadline = entries.map(\.deadline).min() }
}
