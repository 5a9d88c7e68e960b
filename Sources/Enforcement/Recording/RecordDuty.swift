internal import Synchronization

/// Which requests go no further while their records cannot be written. Whoever writes says so from its own thread; sessions look at it
/// before a request goes to a server.
package final class RecordDuty: Sendable {
  /// What becomes of requests while records cannot be written.
  package enum Rule: String, CaseIterable, Sendable {
    /// They pass, and records are lost; how many is written down as soon as something can be.
    case drop
    /// What `@sensitive` scopes open is refused, everything else passes.
    case denySensitive = "deny-sensitive"
    case deny
  }

  package let rule: Rule
  private let isWriterBehind = Atomic<Bool>(false)
  private let isMailboxFilling = Atomic<Bool>(false)

  package init(_ rule: Rule) { self.rule = rule }

  /// - Parameter writerIsBehind: whether what is given to the writer now may never be on the disk.
  package func report(writerIsBehind: Bool) { isWriterBehind.store(writerIsBehind, ordering: .relaxed) }

  /// - Parameter mailboxIsFilling: whether records may soon be lost on their way to the writer.
  package func report(mailboxIsFilling: Bool) { isMailboxFilling.store(mailboxIsFilling, ordering: .relaxed) }

  package var isImpaired: Bool { isWriterBehind.load(ordering: .relaxed) || isMailboxFilling.load(ordering: .relaxed) }

  /// Whether a request is to be refused. The order of checks keeps the usual answer to one load.
  func refuses(isSensitive: @autoclosure () -> Bool) -> Bool {
    guard isImpaired else { return false }
    switch rule {
    case .drop: return false
    case .denySensitive: return isSensitive()
    case .deny: return true
    }
  }
}
