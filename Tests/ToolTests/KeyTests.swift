import Foundation
import Gateway
import JSON
import Testing

/// Keys and stops as an operator has them: real processes that share a state directory, in real time.
@Suite struct KeyTests {
  private static let limit = Duration.seconds(1)
  private static let call =
    #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{"text":"hi"},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}"#

  // MARK: Whose calls

  @Test func aKeyMakesItsBearerAnAgent() throws {
    let state = try StateFolder()
    let key = try state.createKey(["--owner", "support", "--tag", "prod"])
    var client = try state.gate(key: key, server: [Programs.stub, "answer", "3"])
    client.call(1)
    #expect(try client.receiveText().text.hasSuffix("xxx"))
    let end = client.close()
    #expect(end.status == .exited(code: 0) && end.errors.contains("\"key\":\"\(key.dropFirst(3).prefix(12))\""), "\(end.errors)")
    #expect(try state.keys()[0]["lastUsed"]?.string != nil)
  }

  @Test func aKeyOfSomebodyElseOpensNothing() throws {
    let state = try StateFolder()
    let key = try state.createKey(["--owner", "nobody"])
    var client = try state.gate(key: key, server: [Programs.stub, "answer", "3"])
    client.call(1)
    #expect(try client.receive().denialCode == "PERMISSION_DENIED")
  }

  @Test func aKeyIsBoundToItsScopes() throws {
    let state = try StateFolder()
    let keys = try [
      state.createKey(["--owner", "support", "--scope", "other.use"]), state.createKey(["--owner", "support", "--scope", "stub.use"]),
    ]
    for (key, code) in zip(keys, ["PERMISSION_DENIED", nil]) {
      var client = try state.gate(key: key, server: [Programs.stub, "answer", "3"])
      client.call(1)
      #expect(try client.receive().denialCode == code)
    }
  }

  @Test func aKeyFileWillDo() throws {
    let state = try StateFolder()
    let key = try state.createKey(["--owner", "support"])
    let file = state.path + "/key"
    #expect(FileManager.default.createFile(atPath: file, contents: Data((key + "\n").utf8), attributes: [.posixPermissions: 0o600]))
    let environment = ["SALLYPORT_KEY_FILE": file]
    #expect(try state.wrap(environment, policy: KeyTests.policy).exitCode == 0)
    try FileManager.default.setAttributes([.posixPermissions: 0o604], ofItemAtPath: file)
    let refused = try state.wrap(environment, policy: KeyTests.policy)
    #expect(refused.exitCode == 2 && refused.errors.contains("open to every user"))
  }

