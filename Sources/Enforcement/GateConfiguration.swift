/// What one gate stands for: the upstream as the policy names it.
package struct GateConfiguration: Sendable {
  /// The `server` declaration of the policy which the upstream is held to.
  package let server: String

  package init(server: String) { self.server = server }
}
