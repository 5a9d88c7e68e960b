package import Digests
internal import JSON
package import Semantics
package import Text

/// What one policy decides otherwise than another, over all calls.
package struct Comparison: Sendable {
  /// Which way a change goes for callers.
  package enum Direction: String, Sendable {
    case wider = "WIDER"
    case narrower = "NARROWER"
    /// Wider for some calls, narrower or otherwise different for others.
    case mixed = "MIXED"
    /// Something changed of which the direction could not be told.
    case unknown = "UNKNOWN"

    /// Whether something may be let through, or with less asking, that was not.
    package var mayWiden: Bool { self != .narrower }
  }

  /// Calls of which the same thing changed.
  package struct Region: Sendable {
    /// Tests that tell them from others, to be read with `and`; empty: every call.
    package let facts: [String]
    /// `deny`, `allow`, `ask "leads"`
    package let before: String
    package let after: String
    package let direction: Direction
    package let witness: Witness?
  }

  /// A rule or agent that is not what it was.
  package struct RuleChange: Sendable {
    package let name: String
    /// Nil: added.
    package let before: SourceRange?
    /// Nil: removed.
    package let after: SourceRange?
  }

  package struct TargetChange: Sendable {
    package let target: Target
    package let direction: Direction
    package let regions: [Region]
    /// Regions that are not listed.
    package let omitted: Int
    package let rules: [RuleChange]
  }

  /// A limit, filter or the like that is not what it was.
  package struct SettingChange: Sendable {
    /// `limit`, `filter`, `label`, …
    package let kind: String
    package let name: String
    package let direction: Direction
    /// In words.
    package let change: String
    package let before: SourceRange?
    package let after: SourceRange?
  }

  /// In order of the targets; those that decide as before are left out.
  package let targets: [TargetChange]
  package let settings: [SettingChange]
  /// Agents that are recognised otherwise; what comes of it, the targets say.
  package let agents: [RuleChange]
  /// Targets that rules of either policy speak of and of which nothing changed.
  package let equalTargets: Int

  package var isEmpty: Bool { targets.isEmpty && settings.isEmpty && agents.isEmpty }
  package var mayWiden: Bool { targets.contains { $0.direction.mayWiden } || settings.contains { $0.direction.mayWiden } }

  /// How many regions of a target are shown.
  static let regions = 12
}

/// Compares what two policies decide. Targets of which all rules are the same need no diagrams.
package func compare(_ old: CheckedPolicies, _ new: CheckedPolicies) -> Comparison {
  compare(RuleForms(RuleIndex(old)), RuleForms(RuleIndex(new)))
}

/// The same with the fingerprints of both: targets that have not changed are looked at once.
package func compareWithFingerprints(
  _ old: CheckedPolicies, _ new: CheckedPolicies
) -> (comparison: Comparison, fingerprints: (old: Digest, new: Digest)) {
  let (before, after) = (RuleForms(RuleIndex(old)), RuleForms(RuleIndex(new)))
  return (compare(before, after), semanticFingerprints(before, after))
}

private func compare(_ old: RuleForms, _ new: RuleForms) -> Comparison {
  let indices = [old.index, new.index]
  let texts = indices.map(RuleTexts.init)
  let areAgentsEqual = old.allAgents == new.allAgents
  var changes: [Comparison.TargetChange] = []
  var equal = 0
  for target in Set(indices.flatMap { Array($0.rules.keys) }).sorted() {
    let isSame = (areAgentsEqual || !indices.contains { $0.readsCaller(target) }) && areSchemasEqual(target, indices)
    if isSame, old.form(of: target) == new.form(of: target) || texts[0].text(of: target) == texts[1].text(of: target) {
      equal += 1
    } else if let change = change(of: target, texts) {
      changes.append(change)
    } else {
      equal += 1
    }
  }
  return Comparison(
    targets: changes, settings: settingChanges(old.index.policies, new.index.policies, changes),
    agents: areAgentsEqual ? [] : agentChanges(texts),
    equalTargets: equal)
}

