/// How much memory messages may take while they are gathered, over all connections of one event loop. Each has its own limit, but many
/// large ones at the same time would fill the machine.
final class MemoryBudget {
  private let limit: Int
  private var used = 0

  init(_ limit: Int) { self.limit = limit }

  /// Bytes that can be taken.
  var room: Int { limit - used }

  /// - Returns: false, and nothing is taken, when there is not enough.
  func take(_ bytes: Int) -> Bool {
    guard used + bytes <= limit else { return false }
    used += bytes
    return true
  }

  func giveBack(_ bytes: Int) { used -= bytes }
}
