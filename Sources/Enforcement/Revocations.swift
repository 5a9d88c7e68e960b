internal import Synchronization

/// The stops in force, shared by every session of a process; whoever reads the store replaces them. A session asks with each event whether
/// anything has changed, which is one load of a counter.
package final class Revocations: Sendable {
  private struct State {
    var stops: Stops
    var observers: [@Sendable () -> Void] = []
  }

  private let counter = Atomic<UInt64>(0)
  private let state: Mutex<State>

  package init(_ stops: Stops = Stops()) { state = Mutex(State(stops: stops)) }

  /// Grows with every change.
  package var generation: UInt64 { counter.load(ordering: .acquiring) }

  package var stops: Stops { state.withLock { $0.stops } }

  package func replace(with stops: Stops) {
    let observers = state.withLock { state in
      state.stops = stops
      // After the stops, so that who sees the number finds them.
      counter.add(1, ordering: .releasing)
      return state.observers
    }
    for observer in observers { observer() }
  }

  /// Calls `body` after every change, on whatever thread makes it: a transport wakes its sessions, which otherwise look with their next message.
  package func whenReplaced(_ body: @escaping @Sendable () -> Void) { state.withLock { $0.observers.append(body) } }
}
