import JSON
import TestSupport
import Testing

@Suite struct DuplicateNameTests {
  static func refuses(_ text: String) -> Bool {
    do {
      _ = try Document(parsing: Array(text.utf8))
      return false
    } catch {
      if case .duplicateName = error.reason { return true }
      return false
    }
  }

  /// Two ways of writing one name.
  @Test(arguments: [
    ("a", "a"), ("", ""), ("a", #"\u0061"#), (#"\u0061"#, #"\u0061"#), ("/", #"\/"#), (#"\u002f"#, #"\/"#), (#"\n"#, #"\u000a"#),
    (#"\n"#, #"\u000A"#),
    (#"\b\f\r\t"#, #"\u0008\u000c\u000d\u0009"#), (#"\""#, #"\u0022"#), (#"\\"#, #"\u005c"#), ("é", #"\u00e9"#), ("€", #"\u20AC"#),
    ("😀", #"\ud83d\uDE00"#),
    ("\u{10FFFF}", #"\udbff\udfff"#), (#"\u0000"#, #"\u0000"#), ("\u{7F}", #"\u007f"#), ("authorization", #"authorizatio\u006e"#),
    ("authorization", #"\u0061uthorization"#), ("12345678", #"1234\u0035678"#), ("1234567", #"\u0031234567"#),
    ("tool_name_with_é_in_it", #"tool_name_with_\u00e9_in_it"#),
  ])
  func findsEveryDisguise(_ one: String, _ other: String) {
    for (first, second) in [(one, other), (other, one)] {
      #expect(Self.refuses(#"{"\#(first)":1,"\#(second)":2}"#))
      #expect(Self.refuses(#"{"\#(first)":{"x":[1,{}]},"y":[[],"z"],"\#(second)":2}"#))
      #expect(Self.refuses(#"[{"p":{"\#(first)":1 , "\#(second)" : 2}}]"#))
      // Through the table for large objects, at both ends of it.
      let many = (0..<40).map { "\"key\($0)\":\($0)" }.joined(separator: ",")
      #expect(Self.refuses(#"{"\#(first)":1,\#(many),"\#(second)":2}"#))
      #expect(Self.refuses(#"{\#(many),"\#(first)":1,"\#(second)":2}"#))
    }
  }

  /// Names that some would hold equal, but that are different texts.
  @Test(arguments: [
    ("a", "A"), ("a", "a "), ("a", ""), ("é", "e\u{301}"), ("Å", "\u{212B}"), ("a", "\u{430}"), (#"\\u0061"#, "a"), ("1", "1.0"),
    ("ab", #"a\u0000b"#), ("a", #"a\u0000"#),
    ("12345678x12345678", "12345678y12345678"),
  ])
  func takesDifferentNamesForDifferent(_ one: String, _ other: String) throws {
    _ = try Document(parsing: Array(#"{"\#(one)":1,"\#(other)":2}"#.utf8))
    let many = (0..<40).map { "\"key\($0)\":\($0)" }.joined(separator: ",")
    _ = try Document(parsing: Array(#"{"\#(one)":1,\#(many),"\#(other)":2}"#.utf8))
  }

  @Test func sameNamesInDifferentObjectsAreGood() throws {
    _ = try Document(parsing: Array(#"{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]}"#.utf8))
  }

  /// With 100,000 names, quadratic work would be five thousand million comparisons.
  @Test(.timeLimit(.minutes(1)), arguments: [0, 1, 2])
  func manyNamesTakeNoQuadraticTime(_ kind: Int) throws {
    let names = (0..<100_000).map { index in
      switch kind {
      case 0: "k\(index)"
      // All alike to a first look: length, first and last eight bytes.
      case 1: "12345678\(1_000_000 + index)12345678"
      default: "12345678\(1_000_000 + index)1234567\\u0038"
      }
    }
    let text = "{" + names.map { "\"\($0)\":0" }.joined(separator: ",")
    _ = try Document(parsing: Array((text + "}").utf8))
    #expect(Self.refuses(text + ",\"\(names[77_777])\":0}"))
    #expect(Self.refuses(text + ",\"\(names[0])\":0}"))
  }

  /// Objects of every size around the change from pairs to the table, with one name twice or none.
  @Test func agreesWithASetOfNames() throws {
    let seed = propertySeed()
    var random = SeededGenerator(seed: seed)
    for run in 0..<propertyRuns(2_000) {
      let names = (0..<Int.random(in: 0...60, using: &random)).map { _ in
        String((0..<Int.random(in: 0...10, using: &random)).map { _ in Bool.random(using: &random) ? "a" : "b" })
      }
      let spelled = names.map { name in
        name.map { random.chance(20) ? ($0 == "a" ? "\\u0061" : "\\u0062") : String($0) }.joined()
      }
      let text = "{" + spelled.map { "\"\($0)\":[{}]" }.joined(separator: ",") + "}"
      #expect(Self.refuses(text) == (Set(names).count < names.count), "SEED=\(seed), run \(run): \(text)")
    }
  }
}
