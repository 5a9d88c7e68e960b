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
      ("ignore", ["0..0 ignor"]), ("\\bignore\\s+(?:all|any)", ["0..0 ignor"]), ("(?:please )?ignore", ["0..7 ignor"]),
      ("\\d{3}-\\d{2}-\\d{4}", ["0..0 000-00-0000"]), ("[a-z0-9]{1,64}@", ["1..64 @"]), ("AKIA[A-Z0-9]{16}", ["0..0 akia"]), ("\\w+@", nil),
      (".*", nil), ("", nil), ("a?", nil), ("\\w", nil), (".?xyzzy", ["0..4 xyz"]), ("k\\x{e9}", ["0..0 k\u{e9}"]),
      ("(?:foo|\\w{1,9}@bar)x", ["0..0 foox", "1..9 @bar"]), ("xyzzy|\\w{1,9}@bar", ["0..0 xyz", "1..9 @bar"]),
      ("[^a]xyzzy", ["0..4 xyz"]), ("\\w{1,3}\\s+xyzzy", ["1..3  xy"]), ("[^a]{40}\\s+xyzzy", ["0..160  xyz"]),
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

  /// Every match found by PCRE2 holds one of the literals at one of the offsets, between neighbours that were foreseen: a prefilter that looks for them loses nothing.
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
      let search = NeighbourSearch(expression)
      let neighbours = triggers.map { search?.neighbours(of: $0) ?? $0.literals.map { _ in .unknown } }
      let pattern = try Pattern(source, caseless: caseless, mode: .search)
      for _ in 0..<8 {
        let bytes = Array(generator.text().utf8)
        guard case .found(let range) = pattern.match(bytes.span, scratch: &scratch) else { continue }
        checked += 1
        // Offsets count a run of white space once, and a long form of a letter as the one byte that it folds to.
        let match = String(decoding: bytes[range.lowerBound...], as: UTF8.self)
        let searched = Array(match.replacing("\u{17F}", with: "s").replacing("\u{212A}", with: "k").utf8)
        // Of long forms neighbours say nothing.
        let isRewritten = searched != Array(match.utf8)
        let whole = Array(bytes[..<range.lowerBound]) + searched
        let held = searched.indices.contains { place in
          let rest = FoldedBytes.fold(String(decoding: searched[place...], as: UTF8.self))
          let before = searched[..<place].map { FoldedBytes.table[Int($0)] }
          let least = before.count { $0 != FoldedBytes.blank }
          let most = least + before.indices.count { before[$0] == FoldedBytes.blank && ($0 == 0 || before[$0 - 1] != FoldedBytes.blank) }
          return zip(triggers, neighbours).contains { trigger, neighbours in
            least >= trigger.offset.lowerBound && most <= trigger.offset.upperBound
              && zip(trigger.literals, neighbours).contains { literal, neighbours in
                guard rest.starts(with: literal) else { return false }
                return isRewritten || admit(neighbours, literal, in: whole, at: range.lowerBound + place, match: range.lowerBound)
              }
          }
        }
        #expect(held, "seed \(seed): /\(source)/ caseless \(caseless) on \(String(decoding: bytes, as: UTF8.self).debugDescription)")
      }
    }
    #expect(checked > 150)
  }

  /// Whether what stands beside a literal, and between it and the start of the match, is what was foreseen.
  private func admit(_ neighbours: Neighbours, _ literal: [UInt8], in text: [UInt8], at place: Int, match: Int) -> Bool {
    func isBlank(_ index: Int) -> Bool { text.indices.contains(index) && FoldedBytes.table[Int(text[index])] == FoldedBytes.blank }
    func admit(_ set: ByteSet?, _ index: Int) -> Bool { set.map { text.indices.contains(index) && $0.contains(text[index]) } ?? true }
    var start = place
    if literal.first == FoldedBytes.blank { while isBlank(start - 1) { start -= 1 } }
    var end = place
    for byte in literal {
      end += 1
      if byte == FoldedBytes.blank { while isBlank(end) { end += 1 } }
    }
    return admit(neighbours.before, start - 1) && admit(neighbours.beforeThat, start - 2) && admit(neighbours.behind, end)
      && admit(neighbours.behindThat, end + 1) && admit(neighbours.first, match)
      && (match + 1..<max(match + 1, start)).allSatisfy { admit(neighbours.inner, $0) }
  }

  @Test(
    arguments: [
      ("x\\d{2}-q{3}", "00-q", 1...1, ["x", nil, "q", "q"]), ("\\b[a-z]{2}1@", "0@", 2...2, ["abz", "abz", nil, nil]),
      ("foo(?:bar|\\s+qux)", "foo", 0...0, [nil, nil, "b\n", "aq\t"]), ("[^a]{2}x\\s{1,9}y", "x ", 2...8, ["b\u{80}", "b", "y", nil]),
    ] as [(String, String, ClosedRange<Int>, [String?])])
  func neighbours(_ source: String, _ literal: String, _ offset: ClosedRange<Int>, _ expected: [String?]) throws {
    let search = try #require(NeighbourSearch(RegularExpression(parsing: source)))
    let found = try #require(search.neighbours(of: Trigger(literals: [Array(literal.utf8)], offset: offset)).first)
    for (set, bytes) in zip([found.before, found.beforeThat, found.behind, found.behindThat], expected) {
      #expect((set == nil) == (bytes == nil))
      guard let set, let bytes else { continue }
      #expect(bytes.unicodeScalars.allSatisfy { set.contains(UInt8($0.value)) })
      // Sets are not merely everything.
      #expect(!set.contains(bytes.contains("a") ? 0x30 : 0x61))
    }
  }
}
