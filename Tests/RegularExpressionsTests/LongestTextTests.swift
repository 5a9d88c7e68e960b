import Patterns
import RegularExpressions
import Testing

/// Machine code does not count what a repeated single character gives back, so a pattern of more than linear time is held to short texts.
@Suite struct LongestTextTests {
  @Test(arguments: [
    ("a+b", MatchMode.whole, Int.max), ("[a-z]{2}x*", .whole, .max), (".*x.*", .whole, 4_096), ("a+b", .search, 4_096),
    ("^a+b", .search, .max), ("a*a*a*b", .whole, 256),
  ])
  func longestText(source: String, mode: MatchMode, expected: Int) throws {
    #expect(try RegularExpression(parsing: source).ambiguity(mode).longestText == expected)
  }

  @Test func aLongerTextIsUndecidedAndNeverAbsent() throws {
    let pattern = try Pattern(".*x.*y", mode: .whole, longestText: 8)
    var scratch = MatchScratch()
    #expect(pattern.match(Array("axxxxxxy".utf8).span, scratch: &scratch) == .found(0..<8))
    #expect(pattern.match(Array("axxxxxxxy".utf8).span, scratch: &scratch) == .undecided(.textTooLong))
    #expect(pattern.matchUnverified(Array("axxxxxxxz".utf8).span, scratch: &scratch) == .undecided(.textTooLong))
  }
}
