internal import Syntax
internal import Text

extension Checker {
  mutating func checkAgents() {
    for agent in declared.agents {
      let context = ConditionContext(file: agent.file, phase: .identity(agent.syntax.name))
      let condition = check(agent.syntax.condition, in: context) ?? .constant(false)
      parts.agents.append(
        .init(
          name: agent.syntax.name.text, condition: condition, fixedClaims: fixedClaims(condition), range: agent.syntax.name.range))
    }
  }

  /// The claims an outermost conjunction fixes: `token.env == "prod"`, or a bare `token.on_call`.
  private func fixedClaims(_ condition: Condition) -> [ClaimPath: Constant] {
    switch condition {
    case .all(let terms):
      return terms.reduce(into: [:]) { claims, term in claims.merge(fixedClaims(term)) { first, _ in first } }
    case .atom(let atom):
      guard atom.quantifier == nil, case .claim(let path) = atom.subject else { return [:] }
      switch atom.test {
      case .equals(let constant): return [path: constant]
      case .isIn(let constants) where constants.count == 1: return [path: constants[0]]
      case .isTrue: return [path: .boolean(true)]
      default: return [:]
      }
    case .not(.atom(let atom)):
      // `not token.suspended`: only a boolean has a single other value.
      guard atom.quantifier == nil, case .claim(let path) = atom.subject, case .isTrue = atom.test else { return [:] }
      return [path: .boolean(false)]
    case .constant, .any, .not: return [:]
    }
  }

  mutating func checkRules() {
    for rule in declared.rules {
      switch rule.syntax {
      case .grant(let grant): check(grant, rule)
      case .deny(let deny):
        check(rule, deny.name, .deny, resolve(deny.targets, from: rule.file), deny.targets, deny.condition, deny.because)
      case .ask(let ask):
        let kind = CheckedPolicies.Rule.Kind.ask(.init(approvers: ask.approvers.value, withinMilliseconds: duration(ask)))
        if ask.approvers.value.isEmpty {
          report(
            .badText, "an approval comes from someone", ask.approvers.range, "nobody", help: "name a group of people: `from \"leads\"`")
        }
        check(rule, ask.name, kind, resolve(ask.targets, from: rule.file), ask.targets, ask.condition, ask.because)
      }
    }
    checkCoveredGrants()
  }

  private mutating func check(_ grant: GrantSyntax, _ rule: In<RuleSyntax>) {
    let scope = find(grant.scope, .scope, from: rule.file)
    let grantees: CheckedPolicies.Rule.Grantees
    switch grant.grantees {
    case .anyAgent: grantees = .anyone
    case .agents(let names): grantees = .agents(agents(names, from: rule.file))
    }
    let until = grant.until.flatMap { end(of: $0) }
    let targets = scope.map { parts.scopes[$0.index].opens }
    let kind = CheckedPolicies.Rule.Kind.grant(.init(scope: scope?.index ?? 0, grantees: grantees, until: until))
    parts.layers[declared.layerOfFile[rule.file]] = .init(name: parts.layers[declared.layerOfFile[rule.file]].name, hasGrants: true)
    check(rule, grant.name, kind, targets, [], grant.condition, grant.because)
  }

  mutating func agents(_ names: [Identifier], from file: Int) -> [Int] {
    var seen: [Int: SourceRange] = [:]
    var indices: [Int] = []
    for name in names {
      guard let index = find(name, .agent, from: file)?.index else { continue }
      if let first = seen[index] {
        report(
          .duplicateElement, "agent `\(name.text)` is named twice", name.range, "named again", also: [.init(first, "named here")],
          help: "remove one")
      } else {
        seen[index] = name.range
        indices.append(index)
      }
    }
    return indices
  }

  private mutating func check(
    _ rule: In<RuleSyntax>, _ name: Identifier, _ kind: CheckedPolicies.Rule.Kind, _ targets: Targets?, _ written: [Target],
    _ condition: Expression?, _ because: StringLiteral?
  ) {
    var checked: Condition = .constant(true)
    if let condition {
      // Without its targets a condition on arguments would only repeat the same mistake in other words.
      let phase = ConditionContext.Phase.admission(targets, of: name)
      checked = check(condition, in: ConditionContext(file: rule.file, phase: phase)) ?? .constant(false)
    }
    parts.rules.append(
      .init(
        number: parts.rules.count, name: name.text, kind: kind, targets: targets ?? Targets(), condition: checked, because: because?.value,
        isShadow: rule.declaration.shadow != nil, layer: declared.layerOfFile[rule.file], documentation: rule.declaration.documentation,
        annotations: annotations(of: rule.declaration), nameRange: name.range, range: rule.declaration.range))
  }

  /// The first moment that is too late: a day is included whole, a moment is not.
  private mutating func end(of literal: Literal) -> Int64? {
    guard case .moment(let moment) = literal.kind else {
      report(
        .badQuantity, "a grant ends on a day or at a moment", literal.range, "neither", help: "write `2027-03-31` or `2027-03-31T18:00:00Z`"
      )
      return nil
    }
    let end = moment.milliseconds + (moment.isDay ? millisecondsPerDay : 0)
    if let now = options.now, end <= now.milliseconds {
      report(
        .grantExpired, "this grant has ended", literal.range, "in the past",
        help: "remove the grant, or give it a later end if it is still needed")
    }
    return end
  }

  private mutating func duration(_ ask: AskSyntax) -> Int64 {
    guard case .duration(let milliseconds) = ask.within.kind, milliseconds > 0 else {
      report(
        .badQuantity, "an approval needs some time", ask.within.range, "no length of time", help: "write how long to wait: `within 15m`")
      return 0
    }
    return milliseconds
  }

  /// A grant of which unconditional denies take everything away does nothing.
  private mutating func checkCoveredGrants() {
    var denied: [ToolReference: Int] = [:]
    var deniedPrompts: [PromptReference: Int] = [:]
    var deniedResources: [Targets.Resource: Int] = [:]
    for rule in parts.rules {
      guard case .deny = rule.kind, !rule.isShadow, case .constant(true) = rule.condition else { continue }
      for tool in rule.targets.tools where denied[tool] == nil { denied[tool] = rule.number }
      for prompt in rule.targets.prompts where deniedPrompts[prompt] == nil { deniedPrompts[prompt] = rule.number }
      for resource in rule.targets.resources where deniedResources[resource] == nil { deniedResources[resource] = rule.number }
    }
    if denied.isEmpty, deniedPrompts.isEmpty, deniedResources.isEmpty { return }
    for rule in parts.rules {
      guard case .grant = rule.kind, !rule.targets.isEmpty else { continue }
      guard rule.targets.tools.allSatisfy({ denied[$0] != nil }), rule.targets.prompts.allSatisfy({ deniedPrompts[$0] != nil }),
        rule.targets.resources.allSatisfy({ deniedResources[$0] != nil })
      else { continue }
      let numbers = Set(
        rule.targets.tools.compactMap { denied[$0] } + rule.targets.prompts.compactMap { deniedPrompts[$0] }
          + rule.targets.resources.compactMap { deniedResources[$0] }
      ).sorted()
      let names = numbers.map { parts.rules[$0].name }
      report(
        .coveredGrant, "grant `\(rule.name)` opens nothing: \(listed(names)) \(names.count == 1 ? "denies" : "deny") all of it",
        rule.nameRange,
        "never allows a call", also: numbers.prefix(3).map { .init(parts.rules[$0].nameRange, "denies without a condition") },
        help: "a deny wins over every grant; remove the grant, or give the deny a `when`")
    }
  }
}

let millisecondsPerDay: Int64 = 86_400_000
