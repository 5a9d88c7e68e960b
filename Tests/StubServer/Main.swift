import Foundation

/// A server process for tests that does one thing, as the first argument says. It knows no MCP: it is about processes and pipes.
@main enum StubServer {
  static func main() {
    let arguments = CommandLine.arguments.dropFirst()
    switch arguments.first {
    case "stubborn": stubborn()
    case "crash": crash(after: Int(arguments.last ?? "") ?? 1)
    case "noisy": noisy(lines: Int(arguments.last ?? "") ?? 1)
    case "environment": environment()
    case "answer": answer(bytes: Int(arguments.last ?? "") ?? 64)
    case "orphan": orphan()
    default: exit(64)
    }
  }

  /// Ignores the end of its input and SIGTERM; says when it is ready to.
  private static func stubborn() {
    signal(SIGTERM, SIG_IGN)
    say(#"{"jsonrpc":"2.0","method":"notifications/ready"}"#)
    while true { pause() }
  }

  /// Reads that many messages, answers none and dies.
  private static func crash(after messages: Int) {
    for _ in 0..<messages { _ = readLine() }
    abort()
  }

  /// Writes to standard error in small pieces that end in the middle of lines, then answers as `answer` does.
  private static func noisy(lines: Int) {
    for number in 0..<lines {
      for piece in ["noise ", "line ", "\(number)", " end\n"] { FileHandle.standardError.write(Data(piece.utf8)) }
    }
    answer(bytes: 64)
  }

  /// Answers every request with the names of the environment's variables.
  private static func environment() {
    let names = ProcessInfo.processInfo.environment.keys.sorted().joined(separator: " ")
    while let line = readLine() {
      if let id = requestID(line) { say(response(to: id, text: names)) }
    }
  }

  /// Answers every request with a text of so many bytes, and the size of the request.
  private static func answer(bytes: Int) {
    let padding = String(repeating: "x", count: bytes)
    while let line = readLine() {
      if let id = requestID(line) { say(response(to: id, text: "\(line.utf8.count) \(padding)")) }
    }
  }

  /// Leaves a child that holds its output open, and exits.
  private static func orphan() {
    let child = Process()
    child.executableURL = URL(filePath: "/bin/sleep")
    child.arguments = ["60"]
    try? child.run()
    exit(0)
  }

  private static func requestID(_ line: String) -> String? {
    guard let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], object["method"] != nil else {
      return nil
    }
    switch object["id"] {
    case let number as Int: return String(number)
    case let text as String: return "\"\(text)\""
    default: return nil
    }
  }

  private static func response(to id: String, text: String) -> String {
    #"{"jsonrpc":"2.0","id":\#(id),"result":{"resultType":"complete","content":[{"type":"text","text":"\#(text)"}]}}"#
  }

  private static func say(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
  }
}
