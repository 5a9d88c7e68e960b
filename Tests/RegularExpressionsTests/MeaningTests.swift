import Patterns
import RegularExpressions
import TestSupport
import Testing

/// PCRE2 is the oracle of what a source means.
@Suite struct MeaningTests {
  @Test func printedTreeMeansTheSame() throws {
    let seed = propertySeed()
    var generator = ExpressionGenerator(random: SeededGenerator(seed: seed), givesBack: false)
    var scratch = MatchScratch()
    var found = 0
    for _ in 0..<propertyRuns(1_000) {
      let source = generator.source()
      let caseless = generator.random.chance(30)
      let expression = try RegularExpression(parsing: source, caseInsensitive: caseless)
      let original = try Pattern(source, caseless: caseless, mode: .search)
      let printed = try Pattern(expression.root.description, mode: .search)
      for _ in 0..<10 {
        let text = generator.text()
        let outcome = original.match(Array(text.utf8).span, scratch: &scratch)
        #expect(printed.match(Array(text.utf8).span, scratch: &scratch) == outcome, "seed \(seed): /\(source)/ on \(text.debugDescription)")
        guard case .found(let range) = outcome else { continue }
        found += 1
        #expect(
          range.count >= expression.minimumWidth && range.count <= expression.maximumWidth ?? .max, "seed \(seed): width of /\(source)/")
      }
    }
    #expect(found > 1_000)
  }

  @Test(arguments: [MatchMode.search, .whole]) func automatonAgrees(_ mode: MatchMode) throws {
    let seed = propertySeed()
    var generator = ExpressionGenerator(random: SeededGenerator(seed: seed))
    var scratch = MatchScratch()
    var matched = 0
    for _ in 0..<propertyRuns(1_500) {
      let source = generator.source()
      let caseless = generator.random.chance(30)
      var recognizer = try #require(Recognizer(Language(RegularExpression(parsing: source, caseInsensitive: caseless), mode)))
      let pattern = try Pattern(source, caseless: caseless, mode: mode == .whole ? .whole : .search)
      for _ in 0..<10 {
        let text = generator.text()
        let outcome = pattern.match(Array(text.utf8).span, scratch: &scratch)
        if case .undecided = outcome { continue }
        #expect(recognizer.accepts(text) == (outcome != .none), "seed \(seed): /\(source)/ on \(text.debugDescription)")
        if outcome != .none { matched += 1 }
      }
    }
    #expect(matched > 1_000)
  }

  /// Possessive repetitions of one character are exact; the rest must be said to be unknown rather than guessed.
  @Test func possessiveIsExactOrUnknown() throws {
    let seed = propertySeed()
    var generator = ExpressionGenerator(random: SeededGenerator(seed: seed), givesBack: false)
    var scratch = MatchScratch()
    for _ in 0..<propertyRuns(1_500) {
      let source = generator.source()
      guard var recognizer = Recognizer(Language(try RegularExpression(parsing: source), .whole)) else { continue }
      let pattern = try Pattern(source, mode: .whole)
      for _ in 0..<5 {
        let text = generator.text()
        let contained = recognizer.accepts(text)
        let outcome = pattern.match(Array(text.utf8).span, scratch: &scratch)
        #expect(contained == (outcome != .none), "seed \(seed): /\(source)/ on \(text.debugDescription)")
      }
    }
  }

  /// Every scalar value against the tables of the library in use.
  @Test func casesFoldAsInPCRE2() throws {
    var scratch = MatchScratch()
    var wrong: [UInt32] = []
    for value in UInt32(0x80)...0x1FFFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let set = ScalarSet(scalar).folded
      guard set.count > 1 || scalar.properties.isCased || scalar.properties.changesWhenCaseMapped else { continue }
      let pattern = try Pattern("\\x{\(String(value, radix: 16))}", caseless: true, mode: .whole)
      let candidates =
        set.ranges.flatMap { Array($0) }
        + [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping, scalar.properties.titlecaseMapping]
        .filter { $0.unicodeScalars.count == 1 }.map { $0.unicodeScalars.first?.value ?? 0 }
      for candidate in candidates {
        guard let other = Unicode.Scalar(candidate) else { continue }
        let matches = pattern.match(Array(String(other).utf8).span, scratch: &scratch) != .none
        if matches != set.contains(other) { wrong.append(value) }
      }
    }
    #expect(wrong.isEmpty, "\(wrong.prefix(40).map { String($0, radix: 16) })")
  }
}
