package import Approvals
internal import Digests
internal import Foundation
internal import Synchronization
internal import Testing

/// What every store of approvals must do, whatever it keeps them in.
package struct ApprovalStoreKit: Sendable {
  /// Makes an empty store.
  let store: @Sendable () throws -> any ApprovalStore

  package init(_ store: @escaping @Sendable () throws -> any ApprovalStore) { self.store = store }

  package static func request(_ subject: String, _ group: String = "leads", within: Int64 = 1_000) -> ApprovalRequest {
    ApprovalRequest(
      subject: sha256(Array(subject.utf8)), group: group, rules: ["large", "second_look"], reason: "Large é \" sums.", caller: "clerk",
      target: "bank.transfer", arguments: #"{"amount":250}"#, within: within)
  }

  private static func subject(_ text: String) -> Digest { sha256(Array(text.utf8)) }

  package func all() throws {
    try keepsWhatIsFiled()
    try findsTheOpenOne()
    try decidesOnce()
    try usesOnce()
    try usesAllGroupsOrNone()
    try timesOut()
    try isBounded()
    try countsOnceAmongThreads()
  }

  private func keepsWhatIsFiled() throws {
    let store = try store()
    let request = Self.request("a")
    let filed = try store.file(request, at: 10)
    #expect(filed.isNew && filed.approval.request == request && filed.approval.asked == 10)
    #expect(filed.approval.state(at: 10) == .pending && filed.approval.identifier.hasPrefix("ap_"))
    let bare = ApprovalRequest(
      subject: Self.subject("b"), group: "", rules: [], reason: nil, caller: "", target: "", arguments: "", within: .max)
    _ = try store.file(bare, at: 11)
    #expect(try store.approvals().map(\.request) == [request, bare])
    #expect(try store.approvals().first == filed.approval)
  }

  private func findsTheOpenOne() throws {
    let store = try store()
    let first = try store.file(Self.request("a"), at: 0).approval
    #expect(try store.file(Self.request("a"), at: 5) == FiledApproval(first, isNew: false))
    #expect(try store.file(Self.request("a", "others"), at: 5).isNew)
    #expect(try store.file(Self.request("b"), at: 5).isNew)
    // Denied, it stays in the way for as long as somebody could have approved it.
    let denied = try store.decide(first.identifier, .deny, by: "ann", at: 6)
    #expect(try store.file(Self.request("a"), at: 1_005) == FiledApproval(denied, isNew: false))
    #expect(try store.file(Self.request("a"), at: 1_006).isNew)
  }

  private func decidesOnce() throws {
    let store = try store()
    let identifier = try store.file(Self.request("a"), at: 0).approval.identifier
    #expect(throws: ApprovalFault.unknown) { try store.decide("ap_0", .approve, by: "ann", at: 1) }
    let approved = try store.decide(identifier, .approve, by: "ann é", at: 1)
    #expect(approved.outcome == Approval.Outcome(decision: .approve, by: "ann é", moment: 1) && approved.state(at: 1) == .approved)
    for decision in [Approval.Decision.approve, .deny] {
      #expect(throws: ApprovalFault.decided) { try store.decide(identifier, decision, by: "eve", at: 2) }
    }
    #expect(try store.approvals() == [approved])
  }

  private func usesOnce() throws {
    let store = try store()
    let identifier = try store.file(Self.request("a"), at: 0).approval.identifier
    #expect(try store.use(Self.subject("a"), groups: ["leads"], at: 1) == nil)
    _ = try store.decide(identifier, .approve, by: "ann", at: 1)
    #expect(try store.use(Self.subject("b"), groups: ["leads"], at: 2) == nil)
    #expect(try store.use(Self.subject("a"), groups: ["others"], at: 2) == nil)
    #expect(try store.use(Self.subject("a"), groups: [], at: 2) == nil)
    let used = try #require(try store.use(Self.subject("a"), groups: ["leads"], at: 2))
    #expect(used.map(\.identifier) == [identifier] && used.first?.state(at: 2) == .used && used.first?.used == 2)
    #expect(try store.use(Self.subject("a"), groups: ["leads"], at: 2) == nil)
    #expect(throws: ApprovalFault.decided) { try store.decide(identifier, .approve, by: "ann", at: 3) }
    // The same call once more is another one.
    #expect(try store.file(Self.request("a"), at: 3).isNew)
  }

  private func usesAllGroupsOrNone() throws {
    let store = try store()
    let one = try store.file(Self.request("a", "one"), at: 0).approval.identifier
    let two = try store.file(Self.request("a", "two"), at: 0).approval.identifier
    _ = try store.decide(one, .approve, by: "ann", at: 1)
    #expect(try store.use(Self.subject("a"), groups: ["one", "two"], at: 2) == nil)
    _ = try store.decide(two, .approve, by: "bob", at: 3)
    #expect(try store.use(Self.subject("a"), groups: ["one", "two"], at: 4)?.map(\.identifier) == [one, two])
    #expect(try store.use(Self.subject("a"), groups: ["one"], at: 5) == nil)
  }

  private func timesOut() throws {
    let store = try store()
    let undecided = try store.file(Self.request("a"), at: 0).approval.identifier
    #expect(throws: ApprovalFault.tooLate) { try store.decide(undecided, .approve, by: "ann", at: 1_000) }
    #expect(try store.file(Self.request("a"), at: 1_000).isNew)
    let unused = try store.file(Self.request("b"), at: 0).approval.identifier
    _ = try store.decide(unused, .approve, by: "ann", at: 999)
    #expect(try store.use(Self.subject("b"), groups: ["leads"], at: 1_999) == nil)
    #expect(try store.use(Self.subject("b"), groups: ["leads"], at: 1_998)?.count == 1)
    // What was over for long is forgotten.
    _ = try store.file(Self.request("c"), at: 2_000 + ApprovalLimits.kept)
    #expect(try store.approvals().map(\.request.subject) == [Self.subject("a"), Self.subject("c")])
  }

  private func isBounded() throws {
    let store = try store()
    for number in 0..<ApprovalLimits.pending { _ = try store.file(Self.request("\(number)"), at: 0) }
    #expect(throws: ApprovalFault.tooMany) { try store.file(Self.request("more"), at: 1) }
    #expect(try !store.file(Self.request("7"), at: 1).isNew)
    #expect(try store.file(Self.request("more"), at: 1_000).isNew)
  }

  private func countsOnceAmongThreads() throws {
    let store = try store()
    let identifiers = try (0..<4).map { try store.file(Self.request("\($0)"), at: 0).approval.identifier }
    let decided = Mutex(0)
    let used = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: 4) { _ in
      for (number, identifier) in identifiers.enumerated() {
        if (try? store.decide(identifier, .approve, by: "ann", at: 1)) != nil { decided.withLock { $0 += 1 } }
        if (try? store.use(Self.subject("\(number)"), groups: ["leads"], at: 2)) != nil { used.withLock { $0 += 1 } }
      }
    }
    #expect(decided.withLock { $0 } == identifiers.count)
    #expect(used.withLock { $0 } == identifiers.count)
  }
}
