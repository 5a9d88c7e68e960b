import Foundation
import JSON
import TestSupport
import Testing

/// Clients and servers of the official Python SDKs over HTTP, each with each, through `serve`: what a client sees is what it sees without.
@Suite(.enabled(if: Interop.isReady, "the SDKs are absent: run Tests/Interop/setup"), .serialized)
struct HTTPInteropTests {
  private let script: Value = [
    "calls": [
      ["name": "find_book", "arguments": ["title": "Emma"]], ["name": "count_books"],
      ["name": "lend_book", "arguments": ["title": "Emma", "to": "Ann"]], ["name": "lose_book", "arguments": ["title": "Emma"]],
    ],
    "read": ["library://rules", "library://shelves/7"],
    "prompts": [["name": "recommend", "arguments": ["topic": "whales"]]],
  ]

  @Test(arguments: InteropTests.pairs)
  func aStarterPolicyChangesNothing(pair: InteropTests.Pair) throws {
    try withGate(pair.server) { server, gate, _ in
      let direct = try talk(pair.client, server)
      let guarded = try talk(pair.client, gate)
      #expect(direct.count >= 9 && guarded.count == direct.count)
      for (step, (there, here)) in zip(direct, guarded).enumerated() {
        #expect(comparable(here) == comparable(there), "step \(step)")
      }
    }
  }

  @Test(arguments: InteropTests.pairs)
  func aDenialIsSeenAndTheConnectionStays(pair: InteropTests.Pair) throws {
    let rule =
      "edition 1\npolicy narrow\nuse \"./policy.sally\"\ndeny no_lending\n  on library.lend_book\n  because \"The library is closed.\"\n"
    try withGate(pair.server, adding: rule) { _, gate, _ in
      let steps = try talk(pair.client, gate)
      let denied = try #require(steps.first { $0["step"] == "call lend_book" })
      #expect(denied["result"]?["_meta"]?["com.sallyport/denial"]?["rule"] == "no_lending")
      let after = try #require(steps.first { $0["step"] == "prompt recommend" })
      #expect(after["result"] != nil, "the connection ended with the denial")
    }
  }

  /// A signal reads the policy again; one that is broken changes nothing.
  @Test func aBrokenPolicyIsRefusedAndTheOldOneStays() throws {
    try withGate(.v2) { _, gate, process in
      let policy = URL(filePath: process.folder).appending(path: "policy.sally")
      let text = try String(contentsOf: policy, encoding: .utf8)
      try Data((text + "\ndeny nonsense on library.no_such_tool\n").utf8).write(to: policy)
      try process.reload(saying: "the policy was not reloaded")
      #expect(try talk(.v2auto, gate).allSatisfy { $0["error"] == nil })
      try Data((text + "\ndeny no_lending\n  on library.lend_book\n").utf8).write(to: policy)
      try process.reload(saying: "the policy was reloaded")
      let steps = try talk(.v2auto, gate)
      let denied = try #require(steps.first { $0["step"] == "call lend_book" }, "\(steps)")
      #expect(denied["result"]?["_meta"]?["com.sallyport/denial"]?["rule"] == "no_lending", "\(denied)")
    }
  }

