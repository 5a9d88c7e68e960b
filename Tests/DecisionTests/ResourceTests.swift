import Testing

/// Rules on resources. A server may decode, fold or shorten a URI before it reads it: grants take only what has one meaning, denies and asks
/// all that could mean what they name.
@Suite struct ResourceTests {
  private static let rules = """
    scope hand opens resource s "file:///hand/**", resource s "https://h.example/*/page", resource s "notes://a"
    grant g hand to any agent
    """

  @Test(arguments: [
    "file:///hand/a", "file:///hand/a/b", "file:///hand/", "FILE:///hand/a", "file:///hand/%61", "file:///hand/a%20b", "file:///hand/é",
    "file:///hand/%C3%A9", "https://h.example/x%20y/page", "file:///hand/.a", "file:///hand/a..b", "https://h.example/x/page",
    "HTTPS://H.Example/x/page",
    "notes://a", "NOTES://A", "file:///hand/it’s",
  ]) func isGranted(uri: String) throws {
    var situation = try Situation(Self.rules)
    #expect(situation.resource(uri) == "allow g")
  }

  /// What a label may still bring about hides nothing; a label that is there and stays does.
  @Test func listsLeaveOpenWhatLabelsDecide() throws {
    var situation = try Situation(
      """
      label tainted "has read outside text"
      mark tainted after s.fetch
      grant g resources to any agent
      deny d on resource s "file:///secret/**" when session has tainted
      """)
    let unlabelled = situation.lists(resource: "file:///secret/a", isLabelled: false)
    let labelled = situation.lists(resource: "file:///secret/a", isLabelled: true)
    let elsewhere = situation.lists(resource: "file:///other", isLabelled: true)
    #expect(unlabelled && !labelled && elsewhere)
  }

  /// Odd spellings, all of what the grant's globs would match as text or after decoding.
  static let odd = [
    "file:///hand/../etc/passwd", "file:///hand/./a", "file:///hand/..", "file:///hand/.", "file:///hand/...", "file:///hand//a",
    "file:///hand///", "file:///hand/..;/a", "file:///hand/..;x=1/a", "file:///hand/%2e%2e/a", "file:///hand/%2E/a", "file:///hand/.%2e/a",
    "file:///hand/%2f..%2fa", "file:///hand%2fa", "file:///hand/a%5c..%5cb", "file:///hand/a\\..\\b", "file:///hand/%252e%252e/a",
    "file:///hand/%", "file:///hand/%4", "file:///hand/%zz", "file:///hand/%00", "file:///hand/a\u{0}b", "file:///hand/a b",
    "file:///hand/a\tb",
    "file:///hand/a\nb", "file:///hand/a\u{7F}", "file:///hand/a#b", "file:///hand/a%23b", "file:///hand/a%3fb", "file:///hand/a%3b",
    "file:///hand/%C0%AE%C0%AE/a", "file:///hand/%c0%af", "file:///hand/%ff", "file:///hand/%E2%80%AE", "file:///hand/．．/a",
    "file:///hand/%EF%BC%8E%EF%BC%8E/a", "file:///hand/a／b", "file:///hand/‥/a", "file:///hand/a\u{200B}", "file:///hand/\u{FEFF}a",
    "file:///hand/a⁄b", "file:///hand/a∕b", "file:///hand/\u{AD}", "file:///hand/%0d%0a", " file:///hand/a", "https://h.example/x%2fy/page",
    "file:///hand/a?q=1", "file:///hand/x?/../../secret/a", "file:///hand/?..", "https://h.example/x/page?/../../secret", "file:hand/a",
    "hand/a", "//h.example/x/page", "https:h.example/x/page", "https:/h.example/x/page", "https:///h.example/x/page", "https:",
    "https://h.example./x/page", "https://h.example:/x/page", "https://h.example:0443/x/page", "https://u@v@h.example/x/page",
    "https://0x7f.1/x", "https://127.1/x", "https://[::0:1]/x", "notes://h.example./a", "notes://h:x/a",
    "https://h%2eexample/x/page", "https://h.example//page", "https://h.example/../page", "https://h.example/./page",
  ]

  @Test(arguments: odd) func oddIsNotGranted(uri: String) throws {
    var situation = try Situation(Self.rules)
    #expect(situation.resource(uri) == "deny")
    var everything = try Situation("grant g resources to any agent")
    #expect(everything.resource(uri) == "deny")
  }

  @Test(arguments: [
    "file:///Hand/a", "file:///hand", "file:///handy/a", "file://hand/a", "file:/hand/a", "file://localhost/hand/a", "file://evil/hand/a",
    "https://h.example/x/y/page", "https://h.example/page", "https://h.example:443/x/page", "https://u@h.example/x/page",
    "https://h.example./x/page", "https://evil.example/x/page", "notes://a/b", "notes:a", "x/FILE:///hand/a", "",
  ]) func otherIsNotGranted(uri: String) throws {
    var situation = try Situation(Self.rules)
    #expect(situation.resource(uri) == "deny")
  }

