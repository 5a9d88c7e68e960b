package import Bytecode
package import Filters
package import Quotas
internal import Synchronization

/// The policy in force, shared by every connection; a reload replaces it whole. A mutex, not an actor: it is read in synchronous code, once
/// for every message.
package final class PolicyStore: Sendable {
  /// A program and what was made of it, which change together.
  struct InForce: Sendable {
    let filters: ProgramFilters
    let ledger: LimitLedger
    let sensitive: SensitiveTargets

    init(_ program: Program, _ key: SanitiserKey, _ quotas: QuotaStore) {
      filters = ProgramFilters(program, key: key)
      ledger = LimitLedger(program, quotas)
      sensitive = SensitiveTargets(program)
    }
  }

  private let current: Mutex<InForce>
  private let key: SanitiserKey
  /// Of all sessions; they outlive a reload.
  let labels: SessionLabels
  /// What was taken from limits; it outlives a reload.
  let quotas: QuotaStore
  /// Nil: nothing is recorded.
  let recorder: (any TrafficRecorder)?

  /// - Parameters:
  ///   - key: what pseudonyms and enclosures are made with.
  ///   - quotas: where balances of limits are kept; nil: in memory.
  ///   - labels: where labels of sessions are kept; nil: in memory.
  ///   - recorder: who is told what all sessions decide.
  package init(
    _ program: Program, key: SanitiserKey = .random(), quotas: QuotaStore? = nil, labels shared: (any SharedLabels)? = nil,
    recorder: (any TrafficRecorder)? = nil
  ) {
    self.recorder = recorder
    self.key = key
    labels = SessionLabels(shared: shared)
    let quotas = quotas ?? .local(LocalQuotas(keys: Limits.balances, waiters: Limits.waiting))
    self.quotas = quotas
    current = Mutex(InForce(program, key, quotas))
    labels.bind(names: program.labels.map(\.name))
  }

  package var program: Program { inForce.filters.program }

  /// Compiled once for all connections.
  var inForce: InForce { current.withLock { $0 } }

  /// - Returns: the program that was in force.
  @discardableResult
  package func replace(with program: Program) -> Program {
    let next = InForce(program, key, quotas)
    return current.withLock { current in
      defer { current = next }
      labels.bind(names: program.labels.map(\.name))
      return current.filters.program
    }
  }
}
