internal import Synchronization

/// Room for connections of clients, or for sessions, of all event loops together: connections go round among the loops, but who opens two at a
/// time fills one loop and leaves the other empty.
final class Room: Sendable {
  private let most: Int
  private let count = Atomic(0)

  init(most: Int) { self.most = most }

  /// - Returns: false when there is none left.
  func enter() -> Bool {
    if count.add(1, ordering: .relaxed).newValue <= most { return true }
    leave()
    return false
  }

  /// Once for each that entered.
  func leave() { count.subtract(1, ordering: .relaxed) }
}
