import Analysis
import Bytecode
import Compilation
import Decision
import Evidence
import JSON
import Semantics
import Testing
import Text

/// Mistakes that other policy engines load without a word, each told here before anything runs, with what shows it.
@Suite struct PeerMistakeTests {
  private static let header = """
    policy mistakes
    server bank from "snapshots/bank.tools.json"
    server mail from "snapshots/mail.tools.json"
    scope pay opens bank.transfer
    scope post opens mail.send
    agent clerk when token.sub == "clerk"
    grant clerks_pay pay to clerk
    grant clerks_post post to clerk

    """

  private func said(_ rules: String) throws -> (codes: [String], text: String) {
    let said = try diagnosed("main.sally", TestFiles(texts: ["main.sally": Self.header + rules]))
    return (said.diagnostics.filter { $0.severity != .note }.map(\.code.description), said.text)
  }

  @Test func aClassOfCharactersIsNoWord() throws {
    let said = try said("deny outside on mail.send when any of args.to matches /.*@[^ourcompany.com$].*/")
    #expect(said.codes == ["W0510"] && said.text.contains("`evil@attacker.com` is treated like the word"), "\(said.text)")
    // And by proof, with a call that gets through.
    let proved = try self.said(
      """
      deny outside on mail.send when any of args.to matches /.*@[^ourcompany.com$].*/
      prove only_ours mail.send never allowed when any of args.to ends with "@attacker.com"
      """)
    #expect(proved.codes == ["W0510", "E0711"] && proved.text.contains("@attacker.com\"]"), "\(proved.text)")
  }

  @Test func aMisspeltFieldIsNoSilentDeny() throws {
    let misspelt = try said("deny large on bank.transfer when args.amout > 1_000")
    #expect(misspelt.codes == ["E0112"] && misspelt.text.contains("did you mean `amount`?"), "\(misspelt.text)")
    let broken = try said("deny large on bank.transfer when args.amount >")
    #expect(broken.codes.allSatisfy { $0.hasPrefix("E") } && !broken.codes.isEmpty, "\(broken.text)")
    // Nothing of a policy with errors ever decides.
    let loaded = load(
      ["main.sally"], reader: TestFiles(texts: ["main.sally": Self.header + "deny large on bank.transfer when args.amout > 1"]))
    #expect(check(loaded.value).value == nil)
  }

  @Test func impossibleConditionsAreToldWithTheirBounds() throws {
    let apart = try said("deny both on bank.transfer when args.amount < 5 and args.amount > 10")
    #expect(apart.codes == ["E0703"] && apart.text.contains("< 5") && apart.text.contains("> 10"), "\(apart.text)")
    let beyond = try said("deny currencies on bank.transfer when args.currency == \"BTC\"")
    #expect(beyond.codes == ["E0305"] && beyond.text.contains("EUR"), "\(beyond.text)")
    // What no single test shows: the schema, a prefix and a pattern together.
    let together = try said("deny islands on bank.transfer when args.to starts with \"KY\" and args.to matches /DE.*/")
    #expect(together.codes == ["W0713"], "\(together.text)")
  }

  @Test func aDenyThatCannotBeEvaluatedDenies() throws {
    let bare = try said("deny noted on bank.transfer when args.memo contains \"loan\"")
    #expect(bare.codes == ["E0312"] && bare.text.contains("args.memo present"), "\(bare.text)")
    // What `check` cannot rule out: here a text too long for its pattern. The deny holds, and the diagrams know it.
    let rules = """
      deny words on mail.send when args.body matches /.*b.*c/
      prove short_or_denied mail.send never allowed when args.body == "bc"
      """
    #expect(try said(rules).codes.isEmpty)
    let policies = try #require(check(load(["main.sally"], reader: TestFiles(texts: ["main.sally": Self.header + rules])).value).value)
    let program = try compile(policies, generation: 1)
    func verdict(_ body: String) throws -> Verdict {
      var judge = CallJudge(policies, program)
      let send = try #require(policies.servers[1].snapshot.tools.firstIndex { $0.name == "send" })
      let call = CheckedPolicies.TestCall(
        target: .tool(ToolReference(server: 1, tool: send)),
        arguments: .object([.init("to", .array(["a@b.example"])), .init("body", .string(body))]),
        range: SourceRange(file: .init(0), lower: 0, upper: 0))
      let principal = Principal(Identity(agent: "clerk"), of: program)
      return judge.judge(call, as: principal, with: LabelSet(), at: Moment(milliseconds: 0)).trace.verdict
    }
    if case .allow = try verdict("d") {} else { Issue.record("what the pattern does not match is allowed") }
    if case .deny = try verdict(String(repeating: "a", count: 200_000)) {} else { Issue.record("a text that is too long gets past a deny") }
  }

  @Test func aFactOfAnotherPhaseIsRefused() throws {
    let early = try said("deny secrets on mail.send when result contains \"password\"")
    #expect(early.codes.first == "E0301" || early.codes.first == "E0111", "\(early.text)")
    let agents = try said("agent rich when args.amount > 5")
    #expect(agents.codes.contains("E0301"), "\(agents.text)")
  }
}
