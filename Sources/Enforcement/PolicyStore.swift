package import Bytecode
package import Filters
internal import Synchronization

/// The policy in force, shared by every connection; a reload replaces it whole. A mutex, not an actor: it is read in synchronous code, once
/// for every message.
package final class PolicyStore: Sendable {
  private let current: Mutex<ProgramFilters>
  private let key: SanitiserKey
  /// Of all sessions; they outlive a reload.
  let labels = SessionLabels()

  /// - Parameter key: what pseudonyms and enclosures are made with.
  package init(_ program: Program, key: SanitiserKey = .random()) {
    self.key = key
    current = Mutex(ProgramFilters(program, key: key))
    labels.bind(to: program)
  }

  package var program: Program { filters.program }

  /// Of the program in force, compiled once for all connections.
  var filters: ProgramFilters { current.withLock { $0 } }

  /// - Returns: the program that was in force.
  @discardableResult
  package func replace(with program: Program) -> Program {
    let filters = ProgramFilters(program, key: key)
    return current.withLock { current in
      defer { current = filters }
      labels.bind(to: program)
      return current.program
    }
  }
}