func areSchemasEqual(_ target: Target, _ indices: [RuleIndex]) -> Bool {
  let refinements = indices.map { $0.refinement(of: target) }
  let digests = indices.map { $0.digest(of: target) }
  if refinements.allSatisfy({ $0 == nil }), let digest = digests[0], digest == digests[1] { return true }
  return indices[0].shape(of: target) == indices[1].shape(of: target) && refinements[0]?.text == refinements[1]?.text
}

/// Who is recognised otherwise than before.
private func agentChanges(_ texts: [RuleTexts]) -> [Comparison.RuleChange] {
  let agents = texts.map { texts in
    Dictionary(
      zip(texts.index.policies.agents, texts.agents).map { ($0.name.exact, (text: $1, range: $0.range)) },
      uniquingKeysWith: { first, _ in first })
  }
  return changes(agents[0], agents[1])
}

/// Nil when every call is decided as before.
private func change(of target: Target, _ texts: [RuleTexts]) -> Comparison.TargetChange? {
  let rules = ruleChanges(target, texts)
  func unknown() -> Comparison.TargetChange {
    Comparison.TargetChange(target: target, direction: .unknown, regions: [], omitted: 0, rules: rules)
  }
  do throws(TooLarge) {
    var decisions = try Decisions(target, texts.map(\.index))
    let regions = try Regions(&decisions).all
    if regions.isEmpty { return nil }
    // Which forms of an address a server makes is known in part: where no address shows a difference, there may be none.
    if target.kind == .resources, !regions.contains(where: { $0.witness?.isConfirmed == true }) { return unknown() }
    let directions = Set(regions.map(\.direction))
    return Comparison.TargetChange(
      target: target, direction: directions.count == 1 ? regions[0].direction : .mixed,
      regions: Array(regions.prefix(Comparison.regions)), omitted: max(0, regions.count - Comparison.regions), rules: rules)
  } catch {
    return unknown()
  }
}

/// Rules on the target, by name.
private func ruleChanges(_ target: Target, _ texts: [RuleTexts]) -> [Comparison.RuleChange] {
  let rules = texts.map { texts in
    Dictionary(
      (texts.index.rules[target] ?? []).map { number in
        let rule = texts.index.policies.rules[number]
        return (rule.name.exact, (text: texts.text(ofRule: number), range: rule.range))
      }, uniquingKeysWith: { first, _ in first })
  }
  return changes(rules[0], rules[1])
}

private func changes(
  _ old: [ExactText: (text: String, range: SourceRange)], _ new: [ExactText: (text: String, range: SourceRange)]
) -> [Comparison.RuleChange] {
  Set(old.keys).union(new.keys).sorted().compactMap { name in
    let (before, after) = (old[name], new[name])
    if let before, let after, before.text.exact == after.text.exact { return nil }
    return Comparison.RuleChange(name: name.text, before: before?.range, after: after?.range)
  }
}

extension RuleIndex {
  /// Whether who is calling plays a part.
  fileprivate func readsCaller(_ target: Target) -> Bool {
    (rules[target] ?? []).contains { number in
      let rule = policies.rules[number]
      if case .grant(let grant) = rule.kind, case .agents = grant.grantees { return true }
      return rule.condition.atoms.contains { atom in
        if case .claim = atom.subject { return true }
        if case .sameAs(.claim) = atom.test { return true }
        return false
      }
    }
  }
}

extension CheckedPolicies.Refinement {
  fileprivate var text: String {
    let parts = fields.map { field in
      "\(field.path) \(field.constraints.map { "\($0)" }.sorted()) \(field.isAbsent) \(field.defaultValue.map(\.text) ?? "")"
    }
    return parts.sorted().joined(separator: "\n") + "\(forbidsOthers)"
  }
}
