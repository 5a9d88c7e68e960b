import Bytecode
import Compilation
import Enforcement
import JSON
import Semantics
import Testing
import Text

/// What a refinement does to a conversation: lists, calls, and what the server gets.
@Suite struct RefinementTests {
  private struct Files: FileReader {
    let files: [String: String]

    func contents(of path: String) throws(FileProblem) -> [UInt8] {
      guard let text = files[path] else { throw .missing }
      return Array(text.utf8)
    }

    func neighbours(of path: String) -> [String] { [] }
  }

  private static let fetch =
    #"{"name":"fetch","inputSchema":{"type":"object","properties":{"url":{"type":"string"},"method":{"type":"string","enum":["GET","HEAD","POST"]},"headers":{"type":"object"},"options":{"type":"object","properties":{"depth":{"type":"integer"}}}},"required":["url"]},"outputSchema":{"type":"object"}}"#
  private static let ping = #"{"name":"ping","inputSchema":{"type":"object","properties":{"count":{"type":["integer","null"]}}}}"#
  private static let tools = #"{"tools":[\#(fetch),\#(ping)]}"#

  private static let policy = """
    server web from "web.json"

    scope all
      opens web.*

    agent bot when token.sub == "bot"

    grant bot_fetches
      all to bot

    refine web.fetch {
      url:           url scheme https host in {"docs.acme.example"}
      method:        one of "GET", "HEAD" default "GET"
      headers:       absent
      options.depth: 1..3 default 2
    }

    refine web.ping {
      count: ..9 default 4
    }

    deny heads
      on web.fetch
      when args.method == "HEAD"

    deny fours
      on web.ping
      when args.count == 4 and token.strict
    """

  private func conversation(_ policy: String = policy) throws -> Conversation {
    let sources = load(["web.sally"], reader: Files(files: ["web.sally": policy, "web.json": RefinementTests.tools]))
    let checked = check(sources.value)
    let messages = (sources.diagnostics + checked.diagnostics).map(\.message)
    let policies = try #require(checked.value, "\(messages)")
    return Conversation(program: try compile(policies, generation: 1), agent: "bot", server: "web", tools: RefinementTests.tools)
  }

