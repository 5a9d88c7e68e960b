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

  /// A rule that is not what it was.
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
  /// Targets that rules of either policy speak of and of which nothing changed.
  package let equalTargets: Int

  package var isEmpty: Bool { targets.isEmpty && settings.isEmpty }
  package var mayWiden: Bool { targets.contains { $0.direction.mayWiden } || settings.contains { $0.direction.mayWiden } }

  /// How many regions of a target are shown.
  static let regions = 12
}

/// Compares what two policies decide. Targets of which all rules are the same need no diagrams.
package func compare(_ old: CheckedPolicies, _ new: CheckedPolicies) -> Comparison {
  let texts = [old, new].map { RuleTexts(RuleIndex($0)) }
  let indices = texts.map(\.index)
  let areAgentsEqual = texts[0].allAgents == texts[1].allAgents
  var changes: [Comparison.TargetChange] = []
  var equal = 0
  for target in Set(indices.flatMap { Array($0.rules.keys) }).sorted() {
    let isSame =
      texts[0].text(of: target) == texts[1].text(of: target) && areSchemasEqual(target, indices)
      && (areAgentsEqual || !indices.contains { $0.readsCaller(target) })
    if isSame {
      equal += 1
    } else if let change = change(of: target, texts) {
      changes.append(change)
    } else {
      equal += 1
    }
  }
  return Comparison(targets: changes, settings: settingChanges(old, new, changes), equalTargets: equal)
}

private func areSchemasEqual(_ target: Target, _ indices: [RuleIndex]) -> Bool {
  indices[0].shape(of: target) == indices[1].shape(of: target)
    && indices[0].refinement(of: target)?.text == indices[1].refinement(of: target)?.text
}

/// Nil when every call is decided as before.
private func change(of target: Target, _ texts: [RuleTexts]) -> Comparison.TargetChange? {
  let rules = ruleChanges(target, texts)
  func unknown() -> Comparison.TargetChange {
    Comparison.TargetChange(target: target, direction: .unknown, regions: [], omitted: 0, rules: rules)
  }
  // What the addresses of resources mean is the servers' to know.
  if target.kind == .resources { return unknown() }
  do throws(TooLarge) {
    var decisions = try Decisions(target, texts.map(\.index))
    let regions = try Regions(&decisions).all
    if regions.isEmpty { return nil }
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
        return (rule.name.exact, (text: texts.texts[number], range: rule.range))
      }, uniquingKeysWith: { first, _ in first })
  }
  return Set(rules[0].keys).union(rules[1].keys).sorted().compactMap { name in
    let (before, after) = (rules[0][name], rules[1][name])
    if let before, let after, before.text == after.text { return nil }
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
