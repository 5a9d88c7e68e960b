import JSON
import TestSupport
import Testing

@Suite struct WriterTests {
  static func text(_ value: Value, _ layout: Layout) -> String { String(decoding: write(value, layout), as: UTF8.self) }

  static let sample: Value = ["b": [1, "x\n", [], [:]], "a": ["c": nil, "é": true]]

  @Test func layouts() {
    #expect(Self.text(Self.sample, .compact) == #"{"b":[1,"x\n",[],{}],"a":{"c":null,"é":true}}"#)
    #expect(Self.text(Self.sample, .canonical) == #"{"a":{"c":null,"é":true},"b":[1,"x\n",[],{}]}"#)
    #expect(
      Self.text(Self.sample, .pretty) == """
        {
          "b": [
            1,
            "x\\n",
            [],
            {}
          ],
          "a": {
            "c": null,
            "é": true
          }
        }
        """)
  }

  /// RFC 8785, section 3.2.3: the order is that of UTF-16 code units, not of scalars.
  @Test func canonicalOrderIsThatOfUTF16() throws {
    let text =
      #"{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\ud83d\ude00":"Emoji","\u0080":"Control","\u00f6":"Latin"}"#
    let document = try Document(parsing: Array(text.utf8))
    let canonical = try Value(parsing: canonicalBytes(of: document, document.root))
    #expect(canonical.members?.map(\.name) == ["\r", "1", "\u{80}", "ö", "€", "😀", "\u{FB33}"])
  }

  /// RFC 8785, section 3.2.2.2, and every control character.
  @Test func escapes() {
    #expect(Self.text("€$\u{F}\nA'B\"\\\\\"/", .canonical) == "\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"")
    let controls = String(String.UnicodeScalarView((0..<32).compactMap { Unicode.Scalar($0 as UInt32) }))
    let escaped = (0..<32).map { code in
      [8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r"][code] ?? "\\u00" + (code < 16 ? "0" : "") + String(code, radix: 16)
    }
    #expect(Self.text(.string(controls + "\u{7F}\u{2028}"), .compact) == "\"" + escaped.joined() + "\u{7F}\u{2028}\"")
  }

  @Test func writingAndReadingGiveTheSameValue() throws {
    let seed = propertySeed()
    var generator = Generator(seed: seed)
    for run in 0..<propertyRuns(3_000) {
      let value = generator.value()
      let spelled = generator.spell(value)
      #expect(try Value(parsing: Array(spelled.utf8)) == value, "SEED=\(seed), run \(run): \(spelled)")
      for layout in [Layout.compact, .pretty] {
        #expect(try Value(parsing: write(value, layout)) == value, "SEED=\(seed), run \(run): \(spelled)")
      }
    }
  }

  @Test func canonicalTextIsOneForAllSpellings() throws {
    let seed = propertySeed()
    var generator = Generator(seed: seed)
    for run in 0..<propertyRuns(2_000) {
      let value = generator.value()
      let canonical = write(value, .canonical)
      let shuffled = generator.spell(generator.shuffle(value))
      let document = try Document(parsing: Array(shuffled.utf8))
      #expect(canonicalBytes(of: document, document.root) == canonical, "SEED=\(seed), run \(run): \(shuffled)")
      #expect(try write(Value(parsing: canonical), .canonical) == canonical, "SEED=\(seed), run \(run): not idempotent")
    }
  }

  /// Swift holds these equal; a peer does not.
  @Test func equalityIsThatOfScalars() {
    #expect(Value.string("é") != .string("e\u{301}"))
    #expect(Value.object([.init("é", 1)]) != .object([.init("e\u{301}", 1)]))
    #expect(Value.object([.init("e\u{301}", 1)])["é"] == nil)
    #expect(Set([Value.string("é"), .string("e\u{301}")]).count == 2)
    #expect(Value.object([.init("a", 1), .init("b", 2)]) != .object([.init("b", 2), .init("a", 1)]))
  }

  @Test func accessors() {
    #expect(Self.sample["b"]?[1]?.string == "x\n" && Self.sample["b"]?[0]?.number == 1 && Self.sample["a"]?["é"]?.boolean == true)
    #expect(Self.sample["a"]?["c"]?.isNull == true && Self.sample["b"]?.elements?.count == 4 && Self.sample.members?.count == 2)
    #expect(Self.sample["x"] == nil && Self.sample[0] == nil && Self.sample["b"]?[9] == nil && Self.sample["b"]?[-1] == nil)
    #expect(Self.sample.string == nil && Self.sample.number == nil && Self.sample.boolean == nil && Self.sample.elements == nil)
  }
}

extension Generator {
  /// The same value with the members of each object in another order.
  mutating func shuffle(_ value: Value) -> Value {
    switch value {
    case .array(let elements): return .array(elements.map { shuffle($0) })
    case .object(let members):
      return .object(members.map { Value.Member($0.name, shuffle($0.value)) }.shuffled(using: &random))
    default: return value
    }
  }
}
