internal import JSON
internal import Semantics

/// Rules as texts that say what they decide: without names, places, files or order. Equal texts decide alike.
struct RuleTexts {
  let index: RuleIndex
  /// By agent.
  let agents: [String]
  let layers: String

  init(_ index: RuleIndex) {
    self.index = index
    let policies = index.policies
    agents = policies.agents.map { "\(quoted($0.name)) when \($0.condition.text)" }
    layers = index.grantingLayers.map { policies.layers[$0].name ?? "" }.sorted().joined(separator: ",")
  }

  func text(ofRule number: Int) -> String {
    let policies = index.policies
    let rule = policies.rules[number]
    let kind =
      switch rule.kind {
      case .grant(let grant):
        "grant in \(quoted(policies.layers[rule.layer].name ?? "")) to \(Self.grantees(grant, agents)) until \(grant.until.map(String.init) ?? "")"
      case .deny: "deny"
      // Of several that ask, the first by name is answered.
      case .ask(let ask): "ask \(quoted(rule.name)) \(quoted(ask.approvers)) \(ask.withinMilliseconds)"
      }
    return "\(kind) when \(rule.condition.text)"
  }

  private static func grantees(_ grant: CheckedPolicies.Rule.Grant, _ agents: [String]) -> String {
    switch grant.grantees {
    case .anyone: "anyone"
    case .agents(let indices): indices.map { agents[$0].exact }.sorted().map(\.text).joined(separator: ", ")
    }
  }

  /// Everything that decides calls of a target, but for its schema.
  func text(of target: Target) -> String {
    let numbers = index.rules[target] ?? []
    let globs = { (rule: CheckedPolicies.Rule) -> String in
      guard target.kind == .resources else { return "" }
      return rule.targets.resources.filter { index.policies.servers[$0.server].name == target.server }.map { quoted($0.uri.source).exact }
        .sorted().map(\.text).joined(separator: " ")
    }
    let lines = Set(numbers.map { (text(ofRule: $0) + globs(index.policies.rules[$0])).exact }).sorted().map(\.text)
    return (["layers \(layers)"] + lines).joined(separator: "\n")
  }
}

extension Condition {
  /// In one order, however it was written.
  var text: String { text(negated: false) }

  private func text(negated: Bool) -> String {
    switch self {
    case .constant(let value): return "\(value != negated)"
    case .not(let inner): return inner.text(negated: !negated)
    case .all(let parts), .any(let parts):
      let isAll = if case .all = self { !negated } else { negated }
      return "(" + Set(parts.map { $0.text(negated: negated).exact }).sorted().map(\.text).joined(separator: isAll ? " and " : " or ") + ")"
    case .atom(let atom):
      let division = Division(atom)
      let parts = division.sameness.map { [$0.text] } ?? division.parts.map(\.text.exact).sorted().map(\.text)
      let isNegated = negated != division.isNegated
      return (isNegated ? "not " : "") + (parts.count == 1 ? parts[0] : "(\(parts.joined(separator: " or ")))")
    }
  }
}
