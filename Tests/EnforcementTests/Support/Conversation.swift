import Approvals
import Bytecode
import Enforcement
import Messages
import Synchronization
import TestSupport

/// Drives one session and writes down what it does. Time moves by a millisecond with every event, and chance is a seed: a conversation is a
/// function of its events.
struct Conversation: ~Copyable {
  var session: Session
  let store: PolicyStore
  let revocations: Revocations
  private let tools: String
  private var clock: Int64 = 0
  /// Ids of the gate's own requests that were not answered, as JSON.
  private(set) var ownRequests: [String] = []
  private(set) var records: [CallRecord] = []
  private(set) var toServer: [String] = []
  private(set) var toClient: [String] = []
  /// Approvals that people were told of.
  private(set) var asked: [Approval] = []

  init(_ rulebook: Rulebook = .demo, agent: String? = "tester", server: String = "demo") {
    self.init(program: rulebook.program(), agent: agent, server: server, tools: rulebook.toolsResult)
  }

  /// - Parameters:
  ///   - tools: the result with which the server answers the gate's own `tools/list`.
  ///   - store: that of another connection, which has the program.
  init(
    program: Program, agent: String?, server: String, tools: String, credential: CredentialMarks? = nil,
    revocations: Revocations = Revocations(), store: PolicyStore? = nil, approvals: ApprovalDesk? = nil
  ) {
    self.tools = tools
    self.revocations = revocations
    let store = store ?? PolicyStore(program)
    self.store = store
    let generator = Mutex(SeededGenerator(seed: 7))
    session = Session(
      configuration: GateConfiguration(
        server: server, identity: Identity(agent: agent), credential: credential, approvals: approvals), policies: store,
      revocations: revocations,
      random: { count in generator.withLock { state in (0..<count).map { _ in UInt8(truncatingIfNeeded: state.next()) } } })
  }

  /// Where time stands still, until it is set again.
  private var isFrozen = false

  /// - Parameter milliseconds: on a clock of the test's own, which only goes forward.
  mutating func setClock(to milliseconds: Int64) {
    isFrozen = true
    clock = 1_000 + milliseconds
  }

  /// Lets the session do what it would do at this moment.
  mutating func look() {
    var actions: [Action] = []
    session.timePassed(at: tick(), into: &actions)
    _ = note(actions)
  }

  var isIdle: Bool { session.isIdle }
  var nextDeadline: UInt64? { session.nextDeadline }

  private mutating func tick() -> EventTime {
    if !isFrozen { clock += 1 }
    return EventTime(unixMilliseconds: 1_790_000_000_000 + clock, nanoseconds: UInt64(clock) * 1_000_000)
  }

  private mutating func note(_ actions: [Action]) -> [Action] {
    for action in actions {
      switch action {
      case .sendToServer(let bytes):
        let text = String(decoding: bytes, as: UTF8.self)
        toServer.append(text)
        if text.contains(#""id":"sallyport-"#), let id = text.split(separator: "\"").first(where: { $0.hasPrefix("sallyport-") }) {
          ownRequests.append("\"\(id)\"")
        }
      case .sendToClient(let bytes): toClient.append(String(decoding: bytes, as: UTF8.self))
      case .ask(let approval): asked.append(approval)
      case .record(let record): records.append(record)
      }
    }
    return actions
  }

  @discardableResult
  mutating func client(_ message: String) -> [Action] { client(Array(message.utf8)) }

  @discardableResult
  mutating func client(_ message: [UInt8]) -> [Action] {
    var actions: [Action] = []
    session.receiveFromClient(message, at: tick(), into: &actions)
    return note(actions)
  }

  @discardableResult
  mutating func server(_ message: String) -> [Action] { server(Array(message.utf8)) }

  @discardableResult
  mutating func server(_ message: [UInt8]) -> [Action] {
    var actions: [Action] = []
    session.receiveFromServer(message, at: tick(), into: &actions)
    return note(actions)
  }

