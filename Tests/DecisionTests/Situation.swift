import Bytecode
import Decision
import JSON
import Testing

/// A policy about one server, and calls decided by it from text to verdict.
struct Situation: ~Copyable {
  let program: Program
  var evaluator: Evaluator

  /// - Parameter rules: Sally, behind a header that declares server `s` and scopes for each of its tools and its resources.
  init(_ rules: String, files: [String: String] = [:]) throws {
    var all = files
    all["s.json"] = Situation.snapshot
    all["main.sally"] = Situation.header + rules
    program = try DecisionTests.program(all)
    evaluator = Evaluator(program)
  }

  /// 2026-11-20T00:00:00Z.
  private static let today: Int64 = 1_795_132_800_000

  static let header = """
    policy main
    server s from "s.json"
    scope reads opens s.read
    scope fetches opens s.fetch
    scope pays opens s.pay
    scope resources opens resource s "**"

    """

  private static let snapshot = """
    {"tools": [
      {"name": "read", "inputSchema": {"type": "object", "properties": {"path": {"type": "string"}, "paths": {"type": "array",
        "items": {"type": "string"}}}, "required": ["path"]}},
      {"name": "fetch", "inputSchema": {"type": "object", "properties": {"url": {"type": "string"}}, "required": ["url"]}},
      {"name": "pay", "inputSchema": {"type": "object", "properties": {"amount": {"type": "number"}, "count": {"type": "integer"},
        "currency": {"type": "string"}, "memo": {"type": ["string", "null"]}, "flag": {"type": "boolean"},
        "tags": {"type": "array", "items": {"type": "string"}}}, "required": ["amount"]}}],
     "prompts": [{"name": "review", "arguments": [{"name": "topic", "required": true}, {"name": "depth"}]}],
     "resources": [{"name": "a", "uri": "file:///a"}],
     "resourceTemplates": [{"name": "any", "uriTemplate": "file:///{path}"}]}
    """

  private var server: ServerID {
    guard let server = program.server(named: "s") else { preconditionFailure("the header declares it") }
    return server
  }

  /// Such as `allow g`, `ask a`, `deny d`, `deny` for the default, `invalid`.
  mutating func call(
    _ tool: String, _ arguments: String, _ identity: Identity = Identity(caller: .verified), at now: Int64 = 0
  ) throws -> String {
    let id = try #require(program.tool(named: tool, of: server))
    let document = try Document(text: arguments)
    return answer(to: .tool(id, document, arguments: document.root), identity, now)
  }

  mutating func prompt(_ name: String, _ arguments: String, at now: Int64 = 0) throws -> String {
    let id = try #require(program.prompt(named: name, of: server))
    let document = try Document(text: arguments)
    return answer(to: .prompt(id, document, arguments: document.root), Identity(caller: .verified), now)
  }

  mutating func resource(_ uri: [UInt8]) -> String { answer(to: .resource(server, uri: uri), Identity(caller: .verified), 0) }

  mutating func resource(_ uri: String) -> String { resource(Array(uri.utf8)) }

  mutating func lists(_ tool: String, _ identity: Identity = Identity(caller: .verified), at now: Int64 = 0) throws -> Bool {
    let id = try #require(program.tool(named: tool, of: server))
    return evaluator.mayAllow(.tool(id), principal: Principal(identity, of: program), labels: LabelSet(), now: Moment(milliseconds: now))
  }

  /// Whether the list shows a resource, in a session that has all labels or none.
  mutating func lists(resource uri: String, isLabelled: Bool) -> Bool {
    evaluator.mayAllow(
      .resource(server, uri: Array(uri.utf8)), principal: Principal(Identity(caller: .verified), of: program),
      labels: isLabelled ? program.allLabels : LabelSet(),
      now: Moment(milliseconds: 0))
  }

  mutating func lists(template: String) -> Bool {
    evaluator.mayAllow(
      .resourceTemplate(server, uriTemplate: Array(template.utf8)), principal: Principal(Identity(caller: .verified), of: program),
      labels: LabelSet(),
      now: Moment(milliseconds: 0))
  }

  mutating func explain(_ tool: String, _ arguments: String, _ identity: Identity = Identity(caller: .verified)) throws -> Trace {
    let id = try #require(program.tool(named: tool, of: server))
    let document = try Document(text: arguments)
    return evaluator.explain(
      .tool(id, document, arguments: document.root), principal: Principal(identity, of: program), labels: LabelSet(),
      now: Moment(milliseconds: Situation.today)
    )
  }

  mutating func constraints(_ tool: String, _ arguments: String) throws -> [String] {
    let id = try #require(program.tool(named: tool, of: server))
    let document = try Document(text: arguments)
    return evaluator.constraints(
      .tool(id, document, arguments: document.root), principal: Principal(Identity(caller: .verified), of: program),
      labels: LabelSet(),
      now: Moment(milliseconds: Situation.today), hidesConfidential: false)
  }

  private mutating func answer(to call: Call, _ identity: Identity, _ now: Int64) -> String {
    switch evaluator.decide(call, principal: Principal(identity, of: program), labels: LabelSet(), now: Moment(milliseconds: now)) {
    case .allow(let grounds): "allow \(program.rule(grounds.grant).name)"
    case .ask(let question): "ask \(program.rule(question.ask).name)"
    case .deny(.byRule(let rule)): "deny \(program.rule(rule).name)"
    case .deny(.noGrant): "deny"
    case .deny(.outOfScope): "deny scope"
    case .deny(.invalidArgument): "invalid"
    }
  }
}

/// A caller with verified claims, as JSON text of an object of top-level claims.
func caller(_ claims: String) throws -> Identity {
  let document = try Document(text: claims)
  var values: [Bytecode.ClaimPath: JSON.Value] = [:]
  for member in document.members(document.root) {
    let name = try #require(document.string(member.key))
    values[Bytecode.ClaimPath(root: .token, path: [name])] = JSON.Value(document, member.value)
  }
  return Identity(caller: .verified, claims: values)
}

/// A JSON string.
func quoted(_ text: String) -> String { String(decoding: write(.string(text)), as: UTF8.self) }
