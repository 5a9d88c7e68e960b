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

  private static let names = """
    policy bank.access

    server bank from "bank.json"

    scope payments
      opens bank.pay

    agent teller when token.sub == "teller"

    """

  private static let rules = """
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

  /// - Parameter bound: rules of a layer of their own.
  private func program(_ rules: String = rules, bound: String? = nil) throws -> Program {
    var files = ["bank.sally": PolicyTests.names + rules, "bank.json": PolicyTests.tools]
    if let bound { files["bound.sally"] = "policy bank.bound as layer\nuse \"bank.sally\"\n\n" + bound }
    let sources = load(files.keys.filter { $0.hasSuffix(".sally") }.sorted(), reader: Files(files: files))
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

  /// The answer's object and the text that the model reads, to a call by `teller` under a policy of these rules.
  private func denial(
    _ rules: String, bound: String? = nil, _ arguments: String
  ) throws -> (data: Value, text: String, record: CallRecord) {
    var conversation = Conversation(program: try program(rules, bound: bound), agent: "teller", server: "bank", tools: PolicyTests.tools)
    conversation.shakeHands()
    conversation.client(call(1, arguments))
    let answer = try #require(conversation.toClient.last)
    let result = try #require(Value(parsing: Array(answer.utf8))["result"])
    let text = try #require(result["content"]?.elements?.first?["text"]?.string)
    let record = try #require(conversation.records.last)
    return (try #require(result["structuredContent"]), text, record)
  }

  @Test(arguments: [
    ("when args.amount <= 200.00", ["args.amount <= 200.00"]),
    (#"when args.amount <= 200.00 and args.to in {"alice"}"#, ["args.amount <= 200.00", #"args.to in {"alice"}"#]),
    (#"when args.amount <= 200.00 and args.to != "carol""#, ["args.amount <= 200.00"]),
    (#"when args.amount <= 200.00 or args.to == "alice""#, [#"args.amount <= 200.00 or args.to == "alice""#]),
    ("when not (args.amount > 200.00)", ["not (args.amount > 200.00)"]),
    ("when args.amount <= 200.00\n    and args.amount < 100", ["args.amount <= 200.00", "args.amount < 100"]),
    ("when args.amount <= 200.00 and now.year < 2000", nil),
    ("when args.amount <= 200.00 and token.level > 3", nil),
  ])
  func saysWhatWouldBeAllowed(_ condition: String, _ expected: [String]?) throws {
    let (data, text, _) = try denial("grant some payments to teller \(condition)", #"{"amount":500,"to":"bob"}"#)
    #expect(data["allowed"]?["arguments"]?.elements?.compactMap(\.string) == expected)
    #expect(text.contains("Allowed with") == (expected != nil))
    if let expected { #expect(text.contains("Allowed with \(expected.joined(separator: " and ")).")) }
    #expect((data["allowed"]?["tools"] == nil) == (expected != nil))
  }

  /// Every layer must grant, so every layer's nearest grant is told; where one cannot be, none is.
  @Test func saysWhatEveryLayerWouldAllow() throws {
    let rules = "grant some payments to teller when args.amount <= 200.00"
    let call = #"{"amount":500,"to":"bob"}"#
    func allowed(_ bound: String) throws -> [String]? {
      try denial(rules, bound: bound, call).data["allowed"]?["arguments"]?.elements?.compactMap(\.string)
    }
    #expect(
      try allowed("grant bound payments to any agent when args.amount <= 400.00") == ["args.amount <= 400.00", "args.amount <= 200.00"])
    #expect(try allowed("grant bound payments to any agent") == ["args.amount <= 200.00"])
    #expect(try allowed("@confidential\ngrant bound payments to any agent when args.amount <= 400.00") == nil)
  }

  @Test func confidentialRulesAreKeptFromCallers() throws {
    let secret = """
      @confidential
      grant small payments to teller when args.amount <= 200.00

      @confidential
      deny watched on bank.pay when args.to == "mallory" because "Under investigation."

      @confidential
      ask looked_at on bank.pay when args.to == "carol" from "fraud-desk" within 5m
      """
    for (arguments, code, rule) in [
      (#"{"amount":5,"to":"mallory"}"#, "PERMISSION_DENIED", "watched" as String?),
      (#"{"amount":5,"to":"carol"}"#, "APPROVAL_REQUIRED", "looked_at"), (#"{"amount":500,"to":"alice"}"#, "PERMISSION_DENIED", nil),
    ] {
      let (data, text, record) = try denial(secret, arguments)
      #expect(data["code"]?.string == code)
      #expect(data.members?.map(\.name) == ["code", "message", "retryable", "traceId"])
      for word in ["watched", "investigation", "looked_at", "fraud-desk", "small", "200.00", "args."] {
        #expect(!text.contains(word), "\(text)")
      }
      #expect(record.rule == rule)
    }
    // Another grant, that hides nothing, may be told in its place.
    let open = secret + "\ngrant tiny payments to teller when args.amount <= 100"
    let allowed = try denial(open, #"{"amount":500,"to":"alice"}"#).data["allowed"]
    #expect(allowed?["arguments"]?.elements?.compactMap(\.string) == ["args.amount <= 100"])
  }

  @Test(arguments: [("", false), (#"@output_mismatch("block")"#, false), (#"@output_mismatch("log")"#, true)])
  func resultsThatDoNotFitAreBlockedOrLogged(_ annotation: String, _ passes: Bool) throws {
    let pay = PolicyTests.pay.dropLast() + #","outputSchema":{"type":"object","required":["receipt"]}}"#
    let policy = PolicyTests.names.replacing("server bank", with: "\(annotation)\nserver bank") + PolicyTests.rules
    let files = ["bank.sally": policy, "bank.json": #"{"tools":[\#(pay),\#(PolicyTests.wipe)]}"#]
    let policies = try #require(check(load(["bank.sally"], reader: Files(files: files)).value).value)
    var conversation = Conversation(
      program: try compile(policies, generation: 1), agent: "teller", server: "bank", tools: files["bank.json"] ?? "")
    conversation.shakeHands()
    conversation.client(call(1, #"{"amount":5,"to":"bob"}"#))
    let answer = #"{"jsonrpc":"2.0","id":1,"result":{"content":[],"structuredContent":{"secret":7}}}"#
    conversation.server(answer)
    let record = try #require(conversation.records.last)
    #expect(record.outputMismatch?.contains("`receipt`") == true)
    #expect(record.outcome == (passes ? .allowed : .denied))
    #expect((conversation.toClient.last == answer) == passes)
    #expect(passes || conversation.toClient.last?.contains("OUTPUT_BLOCKED") == true)
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
