import Bytecode
import Decision
import JSON
import TestSupport
import Testing

/// Order carries no meaning: neither of files, nor of declarations, nor of clauses, nor do names of files.
@Suite struct OrderTests {
  private static let header = "policy main\nserver s from \"s.json\"\n"
  private static let declarations = [
    "scope all opens s.*", "agent bot when token.sub == \"bot\"", "set words = {\"a\", \"b\"}",
    "grant a all to bot\n  when args.amount < 100\n  until 2030-01-01\n  because \"why\"",
    "grant b all to any agent when args.currency in words",
    "grant c all to any agent when args.currency == \"c\" or args.amount == 7",
    "deny d on s.pay when args.amount > 50 and args.currency == \"a\"",
    "ask q on s.pay when args.amount in 20..30 from \"x\" within 1m", "shadow deny e on s.pay when args.amount > 1",
  ]
  private static let snapshot = """
    {"tools": [{"name": "pay", "inputSchema": {"type": "object", "properties": {"amount": {"type": "number"}, "currency": {"type": "string"}},
      "required": ["amount", "currency"]}}]}
    """

  private static func answers(_ program: Program) throws -> [String] {
    var evaluator = Evaluator(program)
    let server = try #require(program.server(named: "s"))
    let tool = try #require(program.tool(named: "pay", of: server))
    var answers: [String] = []
    for amount in ["1", "7", "25", "60", "500"] {
      for currency in ["a", "b", "c", "d"] {
        for claims in ["{}", "{\"sub\": \"bot\"}"] {
          let document = try Document(text: "{\"amount\": \(amount), \"currency\": \"\(currency)\"}")
          let principal = Principal(try caller(claims), of: program)
          let verdict = evaluator.decide(
            .tool(tool, document, arguments: document.root), principal: principal, labels: LabelSet(), now: Moment(milliseconds: 0))
          answers.append("\(verdict) \(evaluator.shadowed)")
        }
      }
    }
    return answers
  }

  @Test func shufflingChangesNothing() throws {
    let plain = try program(["s.json": Self.snapshot, "main.sally": Self.header + Self.declarations.joined(separator: "\n")])
    let expected = try Self.answers(plain)
    #expect(Set(expected).count > 6)
    let seed = propertySeed()
    var random = SeededGenerator(seed: seed)
    for _ in 0..<30 {
      let shuffled = Self.declarations.shuffled(using: &random)
      let name = ["zz.sally", "a.sally", "0.sally"].randomElement(using: &random) ?? "a.sally"
      let files = [
        "s.json": Self.snapshot, "main.sally": Self.header,
        name: "policy more\nuse \"./main.sally\"\n" + shuffled.joined(separator: "\n"),
      ]
      let other = try program(files, order: ["main.sally", name].shuffled(using: &random))
      #expect(try Self.answers(other) == expected, "SEED=\(seed)")
      #expect(other.fingerprint == plain.fingerprint, "SEED=\(seed)")
    }
  }

  @Test(arguments: [
    ("deny d on s.pay when args.amount > 1 because \"x\"", "deny d when args.amount > 1 because \"x\" on s.pay"),
    ("grant g all to any agent when args.amount > 1 until 2030-01-01", "grant g all to any agent until 2030-01-01 when args.amount > 1"),
    ("ask q on s.pay when args.amount > 1 from \"x\" within 1m", "ask q from \"x\" within 1m on s.pay when args.amount > 1"),
  ]) func clausesMayStandInAnyOrder(left: String, right: String) throws {
    let head = Self.header + "scope all opens s.*\ngrant base all to any agent\n"
    let programs = try [left, right].map { try program(["s.json": Self.snapshot, "main.sally": head + $0]) }
    #expect(programs[0].fingerprint == programs[1].fingerprint)
    #expect(try Self.answers(programs[0]) == Self.answers(programs[1]))
  }

  @Test func meaningChangesTheFingerprint() throws {
    let head = Self.header + "scope all opens s.*\n"
    let texts = ["args.amount > 1", "args.amount >= 1", "args.amount > 2", "not args.amount > 1"].map {
      "grant g all to any agent when \($0)"
    }
    let prints = try texts.map { try program(["s.json": Self.snapshot, "main.sally": head + $0]).fingerprint }
    #expect(Set(prints).count == texts.count)
  }
}
