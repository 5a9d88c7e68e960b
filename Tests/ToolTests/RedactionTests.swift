import Foundation
import JSON
import TestSupport
import Testing

/// Nothing that the packs know for a secret or for personal data is in anything that a gate writes, with everything switched on.
@Suite(.serialized) struct RedactionTests {
  /// Each is valid of its kind, and nobody's.
  static let planted = [
    "ghp_" + "1234567890abcdefghijABCDEFGHIJ123456", "AKIA" + "Z7VRSQ5TJN2XMPLQ", "jane.doe@example.com", "4111 1111 1111 1111",
    "DE89370400440532013000", "xoxb-" + "123456789012-123456789012-abcdefABCDEF123456abcdef",
  ]

  @Test func nothingPlantedSurvives() throws {
    let stub = try StubUpstream()
    let sink = try LoopbackServer { _ in .document("") }
    defer { sink.stop() }
    let gate = try ServeProcess.gate(
      policy: stub.file("stub.sally"), upstream: stub.address,
      [
        "--audit", stub.file("audit.jsonl"), "--log-arguments", "redacted", "--otlp", "http://127.0.0.1:\(sink.port)", "--admin",
        "127.0.0.1:0",
      ])
    defer { gate.end() }
    for (number, secret) in Self.planted.enumerated() {
      let text = String(decoding: write(.string("please use \(secret) now")), as: UTF8.self)
      let calls = [
        PlainRequest.call(number * 10, arguments: "{\"text\":\(text)}"),
        // Under a name that says what it is, in a member's name, encoded, in the tool's own name.
        PlainRequest.call(number * 10 + 1, arguments: "{\"text\":\"a\",\"password\":\(text)}"),
        PlainRequest.call(number * 10 + 2, arguments: "{\"text\":\"a\",\"more\":{\"\(secret)\":1,\"list\":[\(text)]}}"),
        PlainRequest.call(number * 10 + 3, arguments: "{\"text\":\"\(Data("key \(secret) end".utf8).base64EncodedString())\"}"),
        PlainRequest.call(number * 10 + 4, tool: secret),
      ]
      for call in calls { #expect(try call.send(port: gate.port).status == 200) }
    }
    let words = PlainRequest.call(900, arguments: #"{"text":"nothing to hide"}"#)
    #expect(try words.send(port: gate.port).status == 200)
    let page = try PlainRequest(target: "/").send(port: try gate.adminPort()).body
    let metrics = try PlainRequest(target: "/metrics").send(port: try gate.adminPort()).body
    try gate.wait(saying: "nothing to hide")
    #expect(gate.terminate() == 0)
    let written = [
      "log": gate.errors, "audit": try String(contentsOfFile: stub.file("audit.jsonl"), encoding: .utf8), "page": page, "metrics": metrics,
      "spans": sink.requests.map(\.body).joined(),
    ]
    #expect(sink.requests.contains { $0.target == "/v1/traces" })
    for (place, text) in written {
      for secret in Self.planted {
        #expect(!text.contains(secret), "\(secret) is in the \(place)")
        #expect(!text.contains(Data("key \(secret) end".utf8).base64EncodedString()), "\(secret) is in the \(place), encoded")
      }
    }
    #expect(written["log"]!.contains("[redacted: ") && written["log"]!.contains(#""password":"[hidden]""#))
  }
}
