import Filters
import Foundation
import RegularExpressions
import TestSupport
import Testing

/// The one pass must report what PCRE2 reports pattern by pattern: a difference is a filter that can be passed by.
@Suite struct SoundnessTests {
  private func expressions(_ sources: [String], caseInsensitive: Bool = true) throws -> [RegularExpression] {
    try sources.map { try RegularExpression(parsing: $0, caseInsensitive: caseInsensitive) }
  }

  /// Every text of the corpora with `CORPORA=whole`, otherwise of each file every fifth, so that a test run stays short.
  @Test(.enabled(if: Corpora.folder("labelled") != nil, Comment(rawValue: Corpora.absent)))
  func corporaWhole() throws {
    let step = ProcessInfo.processInfo.environment["CORPORA"] == "whole" ? 1 : 5
    let expressions = try expressions(SamplePatterns.sources)
    let set = try PatternSet(expressions)
    var inTurn = try InTurn(expressions)
    var scratch = ScanScratch()
    var found = 0
    var read = 0
    let texts = try TextSource.labelled() + TextSource.files(under: ["json-test-suite", "json-schema-test-suite"])
    for text in stride(from: 0, to: texts.count, by: step).map({ texts[$0] }) {
      var findings: [PatternSet.Finding] = []
      set.matches(in: text.span, scratch: &scratch, into: &findings)
      found += findings.count
      read += 1
      let expected = inTurn.findings(in: text)
      if !agree(findings, expected) { report(text, findings, expected) }
      // The views are texts as well, and ones that a set reads for its filters.
      for view in Normalisation.all.views(of: text.span) {
        findings.removeAll()
        set.matches(in: view.bytes.span, scratch: &scratch, into: &findings)
        let expected = inTurn.findings(in: view.bytes)
        if !agree(findings, expected) { report(view.bytes, findings, expected) }
      }
    }
    print("compared \(read) of \(texts.count) texts; CORPORA=whole compares all")
    #expect(found > 3_000)
  }

  /// Where PCRE2 gives up, the one pass may know better; everything else is the same.
  private func agree(_ findings: [PatternSet.Finding], _ expected: [PatternSet.Finding]) -> Bool {
    let givenUp = Set(expected.filter { $0.result == .undecided }.map(\.pattern))
    return findings.filter { !givenUp.contains($0.pattern) } == expected.filter { !givenUp.contains($0.pattern) }
  }

  private func report(_ text: [UInt8], _ findings: [PatternSet.Finding], _ expected: [PatternSet.Finding], _ note: String = "") {
    let missed = Set(expected).subtracting(findings)
    let extra = Set(findings).subtracting(expected)
    Issue.record(
      "\(note) missed \(Array(missed.prefix(3))), extra \(Array(extra.prefix(3))) in \(String(decoding: text.prefix(300), as: UTF8.self).debugDescription)"
    )
  }

  @Test func randomPatternsAndTexts() throws {
    let seed = propertySeed()
    var random = SeededGenerator(seed: seed)
    var scratch = ScanScratch()
    var found = 0
    var triggered = 0
    for _ in 0..<propertyRuns(600) {
      let sources = (0..<Int.random(in: 1...6, using: &random)).map { _ in source(&random, 2) }
      let expressions = try sources.map { try RegularExpression(parsing: $0, caseInsensitive: random.chance(60)) }
      let set = try PatternSet(expressions)
      triggered += set.count - set.alwaysRunCount
      var inTurn = try InTurn(expressions)
      for _ in 0..<20 {
        let text = TextSource.random(&random)
        var findings: [PatternSet.Finding] = []
        set.matches(in: text.span, scratch: &scratch, into: &findings)
        found += findings.count
        let expected = inTurn.findings(in: text)
        if !agree(findings, expected) { report(text, findings, expected, "seed \(seed), /\(sources.joined(separator: "/, /"))/:") }
      }
    }
    #expect(found > 2_000 && triggered > 500)
  }

