internal import Synchronization

/// Which policy is in force, and what became of attempts to replace it. Read by metrics and the live page.
package final class PolicyStatus: Sendable {
  package struct Reload: Sendable {
    /// Milliseconds since 1970.
    package let time: Int64
    /// What asked for it: `start`, `signal`, `file`, `admin`.
    package let trigger: String
    package let isRefused: Bool
    /// Why it was refused; otherwise what the change means.
    package let summary: String
    /// Of the policy in force afterwards.
    package let fingerprint: String

    package init(time: Int64, trigger: String, isRefused: Bool, summary: String, fingerprint: String) {
      self.time = time
      self.trigger = trigger
      self.isRefused = isRefused
      self.summary = summary
      self.fingerprint = fingerprint
    }
  }

  package struct State: Sendable {
    /// Of the policy in force.
    package var fingerprint = ""
    /// Milliseconds since 1970.
    package var since: Int64 = 0
    package var accepted = 0
    package var refused = 0
    /// The newest last.
    package var history: [Reload] = []

    /// Whether the last attempt was refused: what is on the disk is not what is in force.
    package var isStale: Bool { history.last?.isRefused ?? false }
  }

  private static let kept = 20
  private let state = Mutex(State())

  package init() {}

  package var current: State { state.withLock { $0 } }

  package func note(_ reload: Reload) {
    state.withLock { state in
      if reload.isRefused { state.refused += 1 } else { state.accepted += 1 }
      if reload.fingerprint != state.fingerprint {
        state.fingerprint = reload.fingerprint
        state.since = reload.time
      }
      state.history.append(reload)
      if state.history.count > PolicyStatus.kept { state.history.removeFirst() }
    }
  }
}
