import Bytecode
import Compilation
import Decision
import JSON
import Semantics
import Testing
import Text

/// Texts that Swift holds equal and peers do not: composed and decomposed letters.
@Suite struct ExactTextTests {
  private static let composed = "caf\u{E9}"
  private static let decomposed = "cafe\u{301}"

  private static let snapshot = """
    {"tools":[{"name":"read","inputSchema":{"type":"object","properties":{"path":{"type":"string"},"url":{"type":"string"},\
    "\(composed)":{"type":"string"},"\(decomposed)":{"type":"string"}},"required":["path","\(composed)","\(decomposed)"]}}]}
    """

  private static func files(_ rules: String) -> [String: String] {
    [
      "a.sally": """
      policy a

      server files from "s.json"

      scope reading
        opens files.read

      grant everything
        reading to any agent

      \(rules)

      """,
      "s.json": snapshot,
    ]
  }

  private func rule(_ rules: String, _ arguments: String) throws -> String? {
    let program = try program(Self.files(rules))
    var evaluator = Evaluator(program)
    let document = try Document(text: arguments)
    let principal = Principal(Identity(caller: .anyone), of: program)
    let verdict = evaluator.decide(
      .tool(ToolID(0), document, arguments: document.root), principal: principal, labels: LabelSet(), now: Moment(milliseconds: 0))
    guard case .deny(.byRule(let number)) = verdict else { return nil }
    return program.rule(number).name
  }

  private func call(path: String = "x", composed: String = "x", decomposed: String = "x") -> String {
    "{\"path\":\"\(path)\",\"\(Self.composed)\":\"\(composed)\",\"\(Self.decomposed)\":\"\(decomposed)\"}"
  }

  /// Each test of text, once on either spelling: both rules fire on their own and on no other.
  @Test(arguments: [
    ("== \"$\"", "$"), ("in {\"$\", \"b\"}", "$"), ("starts with \"$\"", "$/a"), ("ends with \"$\"", "a/$"), ("contains \"$\"", "a$b"),
    ("under \"$\"", "$/a"), ("matches /$/", "$"),
  ])
  func rulesThatDifferInScalarsBothFire(_ test: String, _ path: String) throws {
    func with(_ name: String, _ text: String) -> String { text.replacing("$", with: name) }
    let rules = """
      deny first on files.read when args.path \(with(Self.composed, test)) because "a"

      deny second on files.read when args.path \(with(Self.decomposed, test)) because "b"
      """
    #expect(try rule(rules, call(path: with(Self.composed, path))) == "first")
    #expect(try rule(rules, call(path: with(Self.decomposed, path))) == "second")
    #expect(try rule(rules, call(path: with("cafe", path))) == nil)
  }

  @Test func setsHoldBothSpellings() throws {
    let rules = "deny both on files.read when args.path in {\"\(Self.composed)\", \"\(Self.decomposed)\"} because \"a\""
    #expect(try rule(rules, call(path: Self.composed)) == "both")
    #expect(try rule(rules, call(path: Self.decomposed)) == "both")
  }

  @Test func argumentsThatDifferInScalarsAreTwo() throws {
    let rules = """
      deny first on files.read when args["\(Self.composed)"] == "evil" because "a"

      deny second on files.read when args["\(Self.decomposed)"] == "evil" because "b"
      """
    #expect(try rule(rules, call(composed: "evil")) == "first")
    #expect(try rule(rules, call(decomposed: "evil")) == "second")
  }

  @Test func fingerprintsTellThemApart() throws {
    func fingerprint(_ name: String) throws -> String {
      try "\(program(Self.files("deny first on files.read when args.path == \"\(name)\" because \"a\"")).fingerprint)"
    }
    #expect(try fingerprint(Self.composed) != fingerprint(Self.decomposed))
  }

  /// What the engine never makes of a path, host or scheme would make a rule that never fires.
  @Test(arguments: [
    "args.path under \"C:/data\"", "args.path under \"a%2fb\"", "args.path under \"a%2E\"", "args.path under \"../\u{301}x\"",
    "args.url present and host(args.url) == \"[::zz]\"", "args.url present and host(args.url) in {\"1.2.3.4.5\"}",
    "args.url present and host(args.url) in {\"[zz]\"}", "args.url present and host(args.url) in {\"*.1.2.3\"}",
    "args.url present and host(args.url) in {\"*.1.2.3.4\"}", "args.url present and scheme(args.url) == \"https:\"",
    "args.url present and scheme(args.url) in {\"h\u{E9}\"}",
  ])
  func literalsWithoutANormalFormAreRefused(_ condition: String) {
    let badText: UInt16 = 316
    #expect {
      try program(Self.files("deny first on files.read when \(condition) because \"a\""))
    } throws: { error in
      switch error {
      case let error as Unchecked: error.places.map(\.code) == [badText]
      case let error as Rejected: error.diagnostics.map(\.code.number) == [badText]
      default: false
      }
    }
  }

  @Test(arguments: [
    "scheme(args.url) in {\"FILE\"}", "scheme(args.url) == \"File\"", "scheme(args.url) starts with \"FI\"",
    "host(args.url) in {\"EVIL.example\"}", "host(args.url) starts with \"Evil\"",
  ])
  func schemesAndHostsAreReadInLowerCase(_ condition: String) throws {
    let arguments = #"{"path":"x","url":"file://evil.example/x","\#(Self.composed)":"x","\#(Self.decomposed)":"x"}"#
    #expect(try rule("deny first on files.read when args.url present and \(condition) because \"a\"", arguments) == "first")
  }
}
