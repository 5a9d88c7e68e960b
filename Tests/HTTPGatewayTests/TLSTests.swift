import Foundation
import HTTPGateway
import TestSupport
import Testing

/// TLS towards clients and upstreams, and HTTP/2, with curl and OpenSSL on the other side.
@Suite(.enabled(if: Certificates.isReady, "openssl and curl are not installed")) struct TLSTests {
  private let files: Certificates
  private let certificate: ServerCertificate

  init() throws {
    files = try Certificates()
    try files.make("own")
    certificate = try TLSTests.certificate(files, "own")
  }

  private static func certificate(_ files: Certificates, _ name: String, now: Int64? = nil) throws -> ServerCertificate {
    try ServerCertificate(
      certificateFile: files.path(name + ".pem"), keyFile: files.path(name + ".key"), now: now ?? Int64(Date.now.timeIntervalSince1970))
  }

  private func curl(_ gate: Gate, _ ask: Ask, _ options: [String], times: Int = 1) throws -> (exitCode: Int32, text: String) {
    var arguments = ["-s", "--max-time", "30", "--cacert", files.path("own.pem"), "-w", "\n%{http_version} %{http_code}\n", "-X", ask.verb]
    for (name, value) in ask.headers { arguments += ["-H", "\(name): \(value)"] }
    if ask.verb == "POST" { arguments += ["--data-binary", String(decoding: ask.body, as: UTF8.self)] }
    arguments += options
    for _ in 0..<times { arguments.append("https://localhost:\(gate.listener.port)\(ask.target)") }
    return try Command("/usr/bin/curl", arguments).finish()
  }

  @Test(arguments: [("--http1.1", "1.1"), ("--http2", "2")])
  func bothProtocolsAreSpoken(option: String, version: String) throws {
    let gate = try Gate(certificate: certificate)
    let allowed = try curl(gate, .echo(), [option])
    #expect(allowed.text.contains(#""text":"hi""#) && allowed.text.hasSuffix("\n\(version) 200\n"), "\(allowed)")
    let denied = try curl(gate, .echo("xyzzy"), [option])
    #expect(denied.text.contains("Say something else.") && denied.text.hasSuffix(" 200\n"))
    #expect(try curl(gate, Ask(verb: "GET", target: "/healthz"), [option]).text.contains("ok"))
    #expect(try curl(gate, Ask.echo().target("/other"), [option]).text.hasSuffix(" 404\n"))
    #expect(try curl(gate, Ask.echo().with(("Origin", "https://localhost:\(gate.listener.port)")), [option]).text.hasSuffix(" 200\n"))
    #expect(try curl(gate, Ask.echo().with(("Origin", "http://localhost:\(gate.listener.port)")), [option]).text.hasSuffix(" 403\n"))
    #expect(try curl(gate, .echo().with(("X-Large", String(repeating: "a", count: 70_000))), [option]).text.hasSuffix(" 200\n") == false)
  }

  @Test func manyStreamsShareOneConnection() throws {
    let gate = try Gate(certificate: certificate) { request in
      if request.body.contains("hi") { usleep(100_000) }
      return StubAnswers.answer(request)
    }
    let answers = try curl(gate, .echo(), ["--http2", "--parallel", "--parallel-max", "40"], times: 40)
    #expect(answers.text.components(separatedBy: "\n2 200\n").count == 41, "\(answers)")
  }

  @Test func streamsAndSessionsOverHTTP2() throws {
    let gate = try Gate(certificate: certificate)
    let opened = try curl(gate, .initialize(), ["--http2", "-i"])
    let session = try #require(opened.text.components(separatedBy: "mcp-session-id: ").last?.prefix(64))
    let call = #"{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"echo","arguments":{"text":"hi"}}}"#
    #expect(try curl(gate, .handshake(call, session: String(session)), ["--http2"]).text.contains(#""text":"hi""#))
    let stream = try Command(
      "/usr/bin/curl",
      [
        "-sN", "--http2", "--cacert", files.path("own.pem"), "-H", "Accept: text/event-stream", "-H", "Mcp-Session-Id: \(session)",
        "https://localhost:\(gate.listener.port)/stub",
      ])
    #expect(stream.read(until: "id: 0-0").contains("id: 0-0"))
    #expect(try curl(gate, Ask(verb: "DELETE", headers: [("Mcp-Session-Id", String(session))]), ["--http2"]).text.hasSuffix("2 204\n"))
    #expect(try stream.finish().exitCode == 0)
  }

  @Test func aBodyBeyondTheLimitOverHTTP2() throws {
    var limits = HTTPLimits()
    limits.message = 4_096
    let gate = try Gate(limits: limits, certificate: certificate)
    #expect(try curl(gate, .echo(String(repeating: "b", count: 60_000)), ["--http2"]).text.contains("413"))
  }

  /// CVE-2023-44487: streams that are opened and taken back at once, without end.
  @Test func rapidResetsEndTheConnection() throws {
    let gate = try Gate(certificate: certificate)
    let client = try Command(
      "/usr/bin/openssl",
      ["s_client", "-quiet", "-alpn", "h2", "-CAfile", files.path("own.pem"), "-connect", "localhost:\(gate.listener.port)"])
    client.send(Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0])
    // :method GET, :scheme https, :path /, :authority a
    let fields: [UInt8] = [0x82, 0x87, 0x84, 0x41, 0x01, 0x61]
    for number in 0..<2_000 {
      let stream = [UInt8(0), 0, UInt8((2 * number + 1) >> 8), UInt8((2 * number + 1) & 255)]
      client.send([0, 0, UInt8(fields.count), 1, 5] + stream + fields)
      client.send([0, 0, 4, 3, 0] + stream + [0, 0, 0, 8])
    }
    // GOAWAY with ENHANCE_YOUR_CALM, then the end.
    let said = client.rest()
    #expect(said.indices.dropLast(16).contains { said[$0...].starts(with: [0, 0]) && said[$0 + 3] == 7 && said[$0 + 16] == 0x0B })
    #expect(try curl(gate, .echo(), ["--http2"]).text.contains(#""text":"hi""#))
  }

  @Test func oldVersionsAreRefused() throws {
    let gate = try Gate(certificate: certificate)
    let arguments = [
      "s_client", "-brief", "-cipher", "ALL:@SECLEVEL=0", "-CAfile", files.path("own.pem"), "-connect", "localhost:\(gate.listener.port)",
    ]
    #expect(try Command("/usr/bin/openssl", arguments + ["-tls1_1"]).finish().exitCode != 0)
    #expect(try Command("/usr/bin/openssl", arguments + ["-tls1_2"]).finish().exitCode == 0)
  }

  @Test func aNewCertificateIsForNewConnections() throws {
    let gate = try Gate(certificate: certificate)
    let client = try Command(
      "/usr/bin/openssl", ["s_client", "-quiet", "-CAfile", files.path("own.pem"), "-connect", "localhost:\(gate.listener.port)"])
    client.send(Ask.echo().bytes(port: gate.listener.port))
    #expect(client.read(until: "hi").contains("200 OK"))
    let now = Int64(Date.now.timeIntervalSince1970)
    #expect(try !certificate.refresh(now: now))
    try files.make("own")
    #expect(try certificate.refresh(now: now))
    client.send(Ask.echo("again").bytes(port: gate.listener.port))
    #expect(client.read(until: "again").contains("200 OK"))
    #expect(try curl(gate, .echo(), []).text.contains(#""text":"hi""#))
    // What is broken changes nothing.
    try Data("no certificate".utf8).write(to: URL(filePath: files.path("own.pem")))
    #expect(throws: CertificateFault.self) { try certificate.refresh(now: now) }
    client.send(Ask.echo("third").bytes(port: gate.listener.port))
    #expect(client.read(until: "third").contains("200 OK"))
  }

  @Test func faultsAreNamed() throws {
    try files.make("old", isExpired: true)
    try files.make("other")
    func message(_ certificate: String, _ key: String, now: Int64 = Int64(Date.now.timeIntervalSince1970)) -> String {
      do {
        _ = try ServerCertificate(certificateFile: files.path(certificate), keyFile: files.path(key), now: now)
        return "none"
      } catch {
        return error.message.replacingOccurrences(of: files.folder.path + "/", with: "")
      }
    }
    #expect(message("own.pem", "own.key") == "none")
    #expect(message("old.pem", "old.key") == "the certificate in `old.pem` has expired")
    #expect(message("own.pem", "own.key", now: 1_000) == "the certificate in `own.pem` is not valid yet")
    #expect(message("own.pem", "other.key") == "the key in `other.key` is not the one of the certificate in `own.pem`")
    #expect(message("own.key", "own.key") == "`own.key` holds no certificate in PEM")
    #expect(message("none.pem", "own.key") == "cannot read `none.pem`: No such file or directory")
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: files.path("own.key"))
    #expect(message("own.pem", "own.key") == "`own.key` is open to other users: `chmod 600 own.key`")
  }

  /// One gate behind another: the second is an upstream whose certificate is looked at.
  @Test func upstreamsAreHeldToTheirCertificate() throws {
    func answer(
      _ name: String, for names: String = "DNS:localhost", host: String = "localhost", in2020: Bool = false, knows: String?
    ) throws -> String {
      try files.make(name, for: names, isExpired: in2020)
      let behind = try Gate(certificate: try TLSTests.certificate(files, name, now: in2020 ? 1_600_000_000 : nil))
      let front = try Gate(
        at: "https://\(host):\(behind.listener.port)/stub", trust: try UpstreamTrust(authorities: knows.map { files.path($0) }))
      return try front.ask(.echo()).text
    }
    #expect(try answer("right", knows: "right.pem").contains(#""text":"hi""#))
    #expect(try answer("address", for: "IP:127.0.0.1", host: "127.0.0.1", knows: "address.pem").contains(#""text":"hi""#))
    #expect(try answer("unknown", knows: nil).contains("UPSTREAM_UNAVAILABLE"))
    #expect(try answer("stranger", knows: "own.pem").contains("UPSTREAM_UNAVAILABLE"))
    #expect(try answer("expired", in2020: true, knows: "expired.pem").contains("UPSTREAM_UNAVAILABLE"))
    #expect(try answer("elsewhere", for: "DNS:elsewhere.example", knows: "elsewhere.pem").contains("UPSTREAM_UNAVAILABLE"))
    #expect(try answer("name", for: "DNS:localhost", host: "127.0.0.1", knows: "name.pem").contains("UPSTREAM_UNAVAILABLE"))
  }

  @Test func anUpstreamThatSpeaksNoTLS() throws {
    let silent = try LoopbackServer { _ in .silence }
    var limits = HTTPLimits()
    limits.connectTime = 500
    let quick = try Gate(limits: limits, at: "https://127.0.0.1:\(silent.port)/mcp", trust: try UpstreamTrust())
    #expect(try quick.ask(.echo()).text.contains("UPSTREAM_UNAVAILABLE"))
  }

  @Test func handshakesThatDoNotComeAreEnded() throws {
    var limits = HTTPLimits()
    limits.headerTime = 1_000
    let gate = try Gate(limits: limits, certificate: certificate)
    let client = try gate.client()
    #expect(client.isClosed(within: 10))
    let plain = try gate.client()
    plain.send(Ask.echo().bytes(port: gate.listener.port))
    _ = plain.fill(seconds: 10)
    _ = plain.fill(seconds: 10)
    #expect(plain.isClosedByPeer)
  }
}
