import Bytecode
import Compilation
import Enforcement
import JSON
import Semantics
import Testing
import Text

/// The whole way: a policy's text and a snapshot, compiled, in front of a conversation.
@Suite struct PolicyTests {
  private struct Files: FileReader {
    let files: [String: String]

    func contents(of path: String) throws(FileProblem) -> [UInt8] {
      guard let text = files[path] else { throw .missing }
      return Array(text.utf8)
    }

    func neighbours(of path: String) -> [String] { Array(files.keys) }
  }

  private static let pay =
    #"{"name":"pay","inputSchema":{"type":"object","properties":{"amount":{"type":"number"},"to":{"type":"string"}},"required":["amount","to"]}}"#
  private static let wipe = #"{"name":"wipe","inputSchema":{"type":"object"}}"#
  private static let tools = #"{"tools":[\#(pay),\#(wipe)]}"#

  private static let policy = """
    policy bank.access

    server bank from "bank.json"

    scope payments
      opens bank.pay

    agent teller when token.sub == "teller"

    grant small_payments
      payments to teller
      when args.amount <= 200.00

    deny no_strangers
      on bank.pay
      when args.to not in {"alice", "bob"}
      because "Payments go to alice or bob."

    shadow deny odd_amounts
      on bank.pay
      when args.amount < 1
    """

  private func program() throws -> Program {
    let sources = load(["bank.sally"], reader: Files(files: ["bank.sally": PolicyTests.policy, "bank.json": PolicyTests.tools]))
    let checked = check(sources.value)
    let messages = (sources.diagnostics + checked.diagnostics).map(\.message)
    let policies = try #require(checked.value, "\(messages)")
    return try compile(policies, generation: 1)
  }

  private func call(_ id: Int, _ arguments: String) -> String {
    #"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"name":"pay","arguments":\#(arguments)}}"#
  }

  @Test func decidesByArguments() throws {
    var conversation = Conversation(program: try program(), agent: "teller", server: "bank", tools: PolicyTests.tools)
    conversation.shakeHands()
    conversation.client(call(1, #"{"amount":200.00,"to":"alice"}"#))
    #expect(conversation.toServer.count == 1)
    conversation.client(call(2, #"{"amount":200.01,"to":"alice"}"#))
    #expect(conversation.toClient.last?.contains("with these arguments; others may be granted") == true)
    conversation.client(call(3, #"{"amount":5,"to":"mallory"}"#))
    let denial = try Value(parsing: Array(try #require(conversation.toClient.last).utf8))["result"]?["structuredContent"]
    #expect(denial?["rule"] == "no_strangers")
    #expect(denial?["because"] == "Payments go to alice or bob.")
    #expect(denial?["message"]?.string?.contains(#"`args.to not in {"alice", "bob"}`"#) == true)
    conversation.client(call(4, #"{"amount":"5","to":"alice"}"#))
    #expect(conversation.toClient.last?.contains("INVALID_ARGUMENT") == true)
    #expect(conversation.toServer.count == 1)
    conversation.client(call(5, #"{"amount":0.5,"to":"bob"}"#))
    conversation.server(#"{"jsonrpc":"2.0","id":5,"result":{"content":[]}}"#)
    #expect(conversation.records.last?.shadow == ["odd_amounts"])
    #expect(conversation.records.last?.rule == "small_payments")
  }

  @Test func listsWhatSomeCallCouldBeAllowed() throws {
    for (agent, expected) in [("teller", #"{"tools":[\#(PolicyTests.pay)]}"#), ("nobody", #"{"tools":[]}"#)] {
      var conversation = Conversation(program: try program(), agent: agent, server: "bank", tools: PolicyTests.tools)
      conversation.shakeHands()
      conversation.client(#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#)
      conversation.server(#"{"jsonrpc":"2.0","id":1,"result":\#(PolicyTests.tools)}"#)
      #expect(conversation.toClient.last == #"{"jsonrpc":"2.0","id":1,"result":\#(expected)}"#)
    }
  }

  /// Refused with the same words as a tool that does not exist.
  @Test func tellsNothingOfHiddenTools() throws {
    var conversation = Conversation(program: try program(), agent: "nobody", server: "bank", tools: PolicyTests.tools)
    conversation.shakeHands()
    conversation.client(call(1, #"{"amount":"not a number"}"#))
    #expect(conversation.toClient.last?.contains("No rule of the policy grants the tool `pay` to this caller.") == true)
    #expect(conversation.toClient.last?.contains("amount") == false)
  }
}
