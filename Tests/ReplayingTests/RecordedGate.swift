import Bytecode
import Compilation
import Enforcement
import Evidence
import JSON
import Recording
import Replaying
import Semantics
import Synchronization
import TestSupport
import Testing
import Text

/// A policy and what was made of it.
struct TestPolicy {
  let checked: CheckedPolicies
  let program: Program

  static let tools = #"""
    [{"name":"search","inputSchema":{"type":"object","properties":{"q":{"type":"string","maxLength":200},"thread":{"type":"string"},
    "limit":{"type":"integer"},"kind":{"type":"string","enum":["web","mail"]}},"required":["q"]}},
    {"name":"pay","inputSchema":{"type":"object","properties":{"amount":{"type":"number"},"memo":{"type":"string"},
    "to":{"type":"string"},"tags":{"type":"array","items":{"type":"string"}},"password":{"type":"string"}},"required":["amount"]}},
    {"name":"fetch","inputSchema":{"type":"object","properties":{"url":{"type":"string"},"path":{"type":"string"}}}}]
    """#.replacing("\n", with: "")

  init(_ text: String) throws {
    let snapshot =
      #"{"tools":\#(Self.tools),"prompts":[{"name":"review","arguments":[{"name":"topic"}]}],"resources":[{"uri":"demo://open/a","name":"a"}]}"#
    let sources = load(["demo.sally"], reader: Files(files: ["demo.sally": text, "demo.json": snapshot]))
    let checked = check(sources.value)
    let said = Renderer(files: sources.value.files).render(sources.diagnostics + checked.diagnostics)
    self.checked = try #require(checked.value, "\(said)\n\(text)")
    program = try compile(self.checked, generation: 1)
  }

  private struct Files: FileReader {
    let files: [String: String]

    func contents(of path: String) throws(FileProblem) -> [UInt8] {
      guard let text = files[path] else { throw .missing }
      return Array(text.utf8)
    }

    func neighbours(of path: String) -> [String] { Array(files.keys) }
  }

  static let head = #"""
    policy demo
    server demo from "demo.json"
    scope all opens demo.search, demo.pay, demo.fetch, prompt demo.review, resource demo "demo://open/**"
    agent tester when token.sub == "tester"
    agent reader when token.sub == "reader"

