import Sallyport
import Testing

/// The library as its users see it: this target is compiled outside the package, so only what is public is there.
struct ExampleTests {
  private static let files = [
    "bank.sally": """
    edition 1
    policy bank
    server bank from "bank.snapshot.json"
    scope payments opens bank.transfer
    agent clerk when token.team == "payments"
    grant small payments to clerk when args.amount <= 200
    ask large on bank.transfer when args.amount > 100 from "finance" within 1h
    """,
    "bank.snapshot.json": """
    {"tools":[{"name":"transfer","inputSchema":{"type":"object","properties":{"amount":{"type":"number"}},"required":["amount"]}}]}
    """,
  ]

  private let policy: Policy

  init() throws { policy = try Policy(["bank.sally"], in: Self.files) }

  @Test(arguments: [
    (#"{"amount":50}"#, "allow by small", nil), (#"{"amount":150}"#, "ask by large", "APPROVAL_REQUIRED"),
    (#"{"amount":250}"#, "deny by default", "PERMISSION_DENIED"), (#"{"amount":"x"}"#, "deny code INVALID_ARGUMENT", "INVALID_ARGUMENT"),
    ("[]", "deny by default", "INVALID_ARGUMENT"), ("{", "deny by default", "INVALID_ARGUMENT"),
  ])
  func aCallIsDecidedWithReasons(arguments: String, description: String, code: String?) {
    var judge = Judge(policy)
    let call = GuardedCall.tool(server: "bank", name: "transfer", arguments: Array(arguments.utf8))
    let ruling = judge.decide(call, by: .verified(token: ["team": "payments"]), at: 1_790_000_000_000)
    #expect(ruling.description == description && ruling.code == code)
    #expect((ruling.outcome == .deny) == !ruling.reasons.isEmpty)
  }

  @Test(arguments: [("bank", "Transfer"), ("Bank", "transfer"), ("", "")])
  func whatIsNotKnownIsDenied(server: String, tool: String) {
    var judge = Judge(policy)
    let ruling = judge.decide(.tool(server: server, name: tool, arguments: Array("{}".utf8)), by: .agent("clerk"), at: 0)
    #expect(ruling.outcome == .deny && !ruling.isListed && ruling.reasons.count == 1)
  }

  @Test func labelsAndFiltersAreTold() throws {
    var files = Self.files
    files["bank.sally"]? += """

      label outside "outside text was read"
      patterns tokens { forge: /\\bghp_[a-z]{4}\\b/ hit "ghp_abcd" miss "ghp" }
      filter hide on bank.* match tokens -> redact, label outside
      deny after_reading on bank.transfer when session has outside
      """
    var judge = Judge(try Policy(["bank.sally"], in: files))
    let call = GuardedCall.tool(server: "bank", name: "transfer", arguments: Array(#"{"amount":1}"#.utf8))
    #expect(judge.decide(call, by: .agent("clerk"), at: 0).readers == ["hide"])
    let marked = judge.decide(call, by: .agent("clerk"), labels: ["outside"], at: 0)
    #expect(marked.rule == "after_reading" && marked.readers.isEmpty)
    #expect(judge.decide(call, by: .agent("clerk"), labels: ["outsid"], at: 0).outcome == .deny)
  }

  @Test func callersAreWhoTheirClaimsSay() {
    var judge = Judge(policy)
    let call = GuardedCall.tool(server: "bank", name: "transfer", arguments: Array(#"{"amount":1}"#.utf8))
    #expect(judge.decide(call, by: .agent("clerk"), at: 0).rule == "small")
    for caller in [Caller.anyone, .agent("nobody"), .verified(token: ["team": "sales"]), .verified(key: ["team": "payments"])] {
      #expect(judge.decide(call, by: caller, at: 0).outcome == .deny)
    }
  }

  @Test func aPolicyThatIsWrongIsNotLoaded() throws {
    var files = Self.files
    files["bank.sally"]? += "\ndeny typo on bank.transfr\n"
    let error = #expect(throws: PolicyError.self) { try Policy(["bank.sally"], in: files) }
    #expect(error?.problems.first?.path == "bank.sally" && error?.problems.first?.line == 8)
    #expect(error?.problems.first?.code.hasPrefix("E01") == true && error?.description.contains("transfr") == true)
    #expect(throws: PolicyError.self) { try Policy(contentsOf: ["/nowhere.sally"]) }
  }

  @Test func aSessionStandsBetweenClientAndServer() {
    var session = GuardedSession(policy: policy, server: "bank", caller: .agent("clerk"))
    let meta = #""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}"#
    let call = #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"transfer","arguments":{"amount":900},\#(meta)}}"#
    // The gate first asks the server for its tools, to hold them against the snapshot.
    guard case .sendToServer(let request)? = session.receiveFromClient(Array(call.utf8)).first else {
      Issue.record("the gate does not ask for the tools")
      return
    }
    session.carriedOut()
    #expect(session.nextDeadline != nil)
    let id = String(decoding: request, as: UTF8.self).split(separator: "\"").first { $0.hasPrefix("sallyport-") } ?? ""
    let outputs = session.receiveFromServer(Array(Self.listing(id: String(id)).utf8))
    guard case .sendToClient(let answer)? = outputs.first, case .record(let summary)? = outputs.last else {
      Issue.record("the call is not answered: \(outputs)")
      return
    }
    #expect(String(decoding: answer, as: UTF8.self).contains("PERMISSION_DENIED"))
    #expect(summary.outcome == "denied" && summary.target == "transfer" && summary.agent == "clerk")
    #expect(session.serverExited().isEmpty && session.clientClosed().isEmpty)
  }

  private static func listing(id: String) -> String {
    let tools = files["bank.snapshot.json"]?.dropFirst().dropLast() ?? ""
    return #"{"jsonrpc":"2.0","id":"\#(id)","result":{"resultType":"complete",\#(tools)}}"#
  }
}
