package import Digests
internal import Synchronization

/// Approvals of one process; they end with it.
package final class ApprovalsInMemory: ApprovalStore {
  private let kept = Mutex<[Approval]>([])

  package init() {}

  package func file(_ request: ApprovalRequest, at moment: Int64) throws(ApprovalFault) -> FiledApproval {
    let filed = kept.withLock { kept -> FiledApproval? in
      kept.removeAll { moment - $0.deadline > ApprovalLimits.kept }
      if let open = kept.open(request.subject, request.group, at: moment) { return FiledApproval(open, isNew: false) }
      guard kept.count(where: { $0.state(at: moment) == .pending }) < ApprovalLimits.pending else { return nil }
      let approval = Approval(request, identifier: Approval.newIdentifier(), asked: moment)
      kept.append(approval)
      return FiledApproval(approval, isNew: true)
    }
    guard let filed else { throw .tooMany }
    return filed
  }

  package func approvals() throws(ApprovalFault) -> [Approval] { kept.withLock { $0 } }

  package func decide(
    _ identifier: String, _ decision: Approval.Decision, by person: String, at moment: Int64
  ) throws(ApprovalFault) -> Approval {
    let result = kept.withLock { kept -> Result<Approval, ApprovalFault> in
      guard let place = kept.firstIndex(where: { $0.identifier == identifier }) else { return .failure(.unknown) }
      do throws(ApprovalFault) {
        try kept[place].decide(decision, by: person, at: moment)
      } catch {
        return .failure(error)
      }
      return .success(kept[place])
    }
    return try result.get()
  }

  package func use(_ subject: Digest, groups: [String], at moment: Int64) throws(ApprovalFault) -> [Approval]? {
    kept.withLock { kept -> [Approval]? in
      let places = groups.compactMap { group in
        kept.firstIndex { $0.request.subject == subject && $0.request.group == group && $0.state(at: moment) == .approved }
      }
      guard places.count == groups.count, !groups.isEmpty else { return nil }
      var used: [Approval] = []
      for place in places {
        guard (try? kept[place].use(at: moment)) != nil else { return nil }
        used.append(kept[place])
      }
      return used
    }
  }
}