  private func call(_ parameters: String) -> String { #"{"jsonrpc":"2.0", "id":1, "method":"tools/call", "params":{\#(parameters)}}"# }

  @Test func listsShowTheNarrowedSchema() throws {
    var conversation = try conversation()
    conversation.shakeHands()
    conversation.client(#"{"jsonrpc":"2.0","id":2,"method":"tools/list"}"#)
    conversation.server(#"{"jsonrpc":"2.0","id":2,"result":\#(RefinementTests.tools)}"#)
    let list = try #require(conversation.toClient.first)
    #expect(
      list
        == #"{"jsonrpc":"2.0","id":2,"result":{"tools":[{"name":"fetch","inputSchema":{"type":"object","properties":{"url":{"type":"string","description":"Must be a URL; scheme: https; host: docs.acme.example; no port but the scheme's own; no user name."},"method":{"type":"string","enum":["GET","HEAD"],"default":"GET"},"options":{"type":"object","properties":{"depth":{"type":"integer","minimum":1,"maximum":3,"default":2}}}},"required":["url"],"not":{"required":["headers"]}},"outputSchema":{"type":"object"}},{"name":"ping","inputSchema":{"type":"object","properties":{"count":{"type":["integer","null"],"maximum":9,"default":4}}}}]}}"#
    )
  }

  @Test func defaultsAreForwardedAndNothingElseChanges() throws {
    var conversation = try conversation()
    conversation.shakeHands()
    conversation.client(call(#""name":"fetch",  "arguments":{ "url" : "https:\/\/docs.acme.example/", "options":{} }"#))
    #expect(
      conversation.toServer == [
        call(#""name":"fetch",  "arguments":{ "url" : "https:\/\/docs.acme.example/", "options":{"depth":2},"method":"GET" }"#)
      ])
  }

  @Test func withoutDefaultsTheBytesAreThoseThatCame() throws {
    var conversation = try conversation()
    conversation.shakeHands()
    let message = call(#""arguments":{"method" :"GET", "url":"https://docs.acme.example/a"}, "name":"fetch""#)
    conversation.client(message)
    #expect(conversation.toServer == [message])
  }

  @Test func aCallWithoutArgumentsGetsThem() throws {
    var conversation = try conversation()
    conversation.shakeHands()
    conversation.client(call(#""name":"ping""#))
    #expect(conversation.toServer == [call(#""name":"ping","arguments":{"count":4}"#)])
    conversation.forget()
    conversation.client(call(#""name":"ping","arguments":{"count": null}"#).replacing("\"id\":1", with: "\"id\":2"))
    #expect(conversation.toServer == [call(#""name":"ping","arguments":{"count": 4}"#).replacing("\"id\":1", with: "\"id\":2")])
  }

  @Test func statelessCallsKeepTheirMetadata() throws {
    var conversation = try conversation()
    conversation.client(stateless("1", "tools/call", #""name":"ping""#))
    conversation.answerOwnList()
    let sent = try #require(conversation.toServer.last)
    #expect(sent.contains(#""io.modelcontextprotocol/protocolVersion":"2026-07-28""#))
    #expect(sent.hasSuffix(#"},"arguments":{"count":4}}}"#))
    conversation.client(stateless("2", "tools/list"))
    conversation.server(#"{"jsonrpc":"2.0","id":2,"result":{"resultType":"complete",\#(RefinementTests.tools.dropFirst())}"#)
    #expect(conversation.toClient.last?.contains(#""maximum":9,"default":4"#) == true)
  }

  @Test func theDecisionIsMadeOnTheFilledArguments() throws {
    var conversation = try conversation(RefinementTests.policy.replacing(#" and token.strict"#, with: ""))
    conversation.shakeHands()
    conversation.client(call(#""name":"ping""#))
    #expect(conversation.toServer.isEmpty)
    #expect(conversation.toClient.first?.contains(#""rule":"fours""#) == true)
  }

  @Test(arguments: [
    (#"{"url":"https://evil.example/"}"#, "/url", "has a host that is not permitted"),
    (#"{"url":"https://docs.acme.example@evil.example/"}"#, "/url", "user name or password"),
    (#"{"url":"https://docs.acme.example/","method":"POST"}"#, "/method", "expected"),
    (#"{"url":"https://docs.acme.example/","headers":{}}"#, "/headers", "the policy does not permit this argument"),
    (#"{"url":"https://docs.acme.example/","options":{"depth":4}}"#, "/options/depth", "expected"),
    (#"{"url":"https://docs.acme.example/","Method":"POST"}"#, "/Method", "letter case"),
    (#"{"url":7}"#, "/url", "expected"),
    (#"{}"#, "", "url"),
  ])
  func whatDoesNotPassIsSaid(arguments: String, path: String, message: String) throws {
    var conversation = try conversation()
    conversation.shakeHands()
    conversation.client(call(#""name":"fetch","arguments":\#(arguments)"#))
    #expect(conversation.toServer.isEmpty)
    let answer = try #require(conversation.toClient.first)
    let denial = try Value(parsing: Array(answer.utf8))["result"]?["_meta"]?["com.sallyport/denial"]
    #expect(denial?["code"] == "INVALID_ARGUMENT")
    #expect(denial?["violations"]?[0]?["path"] == .string(path))
    #expect(denial?["violations"]?[0]?["message"]?.string?.contains(message) == true, "\(answer)")
  }

  private func violations(_ conversation: inout Conversation, _ arguments: String) throws -> [String] {
    conversation.shakeHands()
    conversation.client(call(#""name":"fetch","arguments":\#(arguments)"#))
    #expect(conversation.toServer.isEmpty)
    let answer = try #require(conversation.toClient.first)
    let denial = try Value(parsing: Array(answer.utf8))["result"]?["_meta"]?["com.sallyport/denial"]
    #expect(denial?["code"] == "INVALID_ARGUMENT")
    return (denial?["violations"]?.elements ?? []).compactMap { $0["path"]?.string }.sorted()
  }

  /// What the schema says, what it cannot say and what may not be there at all: a model is told in one answer.
  @Test func everythingWrongIsSaidInOneAnswer() throws {
    var conversation = try conversation()
    let arguments = #"{"url":"http://evil.example/","method":"POST","headers":{"a":1},"options":{"depth":9}}"#
    #expect(try violations(&conversation, arguments) == ["/headers", "/method", "/options/depth", "/url"])
  }

  @Test func fieldsThatMayNotBeThereAreSaidOnce() throws {
    var conversation = try conversation(
      RefinementTests.policy.replacing("options.depth: 1..3 default 2", with: "options.depth: 1..3 default 2\n  others: forbidden"))
    let paths = try violations(&conversation, #"{"url":"https://docs.acme.example/","headers":{},"colour":1}"#)
    #expect(paths == ["", "/headers"])
  }

  /// A value that is refused may be a secret, whichever constraint refuses it.
  @Test(arguments: [
    "one of \"a\", \"b\"", "matches /[a-z]{3}/", "matches /(?>[a-z]{3}+)/", "length ..4", "without control characters",
    "url scheme https host in {\"docs.acme.example\"}", "path under \"src\"", "absent",
  ])
  func refusedSecretsAreNotRepeated(constraint: String) throws {
    let tools =
      #"{"tools":[{"name":"fetch","inputSchema":{"type":"object","properties":{"api_key":{"type":"string"}}}},\#(RefinementTests.ping)]}"#
    let policy = """
      server web from "web.json"

      scope all
        opens web.*

      agent bot when token.sub == "bot"

      grant bot_fetches
        all to bot

      refine web.fetch {
        api_key: \(constraint)
      }
      """
    let sources = load(["web.sally"], reader: Files(files: ["web.sally": policy, "web.json": tools]))
    let policies = try #require(check(sources.value).value)
    var conversation = Conversation(program: try compile(policies, generation: 1), agent: "bot", server: "web", tools: tools)
    conversation.shakeHands()
    conversation.client(call(#""name":"fetch","arguments":{"api_key":"hunter2\u0007-Correct-Horse"}"#))
    let answer = try #require(conversation.toClient.first)
    #expect(answer.contains("INVALID_ARGUMENT") && answer.contains("/api_key"))
    #expect(!answer.contains("hunter2") && !answer.contains("Horse"))
    #expect(!"\(conversation.records)".contains("hunter2"))
  }

  /// How URLs and paths are read is known to the compiler, which refuses what would refuse every call without the field.
  @Test func defaultsPassTheirOwnConstraints() throws {
    let policy = RefinementTests.policy.replacing(
      "method:        one of \"GET\", \"HEAD\" default \"GET\"", with: "method: path under \"src\" default \"POST\"")
    #expect(throws: Rejected.self) { _ = try conversation(policy).records }
  }

  /// Another server behind the same name is told by its own definition, whatever the policy has made of the pinned one.
  @Test func driftIsJudgedByTheOwnDefinition() throws {
    var conversation = try conversation()
    conversation.client(
      #"{"jsonrpc":"2.0","id":"init","method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}"#
    )
    conversation.server(
      #"{"jsonrpc":"2.0","id":"init","result":{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"d","version":"1"}}}"#
    )
    conversation.client(#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#)
    conversation.answerOwnList(RefinementTests.tools.replacing("\"null\"", with: "\"string\""))
    conversation.forget()
    conversation.client(call(#""name":"ping","arguments":{}"#))
    #expect(conversation.toServer.isEmpty)
    #expect(conversation.toClient.first?.contains("TOOL_DRIFTED") == true)
  }
}
