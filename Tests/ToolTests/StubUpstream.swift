import Foundation
import JSON
import TestSupport

/// An HTTP server with the tool of `Fixtures/stub.tools.json`, and the policy for it in a folder that can be changed.
final class StubUpstream: Sendable {
  let server: LoopbackServer
  let folder: String

  init() throws {
    server = try LoopbackServer { StubUpstream.answer($0) }
    folder = FileManager.default.temporaryDirectory.appending(path: "sallyport-stub-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: Programs.folder("Fixtures/stub.tools.json"), toPath: folder + "/stub.tools.json")
    try write(policy: try String(contentsOfFile: Programs.folder("Fixtures/stub.sally"), encoding: .utf8))
  }

  deinit {
    server.stop()
    try? FileManager.default.removeItem(atPath: folder)
  }

  var address: String { "http://127.0.0.1:\(server.port)/mcp" }

  func write(policy: String) throws { try Data(policy.utf8).write(to: URL(filePath: folder + "/stub.sally")) }

  func file(_ name: String) -> String { folder + "/" + name }

  private static func answer(_ request: LoopbackServer.Request) -> LoopbackServer.Reply {
    guard let message = try? Value(parsing: Array(request.body.utf8)), let id = message["id"] else { return .document("", status: 202) }
    let tool: Value = ["name": "echo", "inputSchema": ["type": "object", "properties": ["text": ["type": "string"]]]]
    var result: Value = ["resultType": "complete", "content": [["type": "text", "text": "done"]]]
    if message["method"] == "tools/list" { result = ["resultType": "complete", "tools": [tool], "ttlMs": 0, "cacheScope": "public"] }
    if message["params"]?["arguments"]?["text"] == "fail" {
      let failure: Value = ["jsonrpc": "2.0", "id": id, "error": ["code": -32_603, "message": "out of paper"]]
      return .document(String(decoding: JSON.write(failure), as: UTF8.self), headers: ["Content-Type": "application/json"])
    }
    let answer: Value = ["jsonrpc": "2.0", "id": id, "result": result]
    return .document(String(decoding: JSON.write(answer), as: UTF8.self), headers: ["Content-Type": "application/json"])
  }
}
