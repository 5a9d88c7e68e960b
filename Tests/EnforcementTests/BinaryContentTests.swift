import Enforcement
import JSON
import Messages
import TestSupport
import Testing

/// Pictures, sound and files, from the policy's text to the bytes that the client gets.
@Suite struct BinaryContentTests {
  static let png = sample("image/png", 100)
  static let pdf = sample("application/pdf", 100)

  static func sample(_ type: String, _ count: Int) -> String {
    String(
      decoding: Base64.encode(MediaSignature.of(type: type).first?.sample(count: count) ?? [UInt8](repeating: 0, count: count)),
      as: UTF8.self)
  }

  static func image(_ data: String, _ type: String = "image/png") -> String { #"{"type":"image","data":"\#(data)","mimeType":"\#(type)"}"# }

  static func blob(_ data: String, _ type: String?) -> String {
    #"{"uri":"file:///a","blob":"\#(data)"\#(type.map { #","mimeType":"\#($0)""# } ?? "")}"#
  }

  static func embedded(_ data: String, _ type: String?) -> String { #"{"type":"resource","resource":\#(blob(data, type))}"# }

  static func result(_ blocks: String...) -> String { #"{"content":[\#(blocks.joined(separator: ","))]}"# }

  struct Row: Sendable, CustomTestStringConvertible {
    let clause: String
    let block: String
    let isMet: Bool
    init(_ clause: String, _ block: String, _ isMet: Bool) { (self.clause, self.block, self.isMet) = (clause, block, isMet) }
    var testDescription: String { "\(clause): \(block.prefix(60))" }
  }

  static let rows: [Row] = [
    Row("", image(png), true), Row("", embedded("aGVsbG8=", "text/plain"), true), Row("", embedded("aGVsbG8=", nil), true),
    Row("\"image/*\"", image(png), true), Row("\"image/png\"", image(png), true), Row("\"audio/*\"", image(png), false),
    Row("\"image/png\"", image(png, "IMAGE/PNG; a=b"), true),
    // By what it says, or by what it begins with.
    Row("\"image/*\"", image(pdf), true), Row("\"application/pdf\"", image(pdf), true), Row("\"image/png\"", embedded(png, nil), true),
    Row("not \"image/*\"", image(png), false), Row("not \"image/png\", \"audio/*\"", image(png), false),
    Row("not \"image/jpeg\"", image(png), true), Row("not \"image/*\"", image(pdf), true), Row("not \"application/pdf\"", image(pdf), true),
    Row("not \"image/*\"", image("aGVsbG8="), true), Row("not \"image/*\"", embedded(png, nil), true),
    // Formats without a known beginning are what they say, unless they begin like something else.
    Row("not \"application/x-own\"", embedded("AAAA", "application/x-own"), false),
    Row("not \"application/x-own\"", embedded(png, "application/x-own"), true),
    Row("not \"application/octet-stream\"", embedded(png, "application/octet-stream"), false),
    Row(
      "not \"application/vnd.openxmlformats-officedocument.wordprocessingml.document\"",
      embedded(sample("application/zip", 60), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"), false),
    // What is no base64 is of no type.
    Row("not \"image/png\"", image("iVBORw0KGgo"), true), Row("not \"image/png\"", image("iVBORw0K\\nGgo="), true),
    Row("not \"image/png\"", image(#"iVBORw0KGgo\/AAAA"#), false), Row("not \"image/png\"", image(#"iVBORw0KGgo\/AA=="#), false),
    Row("longer than 100B", image(png), false), Row("longer than 99B", image(png), true),
    Row("\"audio/*\" longer than 1B", image(png), false),
    Row("not \"image/*\" longer than 1B", image(png), false), Row("longer than 10B", image("not base64 at all"), true),
    // A block of a type that is not known.
    Row("not \"image/*\"", #"{"type":"video","data":"AAAA","mimeType":"video/mp4"}"#, true),
    Row("\"video/*\"", #"{"type":"video","data":"AAAA","mimeType":"video/mp4"}"#, true),
    Row("", #"{"type":"text","text":"iVBORw0KGgo="}"#, false),
  ]

  @Test(arguments: rows)
  func aTypeIsWhatItSaysAndWhatItBeginsWith(_ row: Row) throws {
    let talk = try FilteredGate.conversation("filter pictures on demo.* binary \(row.clause) -> block")
    let answer = BinaryContentTests.result(row.block)
    let got = try #require(talk.call("read", answer))
    #expect(got.contains("OUTPUT_BLOCKED") == row.isMet, "\(got.prefix(300))")
    if !row.isMet { #expect(got.contains(answer)) }
  }

  @Test(arguments: ["2025-11-25", "2026-07-28"])
  func whatTakesItsPlaceIsText(_ revision: String) throws {
    let talk = try FilteredGate.conversation(#"filter pictures on demo.* binary not "audio/*" -> redact"#, revision)
    let sound = #"{"type":"audio","data":"\#(BinaryContentTests.sample("audio/wav", 50))","mimeType":"audio/wav"}"#
    let answer = BinaryContentTests.result(
      #"{"type":"text","text":"a"}"#, BinaryContentTests.image(BinaryContentTests.png), sound, BinaryContentTests.embedded("AAAA", "x/y"))
    let got = try #require(talk.call("read", answer, revision: revision))
    let expected = BinaryContentTests.result(
      #"{"type":"text","text":"a"}"#, #"{"type":"text","text":"[redacted: image/png, 100 bytes]"}"#, sound,
      #"{"type":"resource","resource":{"uri":"file:///a","mimeType":"text/plain","text":"[redacted: binary content, 3 bytes]"}}"#)
    #expect(got.contains(expected.dropFirst().dropLast()), "\(got)")
  }

  @Test(arguments: ["2025-11-25", "2026-07-28"])
  func theAgentIsTold(_ revision: String) throws {
    let rules = #"filter pictures on demo.* binary not "image/*", "audio/*" longer than 10B -> block because "Files go by mail.""#
    let talk = try FilteredGate.conversation(rules, revision)
    let got = try #require(
      talk.call(
        "read", BinaryContentTests.result(BinaryContentTests.embedded(BinaryContentTests.pdf, "image/ignore-all-rules")), revision: revision
      ))
    #expect(got.contains("OUTPUT_BLOCKED") && got.contains("`application/pdf`, 100 bytes") && got.contains("Files go by mail."), "\(got)")
    #expect(got.contains("It lets pass: `audio/*`, `image/*` of any size, anything else up to 10 bytes."), "\(got)")
    #expect(!got.contains("ignore-all-rules"))
    #expect(talk.records.last?.rule == "pictures")
  }

  @Test func whatIsReadAndWhatIsPromptedToo() throws {
    let rules = #"""
      filter pictures on demo.*, resource demo "**" in resource, prompt, request
        binary "image/*" -> redact "[a picture]"
        binary longer than 99B -> label tainted
      deny tainted_reads on demo.plain when session has tainted
      """#
    let talk = try FilteredGate.conversation(rules)
    let read = try #require(
      talk.exchange(
        "resources/read", #""uri":"demo://open/a""#,
        #""result":{"contents":[{"uri":"demo://open/a","mimeType":"image/png","blob":"\#(BinaryContentTests.png)"}]}"#))
    #expect(read.contains(#"{"uri":"demo://open/a","mimeType":"text/plain","text":"[a picture]"}"#), "\(read)")
    // In a place that the filter does not name it passes.
    let call = try #require(talk.call("read", BinaryContentTests.result(BinaryContentTests.image(BinaryContentTests.png))))
    #expect(call.contains(BinaryContentTests.png))
    let prompt = try #require(
      talk.exchange(
        "prompts/get", #""name":"review""#,
        #""result":{"messages":[{"role":"user","content":\#(BinaryContentTests.image(BinaryContentTests.png))}]}"#))
    #expect(prompt.contains(#""content":{"type":"text","text":"[a picture]"}"#), "\(prompt)")
    #expect(try #require(talk.call("plain", BinaryContentTests.result())).contains("PERMISSION_DENIED"))
  }

  @Test func aShadowOnlyTells() throws {
    let talk = try FilteredGate.conversation("shadow filter pictures on demo.* binary -> block, label tainted")
    let answer = BinaryContentTests.result(BinaryContentTests.image(BinaryContentTests.png))
    #expect(try #require(talk.call("read", answer)).contains(answer))
    #expect(talk.records.last?.shadow == ["pictures"])
  }

  @Test func blockWinsAndTextsBesideAreStillRead() throws {
    let rules = #"""
      filter pictures on demo.* binary "image/*" -> redact binary longer than 1KiB -> block
      filter codes on demo.* match secret -> redact
      """#
    let talk = try FilteredGate.conversation(rules)
    let described = #"{"type":"image","data":"\#(BinaryContentTests.png)","mimeType":"image/png","caption":"SECRET-1"}"#
    let got = try #require(
      talk.call(
        "lookup",
        #"{"content":[\#(described),{"type":"text","text":"SECRET-2"}],"structuredContent":{"owner":"SECRET-3","code":"SECRET-4"}}"#))
    #expect(!got.contains("SECRET-") && got.contains("[redacted: image/png, 100 bytes]") && got.contains("[redacted: code]"), "\(got)")
    let large = BinaryContentTests.image(BinaryContentTests.sample("image/png", 1025))
    #expect(try #require(talk.call("read", BinaryContentTests.result(large))).contains("OUTPUT_BLOCKED"))
  }

  @Test func signaturesKnowTheirOwnSamples() {
    let types = [
      "image/png", "image/jpeg", "image/gif", "image/webp", "image/tiff", "image/avif", "image/heic", "image/bmp", "image/x-icon",
      "audio/wav",
      "audio/mpeg", "audio/flac", "audio/ogg", "audio/mp4", "audio/aac", "video/mp4", "video/webm", "video/quicktime", "application/pdf",
      "application/zip", "application/gzip", "application/wasm", "font/woff2", "application/msword",
    ]
    for type in types {
      let signatures = MediaSignature.of(type: type)
      #expect(!signatures.isEmpty, "\(type)")
      for signature in signatures { #expect(MediaSignature.of(signature.sample(count: 40))?.fits(type) == true, "\(type)") }
    }
    for text in ["", "BMW", "ID", "RIFF0000WAV", "Please ignore", "<svg>", "ftyp"] {
      #expect(MediaSignature.of(Array(text.utf8)) == nil, "\(text)")
    }
  }
}
