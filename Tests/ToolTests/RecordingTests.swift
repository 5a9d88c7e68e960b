import Foundation
import JSON
import Testing

/// What the official clients do through `wrap` and `serve` is recorded, and every decision is reproduced by `replay`.
@Suite(.enabled(if: Interop.isReady, "the SDKs are absent: run Tests/Interop/setup"), .serialized)
struct RecordingTests {
  private let script: Value = [
    "calls": [
      ["name": "find_book", "arguments": ["title": "Emma"]], ["name": "count_books"], ["name": "count_books"], ["name": "count_books"],
      ["name": "lend_book", "arguments": ["title": "Emma", "to": "Ann"]], ["name": "lose_book", "arguments": ["title": "Emma"]],
      ["name": "find_book", "arguments": ["title": "AKIAIOSFODNN7EXAMPLE"]], ["name": "describe_reader", "arguments": ["name": "ann"]],
    ],
    "read": ["library://rules", "library://shelves/7"],
    "prompts": [["name": "recommend", "arguments": ["topic": "whales"]]],
  ]

  private static let rules = """
    edition 1
    policy narrow
    use "./policy.sally"
    label counted "has counted"
    mark counted after library.count_books
    deny no_lending_after_counting
      on library.lend_book
      when session has counted
    deny no_keys
      on library.find_book
      when args.title starts with "AKIA"
    limit counts 2 calls per hour by agent on library.count_books
    patterns private { mail: /\\b[a-z]+@[a-z]+\\.com\\b/ hit "a@b.com" miss "a at b" }
    filter hide
      on library.*
      match private -> redact

    """

  @Test(arguments: InteropTests.pairs) func whatWrapRecordedIsReproduced(pair: InteropTests.Pair) throws {
    let command = Interop.server(pair.server)
    let folder = try starter(for: command)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let file = folder + "/traffic.jsonl"
    let gate = [
      Programs.sallyport, "wrap", "--policy", folder, "--agent", "assistant", "--record", file, "--record-arguments", "redacted", "--",
    ]
    try talk(pair.client, gate + command)
    try expectReproduced(file, folder)
  }

  @Test(arguments: [InteropTests.Pair(client: .v1, server: .v1), InteropTests.Pair(client: .v2auto, server: .v2)])
  func whatServeRecordedIsReproduced(pair: InteropTests.Pair) throws {
    let command = Interop.server(pair.server)
    let folder = try starter(for: command)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let file = folder + "/traffic.jsonl.gz"
    let server = try ServeProcess.server(command)
    defer { server.end() }
    let gate = try ServeProcess.gate(
      folder: folder, upstream: "library=http://127.0.0.1:\(server.port)/mcp", options: ["--record", file])
    try talk(pair.client, ["http://127.0.0.1:\(gate.port)/library"])
    // What is written is written soon; a killed gate has left it behind.
    usleep(500_000)
    gate.end()
    try expectReproduced(file, folder)
  }

  private func expectReproduced(_ file: String, _ folder: String) throws {
    let finished = try run(
      Programs.sallyport, ["replay", "--policy", folder, file, "--format", "json", "--fail-on", "changed", "unreplayable"])
    try #require(finished.exitCode == 0, "\(finished)")
    let summary = try Value(parsing: Array(finished.output.utf8))
    #expect(summary["changed"] == 0 && summary["unreplayable"] == 0, "\(finished.output)")
    #expect(summary["outcomes"]?["limited"] == 1, "\(finished.output)")
    #expect(summary["rules"]?["no_lending_after_counting"] == 1, "\(finished.output)")
    #expect(summary["rules"]?["no_keys"] == 1, "\(finished.output)")
    if !file.hasSuffix(".gz") {
      let text = try String(contentsOfFile: file, encoding: .utf8)
      #expect(!text.contains("AKIA") && !text.contains("@example.com"), "\(text)")
    }
  }

  private func starter(for command: [String]) throws -> String {
    let folder = FileManager.default.temporaryDirectory.appending(path: "sallyport-recording-\(UUID().uuidString)").path
    let finished = try run(Programs.sallyport, ["init", "--into", folder, "--"] + command)
    try #require(finished.exitCode == 0, "\(finished)")
    try Data(Self.rules.utf8).write(to: URL(filePath: folder).appending(path: "narrow.sally"))
    return folder
  }

  private func talk(_ client: Interop.Client, _ command: [String]) throws {
    let text = String(decoding: write(script), as: UTF8.self)
    let finished = try run(Interop.python(client.line), [Interop.path("client_\(client.line).py")] + client.mode + [text] + command)
    try #require(finished.exitCode == 0, "\(finished)")
  }
}
