import Bytecode
import HTTPGateway
import JSON
import TestSupport
import Testing

/// Task ids and states of upstreams (2026-07-28): their owner's alone, and to the upstream what it gave.
@Suite struct HandleTests {
  private static let task = "the upstream's \\u00e9\\\"task/1"
  private static let tasks = #""io.modelcontextprotocol/clientCapabilities":{"extensions":{"io.modelcontextprotocol/tasks":{}}}"#
  private static let forms = #""io.modelcontextprotocol/clientCapabilities":{"elicitation":{"form":{}}}"#

  @Sendable private static func answer(_ request: LoopbackServer.Request) -> LoopbackServer.Reply {
    guard let message = try? Value(parsing: Array(request.body.utf8)), let method = message["method"]?.string, let id = message["id"] else {
      return StubAnswers.answer(request)
    }
    let result: String
    let parameters = message["params"]
    switch method {
    case "tools/call" where parameters?["arguments"]?["text"] == "slow":
      result = #"{"resultType":"task","taskId":"\#(task)","status":"working"}"#
    case "tools/call" where parameters?["arguments"]?["text"] == "ask" && parameters?["requestState"] == nil:
      let input = #"{"method":"elicitation/create","params":{"message":"Who?","requestedSchema":{"type":"object","properties":{}}}}"#
      result = #"{"resultType":"input_required","requestState":"opaque \"\u00e9","inputRequests":{"who":\#(input)}}"#
    case "tasks/get":
      let inner = #"{"content":[{"type":"text","text":"late"}],"resultType":"complete"}"#
      result = #"{"resultType":"complete","taskId":"\#(task)","status":"completed","result":\#(inner)}"#
    default: return StubAnswers.answer(request)
    }
    let identifier = String(decoding: write(id), as: UTF8.self)
    return .document(#"{"jsonrpc":"2.0","id":\#(identifier),"result":\#(result)}"#, headers: ["Content-Type": "application/json"])
  }

  private func gate() throws -> Gate {
    try Gate(
      callers: .bearer { credential, _ in
        let name = String(decoding: credential, as: UTF8.self)
        let claims = [
          ClaimPath(root: .token, path: ["sub"]): Value.string("tester"), ClaimPath(root: .key, path: ["id"]): .string(name),
        ]
        return .accepted(Caller(identity: Identity(agent: nil, claims: claims), name: name))
      }, HandleTests.answer)
  }

  private func bearer(_ ask: Ask, _ token: String) -> Ask { ask.with(("Authorization", "Bearer \(token)")) }

  private func call(_ text: String, _ capabilities: String, more: String = "") -> Ask {
    Ask.modern("tools/call", #""name":"echo","arguments":{"text":"\#(text)"}\#(more)"#, name: "echo")
      .replacing(#""io.modelcontextprotocol/clientCapabilities":{}"#, with: capabilities)
  }

  private func get(_ task: String, _ method: String = "tasks/get") -> Ask {
    Ask.modern(method, #""taskId":"\#(task)""#, name: task)
      .replacing(#""io.modelcontextprotocol/clientCapabilities":{}"#, with: HandleTests.tasks)
  }

  @Test func aTaskIsItsCallersAlone() throws {
    let gate = try gate()
    let made = try gate.ask(bearer(call("slow", HandleTests.tasks), "ann"))
    let task = try #require(made.json?["result"]?["taskId"]?.string, "\(made.text)")
    #expect(task.hasPrefix("sallyport.task.1.") && !task.contains("upstream"))
    let late = try gate.ask(bearer(get(task), "ann"))
    #expect(late.json?["result"]?["result"]?["content"]?[0]?["text"] == "late", "\(late.text)")
    #expect(late.json?["result"]?["taskId"]?.string == task)
    let sent = try #require(gate.upstream.requests.last { $0.body.contains("tasks/get") })
    let name = try Value(parsing: Array(#""\#(HandleTests.task)""#.utf8)).string
    #expect(try Value(parsing: Array(sent.body.utf8))["params"]?["taskId"]?.string == name)
    // With a name that does not fit a header as it is.
    #expect(sent.headers["mcp-name"]?.hasPrefix("=?base64?") == true)
    let before = gate.upstream.requests.count
    #expect(try gate.ask(bearer(get(task), "bob")).text.contains("PERMISSION_DENIED"))
    #expect(try gate.ask(bearer(get(task, "tasks/cancel"), "bob")).text.contains("PERMISSION_DENIED"))
    #expect(try gate.ask(bearer(get("sallyport.task.1.00"), "ann")).text.contains("PERMISSION_DENIED"))
    var forged = task
    forged.removeLast()
    forged += task.hasSuffix("0") ? "1" : "0"
    #expect(try gate.ask(bearer(get(forged), "ann")).text.contains("PERMISSION_DENIED"))
    #expect(try gate.ask(bearer(get("task/1"), "ann")).text.contains("PERMISSION_DENIED"))
    #expect(gate.upstream.requests.count == before)
  }

  @Test func aStateIsItsCallersAloneAndForItsRequest() throws {
    let gate = try gate()
    let asked = try gate.ask(bearer(call("ask", HandleTests.forms), "ann"))
    let state = try #require(asked.json?["result"]?["requestState"]?.string, "\(asked.text)")
    #expect(state.hasPrefix("sallyport.state.1."))
    let back = #","requestState":"\#(state)","inputResponses":{"who":{"action":"accept","content":{}}}"#
    #expect(try gate.ask(bearer(call("ask", HandleTests.forms, more: back), "bob")).status == 400)
    let elsewhere = Ask.modern("tools/call", #""name":"query","arguments":{}\#(back)"#, name: "query")
    #expect(try gate.ask(bearer(elsewhere, "ann")).code == -32_602)
    let made = #","requestState":"opaque \"\u00e9","inputResponses":{}"#
    #expect(try gate.ask(bearer(call("ask", HandleTests.forms, more: made), "ann")).code == -32_602)
    #expect(gate.upstream.requests.count { $0.body.contains("tools/call") } == 1)
    let done = try gate.ask(bearer(call("ask", HandleTests.forms, more: back), "ann"))
    #expect(done.json?["result"]?["content"]?[0]?["text"] == "ask", "\(done.text)")
    let sent = try #require(gate.upstream.requests.last { $0.body.contains("requestState") })
    #expect(try Value(parsing: Array(sent.body.utf8))["params"]?["requestState"]?.string == "opaque \"\u{e9}")
  }
}
