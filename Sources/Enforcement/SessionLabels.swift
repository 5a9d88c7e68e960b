package import Bytecode
internal import Digests
internal import Synchronization

/// What tells one session's labels from another's: `session by …`, or the principal.
package struct SessionKey: Hashable, Sendable {
  /// Of the caller and the claims that the policy names.
  let principal: Digest
  /// Of the arguments that the policy names; nil when it names none, and for what belongs to no call: that marks all of a principal's sessions.
  let thread: Digest?

  var hasThread: Bool { thread != nil }
  var bytes: [UInt8] { principal.bytes + (thread?.bytes ?? []) }
}

/// The labels of all sessions, shared by every connection. Bounded: when there is no room for another session's labels, calls of sessions
/// that are not known are refused, so that no mark is ever forgotten to make room.
package final class SessionLabels: Sendable {
  private struct State {
    /// By number: of the program whose numbers the sets have.
    var names: [String] = []
    var sets: [SessionKey: LabelSet] = [:]
  }

  private let state = Mutex(State())

  package init() {}

  /// Numbers of labels change with the program; what it does not declare any more is forgotten.
  package func bind(to program: Program) {
    state.withLock { state in
      let names = program.labels.map(\.name)
      guard !names.elementsEqual(state.names, by: { $0.utf8.elementsEqual($1.utf8) }) else { return }
      let numbers = state.names.map { old in names.firstIndex { $0.utf8.elementsEqual(old.utf8) } }
      for (key, set) in state.sets {
        let kept = LabelSet(set.labels.compactMap { numbers[Int($0.index)] }.map { LabelID(UInt8($0)) })
        state.sets[key] = kept.isEmpty ? nil : kept
      }
      state.names = names
    }
  }

  /// - Returns: nil for a session that is not known while there is no room for it.
  package func labels(of key: SessionKey) -> LabelSet? {
    state.withLock { state in
      let all = key.thread == nil ? LabelSet() : state.sets[SessionKey(principal: key.principal, thread: nil)] ?? LabelSet()
      if let own = state.sets[key] { return own.union(all) }
      return state.sets.count < Limits.markedSessions ? all : nil
    }
  }

  /// - Returns: the labels the session has now. A session that there is no room for has them all: its next call is refused in any case.
  @discardableResult
  package func apply(_ change: LabelChange, to key: SessionKey) -> LabelSet {
    state.withLock { state in
      var set = state.sets[key] ?? LabelSet()
      set.apply(change)
      if set.isEmpty {
        state.sets[key] = nil
      } else if state.sets[key] != nil || state.sets.count < Limits.markedSessions {
        state.sets[key] = set
      }
      return set
    }
  }
}