  private static let denied = """
    grant g resources to any agent
    deny d on resource s "file:///secret/**", resource s "https://h.example/secret/", resource s "https://*.Inner.example/**",
      resource s "https://secret.example/**", resource s "https://port.example:443/**", resource s "db://u.example/**"
    """

  /// What a server could take for something denied.
  static let touched = [
    "file:///secret/a", "FILE:///secret/a", "file:///SECRET/a", "file:///Secret/A", "file:///%73ecret/a", "file:///secre%74/%61",
    "file:///secret/a?x", "file:///secret/a/", "file:///secret;v=1/a", "file:///secret;/a", "file://localhost/secret/a", "file:/secret/a",
    "file:/SECRET/a", "file://LOCALHOST/secret/a", "https://h.example/secret/", "https://h.example/secret", "https://h.example/secret?a=/b",
    "https://h.example/secret/?a", "https://h.example/secret;a=b", "https://h.example/secret;a=b/", "https://h.example:443/secret",
    "https://h.example:/secret", "https://u:p@h.example/secret", "https://h.example./secret/", "HTTPS://H.EXAMPLE/secret",
    "file:///secret", "file:///secret?x", "https://secret.example:443/x", "https://secret.example", "https://secret.example/",
    "https://secret.example?a", "https://u@secret.example/x", "https://secret.example./x", "https://port.example/x", "https://port.example",
    "https://port.example:443/x", "db://u.example", "db://me@u.example/x", "db://me:word@u.example:99/x",
    "https://a.inner.example/x", "https://a.Inner.example/x", "https://A.INNER.example:8443/x",
  ]

  @Test(arguments: touched) func odderIsDenied(uri: String) throws {
    var situation = try Situation(Self.denied)
    #expect(situation.resource(uri) == "deny d")
    var asks = try Situation("grant g resources to any agent\nask q on resource s \"file:///secret/**\" from \"x\" within 1m")
    if uri.lowercased().hasPrefix("file:///secret/"), !uri.contains("?") { #expect(asks.resource(uri) == "ask q") }
  }

  @Test(arguments: [
    "file:///secrets/a", "file:///a/secret/b", "https://h.example/secret/a", "https://inner.example/x", "notes://secret/",
    "https://port.example:8443/x",
    "https://secret.example.org/x", "db://me@v.example:99/x",
  ])
  func othersAreNotDenied(uri: String) throws {
    var situation = try Situation(Self.denied)
    #expect(situation.resource(uri) == "allow g")
  }

  @Test func bytesThatAreNoText() throws {
    var situation = try Situation("grant g resources to any agent")
    #expect(situation.resource(Array("file:///a".utf8) + [0xFF]) == "deny")
    #expect(situation.resource(Array("file:///a".utf8) + [0xC0, 0xAE]) == "deny")
    #expect(situation.resource(Array("file:///".utf8) + Array(repeating: UInt8(ascii: "a"), count: 5_000)) == "deny")
    #expect(situation.resource(Array("file:///".utf8) + Array(repeating: UInt8(ascii: "a"), count: 4_000)) == "allow g")
  }

  @Test(arguments: [
    ("file:///hand/{path}", true), ("file:///{+path}", true), ("{+uri}", true), ("https://h.example/{id}/page", true), ("notes://a", true),
    ("file:///etc/{path}", false), ("https://evil.example/{id}", false), ("notes://b", false), ("notes://b{x}", false),
    ("FILE:///hand/{x}", true),
  ]) func template(template: String, isListed: Bool) throws {
    var situation = try Situation(Self.rules)
    #expect(situation.lists(template: template) == isListed)
  }

  @Test(arguments: [
    ("file:///secret/{path}", false), ("file:///SECRET/a-{path}", false), ("file:///{+path}", true), ("file:///secret{path}", true),
    ("https://secret.example{/path}", true), ("https://secret.example/{path}", false), ("file:///secret/a", false),
    ("file:///open/a", true),
    ("file:///open/../{+path}", false), ("file:///open/{+path}", true),
  ]) func deniedTemplate(template: String, isListed: Bool) throws {
    var situation = try Situation(Self.denied)
    #expect(situation.lists(template: template) == isListed)
  }

  /// Quadratic matching is cut off: it neither grants nor keeps a deny from holding.
  @Test func longMatchesAreCutOff() throws {
    let rules = (0..<20).map { "deny d\($0) on resource s \"**secret*x*y*.\($0)txt\"" }.joined(separator: "\n")
    var situation = try Situation("grant g resources to any agent\n" + rules)
    #expect(situation.resource("demo:" + String(repeating: "xsecret", count: 580)) != "allow g")
    #expect(situation.resource("demo:a") == "allow g")
  }
}
