internal import JSON
package import Semantics
package import Text

/// Says what of a policy does nothing, as far as all calls tell: rules that none meets, rules that others of their kind say already, grants and
/// asks of which denies take everything, tests that make no difference; scopes that no grant gives; and which tools nobody may call.
/// Rules that speak of a target with too many cases are passed over.
///
/// - Parameter known: what `check` has reported, which is not said twice.
package func ruleFindings(_ policies: CheckedPolicies, beside known: [Diagnostic] = []) -> [Diagnostic] {
  var finder = RuleFinder(RuleIndex(policies), known: known.map(\.primary.range))
  return finder.find() + scopeFindings(policies) + finder.closedTools()
}

struct RuleFinder {
  let index: RuleIndex
  /// Places of which something was said.
  let known: [SourceRange]
  private(set) var decisions: [Target: Decisions] = [:]
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

  init(_ index: RuleIndex, known: [SourceRange]) {
    self.index = index
    self.known = known
  }

  mutating func find() -> [Diagnostic] {
    var findings: [Diagnostic] = []
    var useless: Set<Int> = []
    for rule in index.policies.rules.reversed() where !rule.isShadow {
      guard let targets = targets(of: rule), (try? prepare(rule, targets)) != nil else { continue }
      if let finding = try? finding(rule, targets, useless) {
        useless.insert(rule.number)
        findings.append(finding)
      } else if let finding = try? idleTest(of: rule, targets) {
        findings.append(finding)
      }
    }
    return findings.reversed()
  }

  /// Nil when nothing is to be said of the rule.
  private func targets(of rule: CheckedPolicies.Rule) -> [Target]? {
    let targets = index.policies.targets(rule.targets)
    let areTooMany = targets.contains { (index.rules[$0] ?? []).count > Self.mostRules }
    return targets.isEmpty || areTooMany || targets.contains(where: tooLarge.contains) ? nil : targets
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
  mutating func calls(of rule: Int, on target: Target) throws(TooLarge) -> Diagrams.Reference {
    if let known = calls[Place(rule: rule, target: target)] { return known }
    let calls = try calls(of: rule, with: nil, on: target)
    self.calls[Place(rule: rule, target: target)] = calls
    return calls
  }

  /// - Parameter other: in the place of its condition, made of its tests.
  mutating func calls(of rule: Int, with other: Condition?, on target: Target) throws(TooLarge) -> Diagrams.Reference {
    guard var decisions = decisions.removeValue(forKey: target) else { throw TooLarge() }
    defer { self.decisions[target] = decisions }
    return try decisions.diagrams.combine(try decisions.calls(of: rule, with: other, side: 0), .and, try decisions.isValid(side: 0))
  }

  /// Whether nobody may call it, as far as that can be told.
  mutating func isClosed(_ target: Target) -> Bool {
    guard (index.rules[target] ?? []).contains(where: { index.policies.rules[$0].isGrant }) else { return true }
    guard var decisions = decisions.removeValue(forKey: target) ?? (try? Decisions(target, [index])) else { return false }
    defer { self.decisions[target] = decisions }
    return (try? decisions.decision(side: 0)) == .no
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
    if case .deny = rule.kind { return nil }
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
    let (noun, does, never) = rule.isGrant ? ("grant", "opens", "allows a call") : ("ask", "asks", "asks anybody")
    return Diagnostic(
      .overriddenGrant, "`\(rule.name)` \(does) nothing: \(listed(denying)) \(denying.count == 1 ? "denies" : "deny together") all of it",
      at: .init(rule.nameRange, "never \(never)"), also: labels(denying),
      help: "a deny wins over every \(noun); remove the \(noun), or narrow the deny"
        + shown(first.calls, first.target, rule.isGrant ? "granted and denied is" : "asked and denied is"))
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

  mutating func shown(_ calls: Diagrams.Reference, _ target: Target, _ words: String) -> String {
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
