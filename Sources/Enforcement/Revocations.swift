internal import Synchronization

/// The stops in force, shared by every session of a process; whoever reads a store replaces what it knows. A session asks with each event
/// whether anything has changed, which is one load of a counter.
package final class Revocations: Sendable {
  /// Who knows of stops. Something is stopped when anybody says so.
  package enum Source: Sendable {
    /// Of this machine.
    case local
    /// Of a store that gateways on several machines share.
    case shared
  }

  private struct State {
    var local: Stops
    /// Nil: there is no such store.
    var shared: Stops?
    var observers: [@Sendable () -> Void] = []

    var stops: Stops { shared.map { local.union($0) } ?? local }
  }

  private let counter = Atomic<UInt64>(0)
  private let state: Mutex<State>

  /// - Parameter awaitsShared: whether nothing is let through before a shared store was read.
  package init(_ stops: Stops = Stops(), awaitsShared: Bool = false) {
    state = Mutex(State(local: stops, shared: awaitsShared ? Stops(isCurrent: false) : nil))
  }

  /// Grows with every change.
  package var generation: UInt64 { counter.load(ordering: .acquiring) }

  package var stops: Stops { state.withLock { $0.stops } }

  package func replace(with stops: Stops, of source: Source = .local) {
    let observers = state.withLock { state in
      switch source {
      case .local: state.local = stops
      case .shared: state.shared = stops
      }
      // After the stops, so that who sees the number finds them.
      counter.add(1, ordering: .releasing)
      return state.observers
    }
    for observer in observers { observer() }
  }

  /// Calls `body` after every change, on whatever thread makes it: a transport wakes its sessions, which otherwise look with their next message.
  package func whenReplaced(_ body: @escaping @Sendable () -> Void) { state.withLock { $0.observers.append(body) } }
}
