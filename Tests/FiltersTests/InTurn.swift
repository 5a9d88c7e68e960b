import Filters
import Patterns
import RegularExpressions

/// The meaning of a set of patterns: PCRE2 run over the whole text, one pattern after another.
struct InTurn: ~Copyable {
  private let patterns: [Pattern]
  private var scratch = MatchScratch()

  init(_ expressions: [RegularExpression]) throws {
    patterns = try expressions.map { try Pattern($0.source, caseless: $0.caseInsensitive, mode: .search) }
  }

  mutating func findings(in text: [UInt8]) -> [PatternSet.Finding] {
    var findings: [PatternSet.Finding] = []
    for (number, pattern) in patterns.enumerated() {
      var start = 0
      search: while start <= text.count {
        switch pattern.match(text.span, from: start, scratch: &scratch) {
        case .found(let range):
          findings.append(.init(pattern: number, result: .found(range)))
          start = range.upperBound
          if range.isEmpty {
            start += 1
            while start < text.count, text[start] & 0xC0 == 0x80 { start += 1 }
          }
        case .none: break search
        case .undecided:
          findings.append(.init(pattern: number, result: .undecided))
          break search
        }
      }
    }
    return findings
  }
}
