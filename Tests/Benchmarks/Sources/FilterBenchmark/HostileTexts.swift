import RegularExpressions

/// Texts that a pattern has to be tried on again and again: what it needs to begin with, repeated, and beginnings of what it matches that stop short of a match.
enum HostileTexts {
  static func pieces(for expression: RegularExpression) -> [String] {
    var pieces: Set<String> = []
    for trigger in expression.triggers() ?? [] {
      for literal in trigger.literals.prefix(3) {
        pieces.insert(String(decoding: literal, as: UTF8.self))
      }
    }
    for choice in [Choice.first, .last] {
      for long in [false, true] {
        let sample = Array(sample(expression.root, choice, long).unicodeScalars)
        // Every cut for short ones; for long ones those in which something may still be undecided.
        let step = max(1, sample.count / 24)
        for end in stride(from: 1, through: sample.count, by: step) { pieces.insert(String(String.UnicodeScalarView(sample[..<end]))) }
      }
    }
    switch expression.countedCost {
    case .polynomial(_, let text), .exponential(let text):
      pieces.formUnion([text.prefix + text.pump, text.repeated(40), text.repeated(200)])
    case .linear, .tooLarge: break
    }
    return pieces.filter { !$0.isEmpty && $0.utf8.count <= 16_384 }.sorted()
  }

  private enum Choice {
    case first, last
  }

  /// A match, more or less: with as few or as many rounds as there may be, by the first or the last of alternatives.
  private static func sample(_ expression: Expression, _ choice: Choice, _ long: Bool) -> String {
    switch expression {
    case .empty, .assertion: return ""
    case .literal, .characterClass, .any:
      let wanted: [Unicode.Scalar] = ["a", "1", "-", " ", ".", "/"]
      if let scalar = wanted.first(where: expression.scalars.contains) { return String(scalar) }
      return expression.scalars.ranges.first.flatMap { Unicode.Scalar($0.lowerBound) }.map { String($0) } ?? ""
    case .sequence(let parts): return parts.map { sample($0, choice, long) }.joined()
    case .choice(let parts): return (choice == .first ? parts.first : parts.last).map { sample($0, choice, long) } ?? ""
    case .group(let inner, _): return sample(inner, choice, long)
    case .repetition(let inner, let quantifier):
      let most = min(quantifier.maximum ?? 64, 256)
      return String(repeating: sample(inner, choice, long), count: long ? most : max(quantifier.minimum, min(1, most)))
    }
  }
}