  /// Patterns that mostly have literals, at their start or further in.
  private func source(_ random: inout SeededGenerator, _ depth: Int) -> String {
    let words = [
      "ignore", "foo", "bar", "ob", "instructions", "sk", "end", "é", "я", "@", "\\d{3}-\\d{2}", "k", "ss", "foo|foobar", "o|foo", "\\.",
      "all",
    ]
    let gaps = [
      "\\s", "\\s+", "\\s*", ".{0,5}", "\\w{1,4}", "[a-z]", "\\W{1,3}", "(?:\\w+\\W+){0,2}", "\\d?", "", "-?", "[^a]", "(?:all )?", "\\b",
      "$", "^", "\\d+",
    ]
    var source = ""
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      if random.chance(60) { source += gaps.randomElement(using: &random) ?? "" }
      var word = words.randomElement(using: &random) ?? ""
      if depth > 0 && random.chance(20) { word = self.source(&random, depth - 1) }
      source += "(?:" + word + ")" + (random.chance(15) ? ["?", "{1,2}", "+", "*", "{2}"].randomElement(using: &random) ?? "" : "")
    }
    return source
  }

  @Test(arguments: [
    ("no|ignored", "ignored no", [0..<7, 8..<10]), ("a{0,3}foo", "aaaafoo", [1..<7]), ("\\w{1,3}@", "abcd@@x@", [1..<5, 6..<8]),
    ("kiss", "\u{212A}i\u{17F}s kiss", [0..<7, 8..<12]),
    ("é@", "É@é@", [0..<3, 3..<6]), (".@", "é@", [0..<3]), ("\\bfoo", "xfoo foo", [5..<8]), ("(?:ab)+", "ababab", [0..<6]),
    ("foo|foobar", "foobar", [0..<3]), ("\\sfoo", "  foo\t\nfoo", [1..<5, 6..<10]), ("\\s\\sfoo", "   foo", [1..<6]),
    ("a\\s+b", "a \n b a b", [0..<5, 6..<9]), ("\\s\\s", "     ", [0..<2, 2..<4]), ("foo\\s", "foo   ", [0..<4]),
    ("[ -]\\sfoo", "  foo- foo", [0..<5, 5..<10]),
    ("\\s{1,3}:x", "a     :x", [3..<8]), ("b*", "abb", [0..<0, 1..<3, 3..<3]),
    ("\\d{3}-\\d{2}", "1234-567-89", [1..<7]),
  ]) func places(_ source: String, _ text: String, _ expected: [Range<Int>]) throws {
    let set = try PatternSet(expressions([source]))
    var scratch = ScanScratch()
    var findings: [PatternSet.Finding] = []
    set.matches(in: Array(text.utf8).span, scratch: &scratch, into: &findings)
    #expect(findings == expected.map { PatternSet.Finding(pattern: 0, result: .found($0)) })
  }

  @Test func givenUpIsReported() throws {
    let set = try PatternSet(expressions(["x(?:a|aa)+[bc]", "y"]))
    var scratch = ScanScratch()
    var findings: [PatternSet.Finding] = []
    let many = "x" + String(repeating: "a", count: 60)
    set.matches(in: Array((many + "y").utf8).span, scratch: &scratch, into: &findings)
    #expect(findings == [.init(pattern: 1, result: .found(61..<62))], "the gate knows that no match begins")
    findings.removeAll()
    let hopeful = try PatternSet(expressions(["x(?:a|aa)+(?:\\b\\B|b)", "y"]))
    hopeful.matches(in: Array((many + "y").utf8).span, scratch: &scratch, into: &findings)
    #expect(findings == [.init(pattern: 0, result: .undecided), .init(pattern: 1, result: .found(61..<62))])
  }

  /// Long texts are read in four pieces at once; matches on their borders are found once.
  @Test func piecesMeet() throws {
    let set = try PatternSet(expressions(["foo\\s+bar", "x{3}"], caseInsensitive: false))
    var scratch = ScanScratch()
    for place in 0..<400 {
      var text = [UInt8](repeating: 0x2E, count: 400)
      let word = Array((place % 2 == 0 ? "foo \n \t   bar" : "xxx").utf8)
      guard place + word.count <= text.count else { break }
      text.replaceSubrange(place..<place + word.count, with: word)
      var findings: [PatternSet.Finding] = []
      set.matches(in: text.span, scratch: &scratch, into: &findings)
      #expect(findings == [.init(pattern: place % 2, result: .found(place..<place + word.count))])
    }
  }

  /// The patterns of all shipped packs together, on every text of the corpora with `CORPORA=whole`, otherwise on every eightieth.
  @Test(.enabled(if: Corpora.folder("labelled") != nil, Comment(rawValue: Corpora.absent)))
  func shippedPacks() throws {
    let step = ProcessInfo.processInfo.environment["CORPORA"] == "whole" ? 1 : 80
    let expressions = try ShippedPatterns.expressions()
    #expect(expressions.count > 700)
    let set = try PatternSet(expressions)
    var inTurn = try InTurn(expressions)
    var scratch = ScanScratch()
    var found = 0
    let texts = try TextSource.labelled()
    for text in stride(from: 0, to: texts.count, by: step).map({ texts[$0] }) {
      var findings: [PatternSet.Finding] = []
      set.matches(in: text.span, scratch: &scratch, into: &findings)
      found += findings.count
      let expected = inTurn.findings(in: text)
      if !agree(findings, expected) { report(text, findings, expected) }
    }
    #expect(found > 500)
  }

  /// One literal may say several windows that meet, and a match may lie in what another branch has been tried on.
  @Test(arguments: [
    ("[a-z]{0,30}@x|[a-z.]{0,60}@y", "aaaa@x.bbbb@y aa@yy@x", [0..<6, 6..<13, 14..<18, 18..<21]),
    ("^foo|\\bbar|baz", "foofoo xbar bar xbaz", [0..<3, 12..<15, 17..<20]),
    ("(?:^|[.;])\\s{0,3}run", "run; run .run run", [0..<3, 3..<8, 9..<13]),
    ("[\"'][^\"']{0,60}--", "'a' -- 'b--", [2..<6, 7..<11]), ("a[^\\n]{0,40}zz|b[^\\n]{0,40}zz", "b a b zz zz", [0..<11]),
    ("\\w{1,5} {1,3}end", "abcdefgh   end", [3..<14]), ("x\\s{0,9}\\s+foo", "x  \n foo", [0..<8]),
    // Behind what is left of a window of no use stands a place that was found before it.
    ("(?-i:a(?:[a-z]{1,9}@x\\B|bc)|b[a-z]q)", "abcqAz@x.", [0..<3]),
  ]) func windows(_ source: String, _ text: String, _ expected: [Range<Int>]) throws {
    let expressions = try expressions([source])
    let set = try PatternSet(expressions)
    var inTurn = try InTurn(expressions)
    var scratch = ScanScratch()
    var findings: [PatternSet.Finding] = []
    set.matches(in: Array(text.utf8).span, scratch: &scratch, into: &findings)
    #expect(findings == inTurn.findings(in: Array(text.utf8)))
    #expect(findings == expected.map { PatternSet.Finding(pattern: 0, result: .found($0)) })
  }

  @Test func anEmptySetFindsNothing() throws {
    let set = try PatternSet([])
    var scratch = ScanScratch()
    var findings: [PatternSet.Finding] = []
    set.matches(in: [0x61].span, scratch: &scratch, into: &findings)
    #expect(findings.isEmpty)
  }
}
