import Bytecode
import Testing

/// What an attacker writes to leave a folder, or to reach what is excepted within it.
@Suite struct PathRuleTests {
  private static let rule = PathRule(
    folders: ["src", "docs/public", "/srv/data"].map { Array($0.utf8) },
    exceptions: [".env", "**/secrets/**", "src/*.key", "/srv/data/private", "*.pem", "src/**/generated/*.lock"].map { PathGlob($0) },
    text: "")

  @Test(arguments: [
    "src", "src/", "src/a", "src/a/b.swift", "./src/a", "src/./a", "src//a", "docs/public/x", "/srv/data/a", "src/.github/x", "src/é/ü",
    "src/a b",
    "src/..a", "src/a..b", "src/100%", "src/%zz", "src/a.key.txt", "src/sub/a.key", "src/environment", "src/a~b", "src/secret",
    "src/generated/a.txt", "src/...a",
  ])
  func passes(path: String) { #expect(Self.rule.problem(Array(path.utf8).span) == nil) }

  @Test(arguments: [
    // Elsewhere.
    "", ".", "/", "srcs", "src.bak", "SRC/a", "docs", "docs/private", "srv/data/a", "/src/a", "/srv", "/srv/database", "etc/passwd",
    "/etc/passwd", "~/src/a", "~root",
    // Climbing.
    "..", "src/..", "src/../etc", "src/a/../b", "src/a/../../etc", "../src/a", "./../src", "src/.././../etc", "src/..//etc",
    "/srv/data/../../etc", "src/a/..",
    // Other separators and drives.
    "src\\..\\etc", "src\\a", "src/a\\..\\..\\etc", "C:src", "c:/src/a", "\\\\host\\src", "//host/src", "//srv/data/a", "src/C:/x",
    "src/a:stream", "src/.env::$DATA",
    "file:///srv/data/a",
    // Encoded, once and twice.
    "src/%2e%2e/etc", "src/%2E%2E%2Fetc", "src%2fa", "src/..%2fetc", "src/%252e%252e/etc", "src/%2e./etc", "src/.%65nv", "src/%5c..%5cetc",
    "src/a%00", "src/%c0%ae%c0%ae/etc",
    "src/%41",
    // Characters that are stripped, normalised or end a text.
    "src/a\u{0}", "src/a\u{0}.txt", "src/a\n", "src/\u{1B}[2J", "src/\u{7F}", "src/\u{2024}\u{2024}/etc", "src/\u{FF0E}\u{FF0E}/etc",
    "src/.\u{200B}env", "src/.e\u{200C}nv",
    "src/\u{FF0F}etc", "src/a\u{2215}b", "src/\u{202E}txt", "src/.env\u{FEFF}", "src/\u{2025}/etc", "src/.env\u{00AD}", "src/a\u{0085}",
    "src/a\u{2028}",
    // What Windows would open as something else.
    "src/.env.", "src/.env ", "src/.env/.", "src/a./b", "src/a /b", "src/SECRET~1/key", "src/..../x", "src/... ",
    // Excepted.
    ".env", "src/.env", "src/.env/x", "src/a/.env", "src/.ENV", "src/.Env/x", "secrets/a", "src/secrets", "src/secrets/a",
    "src/a/b/Secrets/c/d", "src/a.key", "src/A.KEY", "src/.key",
    "/srv/data/private", "/srv/data/private/a", "/srv/data/.env", "/srv/data/a/secrets/b", "src/a.pem", "src/x.pem/y", "docs/public/.env",
    "./src/./.env", "src//.env",
    "src/generated/a.lock", "src/a/b/generated/x.lock",
  ])
  func doesNotPass(path: String) { #expect(Self.rule.problem(Array(path.utf8).span) != nil) }

  @Test(arguments: [
    ("a/b", "a/b", true), ("a/b", "a/b/c", true), ("a/b", "x/a/b", false), ("a/**", "a", true), ("**/b", "b", true),
    ("**/b", "a/x/b/c", true), ("a/*/c", "a/b/c", true),
    ("a/*/c", "a/c", false), ("a/*/c", "a/b/b/c", false), ("a/**/c", "a/c", true), ("a/**/c", "a/b/b/c", true), ("/a", "a", false),
    ("/a", "/a/b", true), ("a/b", "/a/b", false),
    ("**/b", "/a/b", true), ("*", "anything", true), ("a*b", "aXXb", true), ("a*b", "aXXc", false), ("*a*a*", "bab", false),
    ("*a*a*", "baba", true), ("./a/b", "a/b", true),
    // Composed and decomposed, and in capitals: file systems take them for one name, so the exception must.
    ("r\u{E9}sum\u{E9}", "r\u{E9}sum\u{E9}", true), ("r\u{E9}sum\u{E9}", "re\u{301}sume\u{301}", true),
    ("re\u{301}sume\u{301}", "r\u{E9}sum\u{E9}", true), ("r\u{E9}sum\u{E9}", "R\u{C9}SUM\u{C9}", true),
    ("r\u{E9}sum\u{E9}", "resume", false),
    ("r\u{E9}sum\u{E9}", "\u{FC}brig", false), ("secret", "\u{FC}brig/secret", true), ("*.k\u{E9}y", "a.k\u{E9}y", true),
    ("a/\u{301}b", "a/\u{301}b", true),
  ])
  func globs(glob: String, path: String, isExcepted: Bool) {
    let rule = PathRule(folders: [Array("/".utf8), []], exceptions: [PathGlob(glob)], text: "")
    #expect((rule.problem(Array(path.utf8).span) != nil) == isExcepted)
  }

  /// Time is the product of the lengths, whatever the pattern.
  @Test func starsDoNotBlowUp() {
    let glob = PathGlob(Array(repeating: "**/*a*", count: 20).joined(separator: "/"))
    let rule = PathRule(folders: [[]], exceptions: [glob], text: "")
    let path = Array(repeating: "aaaaaaaaaab", count: 2_000).joined(separator: "/")
    #expect(rule.problem(Array((path + "/x").utf8).span) != nil)
  }
}
