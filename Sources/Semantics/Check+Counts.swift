internal import JSON
internal import Patterns
internal import RegularExpressions
internal import Syntax
internal import Text

/// A text on which a pattern takes more steps at one place than any honest pattern does, although its time is linear: counted repetitions that
/// can divide the text among them cost the product of their counts.
struct CostlyText {
  let text: HurtingText
  /// How often its pump stands there.
  let rounds: Int
  let steps: UInt32

  /// Steps at one place. A search begins at many places, a whole match at one.
  private static func limit(_ mode: MatchMode) -> UInt32 { mode == .search ? 25_000 : 100_000 }

  /// Nil when there is none: no two parts compete, or the counts are small.
  init?(_ expression: RegularExpression, _ caseInsensitive: Bool, _ mode: MatchMode) {
    switch expression.countedCost {
    case .linear, .tooLarge: return nil
    case .polynomial(_, let text), .exponential(let text): self.text = text
    }
    steps = Self.limit(mode)
    let place = mode == .search ? Pattern.Mode.here : .whole
    guard let pattern = try? Pattern(expression.source, caseless: caseInsensitive, mode: place, countsAll: true) else { return nil }
    var rounds = 2
    // Two counts that multiply are there by then: half the square of the rounds is more than the limit. What takes longer is a small count times an
    // endless repetition, as in `\s+[^>]{0,40}>`: a text pays for that once, not again at the next place.
    while rounds <= (mode == .search ? 256 : 512), text.pump.utf8.count * rounds <= 16_384 {
      let bytes = Array(text.repeated(rounds).utf8)
      if pattern.takes(moreThan: steps, at: bytes.span) {
        self.rounds = rounds
        return
      }
      rounds *= 2
    }
    return nil
  }
}

extension Checker {
  mutating func reportCounts(_ costly: CostlyText, _ literal: RegexLiteral) {
    let example = String(decoding: write(.string(costly.text.repeated(4)), .compact), as: UTF8.self)
    report(
      .costlyCounts, "the counts of this pattern multiply", literal.range,
      "more than \(costly.steps) steps at one place of a text such as \(example), with \(costly.rounds) rounds",
      help:
        "two repetitions can match the same text, so it is divided among them in every way; let only one of them take it, or lower the counts"
    )
  }
}
