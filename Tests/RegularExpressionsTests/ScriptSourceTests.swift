import RegularExpressions
import Testing

/// What a model and other validators read in place of our own pattern.
@Suite struct ScriptSourceTests {
  @Test(arguments: [
    (#"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}"#, #"^[A-Z]{2}[0-9]{2}[0-9A-Z]{11,30}$"#),
    (#"\d+\.\d{2}"#, #"^[0-9]+\.[0-9]{2}$"#),
    (#"a|b"#, #"^(?:a|b)$"#),
    (#"(a|b)c"#, #"^(?:a|b)c$"#),
    (#"(ab)*"#, #"^(?:ab)*$"#),
    (#"a.c"#, #"^a[^\n]c$"#),
    (#"(?s)a.c"#, #"^a[\s\S]c$"#),
    (#"(?i)ab"#, #"^[Aa][Bb]$"#),
    (#"[^/]+"#, #"^[^/]+$"#),
    (#"\Aa\z"#, #"^^a$$"#),
    (#"a{3}b?c{2,}"#, #"^a{3}b?c{2,}$"#),
    (#"[\]^-]"#, #"^[\-\]\^]$"#),
    (#"\x{2028}é"#, #"^\u2028é$"#),
  ])
  func source(pattern: String, script: String) throws {
    #expect(try RegularExpression(parsing: pattern).scriptSource == script)
  }

  @Test(arguments: [#"(?>a*)b"#, #"a*+b"#, #"(?m)^a$"#])
  func whatECMAScriptCannotSayIsNotSaid(pattern: String) throws {
    #expect(try RegularExpression(parsing: pattern).scriptSource == nil)
  }
}
