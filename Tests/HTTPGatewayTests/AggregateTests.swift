import Bytecode
import Foundation
import HTTPGateway
import JSON
import TestSupport
import Testing

/// Several servers at one path: names joined and parted, requests through the gate of whoever they are for.
@Suite struct AggregateTests {
  private static let policy = """
    edition 1
    policy probes
    server stub from "stub.tools.json"
    server more from "stub.tools.json"
    scope all.use
      opens stub.echo, stub.query, more.echo
    agent tester when token.sub == "tester"
    grant tester_uses
      all.use to tester
    deny not_this_word
      on more.echo
      when args.text present and args.text == "xyzzy"

    """
  private let other: LoopbackServer

  /// Says where it is, lists in two pages, asks its client when told to.
  @Sendable private static func answer(_ request: LoopbackServer.Request) -> LoopbackServer.Reply {
    guard let message = try? Value(parsing: Array(request.body.utf8)), let method = message["method"]?.string, let id = message["id"] else {
      return StubAnswers.answer(request)
    }
    let isModern = request.headers["mcp-protocol-version"] == "2026-07-28"
    var result: Value
    switch method {
    case "tools/list":
      let tools = StubAnswers.tools.elements ?? []
      result =
        message["params"]?["cursor"] == "page two"
        ? ["tools": .array(Array(tools.dropFirst()))] : ["tools": .array(Array(tools.prefix(1))), "nextCursor": "page two"]
    case "tools/call" where message["params"]?["arguments"]?["text"] == "ask":
      let question =
        #"{"jsonrpc":"2.0","id":0,"method":"elicitation/create","params":{"message":"Who?","requestedSchema":{"type":"object","properties":{}}}}"#
      let answer = #"{"jsonrpc":"2.0","id":\#(String(decoding: write(id), as: UTF8.self)),"result":{"content":[]}}"#
      return StubAnswers.events([question, answer], ids: true)
    case "tools/call":
      result = ["content": [["type": "text", "text": "more"], ["type": "resource_link", "uri": "file:///a", "name": "a"]]]
    default: return StubAnswers.answer(request)
    }
    if isModern { result = .object((result.members ?? []) + [Value.Member("resultType", "complete")]) }
    return .document(
      String(decoding: write(["jsonrpc": "2.0", "id": id, "result": result]), as: UTF8.self), headers: ["Content-Type": "application/json"])
  }

  init() throws { other = try LoopbackServer(AggregateTests.answer) }

  private func gate(callers: CallerRule? = nil) throws -> Gate {
    let address = UpstreamAddress("http://127.0.0.1:\(other.port)/mcp")!
    return try Gate(
      callers: callers ?? .everybody(Caller(identity: Identity(agent: "tester"))), policy: AggregateTests.policy,
      configure: { configuration in
        configuration.upstreams.append(Upstream(name: "more", address: address))
        configuration.aggregate = AggregatePath(path: "/all", servers: ["stub", "more"])
      })
  }

