import RegularExpressions
import Testing

@Suite struct LintTests {
  @Test(arguments: [
    (".*@[^ourcompany.com$].*", Lint.Kind.classSpellsWord, "ourcompany.com$", "o", 3..<21),
    ("[system]+", .classSpellsWord, "system", "s", 0..<8),
    ("[A-z]+", .rangeAcrossCases, "A-z", "_", 0..<5),
    ("https://ourcompany.com/.*", .unescapedDot, "ourcompany.com", "ourcompanyxcom", 8..<22),
    ("https://ourcompany\\.com.*", .unanchoredHost, "ourcompany.com", "https://ourcompany.com.attacker.example/", 8..<23),
    (".*ourcompany\\.com", .unanchoredHost, "ourcompany.com", "attacker-ourcompany.com", 2..<17),
    ("\\bignore (?:all|previous)", .caseSensitiveWord, "ignore", "Ignore", 2..<8),
  ]) func found(_ source: String, _ kind: Lint.Kind, _ subject: String, _ witness: String, _ range: Range<Int>) throws {
    let expression = try RegularExpression(parsing: source)
    let lint = try #require(expression.lints(kind == .caseSensitiveWord ? .search : .whole).first { $0.kind == kind })
    #expect(lint.subject == subject && lint.witness == witness && lint.range == range, "\(lint)")
    // A witness is a text that shows it.
    if [.unescapedDot, .unanchoredHost].contains(kind) {
      var recognizer = try #require(Recognizer(Language(expression, .search)))
      #expect(recognizer.accepts(witness) == true || kind == .unescapedDot)
    }
    if let suggestion = lint.suggestion { _ = try RegularExpression(parsing: kind == .rangeAcrossCases ? "[\(suggestion)]" : suggestion) }
  }

  @Test(arguments: [
    ("[aeiou]", false), ("[a-zA-Z0-9]", false), ("[abcdefABCDEF]", true), ("https://(?:[a-z]+\\.)?ourcompany\\.com/[a-z]*", false),
    ("ignore previous", true), ("[A-Z]{2}\\d+", false),
    ("https://ourcompany\\.com", false), ("AKIA[A-Z0-9]{16}", false), ("[.,;:!?]", false), ("\\w+@ourcompany\\.com", false), ("foo", false),
    ("a.b", true), ("x.y.z", false),
  ]) func nothingFound(_ source: String, _ caseInsensitive: Bool) throws {
    #expect(try RegularExpression(parsing: source, caseInsensitive: caseInsensitive).lints(.whole) == [])
  }

  @Test(arguments: [
    ("a", "b", Language.Finding.text("a")), ("a|b", "[ab]", .none), ("a+", "a*", .none), ("a*", "a+", .text("")),
    ("\\bfoo\\b", "foo", .none), ("a++b", "a+b", .none),
    ("(?>a|ab)c", "abc", .undecided), ("abc", "(?>a|ab)c", .undecided), ("\\d{1,3}", "[0-9]*", .none), ("(?i)k", "[kK]", .text("\u{212A}")),
    ("a$", "a", .none),
  ]) func inclusion(_ first: String, _ second: String, _ finding: Language.Finding) throws {
    let first = Language(try RegularExpression(parsing: first), .whole)
    let second = Language(try RegularExpression(parsing: second), .whole)
    #expect(Language.text(in: [first], notIn: [second]) == finding)
  }

  @Test(arguments: [
    ("", MatchMode.search, Language.Finding.none), (".*", .search, .none), ("a", .search, .text("")), ("(?s).*", .whole, .none),
    (".*", .whole, .text("\n")), ("x?", .search, .none),
    ("^", .search, .none), ("\\b", .search, .text("")),
  ]) func vacuity(_ source: String, _ mode: MatchMode, _ missed: Language.Finding) throws {
    #expect(Language.text(in: [], notIn: [Language(try RegularExpression(parsing: source), mode)]) == missed)
  }

  @Test(arguments: ["a\\bb", "a^b", "[^\\x{0}-\\x{10FFFF}]", "\\zx", "\\B\\b"]) func emptiness(_ source: String) throws {
    #expect(Language.text(in: [Language(try RegularExpression(parsing: source), .search)]) == .none)
  }

  @Test func overlapHasAWitness() throws {
    let first = Language(try RegularExpression(parsing: "[a-m]+1"), .whole)
    let second = Language(try RegularExpression(parsing: "[k-z]{2}\\d"), .whole)
    #expect(Language.text(in: [first, second]) == .text("kk1"))
  }

  @Test func whatIsTooLargeIsSaid() throws {
    let blowUp = Language(try RegularExpression(parsing: "(?:a|b)*a(?:a|b){20}"), .whole)
    #expect(Language.text(notIn: [blowUp, Language(try RegularExpression(parsing: "[ab]{0,40}"), .whole)]) != .none)
    #expect(Language.text(in: [blowUp], notIn: [blowUp]) == .undecided)
  }
}
