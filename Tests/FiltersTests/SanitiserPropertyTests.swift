import Bytecode
import Filters
import JSON
import RegularExpressions
import TestSupport
import Testing

@Suite struct SanitiserPropertyTests {
  /// The sanitiser and the naive one agree on every text, policy by policy.
  @Test func meansWhatTheNaiveOneMeans() throws {
    let seed = propertySeed()
    var random = SeededGenerator(seed: seed)
    var changed = 0
    for run in 0..<propertyRuns(150) {
      let policy = RandomPolicies.policy(&random)
      let bench = try Bench(policy)
      var naive = try NaiveSanitiser(policy)
      if try hasUnstablePlaceholder(policy) { continue }
      for _ in 0..<20 {
        let text = RandomPolicies.text(&random)
        // The naive one knows no JSON.
        guard !mayBeJSON(text), let expected = naive.result(for: text) else { continue }
        let result = bench.inspect(text)
        let note = Comment(
          rawValue: "seed \(seed), run \(run), \(String(decoding: text, as: UTF8.self).debugDescription), \(policy.summary)")
        let isBlocked = if case .blocked = result.outcome { true } else { false }
        #expect(isBlocked == expected.isBlocked, note)
        if isBlocked || expected.text.count > 4 * text.count { continue }
        #expect(
          body(of: result, expected.wraps).map { String(decoding: $0, as: UTF8.self) } == String(decoding: expected.text, as: UTF8.self),
          note)
        #expect(result.labels == expected.labels, note)
        if result.text != text { changed += 1 }
      }
    }
    #expect(changed > 150, "seed \(seed)")
  }

  /// Nil: there is no enclosure where one should be.
  private func body(of result: Bench.Result, _ wraps: Bool) -> [UInt8]? {
    guard wraps else { return result.text }
    guard result.text.starts(with: "[[untrusted ".utf8), let first = result.text.firstIndex(of: 0x0A),
      let last = result.text.lastIndex(of: 0x0A), first < last
    else { return nil }
    return Array(result.text[(first + 1)..<last])
  }

  private func mayBeJSON(_ text: [UInt8]) -> Bool { (try? Document(parsing: text)) != nil }

  /// Whether a pattern finds a placeholder, which then is not used.
  private func hasUnstablePlaceholder(_ policy: Policy) throws -> Bool {
    var searches = try InTurn(policy.patterns.map { try RegularExpression(parsing: $0.source, caseInsensitive: $0.caseInsensitive) })
    let names = policy.patterns.map { "[redacted: \($0.shortName)]" } + ["[redacted: delimiter]"]
    let templates = policy.filters.flatMap(\.clauses).compactMap { clause -> [UInt8]? in
      guard case .redact(let template) = clause.content, case .text(let text)? = template.pieces.first, template.pieces.count == 1 else {
        return nil
      }
      return text
    }
    return (names.map { Array($0.utf8) } + templates).contains { !searches.findings(in: $0).isEmpty }
  }

  private static let transforms: [FilterTransforms] = [
    [], [.unicode], [.unicode, .invisible, .control, .terminal, .markup],
    [.entities, .percent, .base64, .hexadecimal, .rot13, .leet, .spaced],
  ]

  /// Whatever comes in: what goes out stays as it is, is UTF-8, is no longer than said, is JSON where JSON came in, and findings point into the text.
  @Test func promises() throws {
    let seed = propertySeed()
    var random = SeededGenerator(seed: seed)
    var changed = 0
    for run in 0..<propertyRuns(120) {
      let policy = RandomPolicies.policy(&random, transforms: Self.transforms)
      let bench = try Bench(policy)
      for _ in 0..<10 {
        let isJSON = random.chance(40)
        let text = isJSON ? RandomJSON.text(&random) : RandomPolicies.text(&random)
        let note = Comment(
          rawValue: "seed \(seed), run \(run), \(String(decoding: text, as: UTF8.self).debugDescription), \(policy.summary)")
        bench.scratch.beginMessage()
        let result = bench.inspect(text)
        for finding in result.findings {
          #expect(finding.range.lowerBound >= 0 && finding.range.upperBound <= text.count, note)
          for edge in [finding.range.lowerBound, finding.range.upperBound] where edge < text.count {
            #expect(text[edge] & 0xC0 != 0x80, note)
          }
        }
        guard result.outcome == .rewritten else {
          #expect(result.outcome != .clean || result.text == text, note)
          continue
        }
        changed += 1
        #expect(String(validating: result.text, as: UTF8.self) != nil, note)
        #expect(result.text.count <= Sanitiser.longestOutput(of: text.count), note)
        if isJSON, !result.text.starts(with: "[[untrusted".utf8), !result.text.isEmpty, result.text != Array("[redacted]".utf8) {
          #expect((try? Document(parsing: result.text)) != nil, "\(result.string), \(note)")
        }
        let again = bench.inspect(result.text)
        #expect(again.outcome == .clean && again.text == result.text, "\(result.string) then \(again.string), \(note)")
      }
    }
    #expect(changed > 150, "seed \(seed)")
  }

  /// A finding of a filter without transforms is exactly a match of its pattern.
  @Test func findingsAreMatches() throws {
    let seed = propertySeed()
    var random = SeededGenerator(seed: seed)
    for _ in 0..<propertyRuns(60) {
      var policy = RandomPolicies.policy(&random, blocks: false)
      policy.filter("all", [policy.clause("s", nil)])
      let bench = try Bench(policy)
      let text = RandomPolicies.text(&random)
      if mayBeJSON(text) { continue }
      for finding in bench.inspect(text).findings {
        guard let pattern = finding.pattern else { continue }
        let source = policy.patterns[pattern]
        let single = try PatternSet([.init(parsing: source.source, caseInsensitive: true)])
        var found: [PatternSet.Finding] = []
        var scratch = ScanScratch()
        single.matches(in: text.span, scratch: &scratch, into: &found)
        #expect(found.contains { $0.result == .found(finding.range) }, "seed \(seed)")
      }
    }
  }

  @Test func cleanTextsStay() throws {
    var policy = Policy()
    policy.set("all", SamplePatterns.sources.enumerated().map { .init(name: "p\($0)", source: $1) })
    policy.filter("all", transforms: Self.transforms[2].union(Self.transforms[3]), [policy.clause("all", .wrap)])
    let bench = try Bench(policy)
    #expect(bench.inspect("The quick brown fox jumps over the lazy dog.").outcome == .clean)
    #expect(bench.inspect(#"{"name": "fox", "jumps": true, "note": "line\nbreak \"quoted\""}"#).outcome == .clean)
  }
}

