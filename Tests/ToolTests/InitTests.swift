import Foundation
import JSON
import Semantics
import Testing

@testable import Tool

/// A starter policy is one that the other verbs are content with, whatever the server calls its tools.
@Suite struct InitTests {
  private func expectContent(_ folder: String) throws {
    for arguments in [["check", folder], ["fmt", "--check", folder], ["test", folder]] {
      let finished = try run(Programs.sallyport, arguments, environment: ["NO_COLOR": "1"])
      #expect(finished.exitCode == 0, "\(arguments[0]): \(finished.output)\(finished.errors)")
    }
  }

  private func temporaryFolder() throws -> String {
    let folder = FileManager.default.temporaryDirectory.appending(path: "sallyport-init-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder.path
  }

  @Test func aLiveServersStarterPolicyIsContent() throws {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let finished = try run(Programs.sallyport, ["init", "--into", folder, "--", Programs.sallyport, "demo-server"])
    #expect(finished.exitCode == 0, "\(finished)")
    try expectContent(folder)
  }

  static let oddServers: [(name: String, tools: [Value], resources: [Value], prompts: [Value])] = [
    (
      "names that are no words",
      [
        ["name": "2fa/reset", "inputSchema": ["type": "object"]], ["name": "a.b", "inputSchema": ["type": "object"]],
        ["name": "grant", "inputSchema": ["type": "object", "properties": ["to": ["type": "string"]], "required": ["to"]]],
      ], [], []
    ),
    (
      "arguments that take thought",
      [
        [
          "name": "search",
          "inputSchema": [
            "type": "object", "properties": ["q": ["anyOf": [["type": "string"], ["type": "integer"]]], "when": ["type": "number"]],
            "required": ["q"],
          ], "annotations": ["readOnlyHint": true],
        ],
        [
          "name": "count",
          "inputSchema": [
            "type": "object",
            "properties": [
              "step": ["type": "integer", "minimum": 5, "maximum": 7], "who": ["type": "string", "minLength": 12],
              "list": ["type": "array", "items": ["type": "string", "enum": ["a", "b"]], "minItems": 1],
            ], "required": ["step", "who", "list"],
          ],
        ],
      ], [], []
    ),
    ("no tools", [], [["uri": "file:///a\"b", "name": "a"]], [["name": "p"]]),
  ]

  @Test(arguments: oddServers.indices)
  func anOddServersStarterPolicyIsContent(index: Int) throws {
    let server = Self.oddServers[index]
    let contents = Snapshot.Contents(tools: server.tools, resources: server.resources, prompts: server.prompts)
    let starter = StarterPolicy(server: StarterPolicy.word("9 lives"), agent: "helper", contents: contents)
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let url = URL(filePath: folder)
    try Data(Snapshot.bytes(of: contents)).write(to: url.appending(path: "\(starter.server).snapshot.json"))
    try Data(starter.policy).write(to: url.appending(path: "policy.sally"))
    try Data(starter.tests).write(to: url.appending(path: "tests.sally"))
    try expectContent(folder)
  }

  /// The rules that the comments suggest must work once they are comments no more.
  @Test func theHintsCompile() throws {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    _ = try run(Programs.sallyport, ["init", "--into", folder, "--", Programs.sallyport, "demo-server"])
    let path = folder + "/policy.sally"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.hasPrefix("//   ") ? String(line.dropFirst(5)) : String(line)
    }
    #expect(lines.filter { $0.hasPrefix("deny ") }.count == 3)
    try Data(lines.joined(separator: "\n").utf8).write(to: URL(filePath: path))
    let finished = try run(Programs.sallyport, ["check", folder], environment: ["NO_COLOR": "1"])
    #expect(finished.exitCode == 0, "\(finished.output)\(finished.errors)")
  }
}
