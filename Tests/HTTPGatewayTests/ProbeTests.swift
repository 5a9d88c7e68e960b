import JSON
import Testing

/// What is asked, and what must come of it. Every line goes over a real socket.
struct Probe: CustomTestStringConvertible, Sendable {
  let name: String
  let ask: @Sendable (_ session: String) -> Ask
  let status: Int
  /// Of the JSON-RPC error; nil: there is none.
  var code: Int?
  /// In the body.
  var contains: String?
  /// In the headers.
  var header: (String, String)?
  /// Whether the code is part of what is expected.
  var holdsCode = true
  /// A header that must not be there.
  var absent: String?

  var testDescription: String { name }

  init(
    _ name: String, _ status: Int, _ code: Int, contains: String? = nil, header: (String, String)? = nil,
    _ ask: @escaping @autoclosure @Sendable () -> Ask
  ) {
    self.init(name, status, code, contains: contains, header: header, session: { _ in ask() })
  }

  init(
    _ name: String, _ status: Int, contains: String? = nil, header: (String, String)? = nil,
    _ ask: @escaping @autoclosure @Sendable () -> Ask
  ) {
    self.init(name, status, nil, contains: contains, header: header, session: { _ in ask() })
  }

  init(
    _ name: String, _ status: Int, _ code: Int? = nil, contains: String? = nil, header: (String, String)? = nil,
    session ask: @escaping @Sendable (String) -> Ask
  ) {
    self.name = name
    self.ask = ask
    self.status = status
    self.code = code
    self.contains = contains
    self.header = header
  }
}

extension Probe {
  /// Some error or denial, whichever.
  func anyError() -> Probe {
    var copy = self
    copy.holdsCode = false
    return copy
  }

  func lacking(_ header: String) -> Probe {
    var copy = self
    copy.absent = header
    return copy
  }
}

@Suite struct ProbeTests {
  static let gate = Result { try Gate() }

