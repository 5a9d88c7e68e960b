import Foundation
import JSON
import Schemas
import TestSupport
import Testing

private enum Recordings {
  static let folder: String? = Corpora.directory.flatMap {
    let path = URL(filePath: $0).appending(path: "../mcp/traffic").standardized.path
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }
}

/// The schemas of real servers, as they went over the wire: all of them compile, and calls that the servers took are valid.
@Suite(.enabled(if: Recordings.folder != nil, "recorded traffic is absent"))
struct TrafficTests {
  /// The messages of all recordings, by file.
  private func recordings() throws -> [(name: String, messages: [Value])] {
    let folder = try #require(Recordings.folder)
    return try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".jsonl") }.sorted().map { name in
      let bytes = try #require(FileManager.default.contents(atPath: folder + "/" + name))
      let lines = bytes.split(separator: UInt8(ascii: "\n")).map { Array($0) }
      return (name, lines.compactMap { (try? Value(parsing: $0))?["msg"] })
    }
  }

  @Test func toolsOfRealServersCompileAndTheirCallsAreValid() throws {
    var scratch = ValidationScratch()
    var schemas = 0
    var calls = 0
    for (name, messages) in try recordings() {
      var compiled: [String: CompiledSchema] = [:]
      for tool in messages.flatMap({ $0["result"]?["tools"]?.elements ?? [] }) {
        let input = try #require(tool["inputSchema"])
        compiled[try #require(tool["name"]?.string)] = try CompiledSchema(compiling: input)
        if let output = tool["outputSchema"] { _ = try CompiledSchema(compiling: output) }
        schemas += 1
      }
      let answers = Dictionary(
        messages.compactMap { message in message["id"].flatMap { id in message["result"].map { (id, $0) } } },
        uniquingKeysWith: { first, _ in first })
      for message in messages where message["method"]?.string == "tools/call" {
        guard let tool = message["params"]?["name"]?.string, let schema = compiled[tool], let id = message["id"],
          let answer = answers[id], answer["isError"]?.boolean != true
        else { continue }
        let document = try Document(parsing: write(message["params"]?["arguments"] ?? [:]))
        let outcome = schema.isValid(document, at: document.root, scratch: &scratch)
        let messages = schema.explanation(of: document, at: document.root, scratch: &scratch).violations.map(\.message)
        #expect(outcome == .valid, "\(name): \(tool): \(messages)")
        calls += 1
      }
    }
    #expect(schemas > 20 && calls > 5, "\(schemas) schemas, \(calls) calls")
  }
}
