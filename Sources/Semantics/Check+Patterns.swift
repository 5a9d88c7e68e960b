internal import Checksums
internal import JSON
internal import Patterns
internal import RegularExpressions
internal import Syntax
internal import Text

extension Checker {
  mutating func checkPatterns() {
    for set in declared.patterns { check(set) }
  }

  private mutating func check(_ set: In<PatternsSyntax>) {
    var names: [String: SourceRange] = [:]
    var families: [String: Int] = [:]
    var patterns: [CheckedPolicies.PatternSet.Pattern] = []
    var siblings: [Sibling] = []
    let threshold = set.syntax.firing.flatMap { positive($0.threshold, "a score") }
    for pattern in set.syntax.patterns {
      if let first = names[pattern.name.text] {
        reportDuplicate("pattern `\(pattern.name.text)`", pattern.name.range, first: first)
      } else {
        names[pattern.name.text] = pattern.name.range
      }
      checkScored(pattern, set.syntax)
      let weight = pattern.weight.flatMap { positive($0, "a weight") } ?? threshold ?? 1
      let family = pattern.family?.text ?? pattern.name.text
      let checks = pattern.checks.compactMap { check(named: $0) }
      checkEvidence(of: pattern)
      let isPack = sources.loaded[set.file].isPack
      guard let text = self.pattern(pattern.regex, .search, isProved: isPack) else { continue }
      patterns.append(
        .init(
          name: pattern.name.text, text: text, weight: weight, family: families[family, default: families.count], checks: checks,
          range: pattern.name.range))
      families[family] = families[family] ?? families.count
      guard !isPack, let compiled = compiled(pattern.regex, text) else { continue }
      prove(pattern, compiled, checks)
      lint(pattern.regex, of: pattern.name.text)
      siblings.append(Sibling(syntax: pattern, regex: text, compiled: compiled, weight: weight, family: family, checks: Set(checks)))
    }
    parts.patternSets.append(
      .init(name: set.syntax.name.text, threshold: threshold, window: window(set.syntax.firing), patterns: patterns))
    checkReach(threshold, patterns, set.syntax)
    checkCovered(siblings, isScored: threshold != nil)
  }

  private mutating func compiled(_ literal: RegexLiteral, _ text: TextPattern) -> Pattern? {
    do {
      return try Pattern(text.source, caseless: text.caseInsensitive, mode: .search)
    } catch {
      report(.patternTooLarge, "this pattern cannot be compiled", literal.range, error.message)
      return nil
    }
  }

  /// A whole number of at least 1; nil: reported.
  private mutating func positive(_ literal: Literal, _ what: String) -> Int? {
    if case .number(let digits) = literal.kind, let number = Int(digits), (1...PatternLimits.score).contains(number) { return number }
    report(
      .badQuantity, "\(what) is a whole number from 1 to \(PatternLimits.score)", literal.range, "none",
      help: "write `fires at 3` for the set, and `weight 1` for a pattern that is not enough alone")
    return nil
  }

  private mutating func window(_ firing: PatternsSyntax.Firing?) -> Int? {
    guard let size = firing?.window else { return nil }
    if case .size(let bytes) = size.kind, (1...Int64(PatternLimits.window)).contains(bytes) { return Int(bytes) }
    report(
      .badQuantity, "signals are added up within 1 B to \(PatternLimits.window / 1_024) KiB", size.range, "not a distance",
      help: "write `within 2KiB`")
    return nil
  }

  /// Weights and families mean something in a set that adds them up.
  private mutating func checkScored(_ pattern: PatternsSyntax.Pattern, _ set: PatternsSyntax) {
    guard set.firing == nil, let range = pattern.weight?.range ?? pattern.family?.range else { return }
    report(
      .badQuantity, "`\(set.name.text)` adds nothing up", range, "has no effect", also: [.init(set.name.range, "fires on every match")],
      help: "say from which score on it fires: `patterns \(set.name.text) fires at 2 { … }`")
  }

