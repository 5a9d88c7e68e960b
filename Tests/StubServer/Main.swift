import Foundation

/// A server process for tests that does one thing, as the first argument says. Of MCP it knows just enough to be called.
@main enum StubServer {
  static func main() {
    let arguments = CommandLine.arguments.dropFirst()
    let number = Int(arguments.last ?? "") ?? 1
    switch arguments.first {
    case "stubborn": stubborn()
    case "crash": crash(after: number)
    case "noisy": noisy(lines: number)
    case "environment": answer { _ in ProcessInfo.processInfo.environment.keys.sorted().joined(separator: " ") }
    case "answer":
      let padding = String(repeating: "x", count: number)
      answer { "\($0.utf8.count) \(padding)" }
    case "slow": slow(milliseconds: number)
    case "orphan": orphan()
    default: exit(64)
    }
  }

  /// Ignores the end of its input and SIGTERM, and says its number once it does.
  private static func stubborn() {
    signal(SIGTERM, SIG_IGN)
    FileHandle.standardError.write(Data("pid \(ProcessInfo.processInfo.processIdentifier)\n".utf8))
    while true { pause() }
  }

  /// Says what tools it has, and dies instead of answering so many calls.
  private static func crash(after calls: Int) {
    var left = calls
    while let line = readLine() {
      guard let request = Request(line) else { continue }
      if request.method == "tools/list" {
        say(request.tools)
      } else {
        left -= 1
        if left == 0 { kill(ProcessInfo.processInfo.processIdentifier, SIGKILL) }
      }
    }
  }

  /// Writes to standard error in pieces that end in the middle of lines, then answers.
  private static func noisy(lines: Int) {
    for number in 0..<lines {
      for piece in ["noise ", "line ", "\(number)", " end\n"] { FileHandle.standardError.write(Data(piece.utf8)) }
    }
    FileHandle.standardError.write(Data("no newline".utf8))
    answer { _ in "quiet now" }
  }

  /// Answers every call with a text made from its line.
  private static func answer(_ text: (String) -> String) {
    while let line = readLine() {
      guard let request = Request(line) else { continue }
      say(request.method == "tools/list" ? request.tools : request.result(text(line)))
    }
  }

  /// Answers calls late, one after another, and says on standard error when it has a call and when it answered.
  private static func slow(milliseconds: Int) {
    while let line = readLine() {
      guard let request = Request(line) else { continue }
      if request.method == "tools/list" {
        say(request.tools)
        continue
      }
      FileHandle.standardError.write(Data("called\n".utf8))
      Thread.sleep(forTimeInterval: Double(milliseconds) / 1_000)
      say(request.result("too late"))
      FileHandle.standardError.write(Data("answered\n".utf8))
    }
  }

  /// Leaves a child that holds its output open, and exits.
  private static func orphan() {
    let child = Process()
    child.executableURL = URL(filePath: "/bin/sleep")
    child.arguments = ["10"]
    try? child.run()
    exit(0)
  }

  private static func say(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
  }
}

private struct Request {
  let method: String
  /// As JSON.
  private let id: String

  /// Nil for what asks for no answer.
  init?(_ line: String) {
    guard let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] else { return nil }
    guard let method = object["method"] as? String else { return nil }
    switch object["id"] {
    case let number as Int: id = String(number)
    case let text as String: id = "\"\(text)\""
    default: return nil
    }
    self.method = method
  }

  func result(_ text: String) -> String {
    #"{"jsonrpc":"2.0","id":\#(id),"result":{"resultType":"complete","content":[{"type":"text","text":"\#(text)"}]}}"#
  }

  /// What Tests/ToolTests/Fixtures/stub.tools.json pins.
  var tools: String {
    let tool = #"{"name":"echo","inputSchema":{"type":"object","properties":{"text":{"type":"string"}}}}"#
    return #"{"jsonrpc":"2.0","id":\#(id),"result":{"resultType":"complete","tools":[\#(tool)],"ttlMs":0,"cacheScope":"public"}}"#
  }
}
