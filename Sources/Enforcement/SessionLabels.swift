package import Bytecode
package import Digests
internal import Synchronization

/// What tells one session's labels from another's: `session by …`, or the principal.
package struct SessionKey: Hashable, Sendable {
  /// Of the caller and the claims that the policy names.
  package let principal: Digest
  /// Of the arguments that the policy names; nil when it names none, and for what belongs to no call: that marks all of a principal's sessions.
  package let thread: Digest?

  package init(principal: Digest, thread: Digest?) {
    self.principal = principal
    self.thread = thread
  }

  var hasThread: Bool { thread != nil }
  package var bytes: [UInt8] { principal.bytes + (thread?.bytes ?? []) }
}

/// Labels that several gateways share. By name, because numbers are those of one program, and gateways may be of two versions of a policy.
///
/// What must stay true: a label that was set stays until it is cleared, or its session was idle for long; what a method could not bring to the
/// others is brought to them before anything else is read; without an answer there are no labels, rather than none.
package protocol SharedLabels: Sendable {
  /// Of a session, with those that all of its principal's sessions have.
  ///
  /// - Returns: nil when they cannot be known.
  func labels(of key: SessionKey) -> [String]?

  /// - Parameters:
  ///   - clears: taken away before `sets` are set.
  /// - Returns: labels of this very key; nil when the others do not know of the change. It is brought to them later.
  func apply(sets: [String], clears: [String], to key: SessionKey) -> [String]?
}

/// The labels of all sessions, shared by every connection. Bounded: when there is no room for another session's labels, calls of sessions
/// that are not known are refused, so that no mark is ever forgotten to make room.
package final class SessionLabels: Sendable {
  package enum Known: Equatable, Sendable {
    case labels(LabelSet)
    /// Of a session that is not known while there is no room for it.
    case noRoom
    /// What several gateways share cannot be read.
    case unavailable
  }

  private struct State {
    /// By number: of the program whose numbers the sets have.
    var names: [String] = []
    var sets: [SessionKey: LabelSet] = [:]
  }

  private let state = Mutex(State())
  /// Where labels are kept instead of in memory.
  private let shared: (any SharedLabels)?

  package init(shared: (any SharedLabels)? = nil) { self.shared = shared }

  /// Numbers of labels change with the program; what it does not declare any more is forgotten.
  ///
  /// - Parameter names: of all labels that it declares, by number.
  package func bind(names: [String]) {
    state.withLock { state in
      guard !names.elementsEqual(state.names, by: { $0.utf8.elementsEqual($1.utf8) }) else { return }
      let numbers = state.names.map { old in names.firstIndex { $0.utf8.elementsEqual(old.utf8) } }
      for (key, set) in state.sets {
        let kept = LabelSet(set.labels.compactMap { numbers[Int($0.index)] }.map { LabelID(UInt8($0)) })
        state.sets[key] = kept.isEmpty ? nil : kept
      }
      state.names = names
    }
  }

  package func labels(of key: SessionKey) -> Known {
    if let shared { return shared.labels(of: key).map { .labels(numbers(of: $0)) } ?? .unavailable }
    return state.withLock { state in
      let all = key.thread == nil ? LabelSet() : state.sets[SessionKey(principal: key.principal, thread: nil)] ?? LabelSet()
      if let own = state.sets[key] { return .labels(own.union(all)) }
      return state.sets.count < Limits.markedSessions ? .labels(all) : .noRoom
    }
  }

  /// - Returns: the labels the session has now; nil when what several gateways share could not be told of the change. A session that there is no
  ///   room for has them all: its next call is refused in any case.
  @discardableResult
  package func apply(_ change: LabelChange, to key: SessionKey) -> LabelSet? {
    if let shared {
      let names = state.withLock { $0.names }
      let (sets, clears) = (change.sets.labels.map { names[Int($0.index)] }, change.clears.labels.map { names[Int($0.index)] })
      return shared.apply(sets: sets, clears: clears, to: key).map { numbers(of: $0) }
    }
    return state.withLock { state in
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

  /// A label that this program does not declare is another version's.
  private func numbers(of names: [String]) -> LabelSet {
    let declared = state.withLock { $0.names }
    return LabelSet(
      names.compactMap { name in declared.firstIndex { $0.utf8.elementsEqual(name.utf8) } }.map { LabelID(UInt8($0)) })
  }
}
