import Fetching
import Testing

@Suite struct EntityTagTests {
  /// RFC 9110 section 8.8.3.
  @Test(arguments: [
    (#""xyzzy""#, true), (#"W/"xyzzy""#, true), (#""""#, true), (#"w/"x""#, false), ("xyzzy", false), (#""x"y""#, false),
    (#""x y""#, false),
    ("\"x\r\nX-Injected: 1\"", false), ("\"x\u{7F}\"", false), ("", false), ("\"", false),
    ("\"" + String(repeating: "a", count: 600) + "\"", false),
  ])
  func onlyWhatTheStandardHasIsSentBack(_ text: String, _ isTag: Bool) { #expect((EntityTag(text) != nil) == isTag) }
}
