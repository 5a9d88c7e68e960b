import HTTPGateway
import TestSupport
import Testing

@Suite struct MirroredValueTests {
  @Test(arguments: ["echo", "a b", "", " a", "a ", "é", "=?base64?ZQ==?=", "a\nb", "a\tb", "=?base64?", "=?base64??=", "🐳"])
  func whatIsWrittenIsRead(text: String) {
    let value = MirroredValue.encode(Array(text.utf8))
    #expect(MirroredValue.decode(value) == Array(text.utf8))
    #expect(value.utf8.allSatisfy { (0x20...0x7E).contains($0) } && !value.isEmpty)
  }

  @Test(arguments: [
    "=?base64?ZQ?=", "=?base64?ZR==?=", "=?base64?Z Q==?=", "=?base64?_w==?=", "=?base64?/w==?=", "=?base64?ZQ===?=", "=?base64?ZQ==ZQ==?=",
    "é",
    "a\u{7F}",
  ])
  func refusesOtherSpellings(value: String) { #expect(MirroredValue.decode(value) == nil) }

  @Test func addressesOfUpstreams() {
    #expect(UpstreamAddress("http://127.0.0.1:9000/mcp")?.authority == "127.0.0.1:9000")
    #expect(UpstreamAddress("http://[::1]:9000/mcp?x=1")?.target == "/mcp?x=1")
    #expect(UpstreamAddress("http://host")?.target == "/")
    #expect(UpstreamAddress("https://host/")?.isSecure == true && UpstreamAddress("https://host/")?.port == 443)
    for text in [
      "http://user@host/", "http://host/#x", "http://host:x/", "http://host:99999/", "http:///x", "http://a b/", "ftp://x",
    ] { #expect(UpstreamAddress(text) == nil, "\(text)") }
  }

  @Test func typesAndRanges() {
    #expect(MediaTypes.isType(["application/json;charset=utf-8"], "application/json"))
    #expect(!MediaTypes.isType(["application/json-patch"], "application/json"))
    #expect(!MediaTypes.isType([], "application/json"))
    #expect(MediaTypes.accepts(["text/*, application/json"], "text/event-stream"))
    #expect(!MediaTypes.accepts(["text/plain"], "text/event-stream"))
    #expect(!MediaTypes.accepts(["text/event-stream; q=0.000"], "text/event-stream"))
    #expect(MediaTypes.accepts(["text/event-stream;q=0.1"], "text/event-stream"))
  }
}