  @Test(arguments: Probe.door + Probe.modern + Probe.mirrored + Probe.messages + Probe.handshake)
  func answersToTheLetter(probe: Probe) throws {
    let gate = try ProbeTests.gate.get()
    let session = try gate.ask(.initialize()).headers["mcp-session-id"] ?? "none"
    // The first call reads the tools, with which headers are then compared.
    _ = try gate.ask(.echo())
    let answer = try gate.ask(probe.ask(session))
    #expect(answer.status == probe.status, "\(answer.text)")
    if probe.holdsCode { #expect(answer.code == probe.code, "\(answer.text)") }
    if let header = probe.absent { #expect(answer.headers[header] == nil) }
    if let text = probe.contains { #expect(answer.text.contains(text), "\(answer.text)") }
    if let (name, value) = probe.header { #expect(answer.headers[name] == value, "\(answer.headers)") }
    if answer.status >= 400 { #expect(answer.headers["mcp-session-id"] == nil) }
  }

  @Test func thereAreEnough() {
    let all = Probe.door + Probe.modern + Probe.mirrored + Probe.messages + Probe.handshake
    #expect(all.count >= 120)
    #expect(Set(all.map(\.name)).count == all.count, "two probes have one name")
  }
}

private let invalid = -32_600
private let parse = -32_700
private let parameters = -32_602
private let noMethod = -32_601
private let mismatch = -32_020
private let revision = -32_022

extension Probe {
  private static func get(_ headers: [(String, String)], accept: String? = "text/event-stream") -> Ask {
    Ask(verb: "GET", headers: headers + (accept.map { [("Accept", $0)] } ?? []))
  }

  /// Before anything of MCP is read.
  static let door: [Probe] = [
    Probe("a call that is right", 200, contains: #""text":"hi""#, .echo()),
    Probe("an origin that is listed", 200, .echo().with(("Origin", "https://app.example"))),
    Probe("an origin that is not", 403, invalid, .echo().with(("Origin", "https://evil.example"))),
    Probe("the null origin", 403, invalid, .echo().with(("Origin", "null"))),
    Probe("an origin of another port", 403, invalid, .echo().with(("Origin", "http://127.0.0.1:1"))),
    Probe("two origins", 403, invalid, .echo().with(("Origin", "https://app.example"), ("Origin", "https://evil.example"))),
    Probe("a name that was made to point here", 421, invalid, Ask.echo().host("evil.example")),
    Probe("the right name and no port", 421, invalid, Ask.echo().host("127.0.0.1")),
    Probe("no host", 400, invalid, Ask.echo().host("")),
    Probe("two hosts", 400, invalid, .echo().with(("Host", "evil.example"))),
    Probe("HTTP/1.0", 505, invalid, Ask.echo().version("HTTP/1.0")),
    Probe("an absolute target", 404, invalid, Ask.echo().target("http://127.0.0.1/stub")),
    Probe("another path", 404, invalid, Ask.echo().target("/other")),
    Probe("a path below", 404, invalid, Ask.echo().target("/stub/")),
    Probe("a query", 404, invalid, Ask.echo().target("/stub?token=1")),
    Probe("a path in another case", 404, invalid, Ask.echo().target("/STUB")),
    Probe("an encoded path", 404, invalid, Ask.echo().target("/%73tub")),
    Probe("PUT", 405, invalid, header: ("allow", "POST, GET, DELETE"), Ask.echo().verb("PUT")),
    Probe("OPTIONS", 405, invalid, Ask(verb: "OPTIONS")),
    Probe("PATCH", 405, invalid, Ask.echo().verb("PATCH")),
    Probe("TRACE", 405, invalid, Ask(verb: "TRACE")),
    Probe("no content type", 415, invalid, .echo().without("Content-Type")),
    Probe("plain text", 415, invalid, .echo().changing("Content-Type", to: "text/plain")),
    Probe("two content types", 415, invalid, .echo().with(("Content-Type", "text/plain"))),
    Probe("a content type with UTF-8", 200, .echo().changing("Content-Type", to: "application/json; charset=UTF-8")),
    Probe("a content type with another charset", 415, invalid, .echo().changing("Content-Type", to: "application/json; charset=utf-16")),
    Probe("a content type in capitals", 200, .echo().changing("Content-Type", to: "Application/JSON")),
    Probe("a compressed body", 415, invalid, .echo().with(("Content-Encoding", "gzip"))),
    Probe("no accept", 406, invalid, .echo().without("Accept")),
    Probe("only JSON accepted", 406, invalid, .echo().changing("Accept", to: "application/json")),
    Probe("only events accepted", 406, invalid, .echo().changing("Accept", to: "text/event-stream")),
    Probe("anything accepted", 200, .echo().changing("Accept", to: "*/*")),
    Probe("events not accepted at all", 406, invalid, .echo().changing("Accept", to: "application/json, text/event-stream;q=0")),
    Probe("accepted in two lines", 200, .echo().changing("Accept", to: "application/json").with(("Accept", "text/event-stream"))),
    Probe("two lengths that differ", 400, invalid, .echo().with(("Content-Length", "5"))),
    Probe("a length and chunks", 400, invalid, .echo().with(("Transfer-Encoding", "chunked"))),
    Probe("a length that is none", 400, invalid, Ask.echo().length("12a")),
    Probe("a negative length", 400, invalid, Ask.echo().length("-1")),
    Probe("a length beyond the limit", 413, invalid, Ask.echo().length("99999999")),
    Probe("a length with a sign", 400, invalid, Ask.echo().length("+5")),
    Probe("a length that is a list", 400, invalid, Ask.echo().length("5, 5")),
    Probe("a length in hexadecimal", 400, invalid, Ask.echo().length("0x5")),
    Probe("a length beyond numbers", 400, invalid, Ask.echo().length("99999999999999999999999")),
    Probe("a blank before the colon of a length", 400, invalid, .echo().with(("Content-Length ", "5"))),
    Probe("a blank before the colon of chunks", 400, invalid, .echo().with(("Transfer-Encoding ", "chunked"))),
    Probe("chunks by another name", 400, invalid, .echo().with(("Transfer-Encoding", "xchunked"))),
    Probe("chunks and something behind", 400, invalid, .echo().with(("Transfer-Encoding", "chunked, identity"))),
    Probe("chunks twice", 400, invalid, .echo().with(("Transfer-Encoding", "chunked"), ("Transfer-Encoding", "chunked"))),
    Probe("chunks in a folded line", 400, invalid, .echo().with(("X-A", "1\r\n Transfer-Encoding: chunked"))),
    Probe("a header that ends with a newline alone", 400, invalid, .echo().with(("X-A", "1\nTransfer-Encoding: chunked"))),
    Probe("a header with a nought", 400, invalid, .echo().with(("X-A", "1\u{0}2"))),
    Probe("a header with a return alone", 400, invalid, .echo().with(("X-A", "1\rX-B: 2"))),
    Probe("a header without a name", 400, invalid, .echo().with(("", "1"))),
    Probe("too many headers", 431, invalid, Ask.echo().crowded(200)),
    Probe("HTTP/2 in words", 400, invalid, Ask.echo().version("HTTP/2.0")).anyError(),
    Probe("a header that is too large", 431, invalid, .echo().with(("X-Large", String(repeating: "a", count: 70_000)))),
    Probe("a header name with a blank", 400, invalid, .echo().with(("X Bad", "1"))),
    Probe("a folded header", 400, invalid, .echo().with(("X-Folded", "1\r\n 2"))),
    Probe("an expectation that is unknown", 417, invalid, .echo().with(("Expect", "magic"))),
    Probe("health", 200, contains: "ok", Ask(verb: "GET", target: "/healthz")),
    Probe("readiness", 200, contains: "ok", Ask(verb: "GET", target: "/readyz")),
    Probe("health by POST", 405, invalid, Ask(target: "/healthz")),
    Probe("health with a body", 400, invalid, Ask(verb: "GET", target: "/healthz").length("99")),
  ]

  /// 2026-07-28.
  static let modern: [Probe] = [
    Probe("discover", 200, contains: "supportedVersions", .modern("server/discover")),
    Probe("the list of tools hides what is closed", 200, contains: #""name":"echo""#, .modern("tools/list")),
    Probe("a denied call", 200, contains: "Say something else.", .echo("xyzzy")),
    Probe("a tool that is not granted", 200, contains: "isError", .modern("tools/call", #""name":"erase","arguments":{}"#, name: "erase")),
    Probe("a tool that does not exist", 200, contains: "isError", .modern("tools/call", #""name":"nope","arguments":{}"#, name: "nope")),
    Probe("an id that is text", 200, contains: #""id":"a-1""#, .echo(id: #""a-1""#)),
    Probe("a session id is ignored", 200, .echo().with(("Mcp-Session-Id", "anything"))),
    Probe("a last event is ignored", 200, .echo().with(("Last-Event-ID", "7"))),
    Probe("no session id is minted", 200, .echo()).lacking("mcp-session-id"),
    Probe("an unknown method", 404, noMethod, .modern("tools/burn")),
    Probe("ping is gone", 404, noMethod, .modern("ping")),
    Probe("setLevel is gone", 404, noMethod, .modern("logging/setLevel", #""level":"info""#)),
    Probe("subscribe is gone", 404, noMethod, .modern("resources/subscribe", #""uri":"a:b""#)),
    Probe("a method of the server's", 404, noMethod, .modern("elicitation/create")),
    Probe("initialize under the modern header", 400, invalid, .modern("initialize")),
    Probe("no _meta", 400, parameters, Ask.modern("tools/list").replacing(Ask.meta, with: "")),
    Probe("no revision in _meta", 400, parameters, Ask.modern("tools/list").replacing("protocolVersion", with: "protocolVersio")),
    Probe("no capabilities in _meta", 400, parameters, Ask.modern("tools/list").replacing("clientCapabilities", with: "clientCap")),
    Probe(
      "capabilities that are no object", 400, parameters,
      Ask.modern("tools/list").replacing(#"clientCapabilities":{}"#, with: #"clientCapabilities":1"#)),
    Probe("a revision that is a number", 400, parameters, Ask.modern("tools/list").replacing(#""2026-07-28""#, with: "20260728")),
    Probe("an older revision in _meta", 400, mismatch, Ask.modern("tools/list").replacing(#""2026-07-28""#, with: #""2025-11-25""#)),
    Probe("an unknown revision in _meta", 400, mismatch, Ask.modern("tools/list").replacing(#""2026-07-28""#, with: #""2027-01-01""#)),
    Probe(
      "an unknown revision in both", 400, revision, contains: "2026-07-28",
      Ask.modern("tools/list").replacing(#""2026-07-28""#, with: #""2027-01-01""#).changing("MCP-Protocol-Version", to: "2027-01-01")),
    Probe("an unknown revision in the header", 400, mismatch, Ask.modern("tools/list").changing("MCP-Protocol-Version", to: "2027-01-01")),
    Probe("a modern body and an older header", 400, mismatch, Ask.echo().changing("MCP-Protocol-Version", to: "2025-11-25")),
    Probe("a modern body and no header", 400, mismatch, Ask.echo().without("MCP-Protocol-Version")),
    Probe("the header twice", 400, mismatch, Ask.echo().with(("MCP-Protocol-Version", "2026-07-28"))),
    Probe("the header in another case", 200, Ask.echo().without("MCP-Protocol-Version").with(("mcp-protocol-VERSION", "2026-07-28"))),
    Probe("a header value in another spelling", 400, mismatch, Ask.echo().changing("MCP-Protocol-Version", to: "2026-7-28")),
    Probe("GET", 405, invalid, header: ("allow", "POST"), get([("MCP-Protocol-Version", "2026-07-28")])),
    Probe("DELETE", 405, invalid, Ask(verb: "DELETE", headers: [("MCP-Protocol-Version", "2026-07-28")])),
    Probe(
      "a notification", 202, Ask.modern("tools/list").replacing(#""id":1,"#, with: "").replacing("tools/list", with: "notifications/x")),
    Probe("an answer of the client", 400, invalid, Ask.echo().body(#"{"jsonrpc":"2.0","id":1,"result":{}}"#)),
    Probe("an error of the client", 400, invalid, Ask.echo().body(#"{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"x"}}"#)),
    Probe("a batch", 400, invalid, Ask.echo().body(#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#)),
  ]

  /// Headers that repeat the body.
  static let mirrored: [Probe] = [
    Probe("no Mcp-Method", 400, mismatch, .echo().without("Mcp-Method")),
    Probe("another Mcp-Method", 400, mismatch, .echo().changing("Mcp-Method", to: "tools/list")),
    Probe("Mcp-Method in capitals", 400, mismatch, .echo().changing("Mcp-Method", to: "TOOLS/CALL")),
    Probe("Mcp-Method twice", 400, mismatch, .echo().with(("Mcp-Method", "tools/call"))),
    Probe("no Mcp-Name", 400, mismatch, .echo().without("Mcp-Name")),
    Probe("another Mcp-Name", 400, mismatch, .echo().changing("Mcp-Name", to: "erase")),
    Probe("Mcp-Name in capitals", 400, mismatch, .echo().changing("Mcp-Name", to: "ECHO")),
    Probe("Mcp-Name twice", 400, mismatch, .echo().with(("Mcp-Name", "echo"))),
    Probe("Mcp-Name where nothing is named", 400, mismatch, .modern("tools/list", name: "echo")),
    Probe("Mcp-Name in base64", 200, .echo().changing("Mcp-Name", to: "=?base64?ZWNobw==?=")),
    Probe("another name in base64", 400, mismatch, .echo().changing("Mcp-Name", to: "=?base64?ZXJhc2U=?=")),
    Probe("base64 without padding", 400, mismatch, .echo().changing("Mcp-Name", to: "=?base64?ZWNobw?=")),
    Probe("base64 with bits beyond", 400, mismatch, .echo().changing("Mcp-Name", to: "=?base64?ZWNobx==?=")),
    Probe("a sentinel in capitals", 400, mismatch, .echo().changing("Mcp-Name", to: "=?BASE64?ZWNobw==?=")),
    Probe("a name that is no text", 400, parameters, .modern("tools/call", #""name":1,"arguments":{}"#, name: "1")),
    Probe("the uri of a resource", 200, .modern("resources/read", #""uri":"a:b""#, name: "a:b")).anyError(),
    Probe("another uri", 400, mismatch, .modern("resources/read", #""uri":"a:b""#, name: "a:c")),
    Probe("no name for a prompt", 400, mismatch, .modern("prompts/get", #""name":"p""#)),
    Probe("the id of a task", 200, .modern("tasks/get", #""taskId":"t""#, name: "t")).anyError(),
    Probe("another task", 400, mismatch, .modern("tasks/get", #""taskId":"t""#, name: "u")),
    Probe("a parameter that is repeated", 200, query(#""region":"eu""#, ("Mcp-Param-Region", "eu"))),
    Probe("a parameter in base64", 200, query(#""region":"é""#, ("Mcp-Param-Region", "=?base64?w6k=?="))),
    Probe("a parameter that is not repeated", 400, mismatch, query(#""region":"eu""#)),
    Probe("a parameter that differs", 400, mismatch, query(#""region":"eu""#, ("Mcp-Param-Region", "us"))),
    Probe("a parameter twice", 400, mismatch, query(#""region":"eu""#, ("Mcp-Param-Region", "eu"), ("mcp-param-region", "eu"))),
    Probe("a parameter that is not there", 400, mismatch, query("", ("Mcp-Param-Region", "eu"))),
    Probe("a whole number", 200, query(#""shard":7"#, ("Mcp-Param-Shard", "7"))),
    Probe("a whole number in other words", 200, query(#""shard":7"#, ("Mcp-Param-Shard", "7.0"))),
    Probe("another number", 400, mismatch, query(#""shard":7"#, ("Mcp-Param-Shard", "8"))),
    Probe("a truth value", 200, query(#""dry":true"#, ("Mcp-Param-Dry", "true"))),
    Probe("a truth value in capitals", 400, mismatch, query(#""dry":true"#, ("Mcp-Param-Dry", "True"))),
    Probe("a parameter that nobody knows", 200, query("", ("Mcp-Param-Unknown", "x"))),
  ]

  private static func query(_ arguments: String, _ headers: (String, String)...) -> Ask {
    .modern("tools/call", #""name":"query","arguments":{\#(arguments)}"#, name: "query", extra: headers)
  }

  /// What two parsers could read differently.
  static let messages: [Probe] = [
    Probe("no JSON", 400, parse, .echo().body("{")),
    Probe("an empty body", 400, parse, .echo().body("")),
    Probe("a name twice", 400, invalid, Ask.echo().replacing(#""name":"echo""#, with: #""name":"erase","name":"echo""#)),
    Probe("a method twice", 400, invalid, Ask.echo().replacing(#""id":1"#, with: #""id":1,"method":"tools/list""#)),
    Probe("a second method in capitals", 400, invalid, Ask.echo().replacing(#""id":1"#, with: #""id":1,"Method":"tools/list""#)),
    Probe("a null id", 400, invalid, .echo(id: "null")),
    Probe("a fraction for an id", 400, invalid, .echo(id: "1.5")),
    Probe("a whole number as a fraction", 400, invalid, .echo(id: "1.0")),
    Probe("an exponent for an id", 400, invalid, .echo(id: "1e3")),
    Probe("a truth value for an id", 400, invalid, .echo(id: "true")),
    Probe("an id beyond 2^53", 400, invalid, .echo(id: "9007199254740993")),
    Probe("minus nought for an id", 400, invalid, .echo(id: "-0")),
    Probe("an id of the gate's kind that is nobody's", 200, contains: #""id":"sallyport-1""#, .echo(id: #""sallyport-1""#)),
    Probe("half a surrogate", 400, parse, .echo(#"\ud800"#)),
    Probe("a byte order mark", 400, parse, Ask.echo().prefixed([0xEF, 0xBB, 0xBF])),
    Probe("bytes that are no UTF-8", 400, parse, Ask.echo().replacing("hi", bytes: [0xC3, 0x28])),
    Probe("lines between values", 200, contains: #""text":"hi""#, Ask.echo().replacing(#","method""#, with: ",\r\n\t\"method\"")),
    Probe("a newline inside of a text", 400, parse, .echo("a\nb")),
    Probe("another version of JSON-RPC", 400, invalid, Ask.echo().replacing(#""2.0""#, with: #""1.0""#)),
    Probe("no version of JSON-RPC", 400, invalid, Ask.echo().replacing(#""jsonrpc":"2.0","#, with: "")),
    Probe("an unknown member", 400, invalid, Ask.echo().replacing(#""id":1"#, with: #""id":1,"extra":1"#)),
    Probe("params that are an array", 400, .echo().body(#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":[]}"#)).anyError(),
    Probe("a parameter in another case", 400, parameters, Ask.echo().replacing(#""arguments""#, with: #""Arguments":{},"arguments""#)),
    Probe("arguments that do not fit the schema", 200, contains: "INVALID_ARGUMENT", Ask.echo().replacing(#""hi""#, with: "1")),
    Probe("an argument in another case", 200, contains: "INVALID_ARGUMENT", Ask.echo().replacing(#""text""#, with: #""Text""#)),
    Probe("values inside one another without end", 400, Ask.echo().body(String(repeating: "[", count: 5_000))).anyError(),
    Probe("something after the message", 400, parse, Ask.echo().suffixed("{}")),
    Probe("a large number in the arguments", 200, contains: "isError", Ask.echo().replacing(#""hi""#, with: "1e999")).anyError(),
  ]

  /// 2025-03-26 to 2025-11-25.
  static let handshake: [Probe] = [
    Probe("initialize", 200, contains: "2025-11-25", .initialize()),
    Probe("initialize of 2025-03-26", 200, contains: "2025-03-26", .initialize("2025-03-26")),
    Probe("initialize with the header of its era", 200, .initialize().with(("MCP-Protocol-Version", "2025-11-25"))),
    Probe("initialize within a session", 400, invalid, session: { .initialize().with(("Mcp-Session-Id", $0)) }),
    Probe("initialize in a batch", 400, invalid, .handshake(#"[{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}]"#)),
    Probe("no session", 400, invalid, .handshake(list)),
    Probe("an unknown session", 404, invalid, .handshake(list, session: String(repeating: "0", count: 64))),
    Probe("a session that is no id of ours", 404, invalid, .handshake(list, session: "../../etc")),
    Probe("two sessions", 400, invalid, session: { .handshake(list, session: $0).with(("Mcp-Session-Id", $0)) }),
    Probe("a list", 200, contains: #""name":"echo""#, session: { .handshake(list, session: $0, version: "2025-11-25") }),
    Probe("a list without a revision", 200, session: { .handshake(list, session: $0) }),
    Probe("a list in another revision", 400, invalid, session: { .handshake(list, session: $0, version: "2025-06-18") }),
    Probe("a list in a revision that never was", 400, revision, session: { .handshake(list, session: $0, version: "2025-01-01") }),
    Probe("a modern body in a session", 400, mismatch, session: { Ask.handshake(modernList, session: $0, version: "2025-11-25") }),
    Probe("a call", 200, contains: #""text":"hi""#, session: { .handshake(call("hi"), session: $0) }),
    Probe("a denied call in a session", 200, contains: "Say something else.", session: { .handshake(call("xyzzy"), session: $0) }),
    Probe("ping in a session", 200, session: { .handshake(#"{"jsonrpc":"2.0","id":3,"method":"ping"}"#, session: $0) }),
    Probe("a method of the later era", 200, noMethod, session: { .handshake(method("server/discover"), session: $0) }),
    Probe("a method that never was", 200, noMethod, session: { .handshake(method("tools/burn"), session: $0) }),
    Probe("initialized", 202, session: { .handshake(#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#, session: $0) }),
    Probe("an unknown notification", 202, session: { .handshake(#"{"jsonrpc":"2.0","method":"notifications/x"}"#, session: $0) }),
    Probe("an answer to nothing", 202, session: { .handshake(#"{"jsonrpc":"2.0","id":9,"result":{}}"#, session: $0) }),
    Probe("a batch in a revision without", 400, invalid, session: { .handshake("[\(list)]", session: $0) }),
    Probe("no JSON in a session", 400, parse, session: { .handshake("{", session: $0) }),
    Probe("a null id in a session", 400, invalid, session: { .handshake(#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, session: $0) }),
    Probe("GET without a session", 400, invalid, get([])),
    Probe("GET of an unknown session", 404, invalid, get([("Mcp-Session-Id", "x")])),
    Probe("GET that takes no events", 406, invalid, session: { get([("Mcp-Session-Id", $0)], accept: "application/json") }),
    Probe("GET from a place that never was", 400, invalid, session: { get([("Mcp-Session-Id", $0), ("Last-Event-ID", "99-1")]) }),
    Probe("GET from something else", 400, invalid, session: { get([("Mcp-Session-Id", $0), ("Last-Event-ID", "x")]) }),
    Probe("DELETE of a session", 204, session: { Ask(verb: "DELETE", headers: [("Mcp-Session-Id", $0)]) }),
    Probe("DELETE without a session", 400, invalid, Ask(verb: "DELETE")),
    Probe("DELETE of an unknown session", 404, invalid, Ask(verb: "DELETE", headers: [("Mcp-Session-Id", "x")])),
  ]

  private static let list = #"{"jsonrpc":"2.0","id":2,"method":"tools/list"}"#
  private static let modernList = #"{"jsonrpc":"2.0","id":2,"method":"tools/list","params":{\#(Ask.meta)}}"#
  private static func method(_ name: String) -> String { #"{"jsonrpc":"2.0","id":4,"method":"\#(name)"}"# }
  private static func call(_ text: String) -> String {
    #"{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"echo","arguments":{"text":"\#(text)"}}}"#
  }
}
