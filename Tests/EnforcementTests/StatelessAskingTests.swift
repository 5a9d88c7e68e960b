import Approvals
import Bytecode
import Digests
import Enforcement
import JSON
import Messages
import Testing

/// Calls that a person has to approve, asked in their results (2026-07-28).
@Suite struct StatelessAskingTests {
  private static let statelessCall = stateless("5", "tools/call", #""name":"echo","arguments":{"text":"dear"}"#)

  private static func retry(_ state: String, _ answer: String, id: String = "6", arguments: String = #"{"text":"dear"}"#) -> String {
    stateless(
      id, "tools/call",
      #""requestState":"\#(state)","name":"echo","inputResponses":{"sallyport.approval":\#(answer)},"arguments":\#(arguments)"#)
  }

  private static let yes = #"{"action":"accept","content":{"approve":true}}"#

  private static func state(_ conversation: borrowing Conversation) throws -> String {
    let message = try Value(parsing: Array(try #require(conversation.toClient.last).utf8))
    #expect(message["result"]?["resultType"] == "input_required")
    let question = message["result"]?["inputRequests"]?["sallyport.approval"]
    #expect(question?["method"] == "elicitation/create" && question?["params"]?["mode"] == "form")
    return try #require(message["result"]?["requestState"]?.string)
  }

  @Test func aStatelessCallIsAskedInItsResult() throws {
    var conversation = try AskingTests.conversation(groupsAtClient: ["leads"])
    conversation.speakStateless()
    conversation.client(Self.statelessCall)
    let state = try Self.state(conversation)
    #expect(conversation.toServer.isEmpty && conversation.records.last?.outcome == .asked)
    conversation.client(Self.retry(state, Self.yes))
    // The server gets the call as if nobody had been asked.
    #expect(conversation.toServer == [Self.statelessCall.replacing("\"id\":5", with: "\"id\":6")])
    conversation.server(#"{"jsonrpc":"2.0","id":6,"result":{"resultType":"complete","content":[]}}"#)
    #expect(conversation.records.last?.approval?.hasSuffix("by client of tester") == true)
    conversation.client(Self.retry(state, Self.yes, id: "7"))
    #expect(conversation.toServer.count == 1 && conversation.toClient.last?.contains("-32602") == true, "it was used again")
  }

  @Test(arguments: [#"{"action":"decline"}"#, #"{"action":"accept","content":{"approve":1}}"#, "null", #""yes""#])
  func aStatelessAnswerThatIsNoYesDenies(_ answer: String) throws {
    var conversation = try AskingTests.conversation(groupsAtClient: ["leads"])
    conversation.speakStateless()
    conversation.client(Self.statelessCall)
    let state = try Self.state(conversation)
    conversation.client(Self.retry(state, answer))
    #expect(try AskingTests.denial(conversation.toClient.last)["code"] == "PERMISSION_DENIED")
    conversation.client(Self.retry(state, Self.yes, id: "7"))
    #expect(conversation.toServer.isEmpty)
  }

  @Test func statesOfOthersAreRefused() throws {
    let store = ApprovalsInMemory()
    let seal = RequestSeal.random()
    var conversation = try AskingTests.conversation(groupsAtClient: ["leads"], store: store, seal: seal)
    conversation.speakStateless()
    conversation.client(Self.statelessCall)
    let state = try Self.state(conversation)
    func isRefused(_ message: String) -> Bool {
      conversation.client(message)
      return conversation.toServer.isEmpty && conversation.toClient.last?.contains("-32602") == true
    }
    // Other arguments that are asked about as well.
    #expect(isRefused(Self.retry(state, Self.yes, arguments: #"{"text":"dear","thread":"x"}"#)))
    #expect(isRefused(Self.retry(String(state.dropLast()) + "0", Self.yes)) || state.hasSuffix("0"))
    #expect(isRefused(Self.retry(RequestSeal.prefix, Self.yes)))
    // Another caller at the same gate, and another gate.
    for (agent, seal) in [("somebody", seal), ("tester", .random())] {
      var other = try AskingTests.conversation(groupsAtClient: ["leads"], store: store, agent: agent, seal: seal)
      other.speakStateless()
      other.client(Self.retry(state, Self.yes))
      #expect(other.toServer.isEmpty && other.toClient.last?.contains("-32602") == true)
    }
    // The person at this client may not decide any more.
    var closed = try AskingTests.conversation(store: store, seal: seal)
    closed.speakStateless()
    closed.client(Self.retry(state, Self.yes))
    #expect(closed.toServer.isEmpty)
    conversation.wait(milliseconds: 700_000)
    #expect(isRefused(Self.retry(state, Self.yes)))
  }

  /// What the gate sealed never reaches the server, even when nothing is asked any more.
  @Test func statesOfTheGateStayWithIt() throws {
    var conversation = try AskingTests.conversation(groupsAtClient: ["leads"])
    conversation.speakStateless()
    conversation.client(Self.statelessCall)
    let state = try Self.state(conversation)
    conversation.store.replace(with: try FilteredGate.program(""))
    conversation.client(Self.retry(state, Self.yes))
    #expect(conversation.toServer.last?.contains("requestState") == false && conversation.toServer.last?.contains("echo") == true)
    // One of the server's does.
    let own = stateless("8", "tools/call", #""name":"echo","requestState":"s-1","inputResponses":{"a":{"action":"accept"}},"arguments":{}"#)
    conversation.client(own)
    #expect(conversation.toServer.last == own)
  }
}