/// JSON texts that hold what random policies look for.
enum RandomJSON {
  static func text(_ random: inout SeededGenerator) -> [UInt8] {
    var text = Array((random.chance(20) ? " " : "").utf8)
    append(&text, &random, depth: 3, isRoot: true)
    return text
  }

  private static func append(_ text: inout [UInt8], _ random: inout SeededGenerator, depth: Int, isRoot: Bool = false) {
    switch isRoot ? Int.random(in: 0...1, using: &random) : Int.random(in: 0...(depth > 0 ? 7 : 5), using: &random) - (depth > 0 ? 0 : -2) {
    case 0:
      text += "{".utf8
      for index in 0..<Int.random(in: 0...4, using: &random) {
        if index > 0 { text += ", ".utf8 }
        append(string: RandomPolicies.text(&random, longest: 4) + Array("\(index)".utf8), &text, &random)
        text += ": ".utf8
        append(&text, &random, depth: depth - 1)
      }
      text += "}".utf8
    case 1:
      text += "[".utf8
      for index in 0..<Int.random(in: 0...4, using: &random) {
        if index > 0 { text += ",".utf8 }
        append(&text, &random, depth: depth - 1)
      }
      text += "]".utf8
    case 2: text += ["22", "4111111111111111", "1.5", "-7e2"].randomElement(using: &random)?.utf8 ?? "0".utf8
    case 3: text += ["true", "null", "false"].randomElement(using: &random)?.utf8 ?? "null".utf8
    case 4 where depth > 0:
      var nested: [UInt8] = []
      append(&nested, &random, depth: depth - 1, isRoot: true)
      append(string: nested, &text, &random)
    default: append(string: RandomPolicies.text(&random, longest: 10), &text, &random)
    }
  }

  /// With some characters escaped that need not be.
  private static func append(string: [UInt8], _ text: inout [UInt8], _ random: inout SeededGenerator) {
    text += "\"".utf8
    for scalar in String(decoding: string, as: UTF8.self).unicodeScalars {
      if scalar == "\"" || scalar == "\\" || scalar.value < 0x20 || random.chance(10) {
        for unit in String(scalar).utf16 {
          text += "\\u".utf8
          let digits = String(unit, radix: 16)
          text += (String(repeating: "0", count: 4 - digits.count) + digits).utf8
        }
      } else {
        text += Array(String(scalar).utf8)
      }
    }
    text += "\"".utf8
  }
}

extension Policy {
  /// For failures.
  var summary: String {
    let sets = sets.map { set in
      "\(set.name) \(set.threshold ?? 0)/\(set.window) {\(set.patterns.map { "/\(patterns[$0].source)/\(patterns[$0].weight),\(patterns[$0].family)" }.joined(separator: " "))}"
    }
    let filters = filters.map { filter in
      "\(filter.name)\(filter.isShadow ? "(shadow)" : "") \(filter.transforms.rawValue) "
        + filter.clauses.map { "\($0.set)\($0.patterns)\($0.isScored) \($0.content.map { "\($0)".prefix(80) } ?? "-")" }.joined(
          separator: "; ")
    }
    return (sets + filters).joined(separator: " | ")
  }
}
