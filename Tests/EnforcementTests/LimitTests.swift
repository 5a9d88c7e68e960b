import Bytecode
import Enforcement
import JSON
import Messages
import Testing

@Suite struct LimitTests {
  @Test func requestsInFlight() {
    var conversation = Conversation()
    conversation.shakeHands()
    for id in 0..<512 { conversation.client(#"{"jsonrpc":"2.0","id":\#(id),"method":"ping"}"#) }
    #expect(conversation.toServer.count == 512 && conversation.toClient.isEmpty)
    conversation.client(#"{"jsonrpc":"2.0","id":512,"method":"ping"}"#)
    #expect(conversation.toServer.count == 512)
    #expect(conversation.toClient.last?.contains("RATE_LIMITED") == true)
    conversation.server(#"{"jsonrpc":"2.0","id":7,"result":{}}"#)
    conversation.client(#"{"jsonrpc":"2.0","id":513,"method":"ping"}"#)
    #expect(conversation.toServer.count == 513)
  }

  @Test func callsThatWait() {
    var conversation = Conversation()
    conversation.shakeHands()
    conversation.server(#"{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"#)
    for id in 0..<129 {
      conversation.client(#"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"name":"echo","arguments":{"text":"a"}}}"#)
    }
    #expect(conversation.toClient.count { $0.contains("RATE_LIMITED") } == 1)
    conversation.forget()
    conversation.answerOwnList()
    #expect(conversation.toServer.count == 128)
  }

  @Test func aListThatNeverSettles() {
    var conversation = Conversation()
    conversation.shakeHands()
    conversation.server(#"{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"#)
    conversation.client(#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{"text":"a"}}}"#)
    for _ in 0..<20 { conversation.server(#"{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"#) }
    #expect(conversation.toClient.contains { $0.contains("UPSTREAM_UNAVAILABLE") })
    let isIdle = conversation.session.isIdle
    #expect(isIdle)
  }

  @Test func hintsGrowToFiveMinutes() throws {
    var conversation = Conversation()
    conversation.shakeHands()
    var hints: [Int?] = []
    for id in 0..<14 {
      conversation.client(#"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"name":"delete_file","arguments":{"path":"a"}}}"#)
      let answer = try Value(parsing: Array(try #require(conversation.toClient.last).utf8))
      let denial = answer["result"]?["_meta"]?["com.sallyport/denial"]
      #expect(denial?["retryable"] == false)
      hints.append(denial?["retryAfterMs"]?.number.flatMap { Int($0.description) })
    }
    #expect(hints == [nil, 1000, 2000, 4000, 8000, 16000, 32000, 64000, 128_000, 256_000, 300_000, 300_000, 300_000, 300_000])
  }

  @Test func repeatsAreForgottenInTheirTurn() {
    var conversation = Conversation()
    conversation.shakeHands()
    func call(_ id: Int, _ path: String) -> String {
      #"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"name":"delete_file","arguments":{"path":"\#(path)"}}}"#
    }
    conversation.client(call(0, "first"))
    for id in 1...64 { conversation.client(call(id, "other \(id)")) }
    conversation.client(call(65, "first"))
    #expect(conversation.toClient.last?.contains("retryAfterMs") == false)
    conversation.client(call(66, "first"))
    #expect(conversation.toClient.last?.contains("retryAfterMs") == true)
  }

  @Test func messagesTooLarge() {
    var conversation = Conversation()
    conversation.shakeHands()
    let text = String(repeating: "a", count: 16 << 20)
    conversation.client(#"{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"\#(text)"}}"#)
    #expect(conversation.toServer.isEmpty)
    #expect(conversation.toClient.last?.contains(#""id":1,"error":{"code":-32600"#) == true)
  }
}

@Suite struct PolicyStoreTests {
  @Test func aReloadTakesEffectWithTheNextMessage() {
    var conversation = Conversation()
    conversation.shakeHands()
    let call = { (id: Int) in #"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"name":"echo","arguments":{"text":"a"}}}"# }
    conversation.client(call(1))
    #expect(conversation.toServer.count == 1)
    var closed = Rulebook.demo
    closed.generation = 2
    closed.tools[0].ruling = .denied(because: "closed for the night")
    let before = conversation.store.replace(with: closed.program())
    #expect(before.generation == 1)
    conversation.client(call(2))
    #expect(conversation.toServer.count == 1)
    #expect(conversation.toClient.last?.contains("closed for the night") == true)
    // Another pinned definition: closed without asking the server again.
    var repinned = Rulebook.demo
    repinned.generation = 3
    repinned.tools[0].definition = Rulebook.echo.replacing("Echo the", with: "Repeat the")
    conversation.store.replace(with: repinned.program())
    conversation.client(call(3))
    #expect(conversation.toServer.count == 1)
    #expect(conversation.toClient.last?.contains("TOOL_DRIFTED") == true)
  }

  @Test func anUndeclaredServerIsClosed() {
    var conversation = Conversation(server: "another")
    conversation.shakeHands()
    conversation.client(#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{"text":"a"}}}"#)
    conversation.client(#"{"jsonrpc":"2.0","id":2,"method":"resources/read","params":{"uri":"demo://open/a"}}"#)
    #expect(conversation.toServer.isEmpty)
    #expect(conversation.toClient.allSatisfy { $0.contains("PERMISSION_DENIED") })
    conversation.client(#"{"jsonrpc":"2.0","id":3,"method":"tools/list"}"#)
    conversation.server(#"{"jsonrpc":"2.0","id":3,"result":\#(Rulebook.demo.toolsResult)}"#)
    #expect(conversation.toClient.last == #"{"jsonrpc":"2.0","id":3,"result":{"tools":[]}}"#)
  }
}

@Suite struct RecordTests {
  @Test func aRuleIsNamedForItsOwnRequestOnly() {
    var conversation = Conversation()
    conversation.shakeHands("2025-03-26")
    let call = #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{"text":"a"}}}"#
    conversation.client(#"[\#(call),{"jsonrpc":"2.0","id":2,"method":"ping"}]"#)
    conversation.server(#"[{"jsonrpc":"2.0","id":1,"result":{"content":[]}},{"jsonrpc":"2.0","id":2,"result":{}}]"#)
    #expect(conversation.records.map(\.rule) == ["granted_echo", nil])
  }

  @Test func saysWhatHappenedWithoutValues() throws {
    var conversation = Conversation()
    conversation.shakeHands()
    let call = #"{"jsonrpc":"2.0","id":"q","method":"tools/call","params":{"name":"echo","arguments":{"text":"confidential"}}}"#
    conversation.client(call)
    conversation.session.carriedOut(at: 5_500_000)
    let answer = #"{"jsonrpc":"2.0","id":"q","result":{"content":[]}}"#
    conversation.server(answer)
    let record = try #require(conversation.records.last)
    #expect(record.outcome == .allowed && record.method == .toolsCall && record.target == "echo" && record.rule == "granted_echo")
    #expect(record.arguments.texts == ["text": 14])
    #expect(record.bytesIn == call.utf8.count && record.bytesOut == answer.utf8.count)
    #expect(record.revision == .of2025November && record.agent == "tester")
    #expect(!"\(record)".contains("confidential"))
    let start = record.time.nanoseconds
    #expect(record.forwarded == 5_500_000 && record.answered == start + 1_000_000)
    let latency = record.latency(now: start + 1_200_000)
    #expect(latency.upstream == start + 1_000_000 - 5_500_000)
    #expect(latency.gate == 1_200_000 - latency.upstream)
  }
}
