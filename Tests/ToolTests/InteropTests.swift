import Foundation
import JSON
import Testing

/// Clients and servers of the official Python SDKs, each with each, through the gate: what a client sees is what it sees without.
@Suite(.enabled(if: Interop.isReady, "the SDKs are absent: run Tests/Interop/setup"), .serialized)
struct InteropTests {
  struct Pair: CustomTestStringConvertible {
    let client: Interop.Client
    let server: Interop.Line
    var testDescription: String { "\(client) with a server on \(server)" }
  }

  static let pairs = Interop.Line.allCases.flatMap { server in Interop.Client.allCases.map { Pair(client: $0, server: server) } }

  private let script: Value = [
    "calls": [
      ["name": "find_book", "arguments": ["title": "Emma"]], ["name": "count_books"],
      ["name": "lend_book", "arguments": ["title": "Emma", "to": "Ann"]], ["name": "lose_book", "arguments": ["title": "Emma"]],
    ],
    "read": ["library://rules", "library://shelves/7"],
    "prompts": [["name": "recommend", "arguments": ["topic": "whales"]]],
  ]

  @Test(arguments: pairs)
  func aStarterPolicyChangesNothing(pair: Pair) throws {
    let command = Interop.server(pair.server)
    let folder = try starter(for: command)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let direct = try talk(pair.client, script, command)
    let guarded = try talk(pair.client, script, gate(folder) + command)
    #expect(direct.count >= 9)
    #expect(guarded.count == direct.count)
    for (step, (there, here)) in zip(direct, guarded).enumerated() {
      #expect(comparable(here) == comparable(there), "step \(step)")
    }
  }

  @Test(arguments: pairs)
  func aDenialIsSeenAndTheSessionGoesOn(pair: Pair) throws {
    let command = Interop.server(pair.server)
    let folder = try starter(for: command)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let rule =
      "edition 1\npolicy narrow\nuse \"./policy.sally\"\ndeny no_lending\n  on library.lend_book\n  because \"The library is closed.\"\n"
    try Data(rule.utf8).write(to: URL(filePath: folder).appending(path: "narrow.sally"))
    let steps = try talk(pair.client, script, gate(folder) + command)
    let denied = try #require(steps.first { $0["step"] == "call lend_book" })
    #expect(denied["result"]?["isError"]?.boolean == true)
    let denial = denied["result"]?["_meta"]?["com.sallyport/denial"]
    #expect(denial?["code"] == "PERMISSION_DENIED" && denial?["rule"] == "no_lending")
    #expect(denied["result"]?["content"]?[0]?["text"]?.string?.contains("The library is closed.") == true)
    let after = try #require(steps.first { $0["step"] == "prompt recommend" })
    #expect(after["result"] != nil, "the session ended with the denial")
    let tools = steps.first { $0["step"] == "tools" }?["result"]?["tools"]?.elements?.compactMap { $0["name"]?.string }
    #expect(tools == ["find_book", "count_books", "lose_book", "describe_reader", "show_card"])
  }

