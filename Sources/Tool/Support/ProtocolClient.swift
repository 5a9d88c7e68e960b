import Gateway
import JSON
import Messages

/// An MCP client over stdio that asks one thing at a time, in whichever era the server speaks.
struct ProtocolClient: ~Copyable {
  /// How long a server may think about one question. Launchers that download the server first are slow once.
  private static let patience = Duration.seconds(60)
  /// After that a server that ignores what it does not know is asked in the older way.
  private static let patienceForDiscovery = Duration.seconds(15)
  /// A server that never ends a list has more pages than this.
  private static let mostPages = 1_000

  /// What the server said of itself.
  struct Greeting {
    let revision: Revision
    let server: Value?
    let instructions: String?
    let capabilities: Value
  }

  private var connection: ServerConnection
  private var lastID = 0
  private(set) var greeting: Greeting

  private init(_ connection: consuming ServerConnection) {
    self.connection = connection
    greeting = Greeting(revision: .of2026July, server: nil, instructions: nil, capabilities: [:])
  }

  /// Starts the server and agrees with it on a revision.
  static func starting(_ command: [String], log: LogStream) throws -> ProtocolClient {
    var client = ProtocolClient(try ServerConnection(starting: command, log: log))
    do {
      client.greeting = try client.greet()
    } catch let failure as ServerConnection.Failure {
      throw Complaint("`\(command.joined(separator: " "))` is no MCP server: \(failure)")
    }
    return client
  }

  consuming func close() { connection.close() }

  /// The server's answer, whole: `result` or `error`.
  mutating func ask(_ method: String, _ parameters: [Value.Member] = [], within patience: Duration = Self.patience) throws -> Value {
    lastID += 1
    let id = Value.number(Number(lastID))
    var all = parameters
    if greeting.revision.era == .stateless {
      let meta: Value = [
        "io.modelcontextprotocol/protocolVersion": .string(greeting.revision.name),
        "io.modelcontextprotocol/clientCapabilities": [:], "io.modelcontextprotocol/clientInfo": clientInformation,
      ]
      all.append(.init("_meta", meta))
    }
    connection.send(write(["jsonrpc": "2.0", "id": id, "method": .string(method), "params": .object(all)]))
    let deadline = ContinuousClock.now + patience
    while true {
      let bytes = try connection.receive(until: deadline)
      guard let message = try? Value(parsing: bytes) else { throw Complaint("the server sent a line that is no JSON") }
      if message["method"] != nil {
        decline(message)
      } else if message["id"] == id {
        return message
      }
    }
  }

  /// Every item of a list, page by page; empty when the server does not know the method.
  mutating func all(_ method: String, _ key: String) throws -> [Value] {
    var items: [Value] = []
    var cursor: Value?
    for _ in 0..<Self.mostPages {
      let answer = try ask(method, cursor.map { [.init("cursor", $0)] } ?? [])
      if answer["error"]?["code"]?.number == Number(-32601) { return items }
      guard let result = answer["result"], let page = result[key]?.elements else {
        throw Complaint("the server refused `\(method)`: \(answer["error"]?["message"]?.string ?? "no list in its answer")")
      }
      items += page
      guard let next = result["nextCursor"], next != cursor else { return items }
      cursor = next
    }
    throw Complaint("the server's answer to `\(method)` has more than \(Self.mostPages) pages")
  }

  /// Asks in the new way first; any error means the old one (basic/versioning of 2026-07-28).
  private mutating func greet() throws -> Greeting {
    if let found = try? discover() { return found }
    greeting = Greeting(revision: .of2025November, server: nil, instructions: nil, capabilities: [:])
    let answer = try ask(
      "initialize",
      [
        .init("protocolVersion", .string(Revision.of2025November.name)), .init("capabilities", [:]), .init("clientInfo", clientInformation),
      ])
    let revisions = Revision.allCases.filter { $0.era == .handshake }
    guard let result = answer["result"],
      let revision = revisions.first(where: { .string($0.name) == result["protocolVersion"] })
    else {
      throw Complaint("the server refused to begin: \(answer["error"]?["message"]?.string ?? "it speaks no protocol revision we know")")
    }
    connection.send(write(["jsonrpc": "2.0", "method": "notifications/initialized"]))
    return Greeting(
      revision: revision, server: result["serverInfo"], instructions: result["instructions"]?.string,
      capabilities: result["capabilities"] ?? [:])
  }

  private mutating func discover() throws -> Greeting? {
    let answer = try ask("server/discover", within: Self.patienceForDiscovery)
    let ours = Value.string(Revision.of2026July.name)
    guard let result = answer["result"], result["supportedVersions"]?.elements?.contains(ours) == true else { return nil }
    return Greeting(
      revision: .of2026July, server: result["_meta"]?["io.modelcontextprotocol/serverInfo"], instructions: result["instructions"]?.string,
      capabilities: result["capabilities"] ?? [:])
  }

  /// We offer a server nothing but an answer to `ping`.
  private mutating func decline(_ request: Value) {
    guard let id = request["id"] else { return }
    let isPing = request["method"] == "ping"
    connection.send(
      write(
        isPing
          ? ["jsonrpc": "2.0", "id": id, "result": [:]]
          : ["jsonrpc": "2.0", "id": id, "error": ["code": -32601, "message": "this client offers nothing"]]))
  }
}

private let clientInformation: Value = ["name": "sallyport", "version": .string(Version.current)]
