import Patterns
import RegularExpressions
import TestSupport
import Testing

@Suite struct LiteralTests {
  private func shown(_ source: String, caseInsensitive: Bool = true) throws -> [String]? {
    try RegularExpression(parsing: source, caseInsensitive: caseInsensitive).triggers()?.map { trigger in
      let literals = trigger.literals.map { String(decoding: $0, as: UTF8.self) }.sorted().joined(separator: "|")
      return "\(trigger.offset.lowerBound)..\(trigger.offset.upperBound) \(literals)"
    }
  }

  @Test(
    arguments: [
      ("ignore", ["0..0 ignore"]), ("\\bignore\\s+(?:all|any)", ["0..0 ignore all|ignore any"]),
      ("(?:please )?ignore", ["0..0 ignore|please ignore"]),
      ("\\d{3}-\\d{2}-\\d{4}", ["0..0 000-00-0000"]), ("[a-z0-9]{1,64}@", ["1..64 @"]), ("AKIA[A-Z0-9]{16}", ["0..0 akia"]),
      ("\\w+@", nil),
      (".*", nil),
      ("", nil), ("a?", nil), ("\\w", nil), (".?xyzzy", ["0..4 xyzzy"]), ("k\\x{e9}", ["0..0 k\u{c9}|k\u{e9}"]),
      ("(?:foo|\\w{1,9}@bar)x", ["3..13 x"]),
      ("xyzzy|\\w{1,9}@bar", ["0..0 xyzzy", "1..9 @bar"]), ("[^a]xyzzy", ["1..4 xyzzy"]), ("\\bsk-[a-z]{20}", ["0..0 sk-"]),
      ("x{0}yz", ["0..0 yz"]),
      ("(?>ab)++qq", ["0..0 ab"]), ("(?:ab){2}qq", ["0..0 ababqq"]), ("(?:ab){0,2}qq", ["0..0 ababqq|abqq|qq"]),
      ("[\\x{0}-\\x{10FFFF}]zzz", ["1..4 zzz"]),
    ] as [(String, [String]?)]) func table(_ source: String, _ expected: [String]?) throws
  {
    let found = try shown(source)
    let sorted = expected?.map { line in
      let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
      return parts[0] + " " + parts[1].split(separator: "|").map(String.init).sorted().joined(separator: "|")
    }
    #expect(found == sorted)
  }

  @Test(
    arguments: [
      ("foo", [0x66], [0x67, 0x46]), ("(?i)k", [0x6B, 0x4B, 0xE2], [0x6C]),
      ("\\W", [0x20, 0x7F, 0xC2, 0xF4], [0x61, 0x80, 0x9F, 0xBF, 0xC1]), ("a?b", [0x61, 0x62], [0x63]),
      ("(?s).", [0, 0x7F, 0xC2, 0xF4], [0x80, 0xBF, 0xC0, 0xC1, 0xF5]), ("\\b(?:é|x{0}y)", [0xC3, 0x79], [0x78, 0xA9]),
    ] as [(String, [UInt8], [UInt8])]) func firstBytes(_ source: String, _ inside: [UInt8], _ outside: [UInt8]) throws
  {
    let bytes = try #require(try RegularExpression(parsing: source).firstBytes)
    #expect(inside.allSatisfy { bytes.contains($0) } && !outside.contains { bytes.contains($0) })
  }

  @Test(arguments: ["", "a*", "\\b", "a|", "(?:a?b?){2}"]) func nothingFirst(_ source: String) throws {
    #expect(try RegularExpression(parsing: source).firstBytes == nil)
  }

  /// Every match found by PCRE2 holds one of the literals at one of the offsets: a prefilter that looks for them loses nothing.
  @Test func everyMatchHoldsATrigger() throws {
    let seed = propertySeed()
    var generator = ExpressionGenerator(random: SeededGenerator(seed: seed), givesBack: false)
    var scratch = MatchScratch()
    var checked = 0
    for _ in 0..<propertyRuns(3_000) {
      let source = generator.source()
      let caseless = generator.random.chance(50)
      let expression = try RegularExpression(parsing: source, caseInsensitive: caseless)
      guard let triggers = expression.triggers() else { continue }
      let pattern = try Pattern(source, caseless: caseless, mode: .search)
      for _ in 0..<8 {
        let bytes = Array(generator.text().utf8)
        guard case .found(let range) = pattern.match(bytes.span, scratch: &scratch) else { continue }
        checked += 1
        #expect(expression.firstBytes.map { !range.isEmpty && $0.contains(bytes[range.lowerBound]) } ?? true, "seed \(seed): /\(source)/")
        // Offsets count a long form of a letter as the one byte that it folds to.
        let match = String(decoding: bytes[range.lowerBound...], as: UTF8.self)
        let searched = Array(match.replacing("\u{17F}", with: "s").replacing("\u{212A}", with: "k").utf8)
        let held = triggers.contains { trigger in
          trigger.offset.contains { offset in
            guard offset <= searched.count else { return false }
            let rest = FoldedBytes.fold(String(decoding: searched[offset...], as: UTF8.self))
            return trigger.literals.contains { rest.starts(with: $0) }
          }
        }
        #expect(held, "seed \(seed): /\(source)/ caseless \(caseless) on \(String(decoding: bytes, as: UTF8.self).debugDescription)")
      }
    }
    #expect(checked > 150)
  }
}
