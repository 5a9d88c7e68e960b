import Patterns
import RegularExpressions
import TestSupport
import Testing

/// Where an expression begins to match, one of its branches does.
@Suite struct BranchTests {
  @Test(arguments: [
    ("foo", 1), ("^foo|bar", 2), ("^foo|^bar", 1), ("(?:^|[.;])run", 2), ("\\bfoo|(?:^bar|(?m:^)baz)|q", 4), ("(?:^|x)?foo", 1),
    ("(?:^a|b)(?:^c|d)", 2),
  ]) func count(_ source: String, _ expected: Int) throws {
    let branches = try RegularExpression(parsing: source).branches
    #expect(branches.count == expected)
    #expect(Set(branches.map(\.matchStart)).count == expected)
  }

  @Test func everyMatchIsOfABranch() throws {
    let seed = propertySeed()
    var generator = ExpressionGenerator(random: SeededGenerator(seed: seed), givesBack: false)
    var scratch = MatchScratch()
    var checked = 0
    for _ in 0..<propertyRuns(3_000) {
      let source = generator.source()
      let caseless = generator.random.chance(50)
      let expression = try RegularExpression(parsing: source, caseInsensitive: caseless)
      let branches = expression.branches
      guard branches.count > 1, expression.minimumWidth > 0 else { continue }
      #expect(branches.allSatisfy { $0.minimumWidth > 0 })
      let pattern = try Pattern(source, caseless: caseless, mode: .search)
      let parts = try branches.map { try Pattern($0.root.description, mode: .here) }
      for _ in 0..<8 {
        let bytes = Array(generator.text().utf8)
        guard case .found(let range) = pattern.match(bytes.span, scratch: &scratch) else { continue }
        checked += 1
        var isFound = false
        for part in parts where !isFound {
          if case .found = part.match(bytes.span, from: range.lowerBound, scratch: &scratch) { isFound = true }
        }
        #expect(isFound, "seed \(seed): /\(source)/ on \(String(decoding: bytes, as: UTF8.self).debugDescription)")
      }
    }
    #expect(checked > 50)
  }
}
