import Bytecode
import Decision
import Testing

/// Why a verdict is what it is, and what arguments would have to be.
@Suite struct ExplanationTests {
  private static let rules = """
    agent bot when token.sub == "bot"
    grant near pays to any agent when args.amount <= 200.00 and args.currency present and args.currency == "EUR"
    grant far pays to bot when args.amount <= 1
    grant late pays to any agent until 2026-01-01
    grant either pays to any agent when args.amount == -1 or args.amount == -2
    deny tricks on s.pay when args.memo present and args.memo contains "trick"

    """

  @Test func nearestGrantMissesLeast() throws {
    var situation = try Situation(Self.rules)
    let trace = try situation.explain("pay", "{\"amount\": 250, \"currency\": \"EUR\"}")
    #expect(trace.verdict == .deny(.noGrant))
    #expect(trace.rules.map { situation.program.rule($0.rule).name } == ["either", "far", "late", "near", "tricks"])
    let names = trace.nearestGrants.map { situation.program.rule($0.rule).name }
    #expect(Set(names) == ["either", "far", "late", "near"])
    // `near` and `late` miss one thing each, and `near` comes later by name.
    #expect(names.prefix(2) == ["late", "near"])
  }

  @Test func valuesAreShown() throws {
    var situation = try Situation(Self.rules)
    let trace = try situation.explain("pay", "{\"amount\": 250.50, \"memo\": \"a \\u0074rick\"}")
    #expect(trace.verdict.denies("tricks", in: situation.program))
    let near = try #require(trace.rules.first { situation.program.rule($0.rule).name == "near" })
    #expect(near.atoms.map(\.value) == ["250.50", "absent", "absent"])
    #expect(near.atoms.map(\.isMet) == [false, false, false])
    #expect(near.isConjunction && near.speaksOfCaller && !near.hasExpired && !near.holds)
    let far = try #require(trace.rules.first { situation.program.rule($0.rule).name == "far" })
    #expect(!far.speaksOfCaller)
    let late = try #require(trace.rules.first { situation.program.rule($0.rule).name == "late" })
    #expect(late.hasExpired && late.holds && !late.applies)
    let tricks = try #require(trace.rules.first { situation.program.rule($0.rule).name == "tricks" })
    #expect(tricks.applies)
  }

  @Test func argumentsThatDoNotFitShowNoRule() throws {
    var situation = try Situation(Self.rules)
    #expect(try situation.explain("pay", "{\"amount\": \"x\"}").rules.isEmpty)
  }

  @Test(arguments: [
    (
      "grant g pays to any agent when args.amount <= 200.00 and args.flag present", "{\"amount\": 250}",
      ["args.amount <= 200.00", "args.flag present"]
    ),
    (
      "grant g pays to any agent when args.amount <= 200.00 and args.flag present", "{\"amount\": 250, \"flag\": true}",
      ["args.amount <= 200.00"]
    ),
    ("grant g pays to any agent when args.amount < 1 or args.amount == 7", "{\"amount\": 5}", ["args.amount < 1 or args.amount == 7"]),
    // What the caller cannot change is not said.
    ("grant g pays to any agent when args.amount <= 200.00 and token.team == \"x\"", "{\"amount\": 250}", []),
    ("grant g pays to any agent until 2026-01-01 when args.amount <= 200.00", "{\"amount\": 250}", []),
  ]) func constraints(rules: String, arguments: String, tests: [String]) throws {
    var situation = try Situation(rules)
    #expect(try situation.constraints("pay", arguments) == tests)
  }
}

extension Verdict {
  fileprivate func denies(_ name: String, in program: Program) -> Bool {
    if case .deny(.byRule(let rule)) = self { program.rule(rule).name == name } else { false }
  }
}
