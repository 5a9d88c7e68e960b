import Authentication
import Bytecode
import Compilation
import Enforcement
import Foundation
import Gateway
import HTTPGateway
import JSON
import Logging
import Semantics
import TestSupport
import Text

/// A gateway in this process, in front of an upstream that answers as a test tells it to.
final class Gate: Sendable {
  static let tools = """
    {"tools": [
      {"name": "echo", "inputSchema": {"type": "object", "properties": {"text": {"type": "string"}}}},
      {"name": "erase", "inputSchema": {"type": "object", "properties": {"path": {"type": "string"}}}},
      {"name": "query", "inputSchema": {"type": "object", "properties": {
        "region": {"type": "string", "x-mcp-header": "Region"}, "shard": {"type": "integer", "x-mcp-header": "Shard"},
        "dry": {"type": "boolean", "x-mcp-header": "Dry"}}}}
    ]}
    """
  static let policy = """
    edition 1
    policy probes
    server stub from "stub.tools.json"
    scope stub.use
      opens stub.echo, stub.query
    agent tester when token.sub == "tester"
    grant tester_uses
      stub.use to tester
    deny not_this_word
      on stub.echo
      when args.text present and args.text == "xyzzy"
      because "Say something else."

    """

  private struct Files: FileReader {
    let policy: String

    func contents(of path: String) throws(FileProblem) -> [UInt8] {
      switch path {
      case "probes.sally": Array(policy.utf8)
      case "stub.tools.json": Array(Gate.tools.utf8)
      default: throw .missing
      }
    }

    func neighbours(of path: String) -> [String] { [] }
  }

  let upstream: LoopbackServer
  let listener: Listener
  let store: PolicyStore

  init(
    limits: HTTPLimits = HTTPLimits(), loops: Int = 2, upstream port: UInt16? = nil, at address: String? = nil,
    certificate: ServerCertificate? = nil, trust: UpstreamTrust? = nil,
    callers: CallerRule = .everybody(Caller(identity: Identity(agent: "tester"))), revocations: Revocations = Revocations(),
    policy: String = Gate.policy, credential: UpstreamCredential? = nil, target: Upstream.Target? = nil,
    _ answer: @escaping @Sendable (LoopbackServer.Request) -> LoopbackServer.Reply = StubAnswers.answer,
    configure: (inout GatewayConfiguration) -> Void = { _ in }
  ) throws {
    upstream = try LoopbackServer(answer)
    store = PolicyStore(try Gate.program(policy))
    var configuration = GatewayConfiguration(
      host: "127.0.0.1", port: 0,
      upstreams: [
        Upstream(
          name: "stub",
          target: target ?? .http(UpstreamAddress(address ?? "http://127.0.0.1:\(port ?? upstream.port)/mcp")!), credential: credential)
      ],
      callers: callers)
    configuration.limits = limits
    configuration.loops = loops
    configuration.certificate = certificate
    configuration.trust = trust
    configuration.origins = ["https://app.example"]
    configure(&configuration)
    let stream = LogStream(descriptor: Gate.nowhere.fileDescriptor)
    let logger = Logger(label: "test") { JSONLogHandler(label: $0, level: .critical, stream: stream) }
    listener = try Listener(configuration, policies: store, revocations: revocations, logger: logger, stream: stream)
  }

  deinit { try? listener.stop() }

  private static let nowhere = FileHandle(forWritingAtPath: "/dev/null")!

  static func program(_ policy: String = policy) throws -> Program {
    let loaded = load(["probes.sally"], reader: Files(policy: policy))
    guard let policies = check(loaded.value).value else { throw RawClient.Broken(description: "\(check(loaded.value).diagnostics)") }
    return try compile(policies, generation: 1)
  }

  func client() throws -> RawClient { try RawClient(port: listener.port) }

  /// Sends one request on a connection of its own.
  func ask(_ request: Ask) throws -> RawClient.Answer {
    let client = try client()
    client.send(request.bytes(port: listener.port))
    return try client.answer()
  }
}

