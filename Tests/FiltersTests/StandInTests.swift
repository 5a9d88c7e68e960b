import Bytecode
import Filters
import JSON
import Schemas
import Testing

/// What a redacted value becomes under its schema: the first proposal with which the whole is valid.
@Suite struct StandInTests {
  /// Nil: none fits.
  private func standIn(
    _ content: String, at pointer: String, under schema: String, redacted: String = "[redacted: email]"
  ) throws -> String? {
    let value = try Value(parsing: Array(schema.utf8))
    let compiled = try CompiledSchema(compiling: value, options: .init(assertsFormats: true))
    let document = try Document(parsing: Array(content.utf8))
    let node = try #require(Pointer(parsing: pointer).flatMap { document.find($0, from: document.root) })
    var scratch = ValidationScratch()
    for proposal in StandIns(value).proposals(for: node, in: document, below: document.root, redacted: Array(redacted.utf8)) {
      var splices = Splices(of: document)
      splices.replace(node, with: proposal)
      let changed = try Document(parsing: splices.apply())
      if compiled.isValid(changed, at: changed.root, scratch: &scratch) == .valid { return String(decoding: proposal, as: UTF8.self) }
    }
    return nil
  }

  @Test(arguments: [
    (#"{"type":"string"}"#, #""bob@corp.com""#, #""[redacted: email]""#),
    (#"{"type":"string","format":"email"}"#, #""bob@corp.com""#, #""redacted@redacted.invalid""#),
    (#"{"type":"string","format":"uri"}"#, #""https://corp.com/?token=x""#, #""https://redacted.invalid/""#),
    (#"{"type":"string","format":"hostname"}"#, #""db.corp.com""#, #""redacted.invalid""#),
    (#"{"type":"string","format":"ipv4"}"#, #""10.1.2.3""#, #""192.0.2.0""#),
    (#"{"type":"string","format":"ipv6"}"#, #""fe80::1""#, #""2001:db8::""#),
    (#"{"type":"string","format":"date"}"#, #""1999-12-31""#, #""1970-01-01""#),
    (#"{"type":"string","format":"date-time"}"#, #""1999-12-31T00:00:00Z""#, #""1970-01-01T00:00:00Z""#),
    (#"{"type":"string","format":"uuid"}"#, #""123e4567-e89b-12d3-a456-426614174000""#, #""00000000-0000-0000-0000-000000000000""#),
    (#"{"type":"string","pattern":"^\\d{3}-\\d{2}-\\d{4}$"}"#, #""123-45-6789""#, #""000-00-0000""#),
    (#"{"type":"string","pattern":"^[A-Z]{2}[1-9]\\d+$"}"#, #""DE44500""#, #""AA11111""#),
    (#"{"type":"string","maxLength":5}"#, #""b@c.d""#, #""x@x.x""#),
    (#"{"type":"string","minLength":30}"#, #""\#(String(repeating: "é", count: 30))""#, #""xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx""#),
    (#"{"type":"string","maxLength":4,"pattern":"^[*]+$"}"#, #""****""#, nil as String?),
    (#"{"type":["string","null"],"pattern":"^z+$"}"#, #""zz""#, "null"),
    (#"{"enum":["bob@corp.com","eve@corp.com"]}"#, #""bob@corp.com""#, nil), (#"{"const":"bob@corp.com"}"#, #""bob@corp.com""#, nil),
    (#"{"type":"integer"}"#, "4111111111111111", "0"), (#"{"type":"integer","minimum":100}"#, "4111111111111111", "100"),
    (#"{"type":"number","exclusiveMinimum":0}"#, "4111111111111111", "1"), (#"{"type":"integer","maximum":-5}"#, "-7", "-5"),
    (#"{"type":["integer","string"]}"#, "4111111111111111", #""[redacted: email]""#),
    (#"{"type":["integer","null"],"minimum":5,"multipleOf":7,"maximum":6000000000000000}"#, "4111111111111111", "7"),
    (#"{"type":["integer","null"],"minimum":4111111111111111,"maximum":4111111111111111}"#, "4111111111111111", "null"),
  ]) func atTheRoot(_ schema: String, _ value: String, _ expected: String?) throws {
    let holder = #"{"type":"object","properties":{"v":\#(schema)}}"#
    #expect(try standIn(#"{"v":\#(value)}"#, at: "/v", under: holder) == expected)
  }

  @Test(arguments: [
    (
      ##"{"properties":{"a":{"items":{"$ref":"#/$defs/m"}}},"$defs":{"m":{"properties":{"to":{"format":"email"}}}}}"##,
      #"{"a":[{"to":"b@c.de"}]}"#, "/a/0/to"
    ),
    (#"{"prefixItems":[{},{"format":"email"}]}"#, #"[1,"b@c.de"]"#, "/1"),
    (#"{"additionalProperties":{"format":"email"}}"#, #"{"x":"b@c.de"}"#, "/x"),
    (#"{"patternProperties":{"^x":{"format":"email"}}}"#, #"{"x":"b@c.de"}"#, "/x"),
    (#"{"allOf":[{"anyOf":[{"properties":{"x":{"format":"email"}}}]}]}"#, #"{"x":"b@c.de"}"#, "/x"),
    (
      ##"{"$ref":"#/$defs/n","$defs":{"n":{"properties":{"x":{"format":"email"},"n":{"$ref":"#/$defs/n"}}}}}"##,
      #"{"n":{"n":{"x":"b@c.de"}}}"#, "/n/n/x"
    ),
    (##"{"$ref":"#","items":{"format":"email"}}"##, #"["b@c.de"]"#, "/0"),
  ]) func below(_ schema: String, _ content: String, _ pointer: String) throws {
    let value = try Value(parsing: Array(schema.utf8))
    let document = try Document(parsing: Array(content.utf8))
    let node = try #require(Pointer(parsing: pointer).flatMap { document.find($0, from: document.root) })
    let proposals = StandIns(value).proposals(for: node, in: document, below: document.root, redacted: Array("-".utf8))
    let reserved = Array(#""redacted@redacted.invalid""#.utf8)
    #expect(proposals.contains(reserved))
  }

  /// A pattern for the form finds the reserved text too, and must leave it alone.
  @Test func reservedTextsAreNotFound() throws {
    var policy = Policy()
    policy.set(
      "pii",
      [
        .init(name: "email", source: #"[a-z]+@[a-z]+\.[a-z]+"#), .init(name: "host", source: #"\b[a-z]+\.[a-z]+\b"#),
        .init(name: "ip", source: #"\b\d+\.\d+\.\d+\.\d+\b"#),
      ])
    policy.filter("all", [policy.clause("pii", .redaction)])
    let bench = try Bench(policy)
    #expect(bench.inspect("redacted@redacted.invalid, 192.0.2.0, https://redacted.invalid/").outcome == .clean)
    #expect(bench.inspect("1192.0.2.0").string == "[redacted: ip]")
    #expect(bench.inspect("bob@redacted.invalid").string == "[redacted: email]")
    #expect(bench.inspect("redacted@redacted.invalidx").string == "[redacted: email]")
  }
}
