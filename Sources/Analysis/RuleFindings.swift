internal import JSON
package import Semantics
package import Text

/// Says which rules do nothing, as far as all calls of their targets tell: those that none meets, those that others of their kind say already,
/// and grants of which denies take everything. Rules that speak of resources, or of a target with too many cases, are passed over.
package func ruleFindings(_ policies: CheckedPolicies) -> [Diagnostic] {
  var finder = RuleFinder(RuleIndex(policies))
  return finder.find()
}

private struct RuleFinder {
  private let index: RuleIndex
  private var decisions: [Target: Decisions] = [:]
  private var tooLarge: Set<Target> = []
  private var calls: [Place: Diagrams.Reference] = [:]
  /// Calls that may still be looked at together: a generated policy must not take minutes.
  private var left = 100_000
  /// On one target: each is held to all others.
  private static let mostRules = 200

  private struct Place: Hashable {
    let rule: Int
    let target: Target
  }

  init(_ index: RuleIndex) { self.index = index }

  mutating func find() -> [Diagnostic] {
    var findings: [Diagnostic] = []
    var useless: Set<Int> = []
    for rule in index.policies.rules.reversed() where !rule.isShadow {
      guard let targets = targets(of: rule), (try? prepare(rule, targets)) != nil else { continue }
      if let finding = try? finding(rule, targets, useless) {
        useless.insert(rule.number)
        findings.append(finding)
      }
    }
    return findings.reversed()
  }

  /// Nil when nothing is to be said of the rule.
  private func targets(of rule: CheckedPolicies.Rule) -> [Target]? {
    let targets = index.policies.targets(rule.targets)
    let areTooMany = targets.contains { (index.rules[$0] ?? []).count > Self.mostRules }
    return targets.isEmpty || areTooMany || targets.contains { $0.kind == .resources || tooLarge.contains($0) } ? nil : targets
  }

  private mutating func prepare(_ rule: CheckedPolicies.Rule, _ targets: [Target]) throws(TooLarge) {
    for target in targets where decisions[target] == nil {
      do throws(TooLarge) {
        decisions[target] = try Decisions(target, [index])
      } catch {
        tooLarge.insert(target)
        throw error
      }
    }
  }

  /// The calls of a target that the tool takes and a rule speaks of.
  private mutating func calls(of rule: Int, on target: Target) throws(TooLarge) -> Diagrams.Reference {
    if let known = calls[Place(rule: rule, target: target)] { return known }
    guard var decisions = decisions.removeValue(forKey: target) else { throw TooLarge() }
    defer { self.decisions[target] = decisions }
    let holds: Diagrams.Reference
    if case .grant = index.policies.rules[rule].kind {
      holds = try decisions.grants(rule, side: 0)
    } else {
      holds = try decisions.forAllCallers(try decisions.condition(of: rule, side: 0), side: 0)
    }
    let calls = try decisions.diagrams.combine(holds, .and, try decisions.isValid(side: 0))
    self.calls[Place(rule: rule, target: target)] = calls
    return calls
  }

  private mutating func without(
    _ left: Diagrams.Reference, _ right: Diagrams.Reference, _ target: Target
  ) throws(TooLarge) -> Diagrams.Reference {
    try decisions[target]?.diagrams.combine(left, .without, right) ?? left
  }

  private mutating func finding(
    _ rule: CheckedPolicies.Rule, _ targets: [Target], _ useless: Set<Int>
  ) throws(TooLarge) -> Diagnostic? {
    var own: [(target: Target, calls: Diagrams.Reference)] = []
    for target in targets {
      let calls = try calls(of: rule.number, on: target)
      if calls != .no { own.append((target, calls)) }
    }
    guard let first = own.first else {
      return Diagnostic(
        .deadRule, "no call meets `\(rule.name)`", at: .init(rule.nameRange, "does nothing"),
        help: "what it asks for cannot all be so, under the tools' schemas and refinements; correct the condition or remove the rule")
    }
    if let cover = try cover(of: rule, own, useless) {
      return Diagnostic(
        .coveredRule, "`\(rule.name)` says what \(listed(cover)) \(cover.count == 1 ? "says" : "say together") already",
        at: .init(rule.nameRange, "changes nothing"), also: labels(cover),
        help: "remove it, or correct what was meant to differ" + shown(first.calls, first.target, "both speak of"))
    }
    guard case .grant = rule.kind else { return nil }
    var denying: [Int] = []
    for (target, calls) in own {
      var rest = calls
      for number in index.rules[target] ?? [] {
        guard case .deny = index.policies.rules[number].kind, rest != .no else { continue }
        let less = try without(rest, try self.calls(of: number, on: target), target)
        if less != rest, !denying.contains(number) { denying.append(number) }
        rest = less
      }
      if rest != .no { return nil }
    }
    return Diagnostic(
      .overriddenGrant, "`\(rule.name)` opens nothing: \(listed(denying)) \(denying.count == 1 ? "denies" : "deny together") all of it",
      at: .init(rule.nameRange, "never allows a call"), also: labels(denying),
      help: "a deny wins over every grant; remove the grant, or narrow the deny" + shown(first.calls, first.target, "granted and denied is")
    )
  }

  /// The rules of the same kind that make a rule needless, one if one will do; nil: it is needed.
  private mutating func cover(
    of rule: CheckedPolicies.Rule, _ own: [(target: Target, calls: Diagrams.Reference)], _ useless: Set<Int>
  ) throws(TooLarge) -> [Int]? {
    var alone: Set<Int>?
    var together: [Int] = []
    for (target, calls) in own {
      let others = (index.rules[target] ?? []).filter {
        $0 != rule.number && !useless.contains($0) && isAlike(rule, index.policies.rules[$0])
      }
      var rest = calls
      var whole: Set<Int> = []
      for other in others {
        left -= 1
        guard left > 0 else { throw TooLarge() }
        let theirs = try self.calls(of: other, on: target)
        if try without(calls, theirs, target) == .no { whole.insert(other) }
        let less = try without(rest, theirs, target)
        if less != rest, !together.contains(other) { together.append(other) }
        rest = less
      }
      if rest != .no { return nil }
      alone = alone?.intersection(whole) ?? whole
    }
    return alone?.min().map { [$0] } ?? together
  }

  private func isAlike(_ left: CheckedPolicies.Rule, _ right: CheckedPolicies.Rule) -> Bool {
    switch (left.kind, right.kind) {
    case (.grant, .grant): left.layer == right.layer
    case (.deny, .deny): true
    case (.ask(let one), .ask(let other)):
      one.approvers.exact == other.approvers.exact && one.withinMilliseconds == other.withinMilliseconds
    default: false
    }
  }

  private mutating func shown(_ calls: Diagrams.Reference, _ target: Target, _ words: String) -> String {
    guard let witness = decisions[target]?.witness(in: calls, side: 0), witness.isConfirmed else { return "" }
    return "\n\(words): \(witness.line)"
  }

  private func labels(_ rules: [Int]) -> [Diagnostic.Label] {
    rules.prefix(3).map { .init(index.policies.rules[$0].nameRange, "this") }
  }

  private func listed(_ rules: [Int]) -> String {
    let names = rules.prefix(3).map { "`\(index.policies.rules[$0].name)`" }
    return names.joined(separator: ", ") + (rules.count > 3 ? " and \(rules.count - 3) more" : "")
  }
}
