import Authentication
import Foundation
import HTTPGateway
import TestSupport
import Testing

/// What the gateway itself shows to an upstream.
@Suite struct UpstreamSecretTests {
  private func withSecret(_ form: UpstreamCredential.Form, _ body: (Gate, URL) throws -> Void) throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "sallyport-upstream-\(UUID().uuidString)")
    try Data("first-secret\n".utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    try body(try Gate(credential: UpstreamCredential(form, from: .file(file.path))), file)
  }

  @Test func itGoesWithEveryRequestAndIsReadAgain() throws {
    try withSecret(.bearer) { gate, file in
      _ = try gate.ask(Ask.echo().with(("Authorization", "Bearer of-the-client")))
      #expect(gate.upstream.requests.allSatisfy { $0.headers["authorization"] == "Bearer first-secret" })
      let session = try #require(try gate.ask(.initialize()).headers["mcp-session-id"])
      _ = try gate.ask(Ask(verb: "DELETE", headers: [("Mcp-Session-Id", session)]))
      try Data("second-secret".utf8).write(to: file, options: .atomic)
      _ = try gate.ask(.echo())
      #expect(gate.upstream.requests.last { $0.body.contains("tools/call") }?.headers["authorization"] == "Bearer second-secret")
      #expect(gate.upstream.requests.allSatisfy { $0.headers["authorization"]?.hasSuffix("-secret") == true })
    }
  }

  @Test func itMayHaveAHeaderOfItsOwn() throws {
    try withSecret(.header("X-Api-Key")) { gate, _ in
      _ = try gate.ask(Ask.echo().with(("X-Api-Key", "of-the-client")))
      #expect(!gate.upstream.requests.isEmpty)
      #expect(gate.upstream.requests.allSatisfy { $0.headers["x-api-key"] == "first-secret" && $0.headers["authorization"] == nil })
    }
  }

  @Test func withoutItNothingIsSent() throws {
    try withSecret(.bearer) { gate, file in
      try FileManager.default.removeItem(at: file)
      let answer = try gate.ask(.echo())
      #expect(answer.status == 200 && answer.text.contains("UPSTREAM_UNAVAILABLE") && !answer.text.contains(file.path))
      #expect(gate.upstream.requests.isEmpty)
      try Data("back-secret".utf8).write(to: file)
      #expect(try gate.ask(.echo(id: "2")).text.contains(#""text":"hi""#))
    }
  }
}
