package import Bytecode
internal import Decision
package import Enforcement
package import JSON
internal import Messages
internal import Schemas
package import Semantics

/// What became of a server's answer on its way to the client.
package struct ReleasedAnswer: Sendable {
  package enum Block: Sendable {
    case filter(String)
    /// By the output schema of the tool.
    case unfit([ArgumentProblem])
  }

  /// A pattern that a filter found.
  package struct Finding: Sendable {
    package let filter: String
    /// Nil for what no pattern of the policy found.
    package let pattern: String?
    package let count: Int
    package let isUndecided: Bool
  }

  /// The result as it passes; nil when nothing does.
  package let passed: Document?
  package let isChanged: Bool
  package let block: Block?
  package let findings: [Finding]
  package let labels: LabelChange

  /// Every text of what passes.
  var texts: [String] { passed?.texts ?? [] }
}

/// Takes answers that a person makes up through the output schema and the filters, by the code that the gate runs.
package struct AnswerJudge: ~Copyable {
  private let policies: CheckedPolicies
  private let program: Program
  private let filters: ProgramFilters
  private var filter: MessageFilter
  private var validation = ValidationScratch()

  /// - Parameter program: compiled from `policies`.
  package init(_ policies: CheckedPolicies, _ program: Program) {
    self.policies = policies
    self.program = program
    filters = ProgramFilters(program)
    filter = MessageFilter(filters)
  }

  /// The filters that would read the answer to a call, in order of place.
  package func readers(of judgement: Judgement) -> [FilterInfo] { filters.filters(ofAnswerTo: judgement.call).map { program.filters[$0] } }

  mutating func release(_ answer: MadeUpAnswer, of call: Call) -> ReleasedAnswer {
    // Of a text, what the tool gives beside it is left open.
    release(Document(answer, to: call), of: call, isWhole: false)
  }

  /// - Parameter result: what a server sends, with `content`, `messages` or `contents`; or what `result` in a test takes.
  package mutating func release(_ result: Value, of judgement: Judgement) -> ReleasedAnswer {
    let members = ["content", "structuredContent", "messages", "contents"]
    guard members.contains(where: { result[$0] != nil }) else { return release(.value(result), of: judgement.call) }
    return release(Document(result), of: judgement.call, isWhole: true)
  }

  /// - Parameter isWhole: whether structured content that is not there is missing.
  private mutating func release(_ document: Document, of call: Call, isWhole: Bool) -> ReleasedAnswer {
    let (method, owner, change) = subject(of: call)
    var output: OutputSchema?
    if case .tool(let tool, _, _) = call { output = outputSchema(of: tool) }
    if let problems = output?.problems(document, result: document.root, isRequired: isWhole, scratch: &validation) {
      guard case .tool(let tool, _, _) = call, program.servers[Int(program.tool(tool).server.index)].passesMismatchedOutput else {
        return ReleasedAnswer(passed: nil, isChanged: false, block: .unfit(problems), findings: [], labels: LabelChange())
      }
      output = nil
    }
    let filtered = filter.apply(
      document, .result(of: method, document.root), of: owner, in: .of2025November, output: output, validation: &validation)
    var labels = LabelChange(sets: filtered.labels.union(change.sets), clears: change.clears)
    let findings = filtered.findings.entries.map { entry in
      ReleasedAnswer.Finding(
        filter: program.filters[entry.filter].name, pattern: entry.pattern.map { program.filterPatterns[$0].name }, count: entry.count,
        isUndecided: entry.isUndecided)
    }
    switch filtered.outcome {
    case .unchanged: return ReleasedAnswer(passed: document, isChanged: false, block: nil, findings: findings, labels: labels)
    case .rewritten(let bytes):
      return ReleasedAnswer(passed: try? Document(parsing: bytes), isChanged: true, block: nil, findings: findings, labels: labels)
    case .blocked(let block):
      labels.clears = LabelSet()
      return ReleasedAnswer(
        passed: nil, isChanged: false, block: .filter(program.filters[block.filter].name), findings: findings, labels: labels)
    }
  }

  /// The server failed instead of answering: it marks what an answer marks, and clears nothing.
  func failure(of call: Call) -> ReleasedAnswer {
    ReleasedAnswer(
      passed: nil, isChanged: false, block: nil, findings: [], labels: LabelChange(sets: subject(of: call).2.sets))
  }

  private func outputSchema(of tool: ToolID) -> OutputSchema? {
    let info = program.tool(tool)
    let tools = policies.servers[Int(info.server.index)].snapshot.tools
    guard let pinned = tools.first(where: { $0.name.utf8.elementsEqual(info.name.utf8) }) else { return nil }
    let definition = Document(pinned.definition)
    return OutputSchema(definition, definition.root)
  }

  private func subject(of call: Call) -> (Method, TextOwner, LabelChange) {
    switch call {
    case .tool(let tool, _, _): (.toolsCall, .tool(tool), program.tool(tool).labels)
    case .prompt(let prompt, _, _): (.promptsGet, .prompt(prompt), program.prompt(prompt).labels)
    case .resource(let server, let uri):
      (.resourcesRead, .resource(server, uri: uri), program.servers[Int(server.index)].labels(afterReading: uri))
    }
  }
}

/// What a test says that a server answers.
enum MadeUpAnswer {
  /// A text, an object that a tool gives as structured content, or another value, which is shown as text.
  case value(Value)
  case binary(type: String, bytes: Int)

  /// What a content block or the contents of a resource have beside `type` and `uri`.
  fileprivate func members(inBlock: Bool) -> [Value.Member] {
    switch self {
    case .value(.string(let text)): return [.init("text", .string(text))]
    case .value(let value): return [.init("text", .string(String(decoding: write(value, .compact), as: UTF8.self)))]
    case .binary(let type, let bytes):
      let sample = MediaSignature.of(type: type).first?.sample(count: bytes) ?? [UInt8](repeating: 0, count: bytes)
      let data = Value.string(String(decoding: Base64.encode(sample), as: UTF8.self))
      return [.init("mimeType", .string(type)), .init(inBlock ? "data" : "blob", data)]
    }
  }

  fileprivate var block: Value {
    switch self {
    case .value: .object([.init("type", .string("text"))] + members(inBlock: true))
    case .binary(let type, _) where type.hasPrefix("image/") || type.hasPrefix("audio/"):
      .object([.init("type", .string(String(type.prefix(5))))] + members(inBlock: true))
    case .binary:
      .object([
        .init("type", .string("resource")),
        .init("resource", .object([.init("uri", .string("file:///answer"))] + members(inBlock: false))),
      ])
    }
  }
}

extension Document {
  /// The result of a call, as a server would send it.
  fileprivate init(_ answer: MadeUpAnswer, to call: Call) {
    let content = answer.block
    let result: Value
    switch call {
    case .tool:
      var members = [Value.Member("content", .array([content]))]
      if case .value(let value) = answer, case .object = value { members.append(.init("structuredContent", value)) }
      result = .object(members)
    case .prompt:
      result = .object([.init("messages", .array([.object([.init("role", .string("user")), .init("content", content)])]))])
    case .resource(_, let uri):
      let resource = Value.object([.init("uri", .string(String(decoding: uri, as: UTF8.self)))] + answer.members(inBlock: false))
      result = .object([.init("contents", .array([resource]))])
    }
    self.init(result)
  }

  /// All strings, names of members among them.
  fileprivate var texts: [String] { indices(in: root).compactMap { string(Node(index: $0)) } }
}
