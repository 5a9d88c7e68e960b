internal import Bytecode
internal import JSON

extension Evaluator {
  mutating func decide(_ server: ServerID, _ uri: CanonicalURI, _ principal: Principal, _ now: Moment) -> Verdict {
    precondition(isOfProgram(principal), "a principal of another program")
    shadowed.removeAll(keepingCapacity: true)
    bindShared(principal.claims, now)
    resetDerived(program.shared)
    let facts = Facts(plan: program.shared, document: nothing, now: now.milliseconds)
    var grants = [RuleNumber?](repeating: nil, count: program.grantingLayers)
    var deny: RuleNumber?
    var ask: RuleNumber?
    for rule in program.servers[Int(server.index)].resources {
      let number = rule.planned.rule
      switch rule.effect {
      case .grant(let layer):
        guard grants[layer].map({ number < $0 }) ?? true, speaks(rule.planned, of: principal, now),
          rule.globs.contains(where: { $0.covers(uri) }), holds(rule.planned.chain, facts, whenUnknown: false)
        else { continue }
        grants[layer] = number
      case .deny, .ask, .shadow:
        guard rule.globs.contains(where: { $0.touches(uri) }), holds(rule.planned.chain, facts, whenUnknown: true) else { continue }
        switch rule.effect {
        case .deny: deny = min(deny ?? number, number)
        case .ask: ask = min(ask ?? number, number)
        default: shadowed.append(number)
        }
      }
    }
    if let deny { return .deny(.byRule(deny)) }
    guard let grant = smallest(grants) else { return .deny(.noGrant) }
    if let ask { return .ask(Question(ask: ask, grant: grant)) }
    return .allow(Grounds(grant: grant))
  }

  /// A template is shown when every layer has a grant that could cover a URI of it: which URI a client makes of it is decided when it is read.
  mutating func mayAllow(_ template: [UInt8], of server: ServerID, _ principal: Principal, _ now: Moment) -> Bool {
    precondition(isOfProgram(principal), "a principal of another program")
    bindShared(principal.claims, now)
    resetDerived(program.shared)
    let facts = Facts(plan: program.shared, document: nothing, now: now.milliseconds)
    var grants = [RuleNumber?](repeating: nil, count: program.grantingLayers)
    for rule in program.servers[Int(server.index)].resources {
      guard case .grant(let layer) = rule.effect, grants[layer] == nil, speaks(rule.planned, of: principal, now),
        rule.globs.contains(where: { $0.mayCover(template: template) }), holds(rule.planned.chain, facts, whenUnknown: true)
      else { continue }
      grants[layer] = rule.planned.rule
    }
    return smallest(grants) != nil
  }

  /// Nil when a layer has none.
  private func smallest(_ grants: [RuleNumber?]) -> RuleNumber? {
    grants.contains(nil) ? nil : grants.compactMap(\.self).min()
  }

  func speaks(_ rule: PlannedRule, of principal: Principal, _ now: Moment) -> Bool {
    now.milliseconds < rule.expires && (rule.agents.map { $0.contains { principal.agents.contains($0) } } ?? true)
  }
}
