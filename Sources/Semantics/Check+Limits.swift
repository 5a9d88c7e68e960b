internal import JSON
internal import Syntax
internal import Text

extension Checker {
  /// What a call of each tool costs: the most exact line counts, and two equally exact ones must agree.
  mutating func checkCosts() {
    var costs: [ToolReference: (specificity: Int, amount: Number, range: SourceRange)] = [:]
    for cost in declared.costs {
      guard let amount = positive(cost.syntax.amount, "a cost"), let targets = resolve(cost.syntax.target, from: cost.file) else {
        continue
      }
      let specificity = cost.syntax.target.specificity
      for tool in targets.tools {
        if let other = costs[tool], other.specificity >= specificity {
          guard other.specificity == specificity, other.amount != amount else { continue }
          report(
            .conflictingNarrowing, "`\(name(of: tool))` has two costs", cost.syntax.target.range, "\(amount.description)",
            also: [.init(other.range, "\(other.amount.description)")], help: "both lines are equally exact; name the tool itself in one")
          break
        }
        costs[tool] = (specificity, amount, cost.syntax.target.range)
      }
    }
    costsOfTools = costs.mapValues(\.amount)
  }

  mutating func check(_ limit: In<LimitSyntax>) {
    let syntax = limit.syntax
    let amount = positive(syntax.amount, "a limit")
    let burst = syntax.burst.flatMap { positive($0, "a burst") }
    if let period = syntax.period, period.count <= 0 {
      report(.badQuantity, "a period is at least 1", period.range, "no time", help: "write `per minute` or `per 15 minutes`")
    }
    if case .wait(let time)? = syntax.overflow {
      if case .duration(let milliseconds) = time.kind, milliseconds > 0 {
      } else {
        report(.badQuantity, "a call waits for some time", time.range, "no length of time", help: "write `over wait up to 2s`")
      }
    }
    let targets = syntax.targets.isEmpty ? nil : resolve(syntax.targets, from: limit.file)
    for key in syntax.keys { checkKey(key, limit.file, targets, syntax.name) }
    switch syntax.measure {
    case .value(let fact): checkMeasured(fact, targets, syntax, limit.file)
    case .cost:
      if let most = burst ?? amount { checkAffordable(most, targets, syntax) }
    case .calls, .callsInFlight: break
    }
  }

  private mutating func positive(_ literal: Literal, _ what: String) -> Number? {
    guard case .number(let digits) = literal.kind, let number = number(digits, literal.range) else { return nil }
    if number > 0 { return number }
    report(
      .impossibleLimit, "\(what) is more than 0", literal.range, "nothing",
      help: "to close a tool for everyone, deny it: `deny NAME on SERVER.TOOL`")
    return nil
  }

  private mutating func checkKey(_ key: FactPath, _ file: Int, _ targets: Targets?, _ limit: Identifier) {
    let words = ["agent", "tool", "session", "scope", "server", "subject"]
    if key.steps.isEmpty, words.contains(key.root.text) { return }
    let use = FactUse(isQuantified: false, isPresenceTest: true)
    switch key.root.text {
    case "token", "key": _ = claimPath(key, use)
    case "args":
      report(
        .wrongPhase, "a limit does not count by arguments", key.range, "chosen by the caller",
        help: "the caller could evade the limit by changing it; count by `agent`, `session` or a claim")
    default:
      let near = suggestion(for: key.root.text, among: words + ["token", "key"])
      report(
        .unknownChoice, "a limit cannot count by `\(key.text)`", key.range, "no such key",
        help: near.map { "did you mean `\($0)`?" } ?? "it counts by \(listed(words)) or a claim such as `token.team`")
    }
  }

  private mutating func checkMeasured(_ fact: FactPath, _ targets: Targets?, _ syntax: LimitSyntax, _ file: Int) {
    guard let targets else {
      if syntax.targets.isEmpty {
        report(
          .noArguments, "a limit on a value names the tools that have it", fact.range, "an argument of which tool?",
          help: "add `on SERVER.TOOL`")
      }
      return
    }
    let context = ConditionContext(file: file, phase: .admission(targets, of: syntax.name))
    guard let subject = argumentToMeasure(fact, context), case .shapes(let shapes) = subject.values else { return }
    guard let other = shapes.first(where: { !$0.suits(.number) }) else { return }
    report(
      .typeMismatch, "`\(fact.text)` is \(other.noun)", fact.range, "cannot be added up", help: "a limit adds up a number: `of args.amount`"
    )
  }

  private mutating func argumentToMeasure(_ fact: FactPath, _ context: ConditionContext) -> Subject? {
    guard fact.root.text == "args" else {
      report(
        .wrongPhase, "a limit adds up an argument", fact.range, "no argument", help: "write `of args.NAME`, or count `calls`")
      return nil
    }
    return argument(fact, nil, fact.range, FactUse(isQuantified: false, isPresenceTest: true), known: [], context)
  }

  /// A tool one call of which costs more than the limit ever holds can never run.
  private mutating func checkAffordable(_ most: Number, _ targets: Targets?, _ syntax: LimitSyntax) {
    let tools = targets?.tools ?? costsOfTools.keys.sorted()
    guard let tool = tools.first(where: { costsOfTools[$0].map { $0 > most } ?? false }), let cost = costsOfTools[tool] else { return }
    report(
      .impossibleLimit, "`\(name(of: tool))` can never run: one call costs \(cost.description)", (syntax.burst ?? syntax.amount).range,
      "at most \(most.description) at a time", help: "raise the limit, lower the cost, or leave the tool out with `on`")
  }
}

extension Target {
  /// A name is more exact than a glob, and a glob the more exact the more of it is fixed.
  fileprivate var specificity: Int {
    guard case .tool(let server, let name) = kind else { return 0 }
    let text = server.text + "." + name.text
    return text.contains("*") ? text.utf8.count { $0 != UInt8(ascii: "*") } : .max
  }
}
