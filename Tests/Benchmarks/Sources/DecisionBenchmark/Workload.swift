import Bytecode
import Compilation
import Decision
import JSON
import Semantics

/// Grants of which each is to one of as many agents as there are rules, either over 50 tools or all on one.
enum Spread: String, CaseIterable {
  /// Rules speak of 50 tools in turn, each of an agent of its own.
  case tools
  /// All rules are on one tool, each of an agent of its own.
  case agents
  /// All rules are on one tool, to any agent, each of an account of its own.
  case values
  /// All rules are denies on one tool, each of an account of its own.
  case denies
}

enum Question: String, CaseIterable {
  /// The rule with the last name grants.
  case last
  /// The caller is an agent nobody grants anything, or the account is one that no rule names.
  case none
  /// The rule with the last name fits but for the amount.
  case over
}

struct Workload {
  let program: Program
  let principal: Principal
  let tool: ToolID
  let request: [UInt8]
  let policy: String

  static let tools = 50

  init(_ spread: Spread, rules: Int, _ question: Question) throws {
    let files = Workload.files(spread, rules)
    policy = files["policy.sally"] ?? ""
    let loaded = load(["policy.sally"], reader: Files(files: files))
    guard let policies = check(loaded.value).value else { fatalError("the benchmark's policy does not check") }
    program = try compile(policies, generation: 1)
    let agent = question == .none ? "stranger" : "agent_\(rules - 1)"
    principal = Principal(
      Identity(caller: .verified, claims: [Bytecode.ClaimPath(root: .token, path: ["sub"]): .string(agent)]), of: program)
    guard let server = program.server(named: "bank"),
      let tool = program.tool(named: "transfer_\(spread == .tools ? (rules - 1) % Workload.tools : 0)", of: server)
    else { fatalError("the benchmark's snapshot has no such tool") }
    self.tool = tool
    let account = question == .none ? "ACC-NONE" : Workload.account(rules - 1)
    request = Array(
      """
      {"account": "\(account)", "amount": \(question == .over ? "250.00" : "120.00"), "currency": "EUR", "to": "DE89370400440532013000",
      "memo": "Refund for order 20931"}
      """.utf8)
  }

  static func account(_ index: Int) -> String { "ACC-\(100_000 + index)" }

  private static func files(_ spread: Spread, _ rules: Int) -> [String: String] {
    let names = (0..<tools).map { "transfer_\($0)" }
    let snapshot = names.map { name in
      """
      {"name": "\(name)", "inputSchema": {"type": "object", "properties": {"account": {"type": "string"}, "amount": {"type": "number"},
      "currency": {"type": "string"}, "to": {"type": "string"}, "memo": {"type": "string"}},
      "required": ["account", "amount", "currency", "to"]}}
      """
    }
    var text = ["policy bench", "server bank from \"bank.json\""]
    text += names.map { "scope use.\($0) opens bank.\($0)" }
    if spread == .tools || spread == .agents {
      text += (0..<rules).map { "agent agent_\($0) when token.sub == \"agent_\($0)\"" }
    }
    if spread == .denies { text.append("grant everyone use.transfer_0 to any agent") }
    for index in 0..<rules {
      let name = "rule_\(String(1_000_000 + index))"
      switch spread {
      case .tools, .agents:
        text.append(
          """
          grant \(name) use.transfer_\(spread == .tools ? index % tools : 0) to agent_\(index)
            when args.amount <= 200.00 and args.currency == "EUR"
          """)
      case .values:
        text.append(
          """
          grant \(name) use.transfer_0 to any agent
            when args.account == "\(account(index))" and args.amount <= 200.00 and args.currency == "EUR"
          """)
      case .denies:
        text.append(
          """
          deny \(name) on bank.transfer_0
            when args.account == "\(account(index))" and args.amount > 200.00
          """)
      }
    }
    return ["bank.json": "{\"tools\": [\(snapshot.joined(separator: ","))]}", "policy.sally": text.joined(separator: "\n")]
  }
}

private struct Files: FileReader {
  let files: [String: String]

  func contents(of path: String) throws(FileProblem) -> [UInt8] {
    guard let text = files[path] else { throw .missing }
    return Array(text.utf8)
  }

  func neighbours(of path: String) -> [String] { [] }
}
