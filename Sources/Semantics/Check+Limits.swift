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
    parts.costs = costs.mapValues(\.amount)
  }

  mutating func check(_ limit: In<LimitSyntax>) {
    let syntax = limit.syntax
    let amount = positive(syntax.amount, "a limit")
    let burst = syntax.burst.flatMap { positive($0, "a burst") }
    let period = period(of: syntax)
    let overflow = overflow(of: syntax)
    let targets = syntax.targets.isEmpty ? everyTool(from: limit.file) : resolve(syntax.targets, from: limit.file)
    let keys = syntax.keys.map { key($0) }
    var measure: CheckedPolicies.Limit.Measure? = .calls
    switch syntax.measure {
    case .value(let fact): measure = measured(fact, targets, syntax, limit.file).map { .value($0) }
    case .cost:
      measure = .cost
      if let most = burst ?? amount { checkAffordable(most, targets, syntax, countsCost: true) }
    case .calls: if let most = burst ?? amount { checkAffordable(most, targets, syntax, countsCost: false) }
    case .callsInFlight: break
    }
    guard let amount, let period, let overflow, let targets, let measure, keys.allSatisfy({ $0 != nil }) else { return }
    if period == .flight, !amount.isInteger {
      return report(
        .badQuantity, "calls in flight are counted whole", syntax.amount.range, "a part of a call", help: "write a whole number")
    }
    if period == .flight, let refund = syntax.refund {
      return report(
        .badQuantity, "calls in flight take nothing that stays taken", refund, "nothing to give back",
        help: "remove it; a place is free when the call is over, whatever came of it")
    }
    parts.limits.append(
      .init(
        name: syntax.name.text, amount: amount, measure: measure, period: period, burst: burst, keys: keys.compactMap(\.self),
        targets: targets, overflow: overflow, refundsOnFailure: syntax.refund != nil, isShadow: limit.declaration.shadow != nil,
        annotations: annotations(of: limit.declaration), nameRange: syntax.name.range))
    checkCount(of: parts.limits.count - 1)
  }

  /// Calendar windows are what budgets of a day and more mean; shorter periods, and those with a burst, come back little by little.
  private mutating func period(of syntax: LimitSyntax) -> CheckedPolicies.Limit.Period? {
    guard let period = syntax.period else { return .flight }
    guard (1...Checker.longestPeriod(of: period.unit)).contains(period.count) else {
      report(
        .badQuantity, "a period is at least 1 and at most a year", period.range, "no such time",
        help: "write `per minute` or `per 15 minutes`")
      return nil
    }
    switch (period.unit, syntax.burst) {
    case (.day, nil): return .calendar(.day, count: period.count)
    case (.week, nil): return .calendar(.week, count: period.count)
    case (.month, nil): return .calendar(.month, count: period.count)
    case (.month, let burst?):
      report(
        .badQuantity, "months differ in length, so nothing comes back evenly over one", burst.range, "a burst of a month",
        help: "leave the burst out for a budget of each month of the calendar, or write `per 30 days`")
      return nil
    case (.second, _): return .rolling(milliseconds: period.count * 1_000)
    case (.minute, _): return .rolling(milliseconds: period.count * 60_000)
    case (.hour, _): return .rolling(milliseconds: period.count * 3_600_000)
    case (.day, _): return .rolling(milliseconds: period.count * 86_400_000)
    case (.week, _): return .rolling(milliseconds: period.count * 7 * 86_400_000)
    }
  }

  private mutating func overflow(of syntax: LimitSyntax) -> CheckedPolicies.Limit.Overflow? {
    switch syntax.overflow {
    case nil: return .deny(because: nil)
    case .deny(let because)?: return .deny(because: because?.value)
    case .wait(let time)?:
      if case .duration(let milliseconds) = time.kind, milliseconds > 0, milliseconds <= Checker.longestWaitMilliseconds {
        return .wait(milliseconds: milliseconds)
      }
      report(
        .badQuantity, "a call waits for some time, at most a minute", time.range, "no such time",
        help: "write `over wait up to 2s`; clients give up on calls that take long")
      return nil
    }
  }

  /// A caller's own patience ends about there.
  private static var longestWaitMilliseconds: Int64 { 60_000 }

  /// What a limit without `on` speaks of.
  private func everyTool(from file: Int) -> Targets {
    let visible = parts.servers.indices.filter { index in
      symbols[SymbolKind.server.rawValue][parts.servers[index].name].map { visibility.sees(from: file, $0.file) } ?? false
    }
    return Targets(
      tools: visible.flatMap { server in
        parts.servers[server].snapshot.tools.indices.map { ToolReference(server: server, tool: $0) }
      })
  }

  /// A call takes all its limits at once, under their locks: few enough that this stays cheap.
  private mutating func checkCount(of last: Int) {
    let limit = parts.limits[last]
    var crowded: String?
    for tool in limit.targets.tools {
      limitsOfTools[tool, default: 0] += 1
      if limitsOfTools[tool] == Checker.mostLimits + 1 { crowded = crowded ?? name(of: tool) }
    }
    for prompt in limit.targets.prompts {
      limitsOfPrompts[prompt, default: 0] += 1
      if limitsOfPrompts[prompt] == Checker.mostLimits + 1 { crowded = crowded ?? parts.servers[prompt.server].name }
    }
    // Which of them a resource is under depends on its address: as if on all.
    for server in Set(limit.targets.resources.map(\.server)).sorted() {
      limitsOfResources[server, default: 0] += 1
      if limitsOfResources[server] == Checker.mostLimits + 1 { crowded = crowded ?? parts.servers[server].name }
    }
    guard let crowded else { return }
    report(
      .impossibleLimit, "`\(crowded)` is under more than \(Checker.mostLimits) limits", limit.nameRange, "one too many",
      help: "join some of them, or leave tools out with `on`")
  }

  private static func longestPeriod(of unit: LimitSyntax.Period.Unit) -> Int64 {
    switch unit {
    case .second: 366 * 86_400
    case .minute: 366 * 1_440
    case .hour: 366 * 24
    case .day: 366
    case .week: 52
    case .month: 12
    }
  }

  /// As many as a store takes for one call (`LocalQuotas.mostCharges`).
  static var mostLimits: Int { 8 }

  private mutating func positive(_ literal: Literal, _ what: String) -> Number? {
    guard case .number(let digits) = literal.kind, let number = number(digits, literal.range) else { return nil }
    if number > 0 { return number }
    report(
      .impossibleLimit, "\(what) is more than 0", literal.range, "nothing",
      help: "to close a tool for everyone, deny it: `deny NAME on SERVER.TOOL`")
    return nil
  }

  private mutating func key(_ key: FactPath) -> CheckedPolicies.Limit.Key? {
    let words: [(String, CheckedPolicies.Limit.Key)] = [
      ("agent", .agent), ("tool", .tool), ("session", .session), ("scope", .scope), ("server", .server), ("subject", .subject),
    ]
    if key.steps.isEmpty, let word = words.first(where: { $0.0 == key.root.text }) { return word.1 }
    switch key.root.text {
    case "token", "key": return claimPath(key, FactUse(isQuantified: false, isPresenceTest: true)).map { .claim($0) }
    case "args":
      report(
        .wrongPhase, "a limit does not count by arguments", key.range, "chosen by the caller",
        help: "the caller could evade the limit by changing it; count by `agent`, `session` or a claim")
    default:
      let near = suggestion(for: key.root.text, among: words.map(\.0) + ["token", "key"])
      report(
        .unknownChoice, "a limit cannot count by `\(key.text)`", key.range, "no such key",
        help: near.map { "did you mean `\($0)`?" } ?? "it counts by \(listed(words.map(\.0))) or a claim such as `token.team`")
    }
    return nil
  }

  private mutating func measured(_ fact: FactPath, _ targets: Targets?, _ syntax: LimitSyntax, _ file: Int) -> ArgumentPath? {
    guard !syntax.targets.isEmpty else {
      report(
        .noArguments, "a limit on a value names the tools that have it", fact.range, "an argument of which tool?",
        help: "add `on SERVER.TOOL`")
      return nil
    }
    guard let targets else { return nil }
    let context = ConditionContext(file: file, phase: .admission(targets, of: syntax.name))
    guard let subject = argumentToMeasure(fact, context), case .shapes(let shapes) = subject.values else { return nil }
    if let other = shapes.first(where: { !$0.suits(.number) }) {
      report(
        .typeMismatch, "`\(fact.text)` is \(other.noun)", fact.range, "cannot be added up",
        help: "a limit adds up a number: `of args.amount`")
      return nil
    }
    guard case .argument(let path) = subject.fact else { return nil }
    return path
  }

  private mutating func argumentToMeasure(_ fact: FactPath, _ context: ConditionContext) -> Subject? {
    guard fact.root.text == "args" else {
      report(
        .wrongPhase, "a limit adds up an argument", fact.range, "no argument", help: "write `of args.NAME`, or count `calls`")
      return nil
    }
    return argument(fact, nil, fact.range, FactUse(isQuantified: false, isPresenceTest: true), known: [], context)
  }

  /// A tool one call of which takes more than the limit ever holds can never run.
  private mutating func checkAffordable(_ most: Number, _ targets: Targets?, _ syntax: LimitSyntax, countsCost: Bool) {
    func price(_ tool: ToolReference) -> Number { countsCost ? parts.costs[tool] ?? 1 : 1 }
    guard let tool = targets?.tools.first(where: { price($0) > most }) else {
      if let targets, most < 1, targets.tools.isEmpty { reportBelowOne(most, syntax) }
      return
    }
    guard countsCost else { return reportBelowOne(most, syntax) }
    let cost = price(tool)
    report(
      .impossibleLimit, "`\(name(of: tool))` can never run: one call costs \(cost.description)", (syntax.burst ?? syntax.amount).range,
      "at most \(most.description) at a time", help: "raise the limit, lower the cost, or leave the tool out with `on`")
  }

  private mutating func reportBelowOne(_ most: Number, _ syntax: LimitSyntax) {
    report(
      .impossibleLimit, "limit `\(syntax.name.text)` never holds a whole call", (syntax.burst ?? syntax.amount).range,
      "at most \(most.description) at a time", help: "write a number of at least 1 and a longer period: `1 calls per 2 minutes`")
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
