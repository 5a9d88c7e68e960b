package import Enforcement
internal import Foundation
internal import Synchronization

/// Keeps the stops of a shared server in force in a process that guards calls: what another gateway or a verb writes is in force here within the
/// interval.
///
/// What must stay true: when the server cannot be read for longer than `patience`, nothing is let through until it can; a server that begins anew
/// is given back what this gateway knows.
package final class RedisStopWatch: Sendable {
  /// Between two looks, in milliseconds. A stop has to be in force within a second.
  private static let interval: UInt32 = 200

  private struct State {
    var known: RedisStops.State?
    var stops: [StopRecord] = []
    /// Of the last look that succeeded.
    var seen: ContinuousClock.Instant?
    var isInForce = false
    var isEnded = false
  }

  private let store: RedisStops
  private let client: RedisClient
  private let revocations: Revocations
  private let patience: Duration
  private let state = Mutex(State())

  /// Reads what is stopped now. Without an answer nothing is let through until there is one.
  ///
  /// - Parameters:
  ///   - options: of a connection of its own, so that a look waits for no call.
  ///   - patience: for how long what was read last holds while the server does not answer.
  ///   - report: told when the server goes and when it is back.
  package init(
    _ options: RedisOptions, prefix: String = "sallyport", _ revocations: Revocations, patience: Duration = .seconds(1),
    report: @escaping @Sendable (RedisEvent) -> Void = { _ in }
  ) {
    var options = options
    options.pauseMilliseconds = 100
    client = RedisClient(options, report: report)
    store = RedisStops(client, prefix: prefix)
    self.revocations = revocations
    self.patience = patience
    revocations.replace(with: Stops(isCurrent: false), of: .shared)
    look()
  }

  /// Looks from now on, on a thread of its own, until `end`.
  package func begin() {
    // A task would hold one of the few threads of the pool while it waits.
    Thread.detachNewThread { [weak self] in
      while let self, !self.state.withLock({ $0.isEnded }) {
        self.look()
        usleep(RedisStopWatch.interval * 1_000)
      }
    }
  }

  package func end() { state.withLock { $0.isEnded = true } }

  /// One look; what has changed is in force when it returns.
  package func look() {
    var lost = false
    defer { if lost { client.note(.lost("stops")) } }
    state.withLock { state in
      let start = ContinuousClock.now
      do throws(RedisFault) {
        var found = try store.state(unlike: state.known)
        if let known = state.known, known.epoch != found.epoch {
          lost = true
          try store.giveBack(state.stops)
          found = try store.state(unlike: nil)
        }
        if let stops = found.stops { state.stops = stops }
        let isNew = state.known?.changes != found.changes || state.known?.epoch != found.epoch
        state.known = found
        state.seen = start
        guard isNew || !state.isInForce else { return }
        var stops = Stops()
        for stop in state.stops { stops.stop(stop.kind, stop.name, Stops.Entry(actor: stop.actor, because: stop.because)) }
        state.isInForce = true
        revocations.replace(with: stops, of: .shared)
      } catch {
        guard state.isInForce, let seen = state.seen, ContinuousClock.now - seen >= patience else { return }
        state.isInForce = false
        revocations.replace(with: Stops(isCurrent: false), of: .shared)
      }
    }
  }
}
