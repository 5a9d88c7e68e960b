import Bytecode
import Compilation
import Decision
import Enforcement
import Semantics

/// A session past its handshake, and one call with its answer, as clients and servers of the official SDKs write them.
struct Conversation: ~Copyable {
  private var session: Session
  private var actions: [Action] = []
  private var clock: UInt64 = 0
  private let call: [UInt8]
  private let answer: [UInt8]
  private(set) var forwarded = 0

  private static let tool = #"""
    {"name":"get_weather","description":"Structured output.","inputSchema":{"properties":{"city":{"title":"City","type":"string"},"days":{"type":"integer","minimum":1,"maximum":14}},"required":["city"],"title":"get_weatherArguments","type":"object"},"outputSchema":{"properties":{"city":{"title":"City","type":"string"},"temperature":{"title":"Temperature","type":"number"},"conditions":{"title":"Conditions","type":"string"}},"required":["city","temperature","conditions"],"title":"Weather","type":"object"}}
    """#

  private static let policy = """
    edition 1
    policy benchmark
    server weather from "weather.json"
    scope forecasts
      opens weather.get_weather
    agent planner when token.sub == "planner"
    grant near_future
      forecasts to planner
      when not args.days present or args.days <= 7
    deny elsewhere
      on weather.get_weather
      when args.city starts with "Atlantis", "Utopia"
    """

  private static let limits = """

    limit rate
      1_000_000 calls per second
      by agent
    limit slots
      100 calls in flight
      by agent, tool
    """

  private struct Files: FileReader {
    let isLimited: Bool

    func contents(of path: String) throws(FileProblem) -> [UInt8] {
      switch path {
      case "weather.sally": Array((isLimited ? policy + limits : policy).utf8)
      case "weather.json": Array(#"{"tools":[\#(tool)]}"#.utf8)
      default: throw .missing
      }
    }

    func neighbours(of path: String) -> [String] { [] }
  }

  /// - Parameter isLimited: whether the call is under a rate and a limit on calls in flight.
  init(isLimited: Bool = false) throws {
    guard let policies = check(load(["weather.sally"], reader: Files(isLimited: isLimited)).value).value else {
      fatalError("the benchmark's policy is wrong")
    }
    let program = try compile(policies, generation: 1)
    let configuration = GateConfiguration(server: "weather", identity: Identity(agent: "planner"))
    session = Session(configuration: configuration, policies: PolicyStore(program)) { count in
      (0..<count).map { UInt8(truncatingIfNeeded: $0) }
    }
    call = Array(
      #"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"get_weather","arguments":{"city":"Lisbon","days":3},"_meta":{"progressToken":7}}}"#
        .utf8)
    answer = Array(
      #"{"jsonrpc":"2.0","id":7,"result":{"content":[{"type":"text","text":"{\n  \"city\": \"Lisbon\",\n  \"temperature\": 21.5,\n  \"conditions\": \"sunny\"\n}"}],"structuredContent":{"city":"Lisbon","temperature":21.5,"conditions":"sunny"},"isError":false}}"#
        .utf8)
    say(
      #"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"b","version":"1"}}}"#
    )
    hear(
      #"{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"b","version":"1"}}}"#
    )
    say(#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#)
    guard case .sendToServer(let request) = actions.last,
      let id = String(decoding: request, as: UTF8.self).split(separator: "\"").first(where: { $0.hasPrefix("sallyport-") })
    else { fatalError("the gate asked for no list") }
    hear(#"{"jsonrpc":"2.0","id":"\#(id)","result":{"tools":[\#(Conversation.tool)]}}"#)
  }

  private mutating func say(_ text: String) {
    actions.removeAll()
    session.receiveFromClient(Array(text.utf8), at: tick(), into: &actions)
  }

  private mutating func hear(_ text: String) {
    actions.removeAll()
    session.receiveFromServer(Array(text.utf8), at: tick(), into: &actions)
  }

  private mutating func tick() -> EventTime {
    clock += 1_000
    return EventTime(unixMilliseconds: 1_790_000_000_000, nanoseconds: clock)
  }

  /// One call there and its answer back.
  @inline(never)
  mutating func roundTrip() {
    session.receiveFromClient(call, at: tick(), into: &actions)
    session.carriedOut(at: clock)
    session.receiveFromServer(answer, at: tick(), into: &actions)
    session.carriedOut(at: clock)
    if actions.count == 3, case .sendToServer = actions[0], case .sendToClient(let message) = actions[1], message.count == answer.count {
      forwarded += 1
    }
    actions.removeAll(keepingCapacity: true)
  }
}
