import Schemas
import Testing

/// Regular expressions mean what ECMA-262 says, whichever of the ways they take.
struct PatternTests {
  @Test(arguments: [
    ("^a", "abc", true), ("^a", "ba", false), ("c$", "abc", true), ("c$", "abc\\n", false), ("^abc$", "abc", true),
    ("^abc$", "abcd", false),
    ("b", "abc", true), ("", "x", true), ("^$", "", true), ("^$", "a", false), (".", "\\n", false), (".", "\\u2028", false),
    ("^[a-z_][a-z0-9_]*$", "snake_case1", true), ("^[a-z_][a-z0-9_]*$", "1snake", false), ("^s-[0-9]{4}$", "s-1234", true),
    ("^s-[0-9]{4}$", "s-12345", false), ("^s-[0-9]{4}", "s-12345", true), ("^[0-9]+px$", "12px", true), ("^[0-9]+px$", "px", false),
    ("^a*ab$", "aab", true), ("^a?a$", "a", true), ("^a{2,3}a$", "aaa", true), ("^[a-c]{2,}[d-f]?$", "abcabcf", true),
    ("^\\\\d+\\\\.\\\\d+$", "1.25", true), ("^\\\\w+$", "é", false), ("^\\\\s$", "\\u00a0", true), ("^\\\\S$", "\\u3000", false),
    ("^[\\\\w.-]+$", "a.b-c", true), ("^[\\\\w-]+$", "a b", false), ("[^]", "\\n", true), ("[]", "a", false), ("^\\\\u{1F432}$", "🐲", true),
    ("^\\\\ud83d\\\\udc32$", "🐲", true), ("^\\\\cA$", "\\u0001", true), ("^[[]a$", "[a", true), ("^{a}$", "{a}", true),
    ("^(?<year>\\\\d{4})-(?=1)", "2026-12", true), ("^(?:a|b)+?$", "abba", true), ("\\\\p{Lu}", "É", true), ("^[\\\\p{L}]+$", "Éa1", false),
    ("^a-z$", "a-z", true), ("^[a-]+$", "-a", true), ("^[+-]?[0-9]+$", "-12", true), ("^\\\\/\\\\-$", "/-", true),
  ])
  func patternsSearchAsInTheirLanguage(pattern: String, text: String, matches: Bool) throws {
    #expect(try compile(#"{"pattern": "\#(pattern)"}"#).check("\"\(text)\"") == (matches ? .valid : .invalid))
    // Names of members are searched alike.
    let names = try compile(#"{"patternProperties": {"\#(pattern)": false}}"#)
    #expect(try names.check("{\"\(text)\": 1}") == (matches ? .invalid : .valid))
  }
}