  /// A set that all its families together do not make fire is no protection.
  private mutating func checkReach(_ threshold: Int?, _ patterns: [CheckedPolicies.PatternSet.Pattern], _ set: PatternsSyntax) {
    guard let threshold, let firing = set.firing, !patterns.isEmpty, patterns.count == set.patterns.count else { return }
    let most = Dictionary(grouping: patterns, by: \.family).values.reduce(0) { $0 + ($1.map(\.weight).max() ?? 0) }
    guard most < threshold else { return }
    report(
      .neverHolds, "`\(set.name.text)` can never fire: its families come to \(most) together", firing.threshold.range, "out of reach",
      help: "lower the score, or raise weights; a pattern without a weight is enough alone")
  }

  private mutating func check(named name: Identifier) -> Check? {
    if let check = Check(rawValue: name.text) { return check }
    checkWord(name, Check.allCases.map(\.rawValue), "a match can be")
    return nil
  }

  private mutating func checkEvidence(of pattern: PatternsSyntax.Pattern) {
    let missing = [pattern.hits.isEmpty ? "`hit`" : nil, pattern.misses.isEmpty ? "`miss`" : nil].compactMap(\.self)
    guard !missing.isEmpty else { return }
    report(
      .unprovenPattern, "pattern `\(pattern.name.text)` has no \(missing.joined(separator: " and no "))", pattern.name.range, "unproven",
      help: "show one text it finds and one it must leave alone: `hit \"…\" miss \"…\"`")
  }

  /// Runs a pattern and its checks over the texts it says it finds and leaves alone, by the engine that runs it over all others.
  private mutating func prove(_ pattern: PatternsSyntax.Pattern, _ compiled: Pattern, _ checks: [Check]) {
    if search(compiled, "", checks) == .found {
      return report(
        .vacuousPattern, "pattern `\(pattern.name.text)` finds every text", pattern.regex.range, "matches nothing at all, everywhere",
        help: "let it ask for at least one character: `+` in place of `*`, or an alternative less")
    }
    for hit in pattern.hits {
      let found = search(compiled, hit.value, checks)
      if found == .found { continue }
      let folding = try? Pattern(pattern.regex.source, caseless: true, mode: .search)
      let isCase = folding.map { search($0, hit.value, checks) == .found } ?? false
      let advice = found == .invalid ? "the pattern finds it, but \(listed(checks.map(\.rawValue))) does not hold; show a valid one" : nil
      report(
        .missedHit, "pattern `\(pattern.name.text)` does not find its `hit`", hit.range, found == .invalid ? "not valid" : "not found",
        also: [.init(pattern.regex.range, "this pattern")],
        help: advice
          ?? (isCase ? "upper and lower case differ; write `i` behind the pattern" : "mend the pattern, or the text it is to find"))
    }
    for miss in pattern.misses where search(compiled, miss.value, checks) == .found {
      report(
        .foundMiss, "pattern `\(pattern.name.text)` finds its `miss`", miss.range, "found, but is to be left alone",
        also: [.init(pattern.regex.range, "this pattern")],
        help: "a pattern finds what it matches anywhere in a text; make it narrower, or begin and end it with `\\b`")
    }
  }

  private enum Proof { case found, invalid, absent }

  private func search(_ pattern: Pattern, _ text: String, _ checks: [Check]) -> Proof {
    let bytes = Array(text.utf8)
    var scratch = MatchScratch()
    var start = 0
    var proof = Proof.absent
    while start <= bytes.count, case .found(let range) = pattern.match(bytes.span, from: start, scratch: &scratch) {
      if checks.allSatisfy({ $0.holds(bytes.span.extracting(range)) }) { return .found }
      proof = .invalid
      start = max(range.upperBound, start + 1)
      while start < bytes.count, bytes[start] & 0xC0 == 0x80 { start += 1 }
    }
    return proof
  }
}

/// A pattern as its set's others see it.
struct Sibling {
  let syntax: PatternsSyntax.Pattern
  let regex: TextPattern
  let compiled: Pattern
  let weight: Int
  let family: String
  let checks: Set<Check>
}

enum PatternLimits {
  /// More would be no score that a person can follow.
  static let score = 1_000
  /// Signals further apart belong to different texts.
  static let window = 65_536
  /// Pairs of patterns whose languages are compared in one check, and bytes of the two sources together: each takes milliseconds.
  static let comparisons = 32
  static let compared = 160
}
