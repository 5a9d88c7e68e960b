import Enforcement
import Foundation
import JSON
import TestSupport
import Testing

/// Captured conversations of real clients and servers: with a policy that allows everything they come out as they went in, byte for byte. The
/// only differences are the documented ones: lists of 2026-07-28 are private, and arguments that do not fit the schema are refused.
@Suite struct TrafficTests {
  static let folder: String? = Corpora.directory.map { URL(filePath: $0).appending(path: "../mcp/traffic").standardized.path }
  static let files: [String] =
    folder.map { folder in
      ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasSuffix(".jsonl") }.sorted()
    } ?? []

  @Test(.enabled(if: !files.isEmpty, "\(Corpora.absent)"), arguments: files, [false, true])
  func comesOutAsItWentIn(_ file: String, isFiltered: Bool) throws {
    let path = URL(filePath: try #require(TrafficTests.folder)).appending(path: file)
    let lines = try String(contentsOf: path, encoding: .utf8).split(separator: "\n")
    let messages = try lines.map { line in
      let value = try Value(parsing: Array(line.utf8))
      let document = try Document(parsing: Array(line.utf8))
      let message = try #require(document.member(document.root, "msg"))
      return (fromClient: value["dir"] == "c2s", text: String(decoding: document.bytes[document.source(message)], as: UTF8.self))
    }
    var rulebook = try everythingAllowed(messages.map(\.text))
    rulebook.isFiltered = isFiltered
    var conversation = Conversation(rulebook)
    var refused: Set<String> = []
    var passed = 0
    for message in messages {
      let before = (conversation.toServer.count, conversation.toClient.count)
      let id = try Value(parsing: Array(message.text.utf8))["id"].map { String(decoding: write($0), as: UTF8.self) }
      if message.fromClient {
        conversation.client(message.text)
        let own = conversation.ownRequests.count
        if own > 0 { conversation.answerOwnList() }
        let sent = conversation.toServer[before.0...].filter { !$0.contains(#""id":"sallyport-"#) }
        if let id, sent.isEmpty, let denial = conversation.toClient.last {
          // A call that the server would have refused: the gate does so first.
          #expect(denial.contains("INVALID_ARGUMENT") || message.text.contains(#""name": "nope""#), "\(message.text) -> \(denial)")
          refused.insert(id)
        } else {
          #expect(sent == [message.text])
          passed += 1
        }
      } else if let id, refused.contains(id) {
        refused.remove(id)
      } else {
        conversation.server(message.text)
        let received = Array(conversation.toClient[before.1...])
        #expect(received == [message.text])
        passed += 1
      }
    }
    #expect(passed > 2)
  }

  /// Pins what the captured server offers, and grants all of it.
  private func everythingAllowed(_ messages: [String]) throws -> Rulebook {
    var rulebook = Rulebook(resources: ["demo://*", "file://*"])
    for message in messages {
      let document = try Document(parsing: Array(message.utf8))
      guard let result = document.member(document.root, "result") else { continue }
      if let tools = document.member(result, "tools"), rulebook.tools.isEmpty {
        for tool in document.elements(tools) {
          rulebook.tools.append((String(decoding: document.bytes[document.source(tool)], as: UTF8.self), .granted))
        }
      }
    }
    rulebook.prompts = [("review", .granted)]
    return rulebook
  }
}
