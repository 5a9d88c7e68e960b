import Enforcement
import JSON
import Messages
import Testing

@Suite struct OutputFilterTests {
  private static let redacting = #"filter hide on demo.* match secret -> redact "[gone]""#

  @Test(arguments: ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"])
  func everyPlaceOfAResultIsRead(_ revision: String) throws {
    let conversation = try FilteredGate.conversation(OutputFilterTests.redacting, revision)
    let type = revision == "2026-07-28" ? #""resultType":"complete","# : ""
    let result = #"""
      {"_meta":{"k":"SECRET-0"}, \#(type)"content":[{"type":"text","text":"a SECRET-1 b","_meta":{"x":"SECRET-0"}},{"type":"text","text":"\u0053ECRET-2"},
      {"type":"image","data":"AAAA","mimeType":"image/png"},{"type":"resource_link","uri":"x://SECRET-0","name":"SECRET-3"},
      {"type":"resource","resource":{"uri":"x:","text":"SECRET-4"}},{"type":"text","text":"{\"k\":\"SECRET-5\",\"n\":[1]}"}],
      "structuredContent":{"SECRET-6":["SECRET-7",{"a":1}]},"more":"SECRET-8"}
      """#.replacing("\n", with: "")
    let got = conversation.call("echo", result, revision: revision)
    let expected = #"""
      "result":{"_meta":{"k":"SECRET-0"}, \#(type)"content":[{"type":"text","text":"a [gone] b","_meta":{"x":"SECRET-0"}},{"type":"text","text":"[gone]"},
      {"type":"image","data":"AAAA","mimeType":"image/png"},{"type":"resource_link","uri":"x://SECRET-0","name":"[gone]"},
      {"type":"resource","resource":{"uri":"x:","text":"[gone]"}},{"type":"text","text":"{\"k\":\"[gone]\",\"n\":[1]}"}],
      "structuredContent":{"[gone]":["[gone]",{"a":1}]},"more":"[gone]"}
      """#.replacing("\n", with: "")
    #expect(got == expected)
    let finding = try #require(conversation.records.last?.findings.first)
    #expect(finding.filter == "hide" && finding.pattern == "secret.code" && finding.count == 8 && !finding.isUndecided)
    #expect(!"\(conversation.records)".contains("SECRET"))
  }

  @Test func nothingFoundIsByteForByte() throws {
    let conversation = try FilteredGate.conversation(OutputFilterTests.redacting)
    let result = #"{ "content" : [ {"type":"text","text":"a\u0041\/ \ud83d\ude00"} ], "structuredContent": {"n": 1.50e0, "k" : null} }"#
    #expect(conversation.call("echo", result) == #""result":"# + result)
    #expect(conversation.records.last?.findings.isEmpty == true)
  }

  @Test(arguments: [
    ("resources/read", #""uri":"demo://open/a""#, #""result":{"contents":[{"uri":"demo://open/a","text":"SECRET-1"}]}"#),
    ("prompts/get", #""name":"review""#, #""result":{"messages":[{"role":"user","content":{"type":"text","text":"SECRET-1"}}]}"#),
    (
      "completion/complete", #""ref":{"type":"ref/prompt","name":"review"},"argument":{"name":"a","value":""}"#,
      #""result":{"completion":{"values":["SECRET-1"]}}"#
    ),
    ("resources/read", #""uri":"demo://open/a""#, #""error":{"code":-32002,"message":"no SECRET-1"}"#),
    ("resources/read", #""uri":"demo://open/a""#, #""error":{"code":-32002,"message":"no","data":{"a":["SECRET-1"]}}"#),
    ("tools/call", #""name":"echo""#, #""error":{"code":-32603,"message":"SECRET-1"}"#),
    ("resources/list", "", #""result":{"resources":[{"uri":"demo://open/a","name":"a","description":"SECRET-1"}]}"#),
    ("prompts/list", "", #""result":{"prompts":[{"name":"review","title":"SECRET-1"}]}"#),
    (
      "tools/list", "",
      #""result":{"tools":[{"name":"read","description":"Reads; mail SECRET-1 to nobody.","inputSchema":{"type":"object"}}]}"#
    ),
  ])
  func everyMethodIsFiltered(_ method: String, _ parameters: String, _ answer: String) throws {
    let conversation = try FilteredGate.conversation(
      #"filter hide on demo.*, prompt demo.*, resource demo "demo://**" match secret -> redact "[gone]""#)
    #expect(conversation.exchange(method, parameters, answer) == answer.replacing("SECRET-1", with: "[gone]"))
  }

  @Test(arguments: [
    (#"{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"SECRET-1"}}"#),
    (#"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":7,"progress":1,"message":"SECRET-1"}}"#),
    (#"{"jsonrpc":"2.0","id":1,"method":"elicitation/create","params":{"message":"SECRET-1","requestedSchema":{"type":"object"}}}"#),
    (#"{"jsonrpc":"2.0","id":1,"method":"sampling/createMessage","params":{"maxTokens":5,"messages":[{"role":"user","content":{"type":"text","text":"SECRET-1"}}]}}"#),
  ])
  func whatTheServerSaysByItselfIsFiltered(_ message: String) throws {
    let conversation = try FilteredGate.conversation(OutputFilterTests.redacting)
    conversation.client(
      #"{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"echo","arguments":{},"_meta":{"progressToken":7}}}"#)
    conversation.server(message)
    #expect(conversation.toClient == [message.replacing("SECRET-1", with: "[gone]")])
    #expect(conversation.records.last?.findings.map(\.filter) == ["hide"])
    // Blocked, it does not go on, and the server is told where it waits for an answer.
    let blocking = try FilteredGate.conversation("filter stop on demo.* match secret -> block")
    blocking.client(
      #"{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"echo","arguments":{},"_meta":{"progressToken":7}}}"#)
    blocking.server(message)
    #expect(blocking.toClient.isEmpty)
    #expect(blocking.records.last?.outcome == .dropped && blocking.records.last?.rule == "stop")
    #expect(blocking.toServer.count == (message.contains(#""id""#) ? 2 : 1))
  }

  @Test func instructionsAreFilteredAndTakenOut() throws {
    for (rules, expected) in [
      (OutputFilterTests.redacting, #""instructions":"Say [gone].""#), ("filter stop on demo.* match secret -> block", ""),
    ] {
      var conversation = Conversation(program: try FilteredGate.program(rules), agent: "tester", server: "demo", tools: FilteredGate.tools)
      conversation.client(
        #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}"#
      )
      conversation.server(
        #"{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-11-25","capabilities":{},"instructions":"Say SECRET-1.","serverInfo":{"name":"d","version":"1"}}}"#
      )
      let got = try #require(conversation.toClient.last)
      #expect(got.contains(#""serverInfo":{"name":"d","version":"1"}"#) && !got.contains("SECRET"))
      #expect(expected.isEmpty ? !got.contains("instructions") : got.contains(expected))
    }
  }

  @Test(arguments: ["2025-11-25", "2026-07-28"])
  func blockedIsACleanDenial(_ revision: String) throws {
    let conversation = try FilteredGate.conversation(
      #"filter stop on demo.* match bomb -> block because "No bombs.""#, revision)
    let type = revision == "2026-07-28" ? #","resultType":"complete""# : ""
    let got = try #require(
      conversation.call("echo", #"{"content":[{"type":"text","text":"a BOMB, secretly"}]\#(type)}"#, revision: revision))
    #expect(got.contains("OUTPUT_BLOCKED") && got.contains("`stop`") && got.contains("No bombs.") && got.contains(#""isError":true"#))
    #expect(!got.contains("secretly"))
    let record = try #require(conversation.records.last)
    #expect(record.outcome == .denied && record.rule == "stop" && record.patterns == ["bomb.word"] && record.findings.map(\.count) == [1])
    let error = try #require(
      conversation.exchange("resources/read", #""uri":"demo://open/a""#, #""error":{"code":1,"message":"BOMB"}"#, revision: revision))
    #expect(error.contains(#""code":-31008"#) && !error.contains("BOMB"))
  }

  @Test func blockedElementsOfListsAreTakenOutAndTheirToolsClosed() throws {
    let conversation = try FilteredGate.conversation("filter stop on demo.* in description match secret -> block")
    let got = try #require(conversation.exchange("tools/list", "", #""result":\#(FilteredGate.tools)"#))
    #expect(got.contains(#""name":"echo""#) && !got.contains(#""name":"read""#))
    let sent = conversation.toServer.count
    conversation.client(#"{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"read","arguments":{}}}"#)
    #expect(conversation.toServer.count == sent)
    #expect(conversation.toClient.last?.contains("PERMISSION_DENIED") == true)
    let resources = try #require(
      conversation.exchange(
        "resources/list", "", #""result":{"resources":[{"uri":"demo://open/a","name":"SECRET-1"},{"uri":"demo://open/b","name":"b"}]}"#))
    #expect(resources == #""result":{"resources":[{"uri":"demo://open/b","name":"b"}]}"#)
  }

  @Test func confidentialFiltersAreNotNamed() throws {
    let conversation = try FilteredGate.conversation("@confidential\nfilter stop on demo.* match bomb -> block")
    let got = try #require(conversation.call("echo", #"{"content":[{"type":"text","text":"BOMB"}]}"#))
    #expect(got.contains("OUTPUT_BLOCKED") && !got.contains("stop") && !got.contains("bomb"))
    #expect(conversation.records.last?.rule == "stop")
  }

  @Test func shadowFiltersOnlyLog() throws {
    let conversation = try FilteredGate.conversation("shadow filter stop on demo.* match bomb -> block")
    let result = #"{"content":[{"type":"text","text":"BOMB BOMB"}]}"#
    #expect(conversation.call("echo", result) == #""result":"# + result)
    #expect(conversation.records.last?.shadow == ["stop"] && conversation.records.last?.findings.map(\.count) == [2])
  }

  @Test func filtersReadTheirTargetsOnly() throws {
    let conversation = try FilteredGate.conversation(#"filter hide on demo.echo in text match secret -> redact "[gone]""#)
    let result = #"{"content":[{"type":"text","text":"SECRET-1"}],"structuredContent":{"a":"SECRET-1"}}"#
    #expect(conversation.call("plain", result) == #""result":"# + result)
    #expect(
      conversation.call("echo", result)
        == #""result":{"content":[{"type":"text","text":"[gone]"}],"structuredContent":{"a":"SECRET-1"}}"#)
  }

  @Test func pathsIntoStructuredContentAreFollowed() throws {
    let conversation = try FilteredGate.conversation(
      #"filter hide on demo.echo in structured "$.users[*].mail" match secret -> redact "[gone]""#)
    let result =
      #"{"content":[],"structuredContent":{"users":[{"mail":"SECRET-1","name":"SECRET-2"},{"mail":{"a":["SECRET-3"]}}],"mail":"SECRET-4"}}"#
    #expect(
      conversation.call("echo", result)
        == #""result":"# + result.replacing("SECRET-1", with: "[gone]").replacing("SECRET-3", with: "[gone]"))
  }

  private static let masked = String(repeating: "X", count: 6)

  /// A result of the tool with an output schema, and what becomes of it.
  @Test(arguments: [
    (#"{"owner":"SECRET-1 x"}"#, #"{"owner":"[gone] x"}"#),
    (#"{"owner":"a","code":"SECRET-12"}"#, #"{"owner":"a","code":"\#(masked)-00"}"#),
    (#"{"owner":"SECRET-1","code":"SECRET-12"}"#, #"{"owner":"[gone]","code":"\#(masked)-00"}"#),
    (#"{"owner":"a","kind":"SECRET-1"}"#, nil), (#"{"owner":"a","number":1234567890}"#, #"{"owner":"a","number":0}"#),
  ])
  func structuredContentStillFitsItsSchema(_ content: String, _ expected: String?) throws {
    let conversation = try FilteredGate.conversation(
      #"filter hide on demo.* match secret -> redact "[gone]" match number -> redact "[gone]""#.replacing(
        " match number", with: "\n  match number"))
    let got = try #require(conversation.call("lookup", #"{"content":[{"type":"text","text":"-"}],"structuredContent":\#(content)}"#))
    if let expected {
      #expect(got == #""result":{"content":[{"type":"text","text":"-"}],"structuredContent":\#(expected)}"#)
    } else {
      #expect(got.contains("OUTPUT_BLOCKED") && got.contains("output schema") && !got.contains("SECRET"))
    }
  }

  /// Formats only annotate, but clients may hold values to them: what had its format has one afterwards, and as much of it as can be is kept.
  @Test(arguments: [
    (#"{"owner":"a","mail":"SECRET-12@corp.com"}"#, #"{"owner":"a","mail":"\#(OutputFilterTests.masked)-00@corp.com"}"#),
    (#"{"owner":"a","mail":"1234567890@corp.com"}"#, #"{"owner":"a","mail":"redacted@redacted.invalid"}"#),
    (#"{"owner":"a","site":"https://c.eu/?key=SECRET-12"}"#, #"{"owner":"a","site":"https://c.eu/?key=\#(OutputFilterTests.masked)-00"}"#),
    // What had no format before needs none.
    (#"{"owner":"a","mail":"SECRET-12"}"#, #"{"owner":"a","mail":"[gone]"}"#),
  ])
  func formatsAreKept(_ content: String, _ expected: String) throws {
    let conversation = try FilteredGate.conversation(
      "filter hide on demo.* match secret -> redact \"[gone]\"\n  match number -> redact \"<gone>\"")
    let got = try #require(conversation.call("lookup", #"{"content":[],"structuredContent":\#(content)}"#))
    #expect(got == #""result":{"content":[],"structuredContent":\#(expected)}"#)
  }

  /// Before 2026-07-28 a request of the server does not say which call it belongs to.
  @Test func requestsAreReadByTheFiltersOfCallsInFlight() throws {
    let request =
      #"{"jsonrpc":"2.0","id":1,"method":"elicitation/create","params":{"message":"SECRET-1","requestedSchema":{"type":"object"}}}"#
    let conversation = try FilteredGate.conversation(
      #"filter hide on demo.echo match secret -> redact "[gone]", label tainted"# + "\ndeny later on demo.plain when session has tainted")
    conversation.server(request)
    #expect(conversation.toClient == [request])
    conversation.client(#"{"jsonrpc":"2.0","id":1,"result":{"action":"cancel"}}"#)
    conversation.client(#"{"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"plain","arguments":{}}}"#)
    conversation.client(#"{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"echo","arguments":{}}}"#)
    conversation.server(request)
    #expect(conversation.toClient.last == request.replacing("SECRET-1", with: "[gone]"))
    let sent = conversation.toServer.count
    conversation.client(#"{"jsonrpc":"2.0","id":6,"method":"tools/call","params":{"name":"plain","arguments":{}}}"#)
    #expect(conversation.toServer.count == sent, "the session was not marked")
  }

  @Test func encodedTextIsRead() throws {
    // A picture passes; what only says that it is one does not.
    let conversation = try FilteredGate.conversation(#"filter hide on demo.* match secret -> redact "[gone]""#)
    let got = conversation.call(
      "echo",
      #"{"content":[{"type":"resource","resource":{"uri":"x:","mimeType":"text/plain","blob":"YSBTRUNSRVQtMQ=="}},{"type":"resource","resource":{"uri":"x:","mimeType":"image/png","blob":"iVBORw0KGgphIFNFQ1JFVC0x"}},{"type":"resource","resource":{"uri":"x:","mimeType":"image/png","blob":"YSBTRUNSRVQtMQ=="}}]}"#
    )
    #expect(
      got
        == #""result":{"content":[{"type":"resource","resource":{"uri":"x:","mimeType":"text/plain","blob":"YSBbZ29uZV0="}},{"type":"resource","resource":{"uri":"x:","mimeType":"image/png","blob":"iVBORw0KGgphIFNFQ1JFVC0x"}},{"type":"resource","resource":{"uri":"x:","mimeType":"image/png","blob":"YSBbZ29uZV0="}}]}"#
    )
  }

  @Test func lateResultsOfTasksAreFiltered() throws {
    let conversation = try FilteredGate.conversation(OutputFilterTests.redacting)
    _ = conversation.call("echo", #"{"task":{"taskId":"t1","status":"working","statusMessage":"SECRET-1"}}"#)
    #expect(conversation.toClient.last?.contains("SECRET") == false)
    conversation.server(
      #"{"jsonrpc":"2.0","method":"notifications/tasks/status","params":{"taskId":"t1","status":"working","statusMessage":"SECRET-1"}}"#)
    #expect(conversation.toClient.last?.contains("[gone]") == true)
    let got = conversation.exchange("tasks/result", #""taskId":"t1""#, #""result":{"content":[{"type":"text","text":"SECRET-1"}]}"#)
    #expect(got == #""result":{"content":[{"type":"text","text":"[gone]"}]}"#)
    #expect(
      conversation.exchange("tasks/get", #""taskId":"t1""#, #""result":{"taskId":"t1","status":"failed","statusMessage":"SECRET-1"}"#)?
        .contains("[gone]") == true)
  }

  @Test func whatAServerAsksInAResultIsFiltered() throws {
    let conversation = try FilteredGate.conversation(OutputFilterTests.redacting, "2026-07-28")
    let result =
      #"{"resultType":"input_required","requestState":"SECRET-0","inputRequests":{"SECRET-9":{"method":"elicitation/create","params":{"message":"SECRET-1","requestedSchema":{"type":"object"}}}}}"#
    #expect(conversation.call("echo", result, revision: "2026-07-28") == #""result":"# + result.replacing("SECRET-1", with: "[gone]"))
  }
}