    """#
}

/// Keeps what sessions say, as `Recorder` does, and writes nothing until it is asked to.
final class KeptEvents: TrafficRecorder {
  private let numbers = Atomic<UInt64>(0)
  private let events = Mutex<[TrafficEvent]>([])

  func nextNumber() -> UInt64 { numbers.add(1, ordering: .relaxed).newValue }
  func take(_ event: TrafficEvent) { events.withLock { $0.append(event) } }

  func lines(_ policy: TestPolicy, _ detail: RecordedDetail) throws -> [String] {
    let definitions = pinnedDefinitions(policy.checked)
    let events = events.withLock { $0 }
    return Packs.withScanner { scanner in
      let masker = TextMasker(detail: detail, key: Array(repeating: 7, count: 32), scanner: scanner)
      var writer = LineWriter(masker: masker, detail: detail) { definitions($0, $1) }
      var bytes = writer.header(at: 1_790_000_000_000, tool: "test")
      for event in events { writer.write(event, to: &bytes) }
      return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }
  }
}

/// The packs that recordings are held against.
enum Packs {
  static let secrets: CheckedPolicies = {
    let sources = load(["packs.sally"], reader: Reader())
    guard let checked = check(sources.value).value else { preconditionFailure("the shipped packs are good") }
    return checked
  }()

  /// Made once: that takes seconds, and reading with it nearly none.
  static func withScanner<Result>(_ body: (TextScanner) throws -> Result) rethrows -> Result {
    try turn.withLock { _ in try body(unsafe scanner) }
  }

  private static let turn = Mutex(())

  // Used by whose turn it is, and by nobody else.
  private nonisolated(unsafe) static let scanner: TextScanner = {
    let uses = secrets.patternSets.indices.map { TextScanner.Use(set: $0, places: .text) }
    guard let scanner = try? TextScanner(secrets, uses, sparesExamples: false) else { preconditionFailure("the packs are searchable") }
    return scanner
  }()

  private struct Reader: FileReader {
    func contents(of path: String) throws(FileProblem) -> [UInt8] {
      guard path == "packs.sally" else { throw .missing }
      return Array("policy packs\nuse sally.secrets\nuse sally.pii\n".utf8)
    }

    func neighbours(of path: String) -> [String] { [] }
  }
}

/// Drives sessions on a clock of its own, and has everything recorded.
struct RecordedGate: ~Copyable {
  let policy: TestPolicy
  let recorder = KeptEvents()
  let store: PolicyStore
  var session: Session
  private(set) var clock: Int64 = 1_000
  private var ownRequests: [String] = []
  private(set) var toServer: [String] = []
  private(set) var toClient: [String] = []
  private var identifier = 0

  init(_ policy: TestPolicy, agent: String = "tester", tools: String = TestPolicy.tools, claims: [Bytecode.ClaimPath: Value] = [:]) {
    self.policy = policy
    let recorder = recorder
    store = PolicyStore(policy.program, recorder: recorder)
    let generator = Mutex(SeededGenerator(seed: 7))
    session = Session(
      configuration: GateConfiguration(server: "demo", identity: Identity(caller: .named(agent), claims: claims)), policies: store,
      random: { count in generator.withLock { state in (0..<count).map { _ in UInt8(truncatingIfNeeded: state.next()) } } })
    client(
      #"{"jsonrpc":"2.0","id":"i","method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"c","version":"1"}}}"#
    )
    server(
      #"{"jsonrpc":"2.0","id":"i","result":{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"s","version":"1"}}}"#
    )
    client(#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#)
    self.tools = tools
  }

  private var tools = ""

  private func time() -> EventTime {
    EventTime(unixMilliseconds: 1_790_000_000_000 + clock, nanoseconds: UInt64(clock) * 1_000_000)
  }

  private mutating func note(_ actions: [Action]) {
    for action in actions {
      switch action {
      case .sendToServer(let bytes):
        let text = String(decoding: bytes, as: UTF8.self)
        if text.contains(#""id":"sallyport-"#), text.contains("tools/list"),
          let id = text.split(separator: "\"").first(where: { $0.hasPrefix("sallyport-") })
        {
          server(#"{"jsonrpc":"2.0","id":"\#(id)","result":{"tools":\#(tools)}}"#)
        } else {
          toServer.append(text)
        }
      case .sendToClient(let bytes): toClient.append(String(decoding: bytes, as: UTF8.self))
      case .ask, .record: break
      }
    }
  }

  mutating func client(_ text: String) {
    var actions: [Action] = []
    session.receiveFromClient(Array(text.utf8), at: time(), into: &actions)
    note(actions)
  }

  mutating func server(_ text: String) {
    var actions: [Action] = []
    session.receiveFromServer(Array(text.utf8), at: time(), into: &actions)
    note(actions)
  }

  mutating func pass(_ milliseconds: Int64) {
    clock += milliseconds
    var actions: [Action] = []
    session.timePassed(at: time(), into: &actions)
    note(actions)
  }

  /// - Returns: the request's id.
  mutating func call(_ tool: String, _ arguments: String) -> Int {
    identifier += 1
    client(#"{"jsonrpc":"2.0","id":\#(identifier),"method":"tools/call","params":{"name":"\#(tool)","arguments":\#(arguments)}}"#)
    return identifier
  }

  /// Whether the server has a request that it has not answered.
  func isOpen(_ id: Int) -> Bool { toServer.contains { $0.contains(#""id":\#(id),"#) } }

  mutating func answer(_ id: Int, _ text: String, isError: Bool = false) {
    let result = Value.object([
      Value.Member("content", [["type": "text", "text": .string(text)]]), Value.Member("isError", .boolean(isError)),
    ])
    server(#"{"jsonrpc":"2.0","id":\#(id),"result":\#(String(decoding: write(result), as: UTF8.self))}"#)
  }

  func lines(_ detail: RecordedDetail = .digests) throws -> [String] { try recorder.lines(policy, detail) }
}

/// Takes recorded lines through a policy.
func replayed(_ lines: [String], _ policy: TestPolicy, against: TestPolicy? = nil) throws -> (ReplaySummary, [ReplayRun.Difference]) {
  var run = ReplayRun(
    ReplayPolicy(policy.checked, policy.program), against: against.map { ReplayPolicy($0.checked, $0.program) }, withCharts: true)
  for (number, line) in lines.enumerated() { try run.take(Array(line.utf8), line: number + 1) }
  run.finish()
  return (run.summary, run.differences)
}
