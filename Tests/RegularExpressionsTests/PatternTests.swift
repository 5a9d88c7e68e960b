import Patterns
import Synchronization
import Testing

@Suite struct PatternTests {
  @Test(arguments: [
    ("b+", Pattern.Mode.search, "abbc", 0, MatchOutcome.found(1..<3)), ("b+", .search, "abbc", 2, .found(2..<3)),
    ("x", .search, "abbc", 0, .none),
    ("b", .here, "abbc", 0, .none), ("b", .here, "abbc", 1, .found(1..<2)), ("a|ab", .whole, "ab", 0, .found(0..<2)),
    ("a", .whole, "ab", 0, .none),
    ("", .search, "", 0, .found(0..<0)), ("a", .search, "", 0, .none), ("", .whole, "", 0, .found(0..<0)),
    ("", .search, "ab", 2, .found(2..<2)),
    ("a$", .search, "a\n", 0, .none), ("^b", .search, "a\nb", 0, .none), ("(?m)^b", .search, "a\nb", 0, .found(2..<3)),
    ("(?m)^", .here, "a\n", 2, .none),
    ("\\d", .search, "٣", 0, .none), (".", .search, "\r", 0, .found(0..<1)), (".", .search, "\n", 0, .none),
    ("(a)(b)", .search, "ab", 0, .found(0..<2)),
    ("(?<n>a)(?<m>b)", .search, "ab", 0, .found(0..<2)), ("\\bb", .search, "ab", 1, .none),
  ]) func outcome(_ source: String, _ mode: Pattern.Mode, _ text: String, _ start: Int, _ expected: MatchOutcome) throws {
    let pattern = try Pattern(source, mode: mode)
    var scratch = MatchScratch()
    #expect(pattern.match(Array(text.utf8).span, from: start, scratch: &scratch) == expected)
    #expect(pattern.matchUnverified(Array(text.utf8).span, from: start, scratch: &scratch) == expected)
  }

  /// With PCRE2's start optimisations the machine code of 10.42 overlooks this match.
  @Test func searchesOverlookNothing() throws {
    var scratch = MatchScratch()
    let pattern = try Pattern("(?:o|foo)\\s*(?:o|foo)[^a]all", mode: .search)
    #expect(pattern.match(Array("foo\nall".utf8).span, scratch: &scratch) == .found(1..<7))
  }

  @Test func foldsAsUnicodeDoes() throws {
    var scratch = MatchScratch()
    let pattern = try Pattern("kiss", caseless: true, mode: .whole)
    #expect(pattern.match(Array("\u{212A}iſS".utf8).span, scratch: &scratch) == .found(0..<7))
  }

  @Test func givenUpIsNotAbsent() throws {
    var scratch = MatchScratch()
    let text = [UInt8](repeating: 0x61, count: 40)
    #expect(try Pattern("a+b", mode: .search).match(text.span, scratch: &scratch) == .none)
    #expect(try Pattern("(a|aa)+[bc]", mode: .search).match(text.span, scratch: &scratch) == .undecided(.matchLimit))
    let deep = [UInt8](repeating: 0x61, count: 2_000_000)
    #expect(try Pattern("(?:(?:a|b)(?:a|c))*z", mode: .here).match(deep.span, scratch: &scratch) == .undecided(.stackLimit))
  }

  @Test func invalidTextIsUndecided() throws {
    var scratch = MatchScratch()
    let pattern = try Pattern("a", mode: .search)
    #expect(pattern.matchUnverified([0x61, 0xFF].span, scratch: &scratch) == .undecided(.invalidText))
    #expect(pattern.matchUnverified([0xC3, 0xA9, 0x61].span, from: 1, scratch: &scratch) == .undecided(.invalidText))
    #expect(pattern.matchUnverified([0x61].span, from: 2, scratch: &scratch) == .undecided(.invalidText))
  }

  @Test(arguments: [("(a", 2), ("[z-a]", 3), ("a(?<>b)", 4)]) func refusalSaysWhere(_ source: String, _ offset: Int) {
    let error = #expect(throws: PatternError.self) { try Pattern(source, mode: .search) }
    #expect(error?.offset == offset)
    #expect(error?.message.isEmpty == false)
  }

  @Test func twoThreadsShareOnePattern() async throws {
    let pattern = try Pattern("(?:[ab]c|d){2,}e", mode: .search)
    let wrong = Atomic(0)
    await withTaskGroup(of: Int.self) { group in
      for worker in 0..<2 {
        group.addTask {
          var scratch = MatchScratch()
          var mistakes = 0
          for round in 0..<20_000 {
            let gap = (round + worker) % 7
            let text = Array((String(repeating: "x", count: gap) + (round % 2 == 0 ? "acbcde" : "acbde")).utf8)
            let expected: MatchOutcome = round % 2 == 0 ? .found(gap..<gap + 6) : .none
            if pattern.match(text.span, scratch: &scratch) != expected { mistakes += 1 }
          }
          return mistakes
        }
      }
      for await mistakes in group { wrong.add(mistakes, ordering: .relaxed) }
    }
    #expect(wrong.load(ordering: .relaxed) == 0)
  }
}