  /// Nothing comes for a while.
  @discardableResult
  mutating func wait(milliseconds: Int64) -> [Action] {
    clock += milliseconds - 1
    var actions: [Action] = []
    session.timePassed(at: tick(), into: &actions)
    return note(actions)
  }

  /// What is stopped is replaced.
  @discardableResult
  mutating func stops(_ stops: Stops) -> [Action] {
    revocations.replace(with: stops)
    var actions: [Action] = []
    session.stopsChanged(at: tick(), into: &actions)
    return note(actions)
  }

  @discardableResult
  mutating func serverExits() -> [Action] {
    var actions: [Action] = []
    session.serverExited(at: tick(), into: &actions)
    return note(actions)
  }

  @discardableResult
  mutating func clientCloses() -> [Action] {
    var actions: [Action] = []
    session.clientClosed(at: tick(), into: &actions)
    return note(actions)
  }

  /// Answers the gate's own `tools/list`.
  @discardableResult
  mutating func answerOwnList(_ result: String? = nil) -> [Action] {
    precondition(!ownRequests.isEmpty, "the gate asked for no list")
    let id = ownRequests.removeFirst()
    return server(#"{"jsonrpc":"2.0","id":\#(id),"result":\#(result ?? tools)}"#)
  }

  /// The whole handshake, with the gate's reading of the tools.
  mutating func shakeHands(_ revision: String = "2025-11-25", capabilities: String = #"{"elicitation":{},"sampling":{},"roots":{}}"#) {
    client(
      #"{"jsonrpc":"2.0","id":"init","method":"initialize","params":{"protocolVersion":"\#(revision)","capabilities":\#(capabilities),"clientInfo":{"name":"t","version":"1"}}}"#
    )
    server(
      #"{"jsonrpc":"2.0","id":"init","result":{"protocolVersion":"\#(revision)","capabilities":{"tools":{}},"serverInfo":{"name":"d","version":"1"}}}"#
    )
    client(#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#)
    answerOwnList()
    forget()
  }

  /// A first stateless request, answered, with the gate's reading of the tools.
  mutating func speakStateless() {
    client(stateless(#""x-1""#, "tools/call", #""name":"echo","arguments":{"text":"hi"}"#))
    answerOwnList()
    server(#"{"jsonrpc":"2.0","id":"x-1","result":{"resultType":"complete","content":[]}}"#)
    forget()
  }

  mutating func forget() {
    toServer = []
    toClient = []
    records = []
    asked = []
  }
}

/// A request of 2026-07-28.
func stateless(_ id: String, _ method: String, _ parameters: String = "", meta: String = "") -> String {
  let separator = parameters.isEmpty ? "" : ","
  let metaSeparator = meta.isEmpty ? "" : ","
  return
    #"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":{\#(parameters)\#(separator)"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"elicitation":{}}\#(metaSeparator)\#(meta)}}}"#
}

/// One line for each action, as golden files have them.
func transcript(_ actions: [Action]) -> String {
  actions.map { action in
    switch action {
    case .sendToServer(let bytes): "  -> server " + String(decoding: bytes, as: UTF8.self)
    case .sendToClient(let bytes): "  -> client " + String(decoding: bytes, as: UTF8.self)
    case .ask(let approval): "  ask \(approval.request.group) about \(approval.request.target) \(approval.request.arguments)"
    case .record(let record):
      "  record \(record.sender) \(record.outcome)" + (record.method.map { " \($0.name)" } ?? "")
        + (record.target.map { " \($0)" } ?? "") + (record.code.map { " \($0.rawValue)" } ?? "")
        + (record.rule.map { " by \($0)" } ?? "") + (record.reason.map { ": \($0)" } ?? "")
        + (record.outputMismatch.map { " [\($0)]" } ?? "")
    }
  }.map { $0 + "\n" }.joined()
}

extension RecordedArguments {
  /// The named ones and the sizes of their values.
  var texts: [String: Int] {
    Dictionary(
      uniqueKeysWithValues: indices.map { index in
        let name = name(index)
        return (String(decoding: name.indices.map { name[$0] }, as: UTF8.self), size(index))
      })
  }
}
