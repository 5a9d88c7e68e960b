import Approvals
import Bytecode
import Digests
import Enforcement
import JSON
import Messages
import Testing

/// Calls that a person has to approve: who is asked, how, and what an answer opens.
@Suite struct AskingTests {
  static let rules = #"""
    ask second_look on demo.echo when args.text present and args.text == "dear" from "leads" within 10m because "Dear things need a second look."
    """#

  /// What is asked about here, as the client sends it.
  private static let call =
    #"{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"echo","arguments":{"text":"dear"}}}"#

  static func conversation(
    _ rules: String = rules, groupsAtClient: [String] = [], store: any ApprovalStore = ApprovalsInMemory(), agent: String = "tester",
    seal: RequestSeal = .random()
  ) throws -> Conversation {
    Conversation(
      program: try FilteredGate.program(rules), agent: agent, server: "demo", tools: FilteredGate.tools,
      approvals: ApprovalDesk(store: store, seal: seal, groupsAtClient: groupsAtClient))
  }

  static func denial(_ message: String?) throws -> Value {
    let value = try Value(parsing: Array(try #require(message).utf8))
    return try #require(value["result"]?["_meta"]?["com.sallyport/denial"])
  }

  // MARK: By others

  @Test func anApprovalOpensOneCall() throws {
    let store = ApprovalsInMemory()
    var conversation = try Self.conversation(store: store)
    conversation.shakeHands()
    conversation.client(Self.call)
    #expect(conversation.toServer.isEmpty)
    let denial = try Self.denial(conversation.toClient.last)
    let approval = try #require(try store.approvals().first)
    #expect(denial["code"] == "APPROVAL_REQUIRED" && denial["rule"] == "second_look" && denial["retryable"] == true)
    #expect(denial["approval"] == ["ids": [.string(approval.identifier)], "from": ["leads"], "expiresInMs": 600_000])
    #expect(conversation.toClient.last?.contains("make exactly the same call again") == true)
    #expect(
      approval.request.arguments == #"{"text":"dear"}"# && approval.request.target == "demo.echo" && approval.request.caller == "tester")
    #expect(conversation.asked.map(\.identifier) == [approval.identifier])
    #expect(conversation.records.last?.approval == approval.identifier)
    // People are told once.
    conversation.client(Self.call)
    #expect(conversation.asked.count == 1 && conversation.toServer.isEmpty)

    _ = try store.decide(approval.identifier, .approve, by: "ann", at: 1_790_000_000_100)
    let another = Self.call.replacing("dear", with: "de\\u0061r").replacing("\"id\":5", with: "\"id\":6")
    conversation.client(another)
    #expect(conversation.toServer == [another])
    conversation.server(#"{"jsonrpc":"2.0","id":6,"result":{"content":[]}}"#)
    #expect(conversation.records.last?.approval == "\(approval.identifier) by ann" && conversation.records.last?.outcome == .allowed)
    // Once.
    conversation.client(Self.call)
    #expect(conversation.toServer.count == 1 && conversation.asked.count == 2)
  }

  /// The same approval is of no use to another caller, for other arguments, another tool or another server's tool of the same name.
  @Test func anApprovalIsForExactlyOneCall() throws {
    let store = ApprovalsInMemory()
    let rules = "ask all on demo.* from \"leads\" within 10m"
    var conversation = try Self.conversation(rules, store: store)
    conversation.shakeHands()
    conversation.client(Self.call)
    let identifier = try #require(try store.approvals().first?.identifier)
    _ = try store.decide(identifier, .approve, by: "ann", at: 1_790_000_000_100)
    for (number, parameters) in [
      #""name":"echo","arguments":{"text":"dearer"}"#, #""name":"echo","arguments":{"text":"dear","thread":"x"}"#, #""name":"echo""#,
      #""name":"plain","arguments":{"text":"dear"}"#,
    ].enumerated() {
      conversation.client(#"{"jsonrpc":"2.0","id":\#(10 + number),"method":"tools/call","params":{\#(parameters)}}"#)
      #expect(conversation.toServer.isEmpty, "\(parameters)")
    }
    var other = try Self.conversation(rules, store: store, agent: "somebody")
    other.shakeHands()
    other.client(Self.call)
    #expect(other.toServer.isEmpty)
    conversation.client(Self.call)
    #expect(conversation.toServer == [Self.call])
  }

  @Test func denialsStandUntilTheirTimeIsOver() throws {
    let store = ApprovalsInMemory()
    var conversation = try Self.conversation(store: store)
    conversation.shakeHands()
    conversation.client(Self.call)
    let identifier = try #require(try store.approvals().first?.identifier)
    _ = try store.decide(identifier, .deny, by: "ann", at: 1_790_000_000_100)
    conversation.client(Self.call)
    #expect(try Self.denial(conversation.toClient.last)["code"] == "PERMISSION_DENIED")
    #expect(conversation.records.last?.reason?.contains("denied by ann") == true && conversation.asked.count == 1)
    #expect(conversation.toClient.last?.contains("ann") == false)
    conversation.wait(milliseconds: 700_000)
    conversation.client(Self.call)
    #expect(try Self.denial(conversation.toClient.last)["code"] == "APPROVAL_REQUIRED" && conversation.asked.count == 2)
  }

  @Test func everyGroupHasToAgree() throws {
    let store = ApprovalsInMemory()
    var conversation = try Self.conversation(
      Self.rules + "\nask third_look on demo.* from \"owners\" within 5m", groupsAtClient: ["leads"], store: store)
    conversation.shakeHands()
    conversation.client(Self.call)
    #expect(conversation.asked.map(\.request.group) == ["leads", "owners"])
    #expect(try Self.denial(conversation.toClient.last)["approval"]?["from"] == ["leads", "owners"])
    for approval in try store.approvals() {
      #expect(conversation.toServer.isEmpty)
      _ = try store.decide(approval.identifier, .approve, by: "ann", at: 1_790_000_000_100)
      conversation.client(Self.call)
    }
    #expect(conversation.toServer == [Self.call])
  }

  @Test func confidentialRulesNameNobody() throws {
    var conversation = try Self.conversation("@confidential\n" + Self.rules)
    conversation.shakeHands()
    conversation.client(Self.call)
    let got = try #require(conversation.toClient.last)
    #expect(got.contains("APPROVAL_REQUIRED") && !got.contains("leads") && !got.contains("second"))
    #expect(conversation.records.last?.rule == "second_look")
  }

  @Test func secretsInArgumentsAreNotShown() throws {
    let store = ApprovalsInMemory()
    var conversation = try Self.conversation(
      "ask all on demo.* from \"leads\" within 10m\nfilter hide on demo.* match secret -> redact \"[gone]\"", store: store)
    conversation.shakeHands()
    let long = String(repeating: "é", count: 400)
    conversation.client(
      #"{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"plain","arguments":{"a":["SECRET-1 x",1.50,null],"SECRET-2":"\#(long)"}}}"#
    )
    let shown = try #require(try store.approvals().first?.request.arguments)
    #expect(shown.contains("[gone] x") && !shown.contains("SECRET") && shown.contains("(800 bytes)"), "\(shown)")
    #expect(shown.utf8.count < 700)
  }

  private struct Broken: ApprovalStore {
    func file(_: ApprovalRequest, at _: Int64) throws(ApprovalFault) -> FiledApproval { throw .unavailable("the disk is full") }
    func approvals() throws(ApprovalFault) -> [Approval] { [] }
    func decide(_: String, _: Approval.Decision, by _: String, at _: Int64) throws(ApprovalFault) -> Approval { throw .unknown }
    func use(_: Digest, groups _: [String], at _: Int64) throws(ApprovalFault) -> [Approval]? { nil }
  }

  @Test(arguments: ["leads", "others"])
  func aBrokenStoreOpensNothing(group: String) throws {
    var conversation = try Self.conversation(groupsAtClient: [group], store: Broken())
    conversation.shakeHands()
    conversation.client(Self.call)
    #expect(conversation.toServer.isEmpty && conversation.toClient.count == 1)
    #expect(try Self.denial(conversation.toClient.last)["code"] == "APPROVAL_REQUIRED")
    #expect(conversation.records.last?.reason == "the disk is full" && conversation.toClient.last?.contains("disk") == false)
  }

  @Test func approvalsMark() throws {
    let store = ApprovalsInMemory()
    let rules = #"""
      label reviewed "a person has looked"
      mark tainted after demo.read
      mark reviewed after approval
      clear reviewed after demo.read
      ask look on demo.echo when session has tainted and not session has reviewed from "leads" within 30m
      """#
    var conversation = try Self.conversation(rules, store: store)
    conversation.shakeHands()
    func read() {
      conversation.client(#"{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"read","arguments":{}}}"#)
      conversation.server(#"{"jsonrpc":"2.0","id":3,"result":{"content":[]}}"#)
    }
    read()
    conversation.client(Self.call)
    _ = try store.decide(try #require(try store.approvals().first?.identifier), .approve, by: "ann", at: 1_790_000_000_100)
    conversation.client(Self.call)
    #expect(conversation.toServer.last == Self.call)
    // From now on nothing is asked, until something is read again.
    let next = Self.call.replacing("\"id\":5", with: "\"id\":6").replacing("dear", with: "x")
    conversation.client(next)
    #expect(conversation.toServer.last == next)
    read()
    conversation.client(next.replacing("\"id\":6", with: "\"id\":7"))
    #expect(conversation.toServer.last?.contains("read") == true && conversation.asked.count == 2)
  }

  // MARK: At the client, before 2026-07-28

  private static func question(_ conversation: borrowing Conversation) throws -> (id: String, parameters: Value) {
    let message = try Value(parsing: Array(try #require(conversation.toClient.last).utf8))
    #expect(message["method"] == "elicitation/create")
    let identifier = try #require(message["id"]?.string)
    #expect(identifier.hasPrefix("sallyport-"))
    return ("\"\(identifier)\"", try #require(message["params"]))
  }

  @Test(arguments: ["2025-06-18", "2025-11-25"])
  func aPersonAtTheClientIsAsked(_ revision: String) throws {
    var conversation = try Self.conversation(groupsAtClient: ["leads"])
    conversation.shakeHands(revision)
    conversation.client(Self.call)
    let (identifier, parameters) = try Self.question(conversation)
    #expect(parameters["mode"] == (revision == "2025-11-25" ? "form" : nil))
    let text = try #require(parameters["message"]?.string)
    #expect(text.contains("Dear things need a second look.") && text.contains(#"{"text":"dear"}"#) && text.contains("demo.echo"))
    #expect(parameters["requestedSchema"]?["required"] == ["approve"])
    #expect(conversation.toServer.isEmpty && conversation.records.last?.outcome == .asked && conversation.asked.isEmpty)
    // Other requests do not wait.
    let free = Self.call.replacing("dear", with: "free").replacing("\"id\":5", with: "\"id\":6")
    conversation.client(free)
    #expect(conversation.toServer == [free])
    conversation.client(#"{"jsonrpc":"2.0","id":\#(identifier),"result":{"action":"accept","content":{"approve":true}}}"#)
    #expect(conversation.toServer == [free, Self.call])
    conversation.server(#"{"jsonrpc":"2.0","id":5,"result":{"content":[]}}"#)
    #expect(conversation.toClient.last == #"{"jsonrpc":"2.0","id":5,"result":{"content":[]}}"#)
    #expect(conversation.records.last?.approval?.hasSuffix("by client of tester") == true)
    // The answer counts once.
    conversation.client(#"{"jsonrpc":"2.0","id":\#(identifier),"result":{"action":"accept","content":{"approve":true}}}"#)
    #expect(conversation.toServer.count == 2 && conversation.records.last?.outcome == .dropped)
  }

  @Test(arguments: [
    #""result":{"action":"decline"}"#, #""result":{"action":"cancel"}"#, #""result":{"action":"accept"}"#,
    #""result":{"action":"accept","content":{}}"#,
    #""result":{"action":"accept","content":{"approve":false}}"#, #""result":{"action":"accept","content":{"approve":"true"}}"#,
    #""result":{"action":"accept","content":{"Approve":true}}"#, #""result":{"action":"ACCEPT","content":{"approve":true}}"#,
    #""result":{}"#,
    #""result":[true]"#, #""result":{"content":{"approve":true}}"#, #""result":{"action":"accept","content":[{"approve":true}]}"#,
    #""error":{"code":-1,"message":"no"}"#, #""error":true"#,
    #""result":{"action":"accept","content":{"approve":true}},"error":{"code":1,"message":"x"}"#,
  ])
  func everythingButAPlainYesDenies(_ answer: String) throws {
    let store = ApprovalsInMemory()
    var conversation = try Self.conversation(groupsAtClient: ["leads"], store: store)
    conversation.shakeHands()
    conversation.client(Self.call)
    let (identifier, _) = try Self.question(conversation)
    conversation.client(#"{"jsonrpc":"2.0","id":\#(identifier),\#(answer)}"#)
    #expect(conversation.toServer.isEmpty)
    #expect(try Self.denial(conversation.toClient.last)["code"] == "PERMISSION_DENIED")
    #expect(try store.approvals().first?.outcome?.decision == .deny)
    let isIdle = conversation.isIdle
    #expect(isIdle)
  }

  @Test func silenceDenies() throws {
    var conversation = try Self.conversation(groupsAtClient: ["leads"])
    conversation.shakeHands()
    conversation.client(Self.call)
    let (identifier, _) = try Self.question(conversation)
    let deadline = conversation.nextDeadline
    #expect(deadline != nil)
    conversation.wait(milliseconds: 599_000)
    #expect(conversation.toClient.count == 1)
    conversation.wait(milliseconds: 2_000)
    #expect(conversation.toClient.count == 3 && conversation.toServer.isEmpty)
    #expect(conversation.toClient[1].contains("notifications/cancelled") && conversation.toClient[1].contains(identifier))
    #expect(try Self.denial(conversation.toClient.last)["code"] == "APPROVAL_REQUIRED")
    conversation.client(#"{"jsonrpc":"2.0","id":\#(identifier),"result":{"action":"accept","content":{"approve":true}}}"#)
    #expect(conversation.toServer.isEmpty && conversation.records.last?.outcome == .dropped)
  }

  @Test func whoeverWaitsCanBeTakenBackOrLeft() throws {
    var cancelled = try Self.conversation(groupsAtClient: ["leads"])
    cancelled.shakeHands()
    cancelled.client(Self.call)
    let (identifier, _) = try Self.question(cancelled)
    // An id in use is in use.
    cancelled.client(Self.call)
    #expect(cancelled.records.last?.outcome == .refused)
    cancelled.client(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":5}}"#)
    #expect(cancelled.toClient.last?.contains(identifier) == true && cancelled.toClient.last?.contains("notifications/cancelled") == true)
    #expect(cancelled.toServer.isEmpty && cancelled.records.last?.outcome == .cancelled)
    cancelled.client(#"{"jsonrpc":"2.0","id":\#(identifier),"result":{"action":"accept","content":{"approve":true}}}"#)
    #expect(cancelled.toServer.isEmpty)

    var exited = try Self.conversation(groupsAtClient: ["leads"])
    exited.shakeHands()
    exited.client(Self.call)
    exited.serverExits()
    #expect(try Self.denial(exited.toClient.last)["code"] == "UPSTREAM_UNAVAILABLE")

    var closed = try Self.conversation(groupsAtClient: ["leads"])
    closed.shakeHands()
    closed.client(Self.call)
    closed.clientCloses()
    let deadline = closed.nextDeadline
    #expect(closed.records.last?.outcome == .cancelled && deadline == nil)
  }

  /// Who cannot be asked, or may not decide, is told whom to turn to.
  @Test(arguments: [
    ("2025-11-25", #"{"elicitation":{}}"#, "others"), ("2025-11-25", "{}", "leads"),
    ("2025-11-25", #"{"elicitation":{"url":{}}}"#, "leads"),
    ("2025-03-26", #"{"elicitation":{}}"#, "leads"),
  ])
  func whereNobodyCanBeAsked(_ revision: String, _ capabilities: String, _ group: String) throws {
    var conversation = try Self.conversation(groupsAtClient: [group])
    conversation.shakeHands(revision, capabilities: capabilities)
    conversation.client(Self.call)
    #expect(conversation.toClient.count == 1 && conversation.toClient.last?.contains("APPROVAL_REQUIRED") == true)
  }

  /// A policy that came into force while a person thought decides anew.
  @Test func whatIsApprovedIsDecidedAgain() throws {
    var conversation = try Self.conversation(groupsAtClient: ["leads"])
    conversation.shakeHands()
    conversation.client(Self.call)
    let (identifier, _) = try Self.question(conversation)
    conversation.store.replace(with: try FilteredGate.program("deny closed on demo.echo"))
    conversation.client(#"{"jsonrpc":"2.0","id":\#(identifier),"result":{"action":"accept","content":{"approve":true}}}"#)
    #expect(conversation.toServer.isEmpty)
    #expect(try Self.denial(conversation.toClient.last)["rule"] == "closed")
  }

  @Test func noMoreWaitThanAreBounded() throws {
    var conversation = try Self.conversation(groupsAtClient: ["leads"])
    conversation.shakeHands()
    for number in 0..<80 {
      conversation.client(
        Self.call.replacing("\"id\":5", with: "\"id\":\(number)").replacing(#"dear"}"#, with: #"dear","thread":"\#(number)"}"#))
    }
    let questions = conversation.toClient.count { $0.contains("elicitation/create") }
    #expect(questions == 64 && conversation.toClient.count { $0.contains("APPROVAL_REQUIRED") } == 16)
  }
}
