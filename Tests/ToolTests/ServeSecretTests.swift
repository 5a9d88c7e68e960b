import Foundation
import JSON
import TestSupport
import Testing

/// Credentials, wherever they are put: nothing that `serve` writes has them, with everything switched on that writes.
@Suite struct ServeSecretTests {
  @Test func credentialsAreNowhere() throws {
    let stub = try StubUpstream()
    try FileManager.default.copyItem(atPath: Programs.folder("Fixtures/desk.sally"), toPath: stub.file("desk.sally"))
    let sink = try LoopbackServer { _ in .document("") }
    defer { sink.stop() }
    let state = stub.file("state")
    let key = try createKey(state)
    let upstreamSecret = "upstream-\(UUID().uuidString)"
    let hook = "hook-\(UUID().uuidString)"
    try Data(upstreamSecret.utf8).write(to: URL(filePath: stub.file("secret")))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: stub.file("secret"))
    let gate = try ServeProcess.gate(
      folder: stub.folder,
      configuration: """
        [gateway]
        listen = "127.0.0.1:0"
        policies = ["\(stub.file("desk.sally"))"]
        state = "\(state)"
        [[upstream]]
        name = "stub"
        url = "\(stub.address)"
        secret_file = "\(stub.file("secret"))"
        [approvals]
        webhook = "http://127.0.0.1:1/\(hook)"
        """,
      options: [
        "--audit", stub.file("audit.jsonl"), "--record", stub.file("recording.jsonl"), "--record-arguments", "redacted", "--log-level",
        "trace",
        "--log-arguments", "redacted", "--otlp", "http://127.0.0.1:\(sink.port)", "--admin", "127.0.0.1:0",
      ])
    defer { gate.end() }
    // Everything of a key but its name is secret.
    let hidden = String(key.dropFirst(15))
    func call(_ id: Int, bearer: String? = nil, tool: String = "echo", text: String = "hi") -> PlainRequest {
      var request = PlainRequest.call(id, tool: tool, arguments: "{\"text\":\"\(text)\"}")
      if let bearer { request.headers.append(("Authorization", bearer)) }
      return request
    }
    #expect(try call(1, bearer: "Bearer \(key)").send(port: gate.port).json["result"]?["isError"] == nil)
    #expect(stub.server.requests.contains { $0.headers.contains { $0.value.contains(upstreamSecret) } }, "the upstream is shown it")
    #expect(try call(2, bearer: "Bearer \(key)", text: "my key is \(key)").send(port: gate.port).status == 200)
    #expect(try call(3, bearer: "Bearer \(key)", tool: key).send(port: gate.port).status == 200)
    for bearer in ["Basic \(key)", "Bearer \(key)x", "Bearer \(key.dropLast())", "Bearer \(key), \(key)", key] {
      #expect(try call(4, bearer: bearer).send(port: gate.port).status != 200, "\(bearer.prefix(8))")
    }
    for target in ["/stub?access_token=\(key)", "/\(key)", "/stub/\(key)"] {
      var request = call(5)
      request.target = target
      #expect(try request.send(port: gate.port).status != 200)
    }
    for name in ["Mcp-Session-Id", "Cookie", "X-Api-Key", "traceparent", "Origin", "MCP-Protocol-Version"] {
      var request = call(6)
      request.headers.append((name, key))
      #expect(try request.send(port: gate.port).status != 200)
    }
    var broken = call(7, bearer: "Bearer \(key)")
    broken.body = "{\"\(key)"
    #expect(try broken.send(port: gate.port).status == 400)
    let administration = try gate.adminPort()
    let pages = try ["/", "/metrics", "/healthz"].map { try PlainRequest(target: $0).send(port: administration).body }.joined()
    #expect(gate.terminate() == 0)
    var written = ["log": Data(gate.errors.utf8), "pages": Data(pages.utf8), "spans": Data(sink.requests.map(\.body).joined().utf8)]
    for name in try FileManager.default.subpathsOfDirectory(atPath: stub.folder) where name != "secret" && name != "serve.toml" {
      written[name] = FileManager.default.contents(atPath: stub.file(name)) ?? Data()
    }
    #expect(written["recording.jsonl"]?.isEmpty == false && written["audit.jsonl"]?.isEmpty == false)
    for (place, bytes) in written {
      for secret in [hidden, String(hidden.prefix(12)), upstreamSecret, hook] {
        #expect(bytes.range(of: Data(secret.utf8)) == nil, "\(secret == hook ? "the webhook's address" : "a credential") is in \(place)")
      }
    }
  }

  private func createKey(_ state: String) throws -> String {
    let finished = try run(Programs.sallyport, ["keys", "create", "--owner", "support"], environment: ["SALLYPORT_STATE": state])
    #expect(finished.exitCode == 0, "\(finished.errors)")
    return finished.output.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
