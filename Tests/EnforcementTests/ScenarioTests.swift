import TestSupport
import Testing

/// Conversations as scripts: `>` the client says, `<` the server says, `list` the server answers the gate's own `tools/list`, `wait` that many
/// milliseconds pass, `exit` it ends, `close` the client goes. A `handshake REVISION` or `stateless` line brings the connection to work first.
@Suite struct ScenarioTests {
  @Test(arguments: goldenCases(in: "Cases/scenarios", ending: ".script"))
  func scenario(_ golden: GoldenCase) {
    var conversation = Conversation()
    var output = ""
    for line in golden.text.split(separator: "\n") {
      let (word, rest) = split(line)
      if word == "#" {
        output += line + "\n"
        continue
      }
      output += "\(line)\n"
      switch word {
      case ">": output += transcript(conversation.client(rest))
      case "<": output += transcript(conversation.server(rest))
      case "list": output += transcript(conversation.answerOwnList(rest.isEmpty ? nil : rest))
      case "wait": output += transcript(conversation.wait(milliseconds: Int64(rest) ?? 0))
      case "exit": output += transcript(conversation.serverExits())
      case "close": output += transcript(conversation.clientCloses())
      case "handshake": conversation.shakeHands(rest)
      case "stateless": conversation.speakStateless()
      default: Issue.record("no such step: \(line)")
      }
    }
    golden.expect(output)
  }

  private func split(_ line: Substring) -> (String, String) {
    guard let space = line.firstIndex(of: " ") else { return (String(line), "") }
    return (String(line[..<space]), String(line[line.index(after: space)...]))
  }
}

/// Messages that are against the protocol, each sent to a connection of its own. The file's name says who sends them and in which state:
/// `client-opening-…`, `client-2025-11-25-…`, `server-stateless-…`.
@Suite struct MalformedTests {
  @Test(arguments: goldenCases(in: "Cases/malformed", ending: ".jsonl"))
  func malformed(_ golden: GoldenCase) {
    var output = ""
    for line in golden.bytes.split(separator: UInt8(ascii: "\n")) {
      var conversation = Conversation()
      if golden.name.contains("-stateless-") {
        conversation.speakStateless()
      } else if let revision = ["2025-03-26", "2025-06-18", "2025-11-25"].first(where: golden.name.contains) {
        conversation.shakeHands(revision)
      }
      output += readable(line) + "\n"
      if golden.name.hasPrefix("client-") {
        output += transcript(conversation.client(Array(line)))
      } else {
        // A request of the client is in flight, for the server to answer wrongly.
        conversation.client(waiting(golden.name))
        output += transcript(conversation.server(Array(line)))
      }
    }
    golden.expect(output)
  }

  private func waiting(_ name: String) -> String {
    name.contains("-stateless-")
      ? stateless("5", "tools/call", #""name":"echo","arguments":{"text":"hi"}"#)
      : #"{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"echo","arguments":{"text":"hi"}}}"#
  }

  /// Bytes that are no text, or would not show, as hexadecimal escapes.
  private func readable(_ line: ArraySlice<UInt8>) -> String {
    guard let text = String(validating: line, as: UTF8.self) else {
      return line.map { (0x20..<0x7F).contains($0) ? String(UnicodeScalar($0)) : "\\x" + String($0, radix: 16) }.joined()
    }
    return text.unicodeScalars.map { (0x20..<0x7F).contains($0.value) ? String($0) : "\\u{\(String($0.value, radix: 16))}" }.joined()
  }

  @Test func thereAreEnough() {
    let count = goldenCases(in: "Cases/malformed", ending: ".jsonl").reduce(0) { $0 + $1.bytes.count { $0 == UInt8(ascii: "\n") } }
    #expect(count >= 200)
  }
}
