internal import Syntax
internal import Text

/// The codes a denial can carry on the wire (docs/denials).
package let denialCodes = [
  "APPROVAL_REQUIRED", "INVALID_ARGUMENT", "OUTPUT_BLOCKED", "PERMISSION_DENIED", "RATE_LIMITED", "STORE_UNAVAILABLE", "TOOL_DRIFTED",
  "UNAUTHENTICATED",
  "UPSTREAM_UNAVAILABLE",
]

extension Checker {
  /// Nil: wrong, which has been reported.
  mutating func lower(_ expectation: ExpectationSyntax, _ file: Int) -> CheckedPolicies.Expectation? {
    let kind: CheckedPolicies.Expectation.Kind?
    switch expectation.kind {
    case .allow(let name): kind = expected(name, [.grant], file).map { .allow(by: $0.number) }
    case .ask(let name): kind = expected(name, [.ask], file).map { .ask(by: $0.number) }
    case .deny(let name, let code): kind = denial(name, code, file).map { .deny($0) }
    case .listed(let isListed): kind = .listed(isListed)
    case .limited(let name, let retryAfter):
      var pause: Int64?
      if let retryAfter, case .duration(let milliseconds) = retryAfter.kind {
        pause = milliseconds
      } else if let retryAfter {
        report(.badQuantity, "a pause is a length of time", retryAfter.range, "none", help: "write `retry after 26s`")
      }
      kind = expected(name, [.limit], file).map { _ in .limited(by: name?.text, retryAfterMilliseconds: pause) }
    case .output(let negated, let text): kind = .output(contains: text.value, negated: negated)
    case .session(let negated, let labels):
      let known = labels.filter { find($0, .label, from: file) != nil }
      for label in known { uses(label: label) }
      kind = known.count == labels.count ? .session(has: labels.map(\.text), negated: negated) : nil
    }
    return kind.map { .init($0, range: expectation.range) }
  }

  private struct ExpectedRule {
    /// Nil: any, unless it is a filter.
    var number: Int?
    var filter: String?
  }

  /// The rule that is expected to decide; nil: there is none of that name and kind, which has been reported.
  private mutating func expected(_ name: Identifier?, _ kinds: Set<RuleKind>, _ file: Int) -> ExpectedRule? {
    guard let name else { return ExpectedRule() }
    let rules = symbols[SymbolKind.rule.rawValue]
    let wanted = kinds.map(\.rawValue).sorted().joined(separator: " or ")
    guard let symbol = rules[name.text] else {
      if isLost(name.text, from: file) { return nil }
      let names = visibleNames(.rule, from: file).filter { declared.ruleKinds[$0].map(kinds.contains) ?? false }
      let near = suggestion(for: name.text, among: names)
      report(
        .unknownRule, "no \(wanted) `\(name.text)`", name.range, "no such rule",
        help: near.map { "did you mean `\($0)`?" } ?? (names.isEmpty ? "no \(wanted) is declared" : "there is \(listed(names))"),
        fixes: replacement(near, name.range))
      return nil
    }
    guard let kind = declared.ruleKinds[name.text], kinds.contains(kind) else {
      let kind = declared.ruleKinds[name.text]?.rawValue ?? "rule"
      report(
        .unknownRule, "`\(name.text)` is \(one(kind)), not \(one(wanted))", name.range, "cannot decide this",
        also: [.init(symbol.range, "declared here")], help: "expect what \(one(kind)) does, or name \(one(wanted))")
      return nil
    }
    guard find(name, .rule, from: file) != nil else { return nil }
    if kind == .filter { return ExpectedRule(filter: name.text) }
    let isRule = kind == .grant || kind == .deny || kind == .ask
    return ExpectedRule(number: isRule ? symbol.index : nil)
  }

  private mutating func denial(_ name: Identifier?, _ code: Identifier?, _ file: Int) -> CheckedPolicies.Expectation.Denial? {
    if let code {
      if denialCodes.contains(code.text) { return .code(code.text) }
      let near = suggestion(for: code.text, among: denialCodes)
      report(
        .unknownChoice, "no denial has the code `\(code.text)`", code.range, "no such code",
        help: near.map { "did you mean `\($0)`?" } ?? "the codes are \(listed(denialCodes, most: 12))", fixes: replacement(near, code.range)
      )
      return nil
    }
    guard let name else { return .anyReason }
    if name.text == "default" { return .byDefault }
    return expected(name, [.deny, .filter], file).map { rule in
      rule.filter.map { .byFilter($0) } ?? rule.number.map { .byRule($0) } ?? .anyReason
    }
  }

  mutating func check(_ prove: In<ProveSyntax>) {
    let targets = resolve(prove.syntax.targets, from: prove.file)
    let claim: CheckedPolicies.Proof.Claim?
    switch prove.syntax.claim {
    case .allowedOnlyTo(let names): claim = .allowedOnlyTo(agents(names, from: prove.file))
    case .neverAllowed(let when): claim = condition(when, of: prove, targets).map { .neverAllowed(when: $0) }
    case .sometimesAllowed(let names, let when):
      let agents = agents(names, from: prove.file)
      claim = condition(when, of: prove, targets).map { .sometimesAllowed(to: agents, when: $0) }
    }
    guard let targets, let claim else { return }
    parts.proofs.append(
      .init(
        name: prove.syntax.name.text, targets: targets, claim: claim, nameRange: prove.syntax.name.range, range: prove.declaration.range))
  }

  private mutating func condition(_ expression: Expression?, of prove: In<ProveSyntax>, _ targets: Targets?) -> Condition? {
    guard let expression else { return .constant(true) }
    return check(expression, in: ConditionContext(file: prove.file, phase: .admission(targets, of: prove.syntax.name)))
  }
}

private func one(_ noun: String) -> String { (noun.hasPrefix("a") ? "an " : "a ") + noun }