  /// The server is started only for who may use it, and is not given the key.
  @Test func badKeysAreRefusedAtTheDoor() throws {
    let state = try StateFolder()
    let good = try state.createKey(["--owner", "support"])
    let elsewhere = try state.createKey(["--owner", "support", "--server", "bank"])
    let revoked = try state.createKey(["--owner", "support"])
    try state.run(["keys", "revoke", revoked])
    let expired = try state.createKey(["--owner", "support", "--expires", "0s"])
    let others = try StateFolder().createKey([])
    let cases: [([String: String], String)] = [
      (["SALLYPORT_KEY": elsewhere], "is not for the server `stub`"), (["SALLYPORT_KEY": revoked], "the key was revoked"),
      (["SALLYPORT_KEY": expired], "the key has expired"), (["SALLYPORT_KEY": others], "the key is not known here"),
      (["SALLYPORT_KEY": String(good.dropLast()) + (good.last == "0" ? "1" : "0")], "mistyped"), (["SALLYPORT_KEY": "x"], "mistyped"),
      (["SALLYPORT_KEY": good, "SALLYPORT_KEY_FILE": "/nowhere"], "both"), (["SALLYPORT_KEY_FILE": "/nowhere"], "cannot read"),
      (["SALLYPORT_KEY": good, "SALLYPORT_AGENT": "desk"], "both say who calls"),
    ]
    for (environment, words) in cases {
      let refused = try state.wrap(environment, policy: KeyTests.policy)
      #expect(refused.exitCode == 2 && refused.errors.contains(words) && refused.output.isEmpty, "\(refused.errors)")
      for key in [good, elsewhere, revoked, expired, others] { #expect(!refused.errors.contains(key.dropFirst(15))) }
    }
    #expect(try state.wrap(["SALLYPORT_KEY": good], policy: KeyTests.policy).exitCode == 0)
  }

  // MARK: Revocation

  /// Two gates, a call in flight on each: both calls end within a second of the verb, their results are withheld, and so is everything after.
  @Test(arguments: ["keys revoke", "stop key", "stop agent", "stop tool", "stop server"])
  func aStopIsInForceEverywhereWithinASecond(verb: String) throws {
    let state = try StateFolder()
    let key = try state.createKey(["--owner", "support"])
    let name = ["keys revoke": key, "stop key": key, "stop agent": "desk", "stop tool": "stub.echo", "stop server": "stub"][verb] ?? ""
    let code = verb.hasSuffix("revoke") || verb.hasSuffix("key") ? "UNAUTHENTICATED" : "PERMISSION_DENIED"
    var first = try state.gate(key: key, server: [Programs.stub, "slow", "3000"])
    var second = try state.gate(key: key, server: [Programs.stub, "slow", "3000"])
    // Until both have the call: the stub says so.
    first.send(Self.call)
    second.send(Self.call)
    try first.waitForErrors(containing: "called")
    try second.waitForErrors(containing: "called")

    try state.run(verb.split(separator: " ").map(String.init) + [name, "--because", "odd refunds"])
    let stopped = ContinuousClock.now
    let answers = try [first.receive(), second.receive()]
    #expect(ContinuousClock.now - stopped < Self.limit)
    for answer in answers { #expect(answer["id"] == 1 && answer.denialCode == code, "\(answer)") }
    first.call(2)
    second.call(2)
    #expect(try first.receive().denialCode == code && second.receive().denialCode == code)
    // The server has answered by now.
    try first.waitForErrors(containing: "answered")
    try second.waitForErrors(containing: "answered")
    try first.waitForErrors(containing: "the answer to a cancelled request")
    first.call(3)
    #expect(try first.receive()["id"] == 3, "the late result was passed on")
    let log = first.close().errors
    let said = verb == "keys revoke" ? "was revoked" : "odd refunds"
    #expect(log.contains(said) && !log.contains(key.dropFirst(15)), "\(log)")
  }

  @Test func whatIsResumedGoesOn() throws {
    let state = try StateFolder()
    // A gate that began before there was any state.
    var client = try state.gate(key: nil, agent: "tester", server: [Programs.stub, "answer", "3"])
    client.call(1)
    #expect(try client.receive().denialCode == nil)
    try state.run(["stop", "tool", "stub.echo"])
    Thread.sleep(forTimeInterval: 1)
    client.call(2)
    #expect(try client.receive().denialCode == "PERMISSION_DENIED")
    try state.run(["resume", "tool", "stub.echo"])
    Thread.sleep(forTimeInterval: 1)
    client.call(3)
    #expect(try client.receive().denialCode == nil)
  }

  @Test func aKeyEndsInTheMiddleOfASession() throws {
    let state = try StateFolder()
    let key = try state.createKey(["--owner", "support", "--expires", "5s"])
    var client = try state.gate(key: key, server: [Programs.stub, "slow", "20000"])
    client.send(Self.call)
    #expect(try client.receive().denialCode == "UNAUTHENTICATED")
  }

  /// A rotated key goes on for as long as it was said, and the new one is good at once.
  @Test func rotation() throws {
    let state = try StateFolder()
    let old = try state.createKey(["--owner", "support"])
    let new = try state.run(["keys", "rotate", old, "--overlap", "3s"]).trimmingCharacters(in: .newlines)
    #expect(new.hasPrefix("sp_") && new.count == 64 && new != old)
    for key in [old, new] { #expect(try state.wrap(["SALLYPORT_KEY": key], policy: KeyTests.policy).exitCode == 0) }
    Thread.sleep(forTimeInterval: 3)
    #expect(try state.wrap(["SALLYPORT_KEY": old], policy: KeyTests.policy).errors.contains("expired"))
    #expect(try state.wrap(["SALLYPORT_KEY": new], policy: KeyTests.policy).exitCode == 0)
  }

  /// Nobody can say any more what is stopped.
  @Test func withoutItsStateAGateLetsNothingThrough() throws {
    let state = try StateFolder()
    let key = try state.createKey(["--owner", "support"])
    var client = try state.gate(key: key, server: [Programs.stub, "answer", "3"])
    client.call(1)
    #expect(try client.receive().denialCode == nil)
    try FileManager.default.moveItem(atPath: state.state, toPath: state.path + "/away")
    Thread.sleep(forTimeInterval: 2)
    client.call(2)
    #expect(try client.receive().denialCode == "UPSTREAM_UNAVAILABLE")
  }

  // MARK: Leaks

  /// What the processes wrote, all of it, holds no secret: standard output and error, every file of the state.
  @Test func secretsStayWhereTheyBelong() throws {
    let state = try StateFolder()
    let key = try state.createKey(["--owner", "support"])
    let rotated = try state.run(["keys", "rotate", key, "--format", "json"])
    let new = try #require(try Value(parsing: Array(rotated.utf8))["key"]?.string)
    let pepper = try Data(contentsOf: URL(filePath: state.state + "/pepper"))
    let upstream = "upstream-credential-\(UUID().uuidString)"
    var written = ""
    for words in [
      ["keys", "list"], ["keys", "list", "--format", "json"], ["stop", "key", key], ["stopped"], ["stopped", "--format", "json"],
      ["resume", "key", key], ["keys", "revoke", key, "--because", "leaked"], ["keys", "rotate", key],
      ["stop", "key", "sp_" + key.dropFirst(4)], ["stop", "agent", key], ["keys", "create", "--owner", key], ["wrap", key],
      ["keys", "revoke", String(key.dropLast(3))], ["keys", "create", key], ["stop", "tool", "x"], [key],
    ] {
      let finished = try ToolTests.run(Programs.sallyport, words, environment: state.environment)
      written += finished.output + finished.errors
    }
    for text in [key, new, new + "x"] {
      let finished = try state.wrap(["SALLYPORT_KEY": text, "UPSTREAM_TOKEN": upstream], policy: Self.policy, logLevel: "trace")
      written += finished.output + finished.errors
    }
    var client = try state.gate(key: new, server: [Programs.stub, "environment"], upstream: upstream)
    client.call(1)
    let names = try client.receiveText().text
    #expect(names.contains("UPSTREAM_TOKEN") && !names.contains("SALLYPORT"))
    try state.run(["stop", "server", "stub"])
    client.call(2)
    _ = try client.receive()
    written += client.close().errors
    let isSilent = !written.contains(upstream)
    #expect(isSilent)
    // Of a key everything but its name is secret.
    for secret in [key, new] { #expect(!written.contains(secret.dropFirst(15)) && !written.contains(secret.dropFirst(15).prefix(12))) }
    let hexadecimal = pepper.map { String(format: "%02x", $0) }.joined()
    #expect(!written.contains(hexadecimal) && !written.contains(pepper.base64EncodedString()))
    for file in try FileManager.default.contentsOfDirectory(atPath: state.state) {
      let bytes = try Data(contentsOf: URL(filePath: state.state + "/" + file))
      for secret in [key, new] { #expect(bytes.range(of: Data(secret.dropFirst(15).utf8)) == nil, "\(file)") }
      #expect(file == "pepper" || bytes.range(of: pepper) == nil, "\(file)")
      #expect(bytes.range(of: Data(upstream.utf8)) == nil, "\(file)")
    }
  }

  /// A key of ours that gets into a text is found by the pack that looks for secrets, and one with a wrong character is no key.
  @Test func aLeakedKeyIsRecognised() throws {
    let state = try StateFolder()
    let key = try state.createKey([])
    let wrong = String(key.dropLast()) + (key.last == "0" ? "1" : "0")
    let text = "the key is \(key), keep it\nthe key is \(wrong), keep it\nAuthorization: Bearer \(key)\n"
    let finished = try ToolTests.run(Programs.sallyport, ["scan", "--pack", "secrets", "--format", "json", "-"], input: text)
    let found = try Value(parsing: Array(finished.output.utf8))["findings"]?.elements ?? []
    let lines = found.filter { $0["rule"]?.string?.hasSuffix("sallyport_key") ?? false }.map { $0["start"]?["line"]?.number?.integer }
    #expect(lines == [1, 3], "\(finished.output)")
  }

  static let policy = Programs.folder("Fixtures/desk.sally")
}

/// A state directory of a test's own, and what an operator does to it.
private final class StateFolder {
  let path: String
  var state: String { path + "/state" }
  var environment: [String: String] { ["SALLYPORT_STATE": state, "NO_COLOR": "1"] }

  init() throws {
    path = FileManager.default.temporaryDirectory.appending(path: "sallyport-keys-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  @discardableResult
  func run(_ arguments: [String]) throws -> String {
    let finished = try ToolTests.run(Programs.sallyport, arguments, environment: environment)
    #expect(finished.exitCode == 0, "\(finished.errors)")
    return finished.output
  }

  /// - Returns: the key, which is all that may stand on standard output.
  func createKey(_ options: [String]) throws -> String {
    let output = try run(["keys", "create"] + options)
    #expect(output.hasPrefix("sp_") && output.utf8.count == 65 && output.hasSuffix("\n"))
    return String(output.dropLast())
  }

  func keys() throws -> [Value] { try Value(parsing: Array(run(["keys", "list", "--format", "json"]).utf8))["keys"]?.elements ?? [] }

  /// A gate whose client says nothing.
  func wrap(_ more: [String: String], policy: String, logLevel: String = "info") throws -> Finished {
    try ToolTests.run(
      Programs.sallyport, ["wrap", "--policy", policy, "--log-level", logLevel, "--", Programs.stub, "environment"],
      environment: environment.merging(more) { _, new in new })
  }

  func gate(key: String?, agent: String? = nil, server: [String], upstream: String? = nil) throws -> GateClient {
    var variables = environment.map { "\($0.key)=\($0.value)" }
    if let key { variables.append("SALLYPORT_KEY=\(key)") }
    if let agent { variables.append("SALLYPORT_AGENT=\(agent)") }
    if let upstream { variables.append("UPSTREAM_TOKEN=\(upstream)") }
    let policy = agent == nil ? KeyTests.policy : Programs.folder("Fixtures/stub.sally")
    return try GateClient(command: ["/usr/bin/env"] + variables + [Programs.sallyport, "wrap", "--policy", policy, "--"] + server)
  }
}
