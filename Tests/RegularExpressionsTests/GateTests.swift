import Patterns
import RegularExpressions
import TestSupport
import Testing

/// What a gate turns away never begins a match.
@Suite struct GateTests {
  /// Whether the gate opens, read byte by byte as it is defined.
  private func opens(_ gate: Gate, _ text: [UInt8], at start: Int) -> Bool {
    var state = Gate.start
    for byte in text[start...] {
      state = gate.next[Int(state) * gate.classCount + Int(gate.classes[Int(byte)])]
      if state <= Gate.accepting { break }
    }
    return state == Gate.accepting
  }

  @Test(arguments: [
    ("foo", "foo", true), ("foo", "fox", false), ("\\bfoo\\s+bar", "foo \t bar", true), ("\\bfoo\\s+bar", "foo,bar", false),
    ("\\d{3}-\\d{2}", "123-4x", false), ("\\d{3}-\\d{2}", "123-45", true), ("\\{\\{[^}]{0,60}\\}\\}", "{{ open", false),
    ("é+x", "ééx", true),
    ("(?i)k", "\u{212A}", true), ("[^a]b", "日b", true), ("a{30}b", "aaaab", false), ("(?>a|ab)c", "abc", true),
  ]) func table(_ source: String, _ text: String, _ expected: Bool) throws {
    let gate = try #require(Gate(RegularExpression(parsing: source)))
    #expect(opens(gate, Array(text.utf8), at: 0) == expected)
  }

  @Test(arguments: ["", "a*", "a?b?", "\\b"]) func noGate(_ source: String) throws {
    #expect(Gate(try RegularExpression(parsing: source)) == nil)
  }

  @Test func everyMatchPasses() throws {
    let seed = propertySeed()
    var generator = ExpressionGenerator(random: SeededGenerator(seed: seed), givesBack: false)
    var scratch = MatchScratch()
    var checked = 0
    for _ in 0..<propertyRuns(2_000) {
      let source = generator.source()
      let caseless = generator.random.chance(50)
      let expression = try RegularExpression(parsing: source, caseInsensitive: caseless)
      guard let gate = Gate(expression) else { continue }
      let pattern = try Pattern(source, caseless: caseless, mode: .search)
      for _ in 0..<8 {
        let bytes = Array(generator.text().utf8)
        guard case .found(let range) = pattern.match(bytes.span, scratch: &scratch) else { continue }
        checked += 1
        #expect(
          opens(gate, bytes, at: range.lowerBound),
          "seed \(seed): /\(source)/ on \(String(decoding: bytes, as: UTF8.self).debugDescription)")
      }
    }
    #expect(checked > 300)
  }

  /// Counted repetitions that can divide one text among them cost the product of their counts.
  @Test(arguments: [
    ("a[^)]{1,200}[?&][^)]{0,200}\\)", true), ("a[^)?&]{1,200}[?&][^)]{0,200}\\)", false), ("foo\\s{0,4}bar.{0,60}baz", false),
    ("(?:\\w{1,20}\\s{0,20}){1,20}!", true), ("\\d{3}-\\d{2}", false),
  ]) func countedCost(_ source: String, _ isCostly: Bool) throws {
    let cost = try RegularExpression(parsing: source).countedCost
    #expect((cost != .linear) == isCostly, "\(cost)")
  }
}
