import Bytecode
import Checksums
import Filters
import Patterns
import RegularExpressions

/// What filters mean, said again without a thought for speed: PCRE2 pattern by pattern, sums over every window, overlaps drawn together until none are left.
/// Of texts that are no JSON, by filters without transforms.
struct NaiveSanitiser: ~Copyable {
  struct Result: Equatable {
    var text: [UInt8]
    var wraps = false
    var isBlocked = false
    var labels = LabelSet()
  }

  private let policy: Policy
  private var searches: InTurn
  private let imitation: Int

  init(_ policy: Policy) throws {
    self.policy = policy
    imitation = policy.patterns.count
    let delimiter = try RegularExpression(parsing: #"\[\s{0,8}\[\s{0,8}(?:end\s{1,8})?untrusted\b"#, caseInsensitive: true)
    searches = try InTurn(
      policy.patterns.map { try RegularExpression(parsing: $0.source, caseInsensitive: $0.caseInsensitive) } + [delimiter])
  }

  /// Nil when four changes are not enough.
  mutating func result(for text: [UInt8]) -> Result? {
    var result = Result(text: text)
    for _ in 0..<5 {
      let before = result.text
      pass(&result)
      if result.isBlocked || result.text == before { return result }
    }
    return nil
  }

  private struct Match {
    var pattern: Int
    var range: Range<Int>
  }

  private struct Span {
    var range: Range<Int>
    var own: Range<Int>
    /// 2 is redact, 1 remove.
    var strength: Int
    var text: [UInt8]
    var order: Int
  }

  private mutating func pass(_ result: inout Result) {
    var matches: [Match] = []
    for finding in searches.findings(in: result.text) {
      guard case .found(let range) = finding.result else { continue }
      let checks = finding.pattern < imitation ? policy.patterns[finding.pattern].checks : []
      if checks.allSatisfy({ $0.holds(result.text.span.extracting(range)) }) {
        matches.append(Match(pattern: finding.pattern, range: range))
      }
    }
    var spans: [Span] = []
    for filter in policy.filters where !filter.isShadow {
      for set in 0..<policy.sets.count {
        for isScored in [true, false] {
          let clauses = filter.clauses.filter { $0.set == set && $0.isScored == isScored }
          for match in matches where policy.sets[set].patterns.contains(match.pattern) {
            let naming = clauses.filter { $0.patterns.contains(match.pattern) }
            guard !naming.isEmpty, !isScored || counts(match, policy.sets[set], matches) else { continue }
            carryOut(naming, match, set, &spans, &result)
          }
        }
      }
      if filter.clauses.contains(where: { $0.content == .wrap }) {
        for match in matches where match.pattern == imitation {
          add(&spans, match.range, 2, Array("[redacted: delimiter]".utf8))
        }
      }
    }
    while let (first, second) = overlap(spans) {
      let winner = wins(spans[first], spans[second]) ? spans[first] : spans[second]
      let range =
        min(
          spans[first].range.lowerBound, spans[second].range.lowerBound)..<max(
          spans[first].range.upperBound, spans[second].range.upperBound)
      spans[first] = Span(range: range, own: winner.own, strength: winner.strength, text: winner.text, order: winner.order)
      spans.remove(at: second)
    }
    for span in spans.sorted(by: { $0.range.lowerBound > $1.range.lowerBound }) { result.text.replaceSubrange(span.range, with: span.text) }
  }

  private func counts(_ match: Match, _ set: PatternSetInfo, _ matches: [Match]) -> Bool {
    guard let threshold = set.threshold else { return true }
    let all = matches.filter { set.patterns.contains($0.pattern) }
    return all.contains { last in
      let window = all.filter { $0.range.lowerBound <= last.range.lowerBound && last.range.lowerBound - $0.range.lowerBound < set.window }
      let isInside = window.contains { $0.pattern == match.pattern && $0.range == match.range }
      var best: [Int: Int] = [:]
      for match in window {
        let pattern = policy.patterns[match.pattern]
        best[pattern.family] = max(best[pattern.family] ?? 0, pattern.weight)
      }
      return isInside && best.values.reduce(0, +) >= threshold
    }
  }

  private func carryOut(_ clauses: [FilterClause], _ match: Match, _ set: Int, _ spans: inout [Span], _ result: inout Result) {
    for clause in clauses { result.labels.formUnion(clause.labels) }
    if clauses.contains(where: { $0.content == .block }) {
      result.isBlocked = true
      return
    }
    for clause in clauses {
      if case .redact(let template) = clause.content {
        add(&spans, match.range, 2, text(template, set, match.pattern))
        return
      }
    }
    if clauses.contains(where: { $0.content == .remove }) {
      add(&spans, match.range, 1, [])
      return
    }
    if clauses.contains(where: { $0.content == .wrap }) { result.wraps = true }
  }

  private func text(_ template: RedactionTemplate, _ set: Int, _ pattern: Int) -> [UInt8] {
    template.pieces.flatMap { piece -> [UInt8] in
      switch piece {
      case .text(let text): text
      case .pattern: Array(policy.patterns[pattern].shortName.utf8)
      case .kind: Array(policy.sets[set].shortName.utf8)
      case .pseudonym: []
      }
    }
  }

  private func add(_ spans: inout [Span], _ range: Range<Int>, _ strength: Int, _ text: [UInt8]) {
    if !range.isEmpty { spans.append(Span(range: range, own: range, strength: strength, text: text, order: spans.count)) }
  }

  private func overlap(_ spans: [Span]) -> (Int, Int)? {
    for first in spans.indices {
      for second in spans.indices where second > first && spans[first].range.overlaps(spans[second].range) { return (first, second) }
    }
    return nil
  }

  /// The strictest, the longest, the first in the text, the first in the policy.
  private func wins(_ span: Span, _ other: Span) -> Bool {
    (span.strength, span.own.count, -span.own.lowerBound, -span.order)
      > (other.strength, other.own.count, -other.own.lowerBound, -other.order)
  }
}
