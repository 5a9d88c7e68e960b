/// Where the requests of one session come from and go to: what all its records have in common.
package final class RecordOrigin: Sendable {
  /// As the policy names it.
  package let server: String
  /// Of the credential: identifier of a key of ours, and who it was given to.
  package let key: String?
  package let subject: String?

  init(_ configuration: GateConfiguration) {
    server = configuration.server
    key = configuration.credential?.key
    subject = configuration.credential?.subject
  }
}
