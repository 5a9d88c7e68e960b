internal import Bytecode
internal import JSON

extension Evaluator {
  mutating func decide(_ server: ServerID, _ uri: [UInt8], _ principal: Principal, _ labels: KnownLabels, _ now: Moment) -> Verdict {
    let uri = CanonicalURI(uri)
    let verdict = decide(server, uri, principal, labels, now)
    return principal.isBounded && !principal.opens(server, uri) ? verdict.outOfScope : verdict
  }

  private mutating func decide(
    _ server: ServerID, _ uri: CanonicalURI, _ principal: Principal, _ labels: KnownLabels, _ now: Moment
  ) -> Verdict {
    begin(principal, labels, now)
    resetShared()
    var grants = [RuleNumber?](repeating: nil, count: program.grantingLayers)
    var deny: RuleNumber?
    var ask: RuleNumber?
    var budget = MatchBudget()
    for rule in program.servers[Int(server.index)].resources {
      let number = rule.planned.rule
      switch rule.effect {
      case .grant(let layer):
        guard grants[layer].map({ number < $0 }) ?? true, speaks(rule.planned, of: principal, now),
          rule.globs.contains(where: { $0.covers(uri, &budget) }), holdsShared(rule.planned.chain, whenUnknown: false)
        else { continue }
        grants[layer] = number
      case .deny, .ask, .shadow:
        guard rule.globs.contains(where: { $0.touches(uri, &budget) }), holdsShared(rule.planned.chain, whenUnknown: true) else { continue }
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

  /// As a decision on the URI would be; but what labels may still decide is left open.
  mutating func mayAllow(
    _ uri: CanonicalURI, of server: ServerID, _ principal: Principal, _ labels: KnownLabels, _ now: Moment
  ) -> Bool {
    guard principal.opens(server, uri) else { return false }
    begin(principal, labels, now)
    resetShared()
    var grants = [RuleNumber?](repeating: nil, count: program.grantingLayers)
    var budget = MatchBudget()
    for rule in program.servers[Int(server.index)].resources {
      switch rule.effect {
      case .grant(let layer):
        guard grants[layer] == nil, speaks(rule.planned, of: principal, now), rule.globs.contains(where: { $0.covers(uri, &budget) }),
          holdsShared(rule.planned.chain, whenUnknown: true)
        else { continue }
        grants[layer] = rule.planned.rule
      case .deny:
        guard rule.globs.contains(where: { $0.touches(uri, &budget) }), holdsShared(rule.planned.chain, whenUnknown: false) else {
          continue
        }
        return false
      case .ask, .shadow: continue
      }
    }
    return smallest(grants) != nil
  }

  /// A template is shown when every layer has a grant that could cover a URI of it, and no deny holds for all of them: which URI a client makes
  /// of it is decided when it is read. One without variable parts is a URI.
  mutating func mayAllow(
    _ template: [UInt8], of server: ServerID, _ principal: Principal, _ labels: KnownLabels, _ now: Moment
  ) -> Bool {
    guard URITemplate.hasVariables(template) else { return mayAllow(CanonicalURI(template), of: server, principal, labels, now) }
    begin(principal, labels, now)
    resetShared()
    var grants = [RuleNumber?](repeating: nil, count: program.grantingLayers)
    var budget = MatchBudget()
    for rule in program.servers[Int(server.index)].resources {
      switch rule.effect {
      case .grant(let layer):
        guard grants[layer] == nil, speaks(rule.planned, of: principal, now),
          rule.globs.contains(where: { $0.mayCover(template: template) }), holdsShared(rule.planned.chain, whenUnknown: true)
        else { continue }
        grants[layer] = rule.planned.rule
      case .deny:
        guard rule.globs.contains(where: { $0.touchesAll(template: template, &budget) }),
          holdsShared(rule.planned.chain, whenUnknown: false)
        else { continue }
        return false
      case .ask, .shadow: continue
      }
    }
    return smallest(grants) != nil
  }

  /// Whether claims make the agent, once they are bound.
  mutating func isMember(of agent: AgentInfo) -> Bool {
    guard let chain = agent.chain else { return false }
    resetShared()
    return holdsShared(chain, whenUnknown: false)
  }

  /// Nil when a layer has none.
  private func smallest(_ grants: [RuleNumber?]) -> RuleNumber? {
    grants.contains(nil) ? nil : grants.compactMap(\.self).min()
  }

  func speaks(_ rule: PlannedRule, of principal: Principal, _ now: Moment) -> Bool {
    now.milliseconds < rule.expires && (rule.agents.map { $0.contains { principal.agents.contains($0) } } ?? true)
  }

  private mutating func resetShared() { resetDerived(tables, &cells, &scratch) }

  /// A condition over claims and clock only.
  private mutating func holdsShared(_ chain: Chain, whenUnknown: Bool) -> Bool {
    holds(tables, chain, whenUnknown, nothing, &cells, &scratch)
  }
}

private func resetDerived(_ tables: borrowing Tables, _ storage: inout [Cell], _ scratch: inout Scratch) {
  var cells = storage.mutableSpan
  Reading(tables, tables.shared, now: Moment(milliseconds: 0)).resetDerived(&cells, &scratch)
}

/// The clock is in its cells, so it does not matter which moment the reading has.
private func holds(
  _ tables: borrowing Tables, _ chain: Chain, _ whenUnknown: Bool, _ document: Document, _ storage: inout [Cell],
  _ scratch: inout Scratch
) -> Bool {
  var cells = storage.mutableSpan
  let reading = Reading(tables, tables.shared, now: Moment(milliseconds: 0))
  return reading.holds(chain, whenUnknown: whenUnknown, document, &cells, &scratch)
}