  /// A stdio server of either line behind the HTTP face: each client gets what it gets over its pipes.
  @Test(arguments: InteropTests.pairs)
  func stdioServersBehindHTTP(pair: InteropTests.Pair) throws {
    try withFolder(pair.server) { folder, command in
      let words = command.map { "\"\($0)\"" }.joined(separator: ", ")
      let gate = try ServeProcess.gate(
        folder: folder,
        configuration: """
          [gateway]
          listen = "127.0.0.1:0"
          policies = ["\(folder)"]
          agent = "assistant"
          [[upstream]]
          name = "library"
          command = [\(words)]
          """)
      defer { gate.end() }
      let direct = try talk(pair.client, command)
      let guarded = try talk(pair.client, "http://127.0.0.1:\(gate.port)/library")
      #expect(direct.count >= 9 && guarded.count == direct.count)
      for (there, here) in zip(direct, guarded) { #expect(comparable(here) == comparable(there), "\(here)") }
    }
  }

  /// Callers by the tokens of an issuer: with one everything is as without, without one there is nothing.
  @Test(arguments: InteropTests.pairs)
  func withTokensOfAnIssuer(pair: InteropTests.Pair) throws {
    try withFolder(pair.server) { folder, command in
      let policy = try String(contentsOfFile: folder + "/policy.sally", encoding: .utf8)
      let scopes = policy.split(separator: "\n").filter { $0.hasPrefix("scope ") }.map { $0.dropFirst(6) }.joined(separator: " ")
      let issuer = try LoopbackServer { request in
        let isGood = request.body.contains("token=good")
        let answer =
          #"{"active":\#(isGood),"sub":"assistant","client_id":"c","scope":"\#(scopes)","aud":"http://127.0.0.1/library","exp":4000000000}"#
        return .document(answer, headers: ["Content-Type": "application/json"])
      }
      defer { issuer.stop() }
      try Data("secret".utf8).write(to: URL(filePath: folder + "/secret"))
      let server = try ServeProcess.server(command)
      defer { server.end() }
      let upstream = "http://127.0.0.1:\(server.port)/mcp"
      let gate = try ServeProcess.gate(
        folder: folder,
        configuration: """
          [gateway]
          listen = "127.0.0.1:0"
          policies = ["\(folder)/policy.sally"]
          keys = false
          [[upstream]]
          name = "library"
          url = "\(upstream)"
          [resource]
          identifier = "http://127.0.0.1"
          [network]
          networks = ["loopback"]
          [[issuer]]
          name = "\(issuer.origin)"
          tokens = "opaque"
          endpoint = "\(issuer.origin)/introspect"
          client = "gate"
          secret_file = "\(folder)/secret"
          """)
      defer { gate.end() }
      let address = "http://127.0.0.1:\(gate.port)/library"
      let direct = try talk(pair.client, upstream)
      let guarded = try talk(pair.client, address, token: "good")
      #expect(direct.count >= 9 && guarded.count == direct.count)
      for (there, here) in zip(direct, guarded) { #expect(comparable(here) == comparable(there), "\(here)") }
      let text = String(decoding: write(script), as: UTF8.self)
      let refused = try run(
        Interop.python(pair.client.line), [Interop.path("client_\(pair.client.line).py")] + pair.client.mode + [text, address],
        environment: ["MCP_TOKEN": "bad"])
      #expect(refused.exitCode != 0 && !refused.output.contains(#""step": "tools""#), "\(refused.output)")
    }
  }

  /// Callers by keys of the gate's own.
  @Test(arguments: InteropTests.pairs)
  func withAKey(pair: InteropTests.Pair) throws {
    try withFolder(pair.server) { folder, command in
      let policy = URL(filePath: folder).appending(path: "policy.sally")
      let text = try String(contentsOf: policy, encoding: .utf8)
      try Data(text.replacing("when token.sub == \"assistant\"", with: "when key.owner == \"assistant\"").utf8).write(to: policy)
      let state = folder + "/state"
      let made = try run(Programs.sallyport, ["keys", "create", "--owner", "assistant"], environment: ["SALLYPORT_STATE": state])
      try #require(made.exitCode == 0, "\(made)")
      let server = try ServeProcess.server(command)
      defer { server.end() }
      let upstream = "http://127.0.0.1:\(server.port)/mcp"
      let gate = try ServeProcess.gate(
        folder: folder,
        arguments: ["--policy", policy.path, "--state", state, "--upstream", "library=\(upstream)", "--listen", "127.0.0.1:0"])
      defer { gate.end() }
      let address = "http://127.0.0.1:\(gate.port)/library"
      let direct = try talk(pair.client, upstream)
      let guarded = try talk(pair.client, address, token: made.output.trimmingCharacters(in: .newlines))
      #expect(direct.count >= 9 && guarded.count == direct.count)
      for (there, here) in zip(direct, guarded) { #expect(comparable(here) == comparable(there), "\(here)") }
    }
  }

  /// The checker of PyPI `jbt-mcpcheck` for 2026-07-28 finds in a server behind the gate what it finds in the server itself.
  @Test(.enabled(if: Checker.isReady, "jbt-mcpcheck is absent: run Tests/Interop/setup"))
  func aCheckerOfServersFindsTheSame() throws {
    try withGate(.v2) { upstream, gate, _ in
      let (direct, guarded) = (try Checker.report(upstream), try Checker.report(gate))
      #expect(direct["summary"]?["total"] == 8 && direct["summary"]?["passed"] == 8, "\(direct)")
      #expect(guarded["summary"] == direct["summary"] && guarded["era"] == direct["era"], "\(guarded)")
      #expect(Checker.findings(guarded) == Checker.findings(direct))
    }
  }

  private func withFolder(_ line: Interop.Line, _ body: (String, [String]) throws -> Void) throws {
    let command = Interop.server(line)
    let folder = FileManager.default.temporaryDirectory.appending(path: "sallyport-http-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let finished = try run(Programs.sallyport, ["init", "--into", folder, "--"] + command)
    try #require(finished.exitCode == 0, "\(finished)")
    try body(folder, command)
  }

  private func talk(_ client: Interop.Client, _ command: [String]) throws -> [Value] {
    let text = String(decoding: write(script), as: UTF8.self)
    let finished = try run(Interop.python(client.line), [Interop.path("client_\(client.line).py")] + client.mode + [text] + command)
    try #require(finished.exitCode == 0, "\(finished)")
    return try finished.output.split(separator: "\n").map { try Value(parsing: Array($0.utf8)) }
  }

  private func withGate(_ line: Interop.Line, adding rule: String? = nil, _ body: (String, String, ServeProcess) throws -> Void) throws {
    let command = Interop.server(line)
    let folder = FileManager.default.temporaryDirectory.appending(path: "sallyport-http-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let finished = try run(Programs.sallyport, ["init", "--into", folder, "--"] + command)
    try #require(finished.exitCode == 0, "\(finished)")
    if let rule { try Data(rule.utf8).write(to: URL(filePath: folder).appending(path: "narrow.sally")) }
    let server = try ServeProcess.server(command)
    defer { server.end() }
    let upstream = "http://127.0.0.1:\(server.port)/mcp"
    let gate = try ServeProcess.gate(folder: folder, upstream: "library=\(upstream)")
    defer { gate.end() }
    try body(upstream, "http://127.0.0.1:\(gate.port)/library", gate)
  }

  private func talk(_ client: Interop.Client, _ address: String, token: String? = nil) throws -> [Value] {
    let text = String(decoding: write(script), as: UTF8.self)
    let finished = try run(
      Interop.python(client.line), [Interop.path("client_\(client.line).py")] + client.mode + [text, address],
      environment: token.map { ["MCP_TOKEN": $0] } ?? [:])
    try #require(finished.exitCode == 0, "\(finished)")
    return try finished.output.split(separator: "\n").map { try Value(parsing: Array($0.utf8)) }
  }

  private func comparable(_ step: Value) -> Value {
    guard let members = step["result"]?.members else { return step }
    return ["step": step["step"] ?? .null, "result": .object(members.filter { !["cacheScope", "ttlMs"].contains($0.name) })]
  }
}

private enum Checker {
  private static let program = Interop.path(".venv-mcpcheck/bin/jbt-mcpcheck")

  static var isReady: Bool { FileManager.default.isExecutableFile(atPath: program) }

  /// With calls that the schemas do not allow, and a look at the earlier era.
  static func report(_ address: String) throws -> Value {
    let finished = try run(program, ["--json", "--probe", "all", "--legacy-probes", "--timeout", "30", address])
    try #require(finished.exitCode == 0, "\(finished)")
    return try Value(parsing: Array(finished.output.utf8))
  }

  /// Each check with its outcome, and what is held against the server.
  static func findings(_ report: Value) -> [String] {
    (report["checks"]?.elements ?? []).map { check in
      let codes = ["failures", "warnings"].flatMap { check[$0]?.elements ?? [] }.compactMap { $0["code"]?.string }
      return ([check["name"]?.string ?? "", check["status"]?.string ?? ""] + codes).joined(separator: " ")
    }
  }
}
