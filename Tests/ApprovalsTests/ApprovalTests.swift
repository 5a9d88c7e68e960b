import Approvals
import Digests
import TestSupport
import Testing

@Suite struct ApprovalTests {
  @Test func inMemory() throws { try ApprovalStoreKit { ApprovalsInMemory() }.all() }

  private enum Step: CaseIterable { case approve, deny, use, wait }

  /// Every way through the states up to five steps long: an approval is decided once and used once, after it was approved and in time.
  @Test func nothingLeadsBack() {
    var ways: [[Step]] = [[]]
    for _ in 0..<5 { ways += ways.filter { way in way.count == ways.last?.count }.flatMap { way in Step.allCases.map { way + [$0] } } }
    #expect(ways.count == 1 + 4 + 16 + 64 + 256 + 1_024)
    for way in ways { follow(way) }
  }

  private func follow(_ way: [Step]) {
    var approval = Approval(ApprovalStoreKit.request("a", within: 3), identifier: "ap_1", asked: 0)
    var now: Int64 = 0
    var decisions = 0
    var uses = 0
    for step in way {
      let before = approval.state(at: now)
      switch step {
      case .approve, .deny:
        if (try? approval.decide(step == .approve ? .approve : .deny, by: "ann", at: now)) != nil {
          decisions += 1
          #expect(before == .pending)
        }
      case .use:
        if (try? approval.use(at: now)) != nil {
          uses += 1
          #expect(before == .approved)
        }
      case .wait: now += 2
      }
      if before == .used || before == .denied || before == .expired { #expect(approval.state(at: now) == before) }
    }
    #expect(decisions <= 1 && uses <= decisions, "\(way)")
  }

  @Test func deadlinesDoNotOverflow() throws {
    var approval = Approval(ApprovalStoreKit.request("a", within: .max), identifier: "ap_1", asked: 5)
    #expect(approval.state(at: .max - 1) == .pending)
    try approval.decide(.approve, by: "ann", at: 9)
    #expect(approval.deadline == .max)
  }
}

@Suite struct RequestSealTests {
  private let seal = RequestSeal(secret: Array(repeating: 7, count: 32))
  private let subject = sha256(Array("a".utf8))

  @Test func opensForItsCallInTime() throws {
    let text = seal.seal(["ap_1", "ap_2"], for: subject, until: 100)
    #expect(text.hasPrefix(RequestSeal.prefix))
    #expect(try seal.open(text, for: subject, at: 99) == ["ap_1", "ap_2"])
    #expect(throws: RequestSeal.Fault.tooLate) { try seal.open(text, for: subject, at: 100) }
    #expect(throws: RequestSeal.Fault.foreign) { try seal.open(text, for: sha256(Array("b".utf8)), at: 99) }
    #expect(throws: RequestSeal.Fault.foreign) { try RequestSeal.random().open(text, for: subject, at: 99) }
    #expect(seal.seal(["ap_1"], for: subject, until: 100) != seal.seal(["ap_1"], for: subject, until: 100))
  }

  /// No single change of the text is overlooked.
  @Test func everyCharacterCounts() {
    let text = Array(seal.seal(["ap_1"], for: subject, until: 100).utf8)
    for index in text.indices {
      for other in [UInt8(ascii: "0"), UInt8(ascii: "f"), UInt8(ascii: "F"), 0, 0xFF] where other != text[index] {
        var changed = text
        changed[index] = other
        #expect(throws: RequestSeal.Fault.foreign) { try seal.open(String(decoding: changed, as: UTF8.self), for: subject, at: 1) }
      }
      #expect(throws: RequestSeal.Fault.foreign) { try seal.open(String(decoding: text[..<index], as: UTF8.self), for: subject, at: 1) }
    }
    for text in ["", RequestSeal.prefix, String(repeating: "0", count: 9_999), "\(RequestSeal.prefix)\(String(repeating: "é", count: 80))"]
    {
      #expect(throws: RequestSeal.Fault.foreign) { try seal.open(text, for: subject, at: 1) }
    }
  }
}
