import Semantics
import TestSupport
import Testing

/// Globs against every short text and a matcher that tries everything.
@Suite struct GlobTests {
  private let texts = words(of: ["a", "/"], atMost: 8)

  @Test func overlapIsACommonText() {
    let seed = propertySeed()
    var random = SeededGenerator(seed: seed)
    for run in 0..<propertyRuns(300) {
      let (left, right) = (glob(["a", "/", "*", "**"], &random), glob(["a", "/", "*", "**"], &random))
      // Two globs of at most four pieces that have a common text have one of at most eight characters.
      let common = texts.first { naive(Array($0)[...], Glob(left).pieces[...]) && naive(Array($0)[...], Glob(right).pieces[...]) }
      #expect(Glob(left).overlaps(Glob(right)) == (common != nil), "seed \(seed), run \(run): \(left), \(right): \(common ?? "nothing")")
    }
  }

  @Test func namesMatchAsIfEverythingWereTried() {
    let seed = propertySeed()
    var random = SeededGenerator(seed: seed)
    for run in 0..<propertyRuns(300) {
      let pattern = glob(["a", "b", "*"], &random)
      let name = (0..<Int.random(in: 0...8, using: &random)).map { _ in random.chance(50) ? "a" : "b" }.joined()
      let pieces = pattern.map { $0 == "*" ? Glob.Piece.anything : .literal(String($0)) }
      #expect(matches(name, glob: pattern) == naive(Array(name)[...], pieces[...]), "seed \(seed), run \(run): \(name), \(pattern)")
    }
  }

  private func glob(_ pieces: [String], _ random: inout SeededGenerator) -> String {
    (0..<Int.random(in: 1...4, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
  }

  private func naive(_ text: ArraySlice<Character>, _ pieces: ArraySlice<Glob.Piece>) -> Bool {
    guard let piece = pieces.first else { return text.isEmpty }
    let rest = pieces.dropFirst()
    switch piece {
    case .literal(let literal): return text.starts(with: literal) && naive(text.dropFirst(literal.count), rest)
    case .anything: return (0...text.count).contains { naive(text.dropFirst($0), rest) }
    case .withinSegment:
      let longest = text.prefix { $0 != "/" }.count
      return (0...longest).contains { naive(text.dropFirst($0), rest) }
    }
  }
}
