import Foundation
import JSON
import TestSupport
import Testing

/// A configuration file says everything that options of `serve` say.
@Suite struct ServeFileTests {
  private func gateway(_ stub: StubUpstream, _ more: String = "") -> String {
    """
    [gateway]
    listen = "127.0.0.1:0"
    policies = ["\(stub.file("stub.sally"))"]
    agent = "tester"
    \(more)
    [[upstream]]
    name = "stub"
    url = "\(stub.address)"

    """
  }

  @Test func tablesDoWhatOptionsDo() throws {
    let stub = try StubUpstream()
    try Data("0123456789abcdef0123\n".utf8).write(to: URL(filePath: stub.file("token")))
    let collector = try LoopbackServer { _ in .document("") }
    defer { collector.stop() }
    let gate = try ServeProcess.gate(
      folder: stub.folder,
      configuration: gateway(stub, "loops = 3\nwatch = true\nreload_tests = true\n") + """
        [admin]
        listen = "127.0.0.1:0"
        token_file = "\(stub.file("token"))"
        [audit]
        file = "\(stub.file("audit.jsonl"))"
        size = 1
        full = "deny"
        [telemetry]
        otlp = "\(collector.origin)"
        [log]
        level = "debug"
        arguments = "redacted"
        [recording]
        file = "\(stub.file("traffic.jsonl"))"
        arguments = "typed"
        """)
    defer { gate.end() }
    #expect(gate.errors.contains(#""loops":"3""#))
    #expect(try PlainRequest.call(1, arguments: #"{"text":"plugh"}"#).send(port: gate.port).status == 200)
    try gate.wait(saying: "plugh")
    let port = try gate.adminPort()
    let policy = try String(contentsOfFile: stub.file("stub.sally"), encoding: .utf8)
    try stub.write(policy: policy + "\ntest \"fails\" {\n  as tester\n  call stub.echo { text: \"hi\" }\n  expect deny\n}\n")
    try gate.wait(saying: #"its test \"fails\" fails"#)
    try stub.write(policy: policy + "\ndeny not_that_word\n  on stub.echo\n  when args.text present and args.text == \"plugh\"\n")
    try gate.wait(saying: #""by":"file""#)
    let answer = try PlainRequest(verb: "POST", target: "/reload", headers: [("Authorization", "Bearer 0123456789abcdef0123")]).send(
      port: port)
    #expect(answer.status == 200)
    #expect(gate.terminate() == 0)
    #expect(try String(contentsOfFile: stub.file("audit.jsonl"), encoding: .utf8).contains("tester_uses"))
    #expect(try String(contentsOfFile: stub.file("traffic.jsonl"), encoding: .utf8).contains("echo"))
    #expect(collector.requests.contains { $0.target == "/v1/traces" })
  }

  @Test func theOtherTablesAreTakenToo() throws {
    let stub = try StubUpstream()
    let certificate = try run(
      "/usr/bin/env",
      [
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost",
        "-keyout", stub.file("gate.key"), "-out", stub.file("gate.pem"),
      ])
    try #require(certificate.exitCode == 0, "\(certificate)")
    let gate = try ServeProcess.gate(
      folder: stub.folder,
      configuration: gateway(stub) + """
        [tls]
        certificate = "\(stub.file("gate.pem"))"
        key = "\(stub.file("gate.key"))"
        upstream_authorities = "\(stub.file("gate.pem"))"
        [store]
        url = "redis://127.0.0.1:\(try ServeProcess.freePort())/3"
        outage = "local:50"
        stops_outage = "1h"
        """)
    defer { gate.end() }
    // Plain HTTP is none of TLS.
    #expect((try? PlainRequest(target: "/healthz").send(port: gate.port)) == nil)
    let shown = try run("/usr/bin/env", ["openssl", "s_client", "-connect", "127.0.0.1:\(gate.port)", "-brief"])
    #expect((shown.output + shown.errors).contains("CN=localhost") || (shown.output + shown.errors).contains("CN = localhost"), "\(shown)")
    try gate.wait(saying: "this gateway goes on with 50 % of every limit")
  }
}
