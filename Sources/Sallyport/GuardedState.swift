internal import Approvals
internal import Enforcement
internal import JSON
internal import Synchronization

/// What the sessions of one process have together: the policy in force, what calls took from limits, labels of sessions, what waits for approval,
/// and what is stopped. In memory, for any thread.
public final class GuardedState: Sendable {
  /// What can be stopped by name.
  public enum Stoppable: String, Sendable, CaseIterable {
    /// By `jti` and by `sub` of the caller's token.
    case token, subject
    /// By the policy's names: `support_bot`, `bank.transfer`, `bank`.
    case agent, tool, server
  }

  /// A call that waits for a person.
  public struct PendingApproval: Sendable, Hashable {
    public let id: String
    /// Who has to agree, as the policy names them.
    public let group: String
    /// Names of the `ask` rules.
    public let rules: [String]
    public let reason: String?
    public let caller: String
    /// `bank.transfer`
    public let target: String
    /// JSON for people: without what filters take out, and cut where it is long.
    public let arguments: String
    /// Milliseconds since 1970, the first moment that is too late.
    public let deadline: Int64
  }

  /// Why an approval cannot be decided.
  public enum ApprovalError: Error, Sendable, Hashable {
    case unknown, decided, tooLate
  }

  private struct Name: Hashable {
    let kind: Stoppable
    let name: ExactText
  }

  let policies: PolicyStore
  let revocations = Revocations()
  private let approvals = ApprovalsInMemory()
  private let seal = RequestSeal.random()
  private let stopped = Mutex<[Name: Stops.Entry]>([:])

  public init(policy: Policy) { policies = PolicyStore(policy.program) }

  /// Another policy comes into force, for every session with its next event. What was taken from limits of the same name stays taken.
  public func replace(with policy: Policy) { policies.replace(with: policy.program) }

  /// Nothing of it is let through any more. Sessions heed it with their next event: call `timePassed` of each to take back what is in flight.
  ///
  /// - Parameter person: who stopped it, for the log.
  public func stop(_ kind: Stoppable, _ name: String, by person: String, because reason: String? = nil) {
    change { $0[Name(kind: kind, name: name.exact)] = Stops.Entry(actor: person, because: reason) }
  }

  public func resume(_ kind: Stoppable, _ name: String) { change { $0[Name(kind: kind, name: name.exact)] = nil } }

  /// Under the lock to its end: of two changes the later one is in force.
  private func change(_ body: (inout [Name: Stops.Entry]) -> Void) {
    stopped.withLock { stopped in
      body(&stopped)
      var stops = Stops()
      for (name, entry) in stopped { if let kind = Stops.Kind(rawValue: name.kind.rawValue) { stops.stop(kind, name.name.text, entry) } }
      revocations.replace(with: stops)
    }
  }

  /// What waits for a person, the oldest first.
  public func pendingApprovals(at unixMilliseconds: Int64) -> [PendingApproval] {
    ((try? approvals.approvals()) ?? []).filter { $0.state(at: unixMilliseconds) == .pending }.map(PendingApproval.init)
  }

  /// A person's word: the call is let through once when it comes again, or refused. Whether they may say so is yours to know.
  public func decide(_ id: String, approve: Bool, by person: String, at unixMilliseconds: Int64) throws(ApprovalError) {
    do throws(ApprovalFault) {
      _ = try approvals.decide(id, approve ? .approve : .deny, by: person, at: unixMilliseconds)
    } catch {
      switch error {
      case .decided: throw .decided
      case .tooLate: throw .tooLate
      case .unknown, .tooMany, .unavailable: throw .unknown
      }
    }
  }

  func desk(groupsAtClient: [String]) -> ApprovalDesk { ApprovalDesk(store: approvals, seal: seal, groupsAtClient: groupsAtClient) }
}

extension GuardedState.PendingApproval {
  init(_ approval: Approval) {
    let request = approval.request
    self.init(
      id: approval.identifier, group: request.group, rules: request.rules, reason: request.reason, caller: request.caller,
      target: request.target, arguments: request.arguments, deadline: approval.deadline)
  }
}
