package import Bytecode

/// What one gate stands for: the upstream as the policy names it, and who is calling.
package struct GateConfiguration: Sendable {
  /// The `server` declaration of the policy which the upstream is held to. A name that the policy does not declare closes everything.
  package let server: String
  package let identity: Identity

  package init(server: String, identity: Identity) {
    self.server = server
    self.identity = identity
  }
}