  /// Both copies of a result, as text and structured, lose what the policy takes out; the clients hold the rest to the output schema.
  @Test(arguments: pairs)
  func redactedResultsFitTheirSchema(pair: Pair) throws {
    let command = Interop.server(pair.server)
    let folder = try starter(for: command)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let rules = """
      edition 1
      policy filtered
      use "./policy.sally"
      patterns private {
        mail: /\\b[a-z]+@[a-z]+\\.com\\b/ hit "a@b.com" miss "a at b"
        card: /\\b4[0-9]{3}( [0-9]{4}){3}\\b/ valid luhn hit "4111 1111 1111 1111" miss "4111 1111 1111 1112"
        key: /\\bAKIA[A-Z0-9]{16}\\b/ hit "AKIAIOSFODNN7EXAMPLE" miss "AKIA"
      }
      filter hide
        on library.*
        match private -> redact
      patterns dated {
        day: /\\b1[0-9]{3}-[0-9]{2}-[0-9]{2}\\b/ hit "1815-12-10" miss "1815"
        number: /\\b123e4567-[0-9a-f-]{27}\\b/ hit "123e4567-e89b-12d3-a456-426614174000" miss "123e4567"
      }
      filter no_cards
        on library.show_card
        match dated -> redact
      filter no_titles
        on library.find_book
        match private.mail -> block because "Titles have no addresses."

      """
    try Data(rules.utf8).write(to: URL(filePath: folder).appending(path: "filtered.sally"))
    let script: Value = [
      "calls": [
        ["name": "describe_reader", "arguments": ["name": "ann"]], ["name": "find_book", "arguments": ["title": "eve@example.com"]],
        ["name": "show_card", "arguments": ["name": "ann"]], ["name": "count_books"],
      ]
    ]
    let steps = try talk(pair.client, script, gate(folder) + command)
    let reader = try #require(steps.first { $0["step"] == "call describe_reader" }?["result"])
    #expect(reader["isError"]?.boolean != true, "\(reader)")
    let text = String(decoding: write(reader), as: UTF8.self)
    for leaked in ["example.com", "4111", "AKIA"] { #expect(!text.contains(leaked)) }
    #expect(reader["structuredContent"]?["notes"]?[0] == "card [redacted: card]")
    let copy = try Value(parsing: Array(try #require(reader["content"]?[0]?["text"]?.string).utf8))
    #expect(copy["mail"] == "[redacted: mail]" && copy == reader["structuredContent"])
    // The client has held these to their formats.
    let card = try #require(steps.first { $0["step"] == "call show_card" }?["result"]?["structuredContent"])
    #expect(card == ["mail": "xxx@xxxxxxx.xxx", "born": "1970-01-01", "number": "00000000-0000-0000-0000-000000000000"])
    let blocked = try #require(steps.first { $0["step"] == "call find_book" }?["result"])
    #expect(blocked["isError"]?.boolean == true && blocked["_meta"]?["com.sallyport/denial"]?["code"] == "OUTPUT_BLOCKED")
    #expect(blocked["content"]?[0]?["text"]?.string?.contains("Titles have no addresses.") == true)
    #expect(steps.last?["result"] != nil, "the session ended")
  }

  /// A person at an official client approves a call or does not: by a request of the gate's own, or in the result, as the era has it.
  @Test(arguments: pairs, [true, false])
  func approvalsByElicitation(pair: Pair, approves: Bool) throws {
    let command = Interop.server(pair.server)
    let folder = try starter(for: command)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let rules = """
      edition 1
      policy asking
      use "./policy.sally"
      ask a_person
        on library.lend_book
        from "librarians" within 15m
        because "Books leave the house."

      """
    try Data(rules.utf8).write(to: URL(filePath: folder).appending(path: "asking.sally"))
    let lend: Value = ["name": "lend_book", "arguments": ["title": "Emma", "to": "Ann"]]
    let script: Value = [
      "calls": [lend, ["name": "find_book", "arguments": ["title": "Emma"]]],
      "answer": approves ? ["action": "accept", "content": ["approve": true]] : ["action": "decline"],
    ]
    let gate = [
      Programs.sallyport, "wrap", "--policy", folder, "--agent", "assistant", "--client-approves", "librarians", "--",
    ]
    let state = "SALLYPORT_STATE=\(folder)/state"
    let steps = try talk(pair.client, script, ["/usr/bin/env", state] + gate + command)
    let asked = steps.filter { $0["step"] == "asked" }
    #expect(asked.count == 1 && asked[0]["result"]?["message"]?.string?.contains("Books leave the house.") == true, "\(steps)")
    let lent = try #require(steps.first { $0["step"] == "call lend_book" }?["result"])
    if approves {
      #expect(lent["isError"]?.boolean != true && lent["structuredContent"]?["to"] == "Ann", "\(lent)")
    } else {
      #expect(lent["_meta"]?["com.sallyport/denial"]?["code"] == "PERMISSION_DENIED", "\(lent)")
    }
    #expect(steps.first { $0["step"] == "call find_book" }?["result"]?["isError"]?.boolean != true)
  }

  @Test func theTimeServer() throws {
    let command = [Interop.python(.v2), "-m", "mcp_server_time", "--local-timezone", "Europe/Paris"]
    let script: Value = [
      "calls": [
        ["name": "convert_time", "arguments": ["source_timezone": "Europe/Paris", "time": "12:00", "target_timezone": "Asia/Tokyo"]],
        ["name": "get_current_time", "arguments": ["timezone": "Mars/Base"]],
      ]
    ]
    try expectTheSame(script, command)
  }

  @Test func theGitServer() throws {
    let repository = FileManager.default.temporaryDirectory.appending(path: "sallyport-git-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: repository) }
    #expect(try run("/usr/bin/env", ["git", "init", "-q", "-b", "main", repository]).exitCode == 0)
    let command = [Interop.python(.v2), "-m", "mcp_server_git", "--repository", repository]
    let script: Value = [
      "calls": [
        ["name": "git_status", "arguments": ["repo_path": .string(repository)]],
        ["name": "git_log", "arguments": ["repo_path": "/nowhere"]],
      ]
    ]
    try expectTheSame(script, command)
  }

  private func expectTheSame(_ script: Value, _ command: [String]) throws {
    let folder = try starter(for: command)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let direct = try talk(.v2auto, script, command)
    let guarded = try talk(.v2auto, script, gate(folder) + command)
    #expect(direct.count >= 3 && direct.map(comparable) == guarded.map(comparable))
  }

  private func starter(for command: [String]) throws -> String {
    let folder = FileManager.default.temporaryDirectory.appending(path: "sallyport-interop-\(UUID().uuidString)").path
    let finished = try run(Programs.sallyport, ["init", "--into", folder, "--"] + command)
    try #require(finished.exitCode == 0, "\(finished)")
    return folder
  }

  private func gate(_ folder: String) -> [String] { [Programs.sallyport, "wrap", "--policy", folder, "--agent", "assistant", "--"] }

  private func talk(_ client: Interop.Client, _ script: Value, _ command: [String]) throws -> [Value] {
    let text = String(decoding: write(script), as: UTF8.self)
    let finished = try run(Interop.python(client.line), [Interop.path("client_\(client.line).py")] + client.mode + [text] + command)
    try #require(finished.exitCode == 0, "\(finished)")
    return try finished.output.split(separator: "\n").map { try Value(parsing: Array($0.utf8)) }
  }

  /// Without what the gate changes on purpose: lists are private to the caller they were filtered for.
  private func comparable(_ step: Value) -> Value {
    guard let result = step["result"], let members = result.members else { return step }
    let rest = members.filter { !["cacheScope", "ttlMs"].contains($0.name) }
    return ["step": step["step"] ?? .null, "result": .object(rest)]
  }
}

/// What Tests/Interop/setup has installed.
enum Interop {
  enum Line: String, CaseIterable { case v1, v2 }

  enum Client: CaseIterable {
    case v1, v2auto, v2legacy

    var line: Line { self == .v1 ? .v1 : .v2 }
    var mode: [String] {
      switch self {
      case .v1: ["handshake"]
      case .v2auto: ["auto"]
      case .v2legacy: ["legacy"]
      }
    }
  }

  static let isReady = Line.allCases.allSatisfy { FileManager.default.isExecutableFile(atPath: python($0)) }

  static func path(_ name: String) -> String { Programs.checkout + "/Tests/Interop/" + name }
  static func python(_ line: Line) -> String { path(".venv-\(line)/bin/python") }
  static func server(_ line: Line) -> [String] { [python(line), path("server.py")] }
}
