package import Bytecode

/// What one gate stands for: the upstream as the policy names it, and who is calling.
package struct GateConfiguration: Sendable {
  /// The `server` declaration of the policy which the upstream is held to. A name that the policy does not declare closes everything.
  package let server: String
  package let identity: Identity
  /// Of the credential that was verified; nil: the identity is the operator's word.
  package let credential: CredentialMarks?
  /// Where approvals are asked for; nil: what needs one is refused.
  package let approvals: ApprovalDesk?
  /// Seals the server's names of tasks and states where every request stands alone; nil: they pass as they are.
  package let handles: HandleSeal?
  /// Before the names of tools that refusals tell: where clients know them by longer ones.
  package let namePrefix: String
  package let recording: Recording

  package init(
    server: String, identity: Identity, credential: CredentialMarks? = nil, approvals: ApprovalDesk? = nil,
    handles: HandleSeal? = nil, namePrefix: String = "", recording: Recording = .nothing
  ) {
    self.server = server
    self.identity = identity
    self.credential = credential
    self.approvals = approvals
    self.handles = handles
    self.namePrefix = namePrefix
    self.recording = recording
  }
}
