import Enforcement
import JSON
import Testing

/// What a list's result has beside the list that was filtered.
@Suite struct ListMemberTests {
  @Test(arguments: [
    (
      "resources/list", #"{"resources":[],"Resources":[{"uri":"demo://shut/a"}],"nextCursor":"c","x":1}"#,
      #"{"resources":[],"nextCursor":"c"}"#
    ),
    ("resources/list", #"{"x":[1],"resources":[],"_meta":{"a":1}}"#, #"{"resources":[],"_meta":{"a":1}}"#),
    ("prompts/list", #"{"Prompts":[{"name":"hidden"}],"prompts":[{"name":"review"}]}"#, #"{"prompts":[{"name":"review"}]}"#),
    (
      "resources/list", #"{"resources":[{"uri":"demo://open/a","URI":"demo://shut/a"},{"uri":"demo://open/b"}]}"#,
      #"{"resources":[{"uri":"demo://open/b"}]}"#
    ),
    (
      "resources/templates/list", #"{"resourceTemplates":[{"uriTemplate":"demo://open/{x}","name":"a","Name":"b"}]}"#,
      #"{"resourceTemplates":[]}"#
    ),
  ])
  func onlyKnownMembersPass(_ method: String, _ result: String, _ expected: String) {
    var conversation = Conversation()
    conversation.shakeHands()
    conversation.client(#"{"jsonrpc":"2.0","id":1,"method":"\#(method)"}"#)
    conversation.server(#"{"jsonrpc":"2.0","id":1,"result":\#(result)}"#)
    #expect(conversation.toClient == [#"{"jsonrpc":"2.0","id":1,"result":\#(expected)}"#])
  }

  @Test func aSecondListOfToolsDoesNotPass() {
    var conversation = Conversation()
    conversation.shakeHands()
    conversation.client(#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#)
    conversation.server(#"{"jsonrpc":"2.0","id":1,"result":{"tools":[],"Tools":[\#(Rulebook.secret)]}}"#)
    #expect(conversation.toClient == [#"{"jsonrpc":"2.0","id":1,"result":{"tools":[]}}"#])
  }

  @Test func anErrorHasThreeMembers() {
    var conversation = Conversation()
    conversation.shakeHands()
    conversation.client(#"{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"demo://open/a"}}"#)
    conversation.server(
      #"{"jsonrpc":"2.0","id":1,"error":{"stack":"at /srv/app/x","code":-32603,"Message":"/srv/app/y","message":"failed","data":{"a":1},"cause":{}}}"#
    )
    #expect(conversation.toClient == [#"{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"failed","data":{"a":1}}}"#])
  }
}

@Suite struct LoggedAddressTests {
  @Test(arguments: [
    ("demo://open/a", "`demo://open/a`"), ("demo://open/a?token=hidden", "`demo://open/a?…`"),
    ("demo://bob:hidden@open/a", "`demo://…@open/a`"), ("demo:///bob:hidden@open/a", "`demo:///…@open/a`"),
    ("demo:\\\\bob:hidden@open\\a", "`demo:\\\\…@open\\a`"), ("demo://open/a#hidden", "`demo://open/a?…`"),
    ("demo://open/b@c", "`demo://open/b@c`"), ("mailto:bob@open", "`mailto:bob@open`"),
  ])
  func neitherUserNorQueryIsLogged(_ uri: String, _ expected: String) throws {
    var conversation = Conversation()
    conversation.shakeHands()
    conversation.client(
      #"{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":\#(String(decoding: write(.string(uri)), as: UTF8.self))}}"#)
    conversation.server(#"{"jsonrpc":"2.0","id":1,"result":{"contents":[]}}"#)
    let record = try #require(conversation.records.first)
    #expect(record.target == expected)
    #expect(record.reason?.contains("hidden") != true)
  }
}

/// A completion is of resources that begin with what was typed.
@Suite struct CompletionTests {
  private func complete(_ template: String, _ value: String, context: String = "{}") -> Bool {
    var conversation = Conversation()
    conversation.shakeHands()
    conversation.client(
      #"{"jsonrpc":"2.0","id":1,"method":"completion/complete","params":{"ref":{"type":"ref/resource","uri":"\#(template)"},"argument":{"name":"id","value":"\#(value)"},"context":{"arguments":\#(context)}}}"#
    )
    return conversation.toServer.count == 1
  }

  @Test func whatWasTypedIsPartOfTheAddress() {
    #expect(complete("demo://{area}/{id}", "a"))
    #expect(complete("demo://{area}/{id}", "a", context: #"{"area":"open"}"#))
    #expect(!complete("demo://{area}/{id}", "a", context: #"{"area":"shut"}"#))
    #expect(complete("demo://{id}", "op"))
    #expect(!complete("demo://{id}", "shut"))
    #expect(!complete("demo://{+id}", "shut/a"))
    #expect(complete("demo://{+id}", "open/a"))
    #expect(complete("demo://open/{id}", "{}"))
    #expect(complete("demo://open/{?id}", "x"))
    #expect(!complete("demo://{+area}{id}", "x", context: #"{"area":"shut/{id"}"#))
  }
}

@Suite struct WaitingTests {
  private static let hour: Int64 = 3_600_000

  @Test func anAnswerThatNeverComesIsGivenUp() throws {
    var conversation = Conversation()
    conversation.shakeHands()
    conversation.client(#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{"text":"a"}}}"#)
    conversation.wait(milliseconds: 2 * WaitingTests.hour)
    conversation.client(#"{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"echo","arguments":{"text":"b"}}}"#)
    #expect(conversation.toClient.isEmpty)
    conversation.wait(milliseconds: 2 * WaitingTests.hour)
    #expect(conversation.toClient.count == 1)
    #expect(conversation.toClient.last?.contains("UPSTREAM_UNAVAILABLE") == true)
    #expect(conversation.toServer.last?.contains(#""requestId":1,"#) == true)
    // The late answer meets nothing; the other call still waits.
    conversation.server(#"{"jsonrpc":"2.0","id":1,"result":{"content":[]}}"#)
    #expect(conversation.toClient.count == 1)
    conversation.server(#"{"jsonrpc":"2.0","id":2,"result":{"content":[]}}"#)
    #expect(conversation.toClient.count == 2)
    conversation.wait(milliseconds: 8 * WaitingTests.hour)
    #expect(conversation.toClient.count == 2)
  }

  @Test func subscriptionsStay() {
    var conversation = Conversation()
    conversation.speakStateless()
    conversation.client(stateless("1", "subscriptions/listen", #""notifications":{"toolsListChanged":true}"#))
    conversation.wait(milliseconds: 20 * WaitingTests.hour)
    #expect(conversation.toClient.isEmpty)
  }

  @Test func heldAnswersOfBatchesAreBounded() throws {
    var conversation = Conversation()
    conversation.shakeHands("2025-03-26")
    func call(_ id: Int) -> String {
      #"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"name":"echo","arguments":{"text":"a"}}}"#
    }
    conversation.client("[" + (1...4).map(call).joined(separator: ",") + "]")
    let text = String(repeating: "x", count: 12 << 20)
    for id in 1...4 { conversation.server(#"{"jsonrpc":"2.0","id":\#(id),"result":{"content":[{"type":"text","text":"\#(text)"}]}}"#) }
    #expect(conversation.toClient.count == 1)
    #expect(conversation.records.map { $0.code?.rawValue } == [nil, nil, "OUTPUT_BLOCKED", "OUTPUT_BLOCKED"])
    // Room again.
    conversation.client("[\(call(5))]")
    conversation.server(#"{"jsonrpc":"2.0","id":5,"result":{"content":[{"type":"text","text":"\#(text)"}]}}"#)
    #expect(conversation.records.last?.outcome == .allowed)
  }
}
