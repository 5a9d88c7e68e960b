internal import Bytecode
internal import Decision
internal import Enforcement
internal import JSON
internal import Messages
internal import Schemas
internal import Semantics

/// What became of a server's answer on its way to the client.
struct ReleasedAnswer {
  /// Every text of what passes; empty when nothing does.
  let texts: [String]
  /// The filter that withheld it.
  let block: String?
  let labels: LabelChange
}

/// Takes answers that a test makes up through the filters, by the code that the gate runs.
struct AnswerJudge: ~Copyable {
  private let program: Program
  private var filter: MessageFilter
  private var validation = ValidationScratch()

  init(_ program: Program) {
    self.program = program
    filter = MessageFilter(ProgramFilters(program))
  }

  /// - Parameter value: a text, an object that a tool gives as structured content, or another value, which is shown as text.
  mutating func release(_ value: Value, of call: Call) -> ReleasedAnswer {
    let (method, owner, change) = subject(of: call)
    let document = Document(answer: value, to: call)
    let filtered = filter.apply(document, .result(of: method, document.root), of: owner, in: .of2025November, validation: &validation)
    var labels = LabelChange(sets: filtered.labels.union(change.sets), clears: change.clears)
    switch filtered.outcome {
    case .unchanged: return ReleasedAnswer(texts: document.texts, block: nil, labels: labels)
    case .rewritten(let bytes):
      return ReleasedAnswer(texts: (try? Document(parsing: bytes))?.texts ?? [], block: nil, labels: labels)
    case .blocked(let block):
      labels.clears = LabelSet()
      return ReleasedAnswer(texts: [], block: program.filters[block.filter].name, labels: labels)
    }
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

extension Document {
  /// The result of a call, as a server would send it.
  fileprivate init(answer value: Value, to call: Call) {
    let text: String =
      if case .string(let text) = value { text } else { String(decoding: write(value, .compact), as: UTF8.self) }
    let content = Value.object([.init("type", .string("text")), .init("text", .string(text))])
    let result: Value
    switch call {
    case .tool:
      var members = [Value.Member("content", .array([content]))]
      if case .object = value { members.append(.init("structuredContent", value)) }
      result = .object(members)
    case .prompt:
      result = .object([.init("messages", .array([.object([.init("role", .string("user")), .init("content", content)])]))])
    case .resource(_, let uri):
      let resource = Value.object([.init("uri", .string(String(decoding: uri, as: UTF8.self))), .init("text", .string(text))])
      result = .object([.init("contents", .array([resource]))])
    }
    self.init(result)
  }

  /// All strings, names of members among them.
  fileprivate var texts: [String] { indices(in: root).compactMap { string(Node(index: $0)) } }
}
