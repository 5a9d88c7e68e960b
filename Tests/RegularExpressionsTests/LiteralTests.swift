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
      ("ignore", ["0..0 ignore"]), ("\\bignore\\s+(?:all|any)", ["0..0 ignore"]), ("(?:please )?ignore", ["0..7 ignore"]),
      ("\\d{3}-\\d{2}-\\d{4}", ["0..0 000-00"]), ("[a-z0-9]{1,64}@", ["1..64 @"]), ("AKIA[A-Z0-9]{16}", ["0..0 akia"]), ("\\w+@", nil),
      (".*", nil), ("", nil), ("a?", nil), ("\\w", nil), (".?xyzzy", ["0..4 xyzz"]), ("k\\x{e9}", ["0..0 k\u{e9}"]),
      ("(?:foo|\\w{1,9}@bar)x", ["0..0 foox", "1..9 @barx"]), ("xyzzy|\\w{1,9}@bar", ["0..0 xyzz", "1..9 @bar"]),
      ("[^a]xyzzy", ["0..4 xyzz"]), ("\\w{1,3}\\s+xyzzy", ["1..3  xyz"]), ("[^a]{40}\\s+xyzzy", ["0..160  xyzz"]),
      ("\\bsk-[a-z]{20}", ["0..0 sk-"]),
      ("x{0}yz", ["0..0 yz"]), ("(?>ab)++qq", ["0..0 abab|abqq"]), ("(?:ab){2}qq", ["0..0 ababq"]),
      ("(?:ab){0,2}qq", ["0..0 ababq|abqq|qq"]),
      ("[\\x{0}-\\x{10FFFF}]zzz", ["0..4 zzz"]), ("\\b(?:[0-9a-f]{2}[:-]){5}\\w", ["2..2 -|:"]),
    ] as [(String, [String]?)]) func table(_ source: String, _ expected: [String]?) throws
  {
    let found = try shown(source)
    let sorted = expected?.map { line in
      let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
      return parts[0] + " "
        + parts[1].split(separator: "|").map { String(decoding: FoldedBytes.fold(String($0)), as: UTF8.self) }.sorted().joined(
          separator: "|")
    }
    #expect(found == sorted)
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
        // Offsets count a run of white space once, and a long form of a letter as the one byte that it folds to.
        let match = String(decoding: bytes[range.lowerBound...], as: UTF8.self)
        let searched = Array(match.replacing("\u{17F}", with: "s").replacing("\u{212A}", with: "k").utf8)
        let held = searched.indices.contains { place in
          let rest = FoldedBytes.fold(String(decoding: searched[place...], as: UTF8.self))
          let before = searched[..<place].map { FoldedBytes.table[Int($0)] }
          let least = before.count { $0 != FoldedBytes.blank }
          let most = least + before.indices.count { before[$0] == FoldedBytes.blank && ($0 == 0 || before[$0 - 1] != FoldedBytes.blank) }
          return triggers.contains { trigger in
            least >= trigger.offset.lowerBound && most <= trigger.offset.upperBound && trigger.literals.contains { rest.starts(with: $0) }
          }
        }
        #expect(held, "seed \(seed): /\(source)/ caseless \(caseless) on \(String(decoding: bytes, as: UTF8.self).debugDescription)")
      }
    }
    #expect(checked > 150)
  }
}
