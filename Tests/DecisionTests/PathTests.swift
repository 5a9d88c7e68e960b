import Testing

/// `under`, from the policy's text to the verdict: what could be read as another path is under nothing, so no grant takes it and every
/// `not under` denies it.
@Suite struct PathTests {
  static let inside = [
    "src", "src/", "src/a", "src/a/b.swift", "./src/a", "src/./a", "src//a", "src/a/../b", "src/a/..", "src/...", "src/..a", "src/a b",
    "src/é",
    "x/../src/a", "src/%61", "src/100%", "src/.hidden", "src/\u{1F600}", "src/a:b",
  ]

  static let outside = [
    "", ".", "..", "/", "/src", "/src/a", "//src/a", "Src/a", "SRC", "srcs", "src.bak", "src-old/a", " src/a", "src /a", "\tsrc/a", "sr",
    "sr/c",
    "a/src", "./a/src", "src/..", "src/../a", "src/../../src/a", "../src/a", "../../src", "src/a/../../b", "src/a/../../../src",
    "./../src/a",
    "src/./../x", "src//../x", "x/../../src", "..\\src", "src\\a", "src\\..\\x", "src/..\\x", "\\\\host\\src", "C:src", "C:/src/a",
    "c:\\src",
    "src/%2e%2e/x", "src/%2E%2E/x", "src/.%2e/x", "%2e/src", "src%2fa", "src%2Fa", "src%5ca", "src%5C..%5Cx", "src/%252e%252e/x",
    "src/a%00",
    "src/a\u{0}", "src\u{0}/../x", "\u{0}src", "src/%00/../x", "ｓｒｃ/a", "src／a", "s\u{0301}rc", "~/src", "$HOME/src", "file:///src/a",
    "src\u{2215}a", "\u{FEFF}src/a", "src\u{200B}/a", "src\u{FF0F}..\u{FF0F}x",
  ]

  @Test(arguments: inside) func isUnder(path: String) throws {
    var grants = try Situation("grant g reads to any agent when args.path under \"src\"")
    #expect(try grants.call("read", "{\"path\": \(quoted(path))}") == "allow g")
    var denies = try Situation("grant g reads to any agent\ndeny d on s.read when args.path not under \"src\"")
    #expect(try denies.call("read", "{\"path\": \(quoted(path))}") == "allow g")
  }

  @Test(arguments: outside) func isNotUnder(path: String) throws {
    var grants = try Situation("grant g reads to any agent when args.path under \"src\"")
    #expect(try grants.call("read", "{\"path\": \(quoted(path))}") == "deny")
    var denies = try Situation("grant g reads to any agent\ndeny d on s.read when args.path not under \"src\"")
    #expect(try denies.call("read", "{\"path\": \(quoted(path))}") == "deny d")
    var lists = try Situation("grant g reads to any agent\ndeny d on s.read when any of args.paths not under \"src\"")
    #expect(try lists.call("read", "{\"path\": \"\", \"paths\": [\"src/a\", \(quoted(path))]}") == "deny d")
    #expect(try lists.call("read", "{\"path\": \"\", \"paths\": [\"src/a\", \"src/b\"]}") == "allow g")
  }

  @Test func rootIsItsOwnTree() throws {
    var situation = try Situation("grant g reads to any agent when args.path under \"/etc\"")
    #expect(try situation.call("read", "{\"path\": \"/etc/passwd\"}") == "allow g")
    #expect(try situation.call("read", "{\"path\": \"/var/../etc/passwd\"}") == "allow g")
    #expect(try situation.call("read", "{\"path\": \"etc/passwd\"}") == "deny")
    #expect(try situation.call("read", "{\"path\": \"/../etc/passwd\"}") == "allow g")
  }
}
