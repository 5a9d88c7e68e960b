package import Semantics

/// What came of one `prove`.
package struct ProofOutcome: Sendable {
  package enum Finding: Sendable {
    /// Of every call.
    case proved
    /// This call shows the contrary; of `sometimes allowed`, there is no call at all.
    case refuted(Target, Witness?, agent: String?)
    /// Neither: the conditions on this target are too many to be looked at together.
    case tooLarge(Target)
    /// Neither: no address was found that shows the contrary, and that there is none could not be shown.
    case unknown(Target)
  }

  package let proof: CheckedPolicies.Proof
  package let finding: Finding

  package var isProved: Bool { if case .proved = finding { true } else { false } }
}

/// Tries every `prove` of a policy over all calls: of every agent, arguments, claims, labels and time.
package func prove(_ policies: CheckedPolicies) -> [ProofOutcome] {
  guard !policies.proofs.isEmpty else { return [] }
  let index = RuleIndex(policies)
  return policies.proofs.map { ProofOutcome(proof: $0, finding: finding($0, index)) }
}

private func finding(_ proof: CheckedPolicies.Proof, _ index: RuleIndex) -> ProofOutcome.Finding {
  var doubt: ProofOutcome.Finding?
  for target in index.policies.targets(proof.targets) {
    do throws(TooLarge) {
      guard let finding = try finding(proof, target, index) else { continue }
      if case .refuted(_, let witness?, _) = finding, target.kind == .resources, !witness.isConfirmed {
        doubt = doubt ?? .unknown(target)
        continue
      }
      return finding
    } catch {
      doubt = doubt ?? .tooLarge(target)
    }
  }
  return doubt ?? .proved
}

/// Nil: it is so.
private func finding(_ proof: CheckedPolicies.Proof, _ target: Target, _ index: RuleIndex) throws(TooLarge) -> ProofOutcome.Finding? {
  let addresses = { (asGrantsDo: Bool) -> [Division] in
    guard target.kind == .resources else { return [] }
    return [Decisions.addresses(proof.targets, target, index.policies, asGrantsDo: asGrantsDo)]
  }
  /// Of all that is asked of the target, what is asked of the addresses that the proof names.
  func named(_ calls: Diagrams.Reference, _ asGrantsDo: Bool, _ decisions: inout Decisions) throws(TooLarge) -> Diagrams.Reference {
    var calls = calls
    for division in addresses(asGrantsDo) {
      calls = try decisions.diagrams.combine(calls, .and, try decisions.holds(division, negated: false, whenUndecided: !asGrantsDo))
    }
    return calls
  }
  let names = { (agents: [Int]) in agents.map { index.policies.agents[$0].name } }
  switch proof.claim {
  case .allowedOnlyTo(let agents):
    var decisions = try Decisions(target, [index], addresses: addresses(false), agents: Set(names(agents)))
    let passes = try named(try decisions.passes(try decisions.decision(side: 0)), false, &decisions)
    let others = try decisions.diagrams.combine(passes, .without, try decisions.isOne(of: names(agents), side: 0))
    return decisions.witness(in: others, side: 0).map { .refuted(target, $0, agent: nil) }
  case .neverAllowed(let condition):
    var decisions = try Decisions(target, [index], with: [condition], addresses: addresses(false))
    let passes = try named(try decisions.passes(try decisions.decision(side: 0)), false, &decisions)
    // What cannot be told may be what must never be.
    let meant = try decisions.forAllCallers(try decisions.holds(condition, whenUndecided: true), side: 0)
    let both = try decisions.diagrams.combine(passes, .and, meant)
    return decisions.witness(in: both, side: 0).map { .refuted(target, $0, agent: nil) }
  case .sometimesAllowed(let agents, let condition):
    let others = index.agentsGranted(target)
    var decisions = try Decisions(
      target, [index], with: [condition], addresses: addresses(true), agents: Set(names(agents)).union(others))
    let passes = try named(try decisions.passes(try decisions.decision(side: 0)), true, &decisions)
    let meant = try decisions.forAllCallers(try decisions.holds(condition, whenUndecided: false), side: 0)
    let both = try decisions.diagrams.combine(passes, .and, meant)
    for agent in agents.isEmpty ? [nil] : names(agents).map(Optional.some) {
      var some = both
      if let agent { some = try decisions.diagrams.combine(both, .and, try isOnly(agent, others: others, &decisions)) }
      guard let witness = decisions.witness(in: some, side: 0) else { return .refuted(target, nil, agent: agent) }
      // A call that may not exist shows nothing.
      if !witness.isConfirmed { return .refuted(target, nil, agent: agent) }
    }
    return nil
  }
}

/// Where the caller is this agent and none of the others, but for those that it always is as well: what somebody may who happens to be two
/// agents at once says nothing of one of them.
private func isOnly(_ agent: String, others: [String], _ decisions: inout Decisions) throws(TooLarge) -> Diagrams.Reference {
  var callers = try decisions.isOne(of: [agent], side: 0)
  for other in others where other != agent {
    let rest = try decisions.diagrams.combine(callers, .without, try decisions.isOne(of: [other], side: 0))
    if try decisions.byCredentials(rest) != .no { callers = rest }
  }
  return callers
}
