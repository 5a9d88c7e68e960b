package import Credentials

/// What the gate itself shows to one upstream. A token that a client sent is never shown to anybody: it was issued for the gate, and an upstream
/// that got it could use it against the gate's other upstreams (the MCP authorization specification forbids it).
package struct UpstreamCredential: Sendable {
  package enum Form: Hashable, Sendable {
    /// `Authorization: Bearer …`
    case bearer
    /// The secret alone, as the value of this header.
    case header(String)
  }

  package let form: Form
  private let reader: SecretReader

  package init(_ form: Form, from source: SecretSource) {
    self.form = form
    reader = SecretReader(source)
  }

  package var source: SecretSource { reader.source }

  /// The header line to send, as it is now.
  package func header() throws(SecretFault) -> (name: String, value: Secret) {
    let secret = try reader.secret()
    switch form {
    case .bearer: return ("Authorization", Secret(Array("Bearer ".utf8) + secret.reveal { $0 }))
    case .header(let name): return (name, secret)
    }
  }
}
