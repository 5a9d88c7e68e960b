import Approvals
import Bytecode
import Enforcement
import HTTPGateway
import JSON
import Synchronization
import TestSupport
import Testing

/// `ask` rules over HTTP: the person at the client is asked in both eras, everybody else by a pending approval.
@Suite struct ApprovalTests {
  private static let policy =
    Gate.policy + """
      ask second_pair_of_eyes
        on stub.echo
        when args.text present and args.text == "big"
        from "leads" within 15m

      """
  private static let forms = #""io.modelcontextprotocol/clientCapabilities":{"elicitation":{"form":{}}}"#
  private static let call = #"{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"echo","arguments":{"text":"big"}}}"#

  private final class Told: Sendable {
    private let state = Mutex([Approval]())
    var approvals: [Approval] { state.withLock { $0 } }
    func note(_ approval: Approval) { state.withLock { $0.append(approval) } }
  }

  private let told = Told()

  private func gate(
    atClient groups: [String] = [], _ store: any ApprovalStore = ApprovalsInMemory(),
    callers: CallerRule = .everybody(Caller(identity: Identity(agent: "tester")))
  ) throws -> Gate {
    try Gate(
      callers: callers, policy: ApprovalTests.policy,
      configure: { [told] configuration in
        configuration.approvals = ApprovalDesk(store: store, groupsAtClient: groups)
        configuration.askPeople = { told.note($0) }
      })
  }

  private func big(state: String? = nil, approves: Bool = true, id: String = "1") -> Ask {
    var parameters = #""name":"echo","arguments":{"text":"big"}"#
    if let state {
      let answer = #"{"action":"accept","content":{"approve":\#(approves)}}"#
      parameters += #","requestState":"\#(state)","inputResponses":{"sallyport.approval":\#(answer)}"#
    }
    return Ask.modern("tools/call", parameters, name: "echo", id: id)
      .replacing(#""io.modelcontextprotocol/clientCapabilities":{}"#, with: ApprovalTests.forms)
  }

  @Test func inTheResultOf2026() throws {
    let gate = try gate(atClient: ["leads"])
    let asked = try gate.ask(big())
    #expect(asked.status == 200 && asked.json?["result"]?["resultType"] == "input_required")
    let state = try #require(asked.json?["result"]?["requestState"]?.string)
    #expect(!gate.upstream.requests.contains { $0.body.contains("tools/call") })
    // Sealed for this call: for no other, and for no other words.
    let other = big(state: state).replacing(#""text":"big""#, with: #""text":"big","more":1"#)
    #expect(try gate.ask(other).status == 400)
    #expect(try gate.ask(big(state: state + "00")).status == 400)
    let done = try gate.ask(big(state: state, id: "2"))
    #expect(done.text.contains(#""text":"big""#) && done.json?["result"]?["resultType"] == "complete")
    let sent = try #require(gate.upstream.requests.last { $0.body.contains("tools/call") })
    #expect(!sent.body.contains("requestState") && !sent.body.contains("inputResponses"))
    #expect(try gate.ask(big(state: state, id: "3")).status == 400)
    // A no is a denial.
    let again = try #require(try gate.ask(big(id: "4")).json?["result"]?["requestState"]?.string)
    #expect(try gate.ask(big(state: again, approves: false, id: "5")).text.contains("PERMISSION_DENIED"))
  }

  /// Whoever a trusted issuer puts into the group is asked where they are; the agent's next caller is not, though nothing else tells them apart.
  @Test func groupsOfATokenDecide() throws {
    let issuer = try TokenIssuer()
    let gate = try gate(callers: .credentials(BearerRule(tokens: try issuer.rule())))
    func asked(_ group: String) throws -> RawClient.Answer {
      try gate.ask(big().with(("Authorization", "Bearer tester.stub-use.stub.\(group)")))
    }
    for _ in 0..<2 {
      #expect(try asked("interns").text.contains("APPROVAL_REQUIRED"))
      #expect(try asked("leads").json?["result"]?["resultType"] == "input_required")
    }
    #expect(told.approvals.map(\.request.group) == ["leads"], "nobody else can decide for the intern")
  }

  @Test func byARequestOnTheStreamBefore() throws {
    let gate = try gate(atClient: ["leads"])
    let session = try #require(try gate.ask(.initialize()).headers["mcp-session-id"])
    let waiting = try gate.client()
    waiting.send(Ask.handshake(ApprovalTests.call, session: session).bytes(port: gate.listener.port))
    let (_, body) = try waiting.partial(until: "elicitation/create")
    let data = try #require(RawClient.events(in: body).first { $0.data.contains("elicitation/create") }?.data)
    let question = try Value(parsing: Array(data.utf8))
    let identifier = try #require(question["id"]?.string)
    #expect(identifier.hasPrefix("sallyport-"))
    let answer = #"{"jsonrpc":"2.0","id":"\#(identifier)","result":{"action":"accept","content":{"approve":true}}}"#
    #expect(try gate.ask(.handshake(answer, session: session)).status == 202)
    #expect(try waiting.answer().messages.last?["result"]?["content"]?[0]?["text"] == "big")
    // A second answer opens nothing.
    #expect(try gate.ask(.handshake(answer, session: session)).status == 202)
    #expect(gate.upstream.requests.count { $0.body.contains("tools/call") } == 1)
  }

  /// A yes counts by the token that it comes with, not by the one that the question was asked with.
  @Test func whoHasLeftTheGroupDecidesNothing() throws {
    let issuer = try TokenIssuer()
    let gate = try gate(callers: .credentials(BearerRule(tokens: try issuer.rule())))
    func bearing(_ group: String, _ ask: Ask) -> Ask { ask.with(("Authorization", "Bearer tester.stub-use.stub.\(group)")) }
    let session = try #require(try gate.ask(bearing("leads", .initialize())).headers["mcp-session-id"])
    let waiting = try gate.client()
    waiting.send(bearing("leads", .handshake(ApprovalTests.call, session: session)).bytes(port: gate.listener.port))
    let (_, body) = try waiting.partial(until: "elicitation/create")
    let data = try #require(RawClient.events(in: body).first { $0.data.contains("elicitation/create") }?.data)
    let identifier = try #require(try Value(parsing: Array(data.utf8))["id"]?.string)
    let answer = #"{"jsonrpc":"2.0","id":"\#(identifier)","result":{"action":"accept","content":{"approve":true}}}"#
    #expect(try gate.ask(bearing("interns", .handshake(answer, session: session))).status == 202)
    #expect(try waiting.answer().messages.last?["result"]?["isError"] == true)
    #expect(!gate.upstream.requests.contains { $0.body.contains("tools/call") })
  }

  @Test func byOthers() throws {
    let store = ApprovalsInMemory()
    let gate = try gate(store)
    let denied = try gate.ask(big())
    #expect(denied.status == 200 && denied.text.contains("APPROVAL_REQUIRED"))
    let approval = try #require(told.approvals.first)
    #expect(denied.text.contains(approval.identifier) && told.approvals.count == 1)
    #expect(try gate.ask(big(id: "2")).text.contains("APPROVAL_REQUIRED"))
    #expect(told.approvals.count == 1)
    _ = try store.decide(approval.identifier, .approve, by: "ann", at: approval.asked + 1)
    #expect(try gate.ask(big(id: "3")).text.contains(#""text":"big""#))
    #expect(try gate.ask(big(id: "4")).text.contains("APPROVAL_REQUIRED"))
  }
}
