import Patterns
import RegularExpressions
import Testing

@Suite struct SyntaxTests {
  @Test(arguments: [
    "", "a", "a|b|", "(a)(?:b)(?<n>c)(?>d)", "[a-z-]", "[-a]", "[^\\w\\s]", "[[:alpha:][:^digit:]_]", "a{2}b{2,}c{2,5}", "a*?b++c??d{1,2}+",
    "^a$", "\\Aa\\z", "\\ba\\B", "\\x41\\x{1F600}", "\\n\\t\\r\\f\\a\\e", "(?i)a(?s:.)(?m:^b$)", "(?i-s:a)", "\\.\\-\\_\\@\\ ", "é[à-ü]",
    "}]",
    "(?i)(?m)^x", "[a\\]b]", "[a[b]", "a(?:(?i)b|c)d", "(a|)*", "[\\h\\V]", "\\D\\H\\v", "[a-a]", "[+--]",
  ]) func accepted(_ source: String) throws {
    let expression = try RegularExpression(parsing: source)
    _ = try Pattern(source, mode: .search)
    _ = try Pattern(expression.root.description, mode: .search)
    let again = try RegularExpression(parsing: expression.root.description)
    #expect(again.minimumWidth == expression.minimumWidth && again.maximumWidth == expression.maximumWidth)
  }

  @Test(arguments: [
    ("(a)\\1", 3, "back-references"), ("(?=a)", 0, "look-ahead"), ("x(?!a)", 1, "negative look-ahead"), ("(?<=a)", 0, "look-behind"),
    ("(?<!a)b", 0, "negative look-behind"), ("(?R)", 0, "recursion"), ("(?(1)a)", 0, "conditions"), ("(?C)", 0, "callouts"),
    ("\\K", 0, "`\\K`"),
    ("\\G", 0, "`\\G`"), ("\\C", 0, "`\\C`"), ("\\X", 0, "`\\X`"), ("\\R", 0, "`\\R`"), ("(*SKIP)", 0, "a verb"),
    ("(?<n>a)\\k<n>", 7, "back-references"),
    ("[]a]", 1, "`]` is first"), ("[^]a]", 2, "`]` is first"), ("[]", 1, "`]` is first"), ("a{,3}", 1, "`{` stands alone"),
    ("a{", 1, "`{` stands alone"),
    ("{2}", 0, "`{` repeats nothing"), ("*a", 0, "`*` repeats nothing"), ("a|+", 2, "`+` repeats nothing"), ("a**", 1, "two repetitions"),
    ("a{2}{3}", 1, "two repetitions"), ("a+*", 1, "two repetitions"), ("^*", 0, "a place is repeated"), ("\\b+", 0, "a place is repeated"),
    ("\\Qa\\E", 0, "`\\Q`"), ("\\012", 0, "octal"), ("\\o{12}", 0, "octal"), ("\\x", 0, "a character's number"),
    ("\\x{}", 0, "a character's number"),
    ("\\x4", 0, "a character's number"), ("\\x{d800}", 0, "no character"), ("\\x{110000}", 0, "no character"), ("\\u0041", 0, "`\\u`"),
    ("\\p{L}", 0, "Unicode properties"), ("\\Z", 0, "`\\Z`"), ("\\y", 0, "no such escape"), ("é\\é", 2, "no such escape"),
    ("a\\", 1, "`\\` is the last"),
    ("(a", 0, "`(` is never closed"), ("a)", 1, "`)` closes nothing"), ("[a", 0, "`[` is never closed"), ("[z-a]", 1, "the range goes"),
    ("[\\d-z]", 3, "`-` after"), ("[a-\\d]", 1, "a range ends"), ("[a-c-e]", 4, "`-` after"), ("[[.a.]]", 1, "`[.`"),
    ("[[:foo:]]", 1, "no such set"),
    ("[[:a]", 1, "no such set"), ("[\\b]", 1, "`\\b` in a class"), ("a(?i)b", 1, "flags can be set"), ("(?x:a)", 2, "no such flag"),
    ("(?ii:a)", 2, "the flag"), ("(?#c)", 0, "comments"), ("(?|a)", 0, "groups that share"), ("(?P<n>a)", 0, "names are written"),
    ("(?<n>a)(?<n>b)", 7, "two groups"), ("(?<1>a)", 0, "a group's name"), ("a{3,2}", 1, "the counts stand"),
    ("a{1001}", 1, "a count is more"),
    ("((a{1000}){1000})", 0, "the expression stands for"), ("(?^:a)", 0, "`(?^`"), ("(?", 0, "no such kind"),
  ]) func refused(_ source: String, _ offset: Int, _ message: String) {
    let error = #expect(throws: SyntaxError.self) { try RegularExpression(parsing: source) }
    #expect(error?.offset == offset)
    #expect(error?.message.hasPrefix(message) == true, "\(error?.message ?? "")")
  }

  @Test func nestingIsLimited() {
    let deep = String(repeating: "(", count: 10_000)
    let error = #expect(throws: SyntaxError.self) { try RegularExpression(parsing: deep) }
    #expect(error?.message.hasPrefix("groups are nested") == true)
  }

  @Test(
    arguments: [
      ("", 0, 0), ("abc", 3, 3), ("a|bc", 1, 2), ("a*", 0, nil), ("a{2,5}", 2, 5), ("é", 2, 2), (".", 1, 4), ("(?:)*", 0, 0),
      ("\\bfoo\\b", 3, 3),
      ("[a-é]", 1, 2), ("(?i)k", 1, 3), ("(?i)s", 1, 2), ("\\d{3,}", 3, nil), ("(?:ab|c){2,3}", 2, 6),
    ] as [(String, Int, Int?)]) func width(_ source: String, _ minimum: Int, _ maximum: Int?) throws
  {
    let expression = try RegularExpression(parsing: source)
    #expect(expression.minimumWidth == minimum)
    #expect(expression.maximumWidth == maximum)
  }
}
