import JSON
import TestSupport

/// What a well-behaved upstream of both eras answers.
enum StubAnswers {
  @Sendable static func answer(_ request: LoopbackServer.Request) -> LoopbackServer.Reply {
    guard request.method == "POST" else { return .document("", status: request.method == "DELETE" ? 200 : 405) }
    guard let message = try? Value(parsing: Array(request.body.utf8)), let method = message["method"]?.string else {
      return .document("", status: 202)
    }
    guard let id = message["id"] else { return .document("", status: 202) }
    let isModern = request.headers["mcp-protocol-version"] == "2026-07-28"
    var headers = ["Content-Type": "application/json"]
    if method == "initialize" { headers["Mcp-Session-Id"] = "upstream-session" }
    let result = result(method, message, isModern: isModern)
    let answer: Value = ["jsonrpc": "2.0", "id": id, "result": result]
    return .document(String(decoding: write(answer), as: UTF8.self), headers: headers)
  }

  static func result(_ method: String, _ message: Value, isModern: Bool) -> Value {
    var result: Value
    switch method {
    case "initialize":
      result = [
        "protocolVersion": message["params"]?["protocolVersion"] ?? "", "capabilities": ["tools": [:]],
        "serverInfo": ["name": "stub", "version": "1"],
      ]
    case "tools/list": result = ["tools": tools]
    case "tools/call": result = ["content": [["type": "text", "text": message["params"]?["arguments"]?["text"] ?? "done"]]]
    case "server/discover":
      result = ["supportedVersions": ["2026-07-28"], "capabilities": ["tools": [:]]]
    default: result = [:]
    }
    guard isModern, let members = result.members else { return result }
    return .object(members + [Value.Member("resultType", "complete")])
  }

  static var tools: Value { (try? Value(parsing: Array(Gate.tools.utf8)))?["tools"] ?? [] }

  /// A stream of events with these messages, whole.
  static func events(_ messages: [String], ids: Bool = false) -> LoopbackServer.Reply {
    let text = messages.enumerated().map { (ids ? "id: \($0.offset)\n" : "") + "data: \($0.element)\n\n" }.joined()
    return .raw(
      Array(
        ("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
          + String(text.utf8.count, radix: 16) + "\r\n" + text + "\r\n0\r\n\r\n").utf8))
  }
}
