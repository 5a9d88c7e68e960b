internal import JSON
package import Semantics
package import Text

/// A policy with one small mistake in it, such as a person could make: tests that are worth something fail for it.
package struct Mutant: Sendable {
  /// The rule or limit that is changed.
  package let name: String
  /// `args.amount <= 200.00 -> <= 201.00`
  package let change: String
  package let range: SourceRange
  /// Calls of these may be decided otherwise.
  package let targets: Targets
  package let policies: CheckedPolicies
  /// Nil: a limit's.
  let rule: Int?
}

/// Every mutant of the rules and limits that are enforced, in order of place.
package func mutants(_ policies: CheckedPolicies) -> [Mutant] {
  var found: [Mutant] = []
  for rule in policies.rules where !rule.isShadow {
    for change in changes(rule, policies) {
      var rules = policies.rules
      rules[rule.number] = change.rule
      found.append(
        Mutant(
          name: rule.name, change: change.words, range: change.range, targets: rule.targets, policies: policies.replacing(rules: rules),
          rule: rule.number))
    }
  }
  for (number, limit) in policies.limits.enumerated() where !limit.isShadow {
    for step in [Number(1), Number(-1)] {
      guard let amount = try? sum(limit.amount, step), amount > 0, limit.burst.map({ $0 <= amount }) ?? true else { continue }
      var limits = policies.limits
      limits[number] = limit.replacing(amount: amount)
      found.append(
        Mutant(
          name: limit.name, change: "\(limit.amount) -> \(amount)", range: limit.nameRange, targets: limit.targets,
          policies: policies.replacing(limits: limits), rule: nil))
    }
  }
  return found
}

private struct RuleMutation {
  let words: String
  let range: SourceRange
  let rule: CheckedPolicies.Rule
}

private func changes(_ rule: CheckedPolicies.Rule, _ policies: CheckedPolicies) -> [RuleMutation] {
  var found = [RuleMutation(words: "without it", range: rule.nameRange, rule: rule.replacing(condition: .constant(false)))]
  if case .constant = rule.condition {
  } else {
    found.append(RuleMutation(words: "without its condition", range: rule.nameRange, rule: rule.replacing(condition: .constant(true))))
  }
  if case .grant(let grant) = rule.kind {
    if grant.until != nil {
      found.append(
        RuleMutation(
          words: "without its end", range: rule.nameRange,
          rule: rule.replacing(kind: .grant(.init(scope: grant.scope, grantees: grant.grantees, until: nil)))))
    }
    if case .agents(let agents) = grant.grantees, agents.count > 1 {
      for agent in agents {
        let others = CheckedPolicies.Rule.Grantees.agents(agents.filter { $0 != agent })
        found.append(
          RuleMutation(
            words: "without \(policies.agents[agent].name)", range: rule.nameRange,
            rule: rule.replacing(kind: .grant(.init(scope: grant.scope, grantees: others, until: grant.until)))))
      }
    }
  }
  for (number, atom) in rule.condition.atoms.enumerated() {
    for (words, other) in atom.mutations {
      var place = number
      found.append(
        RuleMutation(
          words: words, range: atom.range, rule: rule.replacing(condition: rule.condition.replacing(atom: &place, by: other))))
    }
  }
  return found
}

extension CheckedPolicies.Rule {
  fileprivate func replacing(kind: Kind? = nil, condition: Condition? = nil) -> Self {
    Self(
      number: number, name: name, kind: kind ?? self.kind, targets: targets, condition: condition ?? self.condition, because: because,
      isShadow: isShadow, layer: layer, documentation: documentation, annotations: annotations, nameRange: nameRange, range: range)
  }
}

extension Atom {
  /// What could have been written by mistake, and how that reads.
  fileprivate var mutations: [(words: String, condition: Condition)] {
    let own = "\(subject.text) \(test.text)"
    func other(_ test: Test) -> (String, Condition) {
      ("\(own) -> \(test.text)", .atom(Atom(quantifier: quantifier, subject: subject, test: test, range: range)))
    }
    var found = [("\(own) -> always", Condition.constant(true)), ("\(own) -> never", .constant(false))]
    if case .present = test { return found }
    found += test.neighbours.map(other)
    return found
  }
}

extension Atom.Test {
  /// Bounds that are off by one or take in their end, sets that lack something.
  fileprivate var neighbours: [Atom.Test] {
    func around(_ number: Number, _ make: (Number) -> Atom.Test) -> [Atom.Test] {
      [Number(1), Number(-1)].compactMap { step in (try? sum(number, step)).map(make) }
    }
    func less<Part>(_ parts: [Part], _ make: ([Part]) -> Atom.Test) -> [Atom.Test] {
      guard parts.count > 1 else { return [] }
      return parts.indices.map { index in make(parts.indices.filter { $0 != index }.map { parts[$0] }) }
    }
    switch self {
    case .less(let number): return [.atMost(number)] + around(number) { .less($0) }
    case .atMost(let number): return [.less(number)] + around(number) { .atMost($0) }
    case .greater(let number): return [.atLeast(number)] + around(number) { .greater($0) }
    case .atLeast(let number): return [.greater(number)] + around(number) { .atLeast($0) }
    case .between(let lower, let upper):
      return (lower.map { around($0) { .between($0, upper) } } ?? []) + (upper.map { around($0) { .between(lower, $0) } } ?? [])
    case .isIn(let constants): return less(constants) { .isIn($0) }
    case .startsWith(let texts): return less(texts) { .startsWith($0) }
    case .endsWith(let texts): return less(texts) { .endsWith($0) }
    case .contains(let texts): return less(texts) { .contains($0) }
    case .under(let folders): return less(folders) { .under($0) }
    case .hostIn(let hosts): return less(hosts) { .hostIn($0) }
    case .equals, .matches, .present, .isTrue, .sameAs: return []
    }
  }
}

/// What a mutant decides otherwise.
package enum MutantEffect: Sendable {
  /// Every call is decided as before: no test can tell it.
  case none
  /// These calls, of which one is shown with what the policy itself decides: `deny`, `allow`, `ask`.
  case some(words: String, Witness?, expected: String)
  /// Too many cases, resources, or something that is counted.
  case unknown
}

/// Says what difference mutants make, by diagrams: exactly, where it says anything.
package struct MutantJudge {
  private let index: RuleIndex

  package init(_ policies: CheckedPolicies) { index = RuleIndex(policies) }

  package func effect(of mutant: Mutant) -> MutantEffect {
    guard mutant.rule != nil else { return .unknown }
    let other = RuleIndex(mutant.policies)
    for target in index.policies.targets(mutant.targets) {
      guard target.kind != .resources, var decisions = try? Decisions(target, [index, other]), let regions = try? Regions(&decisions).all
      else { return .unknown }
      // A region that is wide shows more than one that is narrow.
      if let region = regions.first(where: { $0.witness?.isConfirmed == true }) ?? regions.first {
        let expected = region.before == "deny" || region.before == "allow" ? region.before : "ask"
        return .some(words: region.words, region.witness, expected: expected)
      }
    }
    return .none
  }
}
