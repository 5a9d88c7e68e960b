package import Digests

/// Keeps approvals for every gate and every person who decides. Called from synchronous code; a call that waits for a person can wait for a disk.
///
/// What must stay true: what a method has returned outlives the process, where the store is meant to; an approval is decided once and used once,
/// whoever asks at the same time. Moments are milliseconds since 1970.
package protocol ApprovalStore: Sendable {
  /// Files a request, or finds the open approval for the same subject and group.
  ///
  /// - Throws: ``ApprovalFault/tooMany`` when ``ApprovalLimits/pending`` wait already.
  func file(_ request: ApprovalRequest, at moment: Int64) throws(ApprovalFault) -> FiledApproval

  /// All that are kept, the oldest first.
  func approvals() throws(ApprovalFault) -> [Approval]

  /// - Throws: ``ApprovalFault/unknown``, ``ApprovalFault/decided`` or ``ApprovalFault/tooLate``; then nothing has changed.
  func decide(_ identifier: String, _ decision: Approval.Decision, by person: String, at moment: Int64) throws(ApprovalFault) -> Approval

  /// Uses up one approval of each group for a subject: all of them, or none.
  ///
  /// - Returns: those that were used; nil when a group has not approved.
  func use(_ subject: Digest, groups: [String], at moment: Int64) throws(ApprovalFault) -> [Approval]?
}

package struct FiledApproval: Hashable, Sendable {
  package let approval: Approval
  /// Whether it was filed now; people have to be told of it.
  package let isNew: Bool

  package init(_ approval: Approval, isNew: Bool) {
    self.approval = approval
    self.isNew = isNew
  }
}

package enum ApprovalLimits {
  /// Approvals that wait for a person at once: more than people work off, few enough to read.
  package static let pending = 256
  /// How long an approval is kept after its time, in milliseconds: a week to look back. The audit is kept beyond that.
  package static let kept: Int64 = 7 * 86_400_000
}

extension [Approval] {
  /// The open one for a subject and group; of several, which a store does not make, the strictest.
  package func open(_ subject: Digest, _ group: String, at moment: Int64) -> Approval? {
    let found = filter { $0.request.subject == subject && $0.request.group == group && $0.isOpen(at: moment) }
    return found.first { $0.outcome?.decision == .deny } ?? found.first
  }
}
