import Approvals
import Enforcement
import StateStore
import TestSupport
import Testing

@Suite struct ApprovalTests {
  @Test func theStoreKeepsApprovals() throws {
    let folder = try TemporaryFolder()
    let path = folder.path
    try ApprovalStoreKit { try StateStore(making: StateDirectory("\(path)/\(UInt64.random(in: 0 ... .max))")) }.all()
    withExtendedLifetime(folder) {}
  }

  /// What one process files another decides, and a third that opens the file later finds both.
  @Test func theStoreIsShared() throws {
    let folder = try TemporaryFolder()
    let directory = StateDirectory(folder.path + "/state")
    let gate = try StateStore(making: directory)
    let identifier = try gate.file(ApprovalStoreKit.request("a"), at: 0).approval.identifier
    let person = try StateStore(opening: directory)
    let approved = try person.decide(identifier, .approve, by: "ann", at: 1)
    #expect(try gate.use(ApprovalStoreKit.request("a").subject, groups: ["leads"], at: 2)?.map(\.identifier) == [identifier])
    #expect(try StateStore(opening: directory).approvals().first?.outcome == approved.outcome)
    #expect(try person.audit().map(\.act) == ["approval.ask", "approval.approve", "approval.use"])
    #expect(try person.audit().map(\.actor) == ["clerk", "ann", "clerk"])
  }
}