/// A request in its parts, right unless told otherwise.
struct Ask: Sendable {
  var verb = "POST"
  var target = "/stub"
  var version = "HTTP/1.1"
  /// In their order; a later one does not replace an earlier one of the same name.
  var headers: [(String, String)] = []
  var body: [UInt8] = []
  /// Nil: as long as the body.
  var length: String?
  var host: String?

  func bytes(port: Int) -> [UInt8] {
    var lines = ["\(verb) \(target) \(version)"]
    if host != "" { lines.append("Host: \(host ?? "127.0.0.1:\(port)")") }
    for (name, value) in headers { lines.append("\(name): \(value)") }
    if verb == "POST" || !body.isEmpty || length != nil { lines.append("Content-Length: \(length ?? String(body.count))") }
    return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
  }

  static let common = [("Content-Type", "application/json"), ("Accept", "application/json, text/event-stream")]
  static let meta =
    #""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}"#

  /// A request of 2026-07-28.
  static func modern(
    _ method: String, _ parameters: String = "", name: String? = nil, id: String = "1", extra: [(String, String)] = []
  ) -> Ask {
    let members = parameters.isEmpty ? meta : parameters + "," + meta
    var headers = common + [("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", method)]
    if let name { headers.append(("Mcp-Name", name)) }
    return Ask(
      headers: headers + extra, body: Array(#"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":{\#(members)}}"#.utf8))
  }

  static func echo(_ text: String = "hi", id: String = "1") -> Ask {
    modern("tools/call", #""name":"echo","arguments":{"text":"\#(text)"}"#, name: "echo", id: id)
  }

  /// A message of the handshake era.
  static func handshake(_ body: String, session: String? = nil, version: String? = nil) -> Ask {
    var headers = common
    if let session { headers.append(("Mcp-Session-Id", session)) }
    if let version { headers.append(("MCP-Protocol-Version", version)) }
    return Ask(headers: headers, body: Array(body.utf8))
  }

  static func initialize(_ version: String = "2025-11-25", id: String = "0") -> Ask {
    let parameters = #"{"protocolVersion":"\#(version)","capabilities":{"elicitation":{}},"clientInfo":{"name":"t","version":"1"}}"#
    return handshake(#"{"jsonrpc":"2.0","id":\#(id),"method":"initialize","params":\#(parameters)}"#)
  }

  func host(_ value: String) -> Ask { changed { $0.host = value } }
  func version(_ value: String) -> Ask { changed { $0.version = value } }
  func target(_ value: String) -> Ask { changed { $0.target = value } }
  func verb(_ value: String) -> Ask { changed { $0.verb = value } }
  func length(_ value: String) -> Ask { changed { $0.length = value } }
  func body(_ text: String) -> Ask { changed { $0.body = Array(text.utf8) } }
  func prefixed(_ bytes: [UInt8]) -> Ask { changed { $0.body = bytes + $0.body } }
  func suffixed(_ text: String) -> Ask { changed { $0.body += Array(text.utf8) } }

  func replacing(_ text: String, bytes: [UInt8]) -> Ask {
    changed { ask in
      guard let place = ask.body.firstRange(of: Array(text.utf8)) else { return }
      ask.body.replaceSubrange(place, with: bytes)
    }
  }

  private func changed(_ change: (inout Ask) -> Void) -> Ask {
    var copy = self
    change(&copy)
    return copy
  }

  func with(_ headers: (String, String)...) -> Ask {
    var copy = self
    copy.headers += headers
    return copy
  }

  /// With so many headers more.
  func crowded(_ count: Int) -> Ask {
    var copy = self
    copy.headers += (0..<count).map { ("X-\($0)", "1") }
    return copy
  }

  /// Without a header.
  func without(_ name: String) -> Ask {
    var copy = self
    copy.headers.removeAll { $0.0.lowercased() == name.lowercased() }
    return copy
  }

  func changing(_ name: String, to value: String) -> Ask { without(name).with((name, value)) }

  func replacing(_ text: String, with other: String) -> Ask {
    var copy = self
    copy.body = Array(String(decoding: body, as: UTF8.self).replacingOccurrences(of: text, with: other).utf8)
    return copy
  }
}
