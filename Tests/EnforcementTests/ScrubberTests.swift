import Testing

@testable import Enforcement

@Suite struct ScrubberTests {
  @Test(arguments: [
    "Unknown resource: demo://static", "API rate limit exceeded", "see https://api.example.com/v1/users/7 for more",
    "either/or is not a path", "ratio 3/4", "Invalid value for tools/call", "/",
    "update your settings", "at most 5 items", "file://open/a/b passes with its scheme",
    "preselect a value from the list", "mail bob@example.com", "a—b/c/d is a name", "https://example.com/a@b/c",
  ])
  func clean(_ text: String) {
    guard case .clean = Scrubber.examine(text) else {
      Issue.record("taken for inside: \(text)")
      return
    }
  }

  @Test(arguments: [
    ("boom: /etc/secret/path", "boom: [path withheld]"), ("open(\"/home/a b/c\") failed", "open(\"[path withheld] b/c\") failed"),
    ("in '/srv/app/main.py' at line 3", "in '[path withheld]' at line 3"),
    ("ENOENT, open C:\\Users\\svc\\x", "ENOENT, open [path withheld]"),
    ("~/.ssh/id_rsa is missing", "[path withheld] is missing"), ("\\\\host\\share\\file gone", "[path withheld] gone"),
    ("path=/var/lib/x,mode=r", "path=[path withheld],mode=r"),
    ("can’t open ‘/etc/x/y’", "can’t open ‘[path withheld]’"), ("«/srv/a/b» fehlt", "«[path withheld]» fehlt"),
    ("moved →/home/alice/x", "moved →[path withheld]"), ("at\u{A0}/srv/app/main", "at\u{A0}[path withheld]"),
    ("see file:///home/alice/x.txt", "see file://[path withheld]"), ("see FILE://localhost/etc/passwd", "see FILE://[path withheld]"),
    ("file:/etc/passwd", "file:[path withheld]"),
    ("connect postgres://app:hunter2@db.internal:5432/main failed", "connect postgres://[user withheld]@db.internal:5432/main failed"),
    ("GET https://token@api.example.com/v1?x=1", "GET https://[user withheld]@api.example.com/v1?x=1"),
  ])
  func paths(_ text: String, _ expected: String) {
    guard case .paths(let cleaned) = Scrubber.examine(text) else {
      Issue.record("passed: \(text)")
      return
    }
    #expect(cleaned == expected)
  }

  @Test(arguments: [
    "Traceback (most recent call last):\n  File \"x.py\", line 1", "Error: x\n    at Object.run (index.js:1:2)",
    "panic: runtime error", "goroutine 1 [running]:", "java.lang.X\n\tat com.y.Z(Z.java:5)",
    "SELECT * FROM users WHERE id = 1", "syntax error near: insert\n into t values (1)", "DELETE FROM t", "[SQL: PRAGMA x]",
    "update users set admin = 1", "select\u{A0}*\u{A0}from\u{A0}users", "SELECT/**/id/**/FROM t", "select -- all\n * from t",
    "insert -- x\n into t values (1)", "SELECT\"id\"FROM\"t\"", "sel\u{200B}ect a from b", "error: (select(1)from(t))",
  ])
  func withheld(_ text: String) {
    guard case .withheld = Scrubber.examine(text) else {
      Issue.record("passed: \(text)")
      return
    }
  }
}
