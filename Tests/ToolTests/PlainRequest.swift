import Foundation
import Glibc
import JSON

/// One HTTP request on a connection of its own, and its answer.
struct PlainRequest {
  struct Answer {
    let status: Int
    /// Names in lower case.
    let headers: [String: String]
    let body: String

    var json: Value { get throws { try Value(parsing: Array(body.utf8)) } }
  }

  struct Broken: Error {}

  var verb = "GET"
  var target: String
  var headers: [(String, String)] = []
  var body = ""
  var host: String?

  func send(port: Int) throws -> Answer {
    var lines = ["\(verb) \(target) HTTP/1.1", "Host: \(host ?? "127.0.0.1:\(port)")", "Connection: close"]
    lines += headers.map { "\($0): \($1)" }
    if verb == "POST" { lines.append("Content-Length: \(body.utf8.count)") }
    let bytes = try PlainRequest.exchange(Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8), port)
    let text = String(decoding: bytes, as: UTF8.self)
    guard let end = text.range(of: "\r\n\r\n") else { throw Broken() }
    let head = text[..<end.lowerBound].components(separatedBy: "\r\n")
    let fields = head.dropFirst().compactMap { line -> (String, String)? in
      guard let colon = line.firstIndex(of: ":") else { return nil }
      return (line[..<colon].lowercased(), line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces))
    }
    guard let status = head.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else { throw Broken() }
    return Answer(status: status, headers: Dictionary(fields) { first, _ in first }, body: String(text[end.upperBound...]))
  }

  /// A call of the stub's tool in 2026-07-28.
  static func call(_ id: Int, tool: String = "echo", arguments: String = #"{"text":"hi"}"#, meta: String = "") -> PlainRequest {
    let marks = #""io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}"#
    let name = String(decoding: write(.string(tool)), as: UTF8.self)
    let header = tool.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } ? tool : "=?base64?\(Data(tool.utf8).base64EncodedString())?="
    return PlainRequest(
      verb: "POST", target: "/stub",
      headers: [
        ("Content-Type", "application/json"), ("Accept", "application/json, text/event-stream"), ("MCP-Protocol-Version", "2026-07-28"),
        ("Mcp-Method", "tools/call"), ("Mcp-Name", header),
      ],
      body:
        #"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"name":\#(name),"arguments":\#(arguments),"_meta":{\#(meta)\#(marks)}}}"#
    )
  }

  private static func exchange(_ request: [UInt8], _ port: Int) throws -> [UInt8] {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    address.sin_port = UInt16(port).bigEndian
    let isOpen = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    guard isOpen else { throw Broken() }
    var patience = timeval(tv_sec: 30, tv_usec: 0)
    unsafe setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    var sent = 0
    while sent < request.count {
      let count = unsafe request[sent...].withUnsafeBytes { unsafe Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { throw Broken() }
      sent += count
    }
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafe recv(socket, &part, part.count, 0)
      guard count > 0 else { return bytes }
      bytes += part[..<count]
    }
  }
}
