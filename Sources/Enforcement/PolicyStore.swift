package import Bytecode
internal import Synchronization

/// The policy in force, shared by every connection; a reload replaces it whole. A mutex, not an actor: it is read in synchronous code, once
/// for every message.
package final class PolicyStore: Sendable {
  private let current: Mutex<Program>

  package init(_ program: Program) { current = Mutex(program) }

  package var program: Program { current.withLock { $0 } }

  /// - Returns: the program that was in force.
  @discardableResult
  package func replace(with program: Program) -> Program {
    current.withLock { current in
      defer { current = program }
      return current
    }
  }
}