  private func call(_ tool: String, _ text: String = "hi") -> Ask {
    Ask.modern("tools/call", #""name":"\#(tool)","arguments":{"text":"\#(text)"}"#, name: tool).target("/all")
  }

  private func names(_ answer: Value?) -> [String] { answer?["result"]?["tools"]?.elements?.compactMap { $0["name"]?.string } ?? [] }

  @Test func callsGoToWhomTheyName() throws {
    let gate = try gate()
    #expect(try gate.ask(call("stub.echo")).text.contains(#""text":"hi""#))
    let answer = try gate.ask(call("more.echo"))
    #expect(answer.text.contains(#""text":"more""#) && answer.text.contains(#""uri":"more.file:///a""#))
    let sent = try #require(other.requests.last { $0.body.contains("tools/call") })
    #expect(sent.headers["mcp-name"] == "echo" && sent.body.contains(#""name":"echo""#))
    // Each through its own gate.
    #expect(try gate.ask(call("more.echo", "xyzzy")).text.contains("not_this_word"))
    #expect(try gate.ask(call("stub.echo", "xyzzy")).text.contains(#""text":"xyzzy""#))
    let denied = try gate.ask(call("stub.erase")).text
    #expect(denied.contains("PERMISSION_DENIED") && denied.contains(#"["stub.echo","stub.query"]"#))
    for name in ["echo", "other.echo", "stub", "stub.", ".echo"] {
      #expect(try gate.ask(call(name)).json?["result"]?["content"]?[0]?["text"] != "hi")
    }
    let mismatch = call("stub.echo").changing("Mcp-Name", to: "more.echo")
    #expect(try gate.ask(mismatch).code == -32_020)
  }

  @Test func listsAreOneWithCursorsOfTheirOwn() throws {
    let gate = try gate(
      callers: .bearer { credential, _ in
        let claims = [ClaimPath(root: .token, path: ["sub"]): Value.string("tester")]
        return .accepted(Caller(identity: Identity(agent: nil, claims: claims), name: String(decoding: credential, as: UTF8.self)))
      })
    func list(_ cursor: String?, _ caller: String = "ann") throws -> Value? {
      try gate.ask(
        Ask.modern("tools/list", cursor.map { #""cursor":"\#($0)""# } ?? "").target("/all").with(("Authorization", "Bearer \(caller)"))
      ).json
    }
    let first = try list(nil)
    #expect(names(first) == ["stub.echo", "stub.query", "more.echo"])
    #expect(first?["result"]?["cacheScope"] == "private" && first?["result"]?["resultType"] == "complete")
    let cursor = try #require(first?["result"]?["nextCursor"]?.string)
    let second = try list(cursor)
    #expect(names(second).isEmpty && second?["result"]?["tools"] != nil && second?["result"]?["nextCursor"] == nil)
    // Nobody else's, and no other list's.
    #expect(try list(cursor, "bob")?["error"]?["code"] == -32_602)
    #expect(try list("page two")?["error"]?["code"] == -32_602)
    #expect(other.requests.contains { $0.body.contains("page two") })
  }

  @Test func oneThatFailsIsLeftOut() throws {
    let gate = try gate()
    other.stop()
    let list = try gate.ask(Ask.modern("tools/list").target("/all")).json
    #expect(names(list) == ["stub.echo", "stub.query"] && list?["result"]?["ttlMs"] == 0)
    #expect(try gate.ask(call("more.echo")).text.contains("UPSTREAM_UNAVAILABLE"))
    #expect(try gate.ask(call("stub.echo")).text.contains(#""text":"hi""#))
  }

  @Test func aKeyOpensWhatItIsFor() throws {
    let gate = try gate(
      callers: .bearer { _, server in
        let claims = [ClaimPath(root: .token, path: ["sub"]): Value.string("tester")]
        return server == "stub" ? .accepted(Caller(identity: Identity(agent: nil, claims: claims), name: "key")) : .elsewhere
      })
    let key = ("Authorization", "Bearer key")
    #expect(names(try gate.ask(Ask.modern("tools/list").target("/all").with(key)).json) == ["stub.echo", "stub.query"])
    #expect(try gate.ask(call("more.echo").with(key)).status == 400)
    #expect(try gate.ask(call("more.echo").target("/more").with(key)).status == 403)
  }

  @Test func sessionsBefore2026() throws {
    let gate = try gate()
    let begun = try gate.ask(Ask.initialize().target("/all"))
    let session = try #require(begun.headers["mcp-session-id"])
    #expect(begun.json?["result"]?["protocolVersion"] == "2025-11-25" && begun.json?["result"]?["capabilities"]?["tools"] != nil)
    func ask(_ body: String) throws -> RawClient.Answer { try gate.ask(Ask.handshake(body, session: session).target("/all")) }
    #expect(try ask(#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#).status == 202)
    let list = try ask(#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#).json
    #expect(names(list) == ["stub.echo", "stub.query", "more.echo"])
    #expect(try ask(#"{"jsonrpc":"2.0","id":2,"method":"ping"}"#).json?["result"] == [:])
    let called = try ask(#"{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"more.echo","arguments":{"text":"hi"}}}"#)
    #expect(called.json?["id"] == 3 && called.text.contains(#""text":"more""#))
    // A server that asks is answered by the client.
    let asked = try ask(#"{"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"more.echo","arguments":{"text":"ask"}}}"#)
    let question = try #require(asked.messages.first { $0["method"] == "elicitation/create" })
    #expect(question["id"] == "sallyport-of-1-0" && asked.messages.last?["id"] == 4)
    #expect(asked.events.compactMap(\.id).allSatisfy { $0.hasPrefix("1.") })
    #expect(try ask(#"{"jsonrpc":"2.0","id":"sallyport-of-1-0","result":{"action":"decline"}}"#).status == 202)
    let deadline = Date.now.addingTimeInterval(20)
    while !other.requests.contains(where: { $0.body.contains("decline") }), Date.now < deadline { usleep(10_000) }
    #expect(other.requests.contains { $0.body.contains(#""id":0"#) && $0.body.contains("decline") })
    // A stream is found again by the events it had.
    let last = try #require(asked.events.first?.id)
    let again = try gate.ask(
      Ask(
        verb: "GET", target: "/all", headers: [("Accept", "text/event-stream"), ("Mcp-Session-Id", session), ("Last-Event-ID", last)]))
    #expect(again.messages.last?["id"] == 4)
    #expect(try gate.ask(Ask(verb: "DELETE", target: "/all", headers: [("Mcp-Session-Id", session)])).status == 204)
    #expect(try ask(#"{"jsonrpc":"2.0","id":5,"method":"ping"}"#).status == 404)
  }
}
