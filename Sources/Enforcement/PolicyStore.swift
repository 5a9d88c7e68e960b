package import Bytecode
internal import Synchronization

/// The policy in force, shared by every connection; a reload replaces it whole. A mutex, not an actor: it is read in synchronous code, once
/// for every message.
package final class PolicyStore: Sendable {
  private let current: Mutex<ArgumentFilters>

  package init(_ program: Program) { current = Mutex(ArgumentFilters(program)) }

  package var program: Program { filters.program }

  /// Of the program in force, compiled once for all connections.
  var filters: ArgumentFilters { current.withLock { $0 } }

  /// - Returns: the program that was in force.
  @discardableResult
  package func replace(with program: Program) -> Program {
    let filters = ArgumentFilters(program)
    return current.withLock { current in
      defer { current = filters }
      return current.program
    }
  }
}
