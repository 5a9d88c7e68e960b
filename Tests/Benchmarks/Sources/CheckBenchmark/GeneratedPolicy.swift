/// A policy as a large organisation writes it, and the snapshot it pins: scopes, agents, sets, grants, denies and asks with conditions, tests,
/// tables, comments. Nothing in it is wrong, because a check that stops at errors does less.
struct GeneratedPolicy {
  let snapshot: String
  private(set) var lines: [String] = []
  private let tools: [GeneratedTool]
  private var dice: Dice
  private var names = 0
  private let agents: Int
  private let scopes: Int
  private let sets: Int

  var text: String { lines.joined(separator: "\n") + "\n" }

  /// - Parameter lines: the policy has at most a declaration's lines more.
  init(lines count: Int, tools toolCount: Int, seed: UInt64 = 1) {
    var dice = Dice(seed: seed)
    tools = (0..<toolCount).map { GeneratedTool($0, &dice) }
    snapshot = "{\"tools\": [\(tools.map(\.definition).joined(separator: ",\n"))]}\n"
    self.dice = dice
    agents = max(2, count / 80)
    scopes = max(toolCount / 4, 1)
    sets = max(2, count / 250)
    lines = ["edition 1", "policy acme.everything", "", "server acme from \"tools.json\""]
    for index in 0..<sets { addSet(index) }
    for index in 0..<scopes { addScope(index) }
    for index in 0..<agents { addAgent(index) }
    while lines.count < count { addRuleOrTest() }
  }

  private mutating func addSet(_ index: Int) {
    let values = (0..<dice.roll(3...20)).map { "\"\(Vocabulary.teams[$0 % 11])-\(index)-\($0)\"" }
    lines += ["", "set names_\(index) = {"]
    let rows = stride(from: 0, to: values.count, by: 5).map { "  " + values[$0..<min($0 + 5, values.count)].joined(separator: ", ") }
    lines += rows.joined(separator: ",\n").split(separator: "\n").map(String.init)
    lines.append("}")
  }

  /// Each opens the tool of its number, whose arguments its grants may speak of; one in three opens more.
  private mutating func addScope(_ index: Int) {
    lines += ["", "/// \(sentence())", "scope team.s\(index)"]
    if opensOneTool(index) {
      lines.append("  opens acme.\(tools[index % tools.count].name)")
    } else {
      let names = dice.pick(4, of: tools).map { "acme.\($0.name)" }
      lines.append("  opens \(names.joined(separator: ", ")), acme.\(dice.pick(Vocabulary.verbs))_\(dice.pick(Vocabulary.nouns))*")
      if index > 3, dice.percent(30) { lines.append("  implies team.s\(dice.roll(index))") }
    }
  }

  private func opensOneTool(_ scope: Int) -> Bool { scope % 3 != 2 }

  private mutating func addAgent(_ index: Int) {
    if index % 10 == 0 { lines += ["", "// \(sentence())"] }
    let more = dice.percent(50) ? " and token.env == \"prod\"" : ""
    lines.append("agent worker_\(index) when token.sub == \"worker-\(index)@acme.example\"\(more)")
  }

  private mutating func addRuleOrTest() {
    lines.append("")
    if dice.percent(25) { lines.append("// \(sentence())") }
    switch dice.roll(100) {
    case ..<45: addGrant()
    case ..<65: addDeny()
    case ..<75: addAsk()
    case ..<93: addTest()
    default: addTable()
    }
  }

  private mutating func nextName() -> Int {
    names += 1
    return names
  }

  private mutating func addGrant() {
    let scope = dice.roll(scopes)
    let who =
      dice.percent(10) ? "any agent" : dice.pick(dice.roll(1...3), of: Array(0..<agents)).map { "worker_\($0)" }.joined(separator: ", ")
    if dice.percent(30) { lines.append("@owner(\"\(dice.pick(Vocabulary.teams))\")") }
    lines += ["grant grant_\(nextName())", "  team.s\(scope) to \(who)"]
    lines.append("  when \(opensOneTool(scope) ? condition(on: tools[scope % tools.count]) : callerCondition())")
    if dice.percent(20) { lines.append("  until 2031-\(dice.roll(10...12))-\(dice.roll(10...28))") }
    addReason()
  }

  private mutating func addDeny() {
    lines.append("\(dice.percent(10) ? "shadow " : "")deny deny_\(nextName())")
    if dice.percent(20) {
      lines += ["  on acme.\(dice.pick(Vocabulary.verbs))_*", "  when \(callerCondition())"]
    } else {
      let tool = dice.pick(tools)
      lines += ["  on acme.\(tool.name)", "  when \(condition(on: tool))"]
    }
    addReason()
  }

  private mutating func addAsk() {
    let tool = dice.pick(tools)
    lines += ["ask ask_\(nextName())", "  on acme.\(tool.name)", "  when \(condition(on: tool))"]
    lines.append("  from \"\(dice.pick(Vocabulary.teams))-leads\" within \(dice.roll(5...90))m")
    addReason()
  }

  private mutating func addReason() { if dice.percent(60) { lines.append("  because \"\(sentence())\"") } }

  private mutating func addTest() {
    lines += ["test \"case \(nextName()): \(sentence())\" {", "  as worker_\(dice.roll(agents))"]
    for _ in 0..<dice.roll(1...3) {
      let tool = dice.pick(tools)
      lines += ["  call \(tool.call(&dice))", "  expect deny"]
    }
    lines.append("}")
  }

  private mutating func addTable() {
    lines += ["table \"table \(nextName()): \(sentence())\" {", "  agent | call | expect"]
    for _ in 0..<dice.roll(3...12) {
      let tool = dice.pick(tools)
      lines.append("  worker_\(dice.roll(agents)) | \(tool.call(&dice)) | deny")
    }
    lines.append("}")
  }

  private mutating func callerCondition() -> String {
    switch dice.roll(4) {
    case 0: "token.team == \"\(dice.pick(Vocabulary.teams))\""
    case 1: "token.team in {\"\(Vocabulary.teams[0])\", \"\(Vocabulary.teams[dice.roll(1...10)])\"} and not token.on_call"
    case 2: "now.weekday in {sat, sun} or now.hour not in 7..19"
    default: "any of token.groups == \"\(dice.pick(Vocabulary.teams))\""
    }
  }

  /// One to four arguments, each tested once, so that no two tests contradict each other.
  private mutating func condition(on tool: GeneratedTool) -> String {
    var tests: [String] = []
    for argument in dice.pick(dice.roll(1...4), of: tool.arguments) {
      let fact = "args.\(argument.name)"
      let test = argument.kind.test(of: fact, sets: sets, &dice)
      tests.append(argument.isRequired ? test : "(\(fact) present and \(test))")
    }
    if dice.percent(30) { tests.append("(\(callerCondition()))") }
    if tests.count > 2, dice.percent(40) { tests = ["(\(tests[0]) or \(tests[1]))"] + tests[2...] }
    return tests.joined(separator: " and ")
  }

  private mutating func sentence() -> String { dice.pick(dice.roll(5...12), of: Vocabulary.words).joined(separator: " ") }
}
