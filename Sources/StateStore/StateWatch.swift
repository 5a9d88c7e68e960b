package import Credentials
package import Enforcement
internal import Foundation
internal import GRDB
internal import Synchronization

/// Keeps keys and stops of a store in memory for a process that guards calls, and up to date: what another process writes is in force here within
/// the interval.
///
/// What must stay true: when the store cannot be read, or another file stands in its place, nothing is let through until one can; a store that
/// was not there yet is watched for.
package final class StateWatch: Sendable {
  /// Between two looks, in milliseconds. A stop has to be in force within a second, and a look costs microseconds.
  private static let interval: UInt32 = 200
  /// Looks that may fail one after another: a disk may be slow for a moment.
  private static let mostFailures = 3
  /// Between two writings of when keys were used, in looks.
  private static let usesEvery = 50

  private struct State {
    var store: StateStore?
    var version: Int64?
    /// Of the table of stops and keys; changes that do not concern gates leave it.
    var changes: Int64?
    var keys: KeyTable?
    var nextExpiry: Int64?
    var failures = 0
    var isEnded = false
    /// By key, milliseconds since 1970.
    var uses: [String: Int64] = [:]
    var looks = 0
  }

  package let revocations: Revocations
  private let directory: StateDirectory
  private let state: Mutex<State>

  /// Reads the store as it is now. There need be none yet.
  ///
  /// - Parameter revocations: where what it says goes, beside what others say.
  package init(_ directory: StateDirectory, _ revocations: Revocations = Revocations()) throws(StoreError) {
    self.directory = directory
    self.revocations = revocations
    var state = State()
    if try directory.exists() {
      let store = try StateStore(opening: directory)
      try StateWatch.read(store, into: &state, at: StateWatch.now, revocations)
    }
    self.state = Mutex(state)
  }

  /// Looks from now on, on a thread of its own, until `end`.
  package func begin() {
    Thread.detachNewThread { [weak self] in
      while let self, !self.isEnded {
        self.look(at: StateWatch.now)
        pause(milliseconds: StateWatch.interval)
      }
    }
  }

  /// Stops looking, and writes down what is left to write.
  package func end() {
    let (store, uses) = state.withLock { state in
      state.isEnded = true
      defer { state.uses = [:] }
      return (state.store, state.uses)
    }
    // That a key was used is not worth an error.
    try? store?.noteUses(uses)
  }

  private var isEnded: Bool { state.withLock { $0.isEnded } }

  /// Whose key it is, from memory.
  package func verify(_ key: borrowing APIKey) throws(KeyFault) -> KeyRecord {
    // Without a store no key is known; the work is the same.
    let table = state.withLock { $0.keys } ?? StateWatch.noKeys
    let record = try table.verify(key, at: StateWatch.now)
    state.withLock { $0.uses[record.identifier] = StateWatch.now }
    return record
  }

  private static let noKeys = KeyTable([], pepper: [UInt8](repeating: 0, count: 32))

  private static var now: Int64 { Int64(Date.now.timeIntervalSince1970 * 1_000) }

  /// One look; what has changed is in force when it returns.
  func look(at now: Int64) {
    state.withLock { state in
      do {
        try refresh(&state, at: now)
        state.failures = 0
      } catch {
        state.failures += 1
        guard state.failures == StateWatch.mostFailures else { return }
        // What is read next replaces this, whether it has changed or not.
        state.store = nil
        state.version = nil
        state.changes = nil
        revocations.replace(with: Stops(isCurrent: false))
      }
    }
  }

  private func refresh(_ state: inout State, at now: Int64) throws(StoreError) {
    guard let store = state.store, store.isInPlace() else {
      // A store that was there and is gone is a failure, one that never was is none.
      let wasThere = state.changes != nil || state.failures > 0
      let isThere = try directory.exists()
      guard wasThere || isThere else { return }
      let store = try StateStore(opening: directory)
      state.version = nil
      state.changes = nil
      return try StateWatch.read(store, into: &state, at: now, revocations)
    }
    state.looks += 1
    if state.looks % StateWatch.usesEvery == 0, !state.uses.isEmpty {
      try store.noteUses(state.uses)
      state.uses = [:]
    }
    let version = try store.outsideVersion()
    let isExpiring = state.nextExpiry.map { now >= $0 } ?? false
    guard version != state.version || isExpiring else { return }
    try StateWatch.read(store, into: &state, at: now, revocations, evenIfUnchanged: isExpiring)
    state.version = version
  }

  /// One state of keys and stops into memory and into force.
  private static func read(
    _ store: StateStore, into state: inout State, at now: Int64, _ revocations: Revocations, evenIfUnchanged: Bool = false
  ) throws(StoreError) {
    let known = state.changes
    let found = try store.read { database -> (changes: Int64, keys: [KeyRecord], stops: [StopRecord])? in
      let changes = try Int64.fetchOne(database, sql: "SELECT changes FROM state") ?? 0
      guard changes != known || evenIfUnchanged else { return nil }
      return (changes, try StateStore.keys(database), try StateStore.stops(database))
    }
    state.store = store
    guard let found else { return }
    // Without keys there may be no pepper yet.
    let table = found.keys.isEmpty ? noKeys : KeyTable(found.keys, pepper: try store.pepper())
    var stops = Stops(keys: found.keys.lazy.filter { $0.fault(at: now) == nil }.map(\.identifier))
    for stop in found.stops { stops.stop(stop.kind, stop.name, Stops.Entry(actor: stop.actor, because: stop.because)) }
    state.keys = table
    state.changes = found.changes
    state.nextExpiry = table.nextExpiry(after: now)
    revocations.replace(with: stops)
  }
}
