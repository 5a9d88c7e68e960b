import Bytecode
import Compilation
import Decision
import Enforcement
import JSON
import Semantics

private let pay =
  #"{"name":"pay","inputSchema":{"type":"object","properties":{"amount":{"type":"number"},"to":{"type":"string"}},"required":["amount"],"additionalProperties":false},"outputSchema":{"type":"object","required":["receipt"]}}"#
private let wipe = #"{"name":"wipe","inputSchema":{"type":"object"}}"#

private struct Files: FileReader {
  func contents(of path: String) throws(FileProblem) -> [UInt8] {
    switch path {
    case "fuzz.sally":
      Array(
        """
        edition 1
        policy fuzz
        server bank from "bank.json"
        scope payments
          opens bank.pay
        agent teller when token.sub == "teller"
        grant small
          payments to teller
          when args.amount <= 200
        deny strangers
          on bank.pay
          when args.to present and args.to == "mallory"
        """.utf8)
    case "bank.json": Array("{\"tools\":[\(pay),\(wipe)]}".utf8)
    default: throw .missing
    }
  }

  func neighbours(of path: String) -> [String] { [] }
}

private let program: Program = {
  guard let policies = check(load(["fuzz.sally"], reader: Files()).value).value, let program = try? compile(policies, generation: 1)
  else { fatalError("the target's policy is wrong") }
  return program
}()

/// Lines of either side in any order. Nothing crashes, only calls that the policy grants reach the server, and the client is answered at most
/// once for what it asked.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  var run = Run()
  for line in UnsafeBufferPointer(start: start, count: count).split(separator: 0x0A, maxSplits: 64) { run.take(Array(line)) }
  run.end()
  return 0
}

private struct Run: ~Copyable {
  private var session = Session(
    configuration: GateConfiguration(server: "bank", identity: Identity(agent: "teller")), policies: PolicyStore(program)
  ) { count in (0..<count).map { UInt8(truncatingIfNeeded: $0) } }
  private var clock: UInt64 = 0
  /// JSON of the id of the gate's own request that waits.
  private var own: String?
  /// How often each id was used by the client, less how often it was answered; by its value, for servers may escape it otherwise.
  private var open: [[UInt8]: Int] = [:]
  private var hasUnreadable = false

  private mutating func tick(_ seconds: UInt64 = 0) -> EventTime {
    clock += seconds * 1_000_000_000 + 1_000
    return EventTime(unixMilliseconds: 1_790_000_000_000 + Int64(clock / 1_000_000), nanoseconds: clock)
  }

  mutating func take(_ line: [UInt8]) {
    var actions: [Action] = []
    var message = Array(line.dropFirst())
    if message.first == 0x20 { message.removeFirst() }
    switch line.first {
    case UInt8(ascii: ">"):
      note(message)
      session.receiveFromClient(message, at: tick(), into: &actions)
    case UInt8(ascii: "<"):
      if let own, message == Array("{LIST}".utf8) {
        message = Array(#"{"jsonrpc":"2.0","id":\#(own),"result":{"tools":[\#(pay),\#(wipe)]}}"#.utf8)
      }
      session.receiveFromServer(message, at: tick(), into: &actions)
    case UInt8(ascii: "?"): session.timePassed(at: tick(31), into: &actions)
    case UInt8(ascii: "!"): session.serverExited(at: tick(), into: &actions)
    default:
      // In the notation of the scenarios these stand for a handshake and the answer to the gate.
      if line.starts(with: "list".utf8) { return take(Array("< {LIST}".utf8)) }
      guard line.starts(with: "handshake ".utf8) else { return }
      let revision = String(decoding: line.dropFirst(10), as: UTF8.self)
      take(Array(#"> {"jsonrpc":"2.0","id":"h","method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{}}}"#.utf8))
      take(Array(#"< {"jsonrpc":"2.0","id":"h","result":{"protocolVersion":"\#(revision)","capabilities":{}}}"#.utf8))
      take(Array(#"> {"jsonrpc":"2.0","method":"notifications/initialized"}"#.utf8))
      return take(Array("< {LIST}".utf8))
    }
    check(actions)
  }

  mutating func end() {
    var actions: [Action] = []
    session.serverExited(at: tick(), into: &actions)
    session.clientClosed(at: tick(), into: &actions)
    check(actions)
    precondition(session.isIdle, "something still waits")
  }

  /// What the client asks: each `id` of a message, or of a batch's member, may be answered once.
  private mutating func note(_ message: [UInt8]) {
    guard let document = try? Document(parsing: message) else {
      // What cannot be read may be answered with the id that could be told; which one is for other tests.
      hasUnreadable = true
      return
    }
    let members = document.kind(document.root) == .array ? Array(document.elements(document.root)) : [document.root]
    for member in members {
      if let id = document.member(member, "id") { open[canonicalBytes(of: document, id), default: 0] += 1 }
    }
  }

  private mutating func check(_ actions: [Action]) {
    for action in actions {
      switch action {
      case .sendToServer(let bytes): checkForwarded(bytes)
      case .sendToClient(let bytes): checkAnswer(bytes)
      case .record: break
      }
    }
  }

  private mutating func checkForwarded(_ bytes: [UInt8]) {
    guard let value = try? Value(parsing: bytes) else { preconditionFailure("what is sent to the server is no JSON") }
    if let id = value["id"]?.string, id.hasPrefix("sallyport-") { own = "\"\(id)\"" }
    guard value["method"] == "tools/call" else { return }
    let arguments = value["params"]?["arguments"]
    precondition(value["params"]?["name"] == "pay", "a tool that is not granted was called")
    guard let amount = arguments?["amount"]?.number else { preconditionFailure("a call without its argument passed") }
    precondition(amount <= Number(200) && arguments?["to"] != "mallory", "a denied call passed")
  }

  private mutating func checkAnswer(_ bytes: [UInt8]) {
    guard let document = try? Document(parsing: bytes) else { preconditionFailure("what is sent to the client is no JSON") }
    let members = document.kind(document.root) == .array ? Array(document.elements(document.root)) : [document.root]
    for member in members where document.member(member, "method") == nil {
      guard let id = document.member(member, "id"), !document.isNull(id), !hasUnreadable else { continue }
      let key = canonicalBytes(of: document, id)
      let left = open[key, default: 0] - 1
      precondition(left >= 0, "an answer to nothing, or a second one")
      open[key] = left
    }
  }
}
