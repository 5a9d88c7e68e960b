internal import Checksums
package import JSON
package import Semantics

/// The rules as a text that says what they mean and nothing else: no order, files, places, comments or names of sets and scopes. Its digest is
/// the program's fingerprint. Policies with equal texts decide alike; that some which decide alike have different texts is for diagrams
/// to find.
package func canonicalText(_ policies: CheckedPolicies) -> String {
  let canonical = Canonical(policies: policies)
  let layers = policies.layers.indices.map { layer in
    policies.rules.filter { $0.layer == layer }.map(canonical.text).inOrder.joined()
  }
  // A layer is what its rules are; the one that all other files form is the first.
  let bounds = layers.dropFirst().filter { !$0.isEmpty }.inOrder
  let agents = policies.agents.map { "agent \(quoted($0.name)) \(canonical.text($0.condition))\n" }.inOrder
  let refined = policies.refinements.map(canonical.text).inOrder
  let filters = policies.filters.map(canonical.text).inOrder
  let limits = policies.limits.map(canonical.text).inOrder
  let labels = policies.labels.map(canonical.text).inOrder + policies.labelEvents.flatMap(canonical.texts).distinctInOrder
  let session = policies.sessionKey.map(canonical.text).distinctInOrder
  let targets = policies.rules.map(\.targets) + policies.filters.map(\.targets) + policies.limits.map(\.targets)
  let tools = Set(targets.flatMap(\.tools) + policies.refinements.map(\.tool))
    .map { "tool \(canonical.text($0)) \(policies.tool($0).digest)\n" }.inOrder
  let prompts = Set(targets.flatMap(\.prompts)).map { "prompt \(canonical.text($0)) \(policies.prompt($0).digest)\n" }.inOrder
  let passing = policies.servers.filter { $0.outputMismatch == .log }.map { "server \(quoted($0.name)) passes mismatches\n" }.inOrder
  let sensitive = policies.scopes.filter { scope in scope.annotations.contains { $0.name == "sensitive" } }
    .flatMap { canonical.targetTexts($0.opens) }.map { "sensitive \($0)\n" }.distinctInOrder
  return
    (["sally 1\n"] + passing + sensitive + agents + tools + prompts + refined + labels + session + limits + filters + [
      "layer\n", layers.first ?? "",
    ]
    + bounds.map { "layer\n" + $0 })
    .joined()
}

/// What a policy says beside its rules and agents, in the same form: a line each, in no order.
package func canonicalSettings(_ policies: CheckedPolicies) -> [String] {
  let canonical = Canonical(policies: policies)
  let passing = policies.servers.filter { $0.outputMismatch == .log }.map { "server \(quoted($0.name)) passes mismatches\n" }
  return passing + policies.refinements.map(canonical.text) + policies.filters.map(canonical.text) + policies.limits.map(canonical.text)
    + policies.labels.map(canonical.text) + policies.labelEvents.flatMap(canonical.texts) + policies.sessionKey.map(canonical.text)
}

/// A filter in parts, of which more of one kind never lets more through.
package struct CanonicalFilter {
  /// What it reads and how, and what it does to texts that are too long.
  package let manner: String
  package let targets: Set<ExactText>
  /// What it searches for and what is then done: a pattern each, or a set whose patterns are scored together.
  package let findings: Set<ExactText>
  /// Whether it labels sessions, which rules may ask for in either sense.
  package let setsLabels: Bool

  package init(_ filter: CheckedPolicies.Filter, of policies: CheckedPolicies) {
    let canonical = Canonical(policies: policies)
    manner = canonical.manner(filter)
    targets = Set(canonical.targetTexts(filter.targets).exact)
    findings = Set(filter.clauses.flatMap(canonical.findings).exact)
    setsLabels = (filter.clauses.map(\.actions) + (filter.longest.map { [$0.actions] } ?? [])).contains { !$0.labels.isEmpty }
  }
}

private func quoted(_ text: String) -> String { String(decoding: write(.string(text)), as: UTF8.self) }

private struct Canonical {
  let policies: CheckedPolicies

  func text(_ tool: ToolReference) -> String {
    quoted(policies.servers[tool.server].name) + "." + quoted(policies.tool(tool).name)
  }

  func text(_ prompt: PromptReference) -> String {
    quoted(policies.servers[prompt.server].name) + "." + quoted(policies.prompt(prompt).name)
  }

  func text(_ refinement: CheckedPolicies.Refinement) -> String {
    let fields = refinement.fields.map { field in
      let parts =
        field.constraints.map(text) + (field.isAbsent ? ["absent"] : []) + (field.defaultValue.map { ["default " + text($0)] } ?? [])
      return "\(field.path) \(list(parts))"
    }
    let others = refinement.forbidsOthers ? ["others forbidden"] : []
    return "refine \(text(refinement.tool)) \((fields.inOrder + others).joined(separator: ", "))\n"
  }

  func text(_ limit: CheckedPolicies.Limit) -> String {
    let isConfidential = limit.annotations.contains { $0.name == "confidential" }
    let manner = (limit.isShadow ? "shadow " : "") + (isConfidential ? "confidential " : "")
    let measure =
      switch limit.measure {
      case .calls: "calls"
      // What is taken depends on the costs of these tools and no others.
      case .cost: "cost (" + list(limit.targets.tools.map { "\(text($0)) \(policies.costs[$0]?.description ?? "1")" }) + ")"
      case .value(let path): "of \(path)"
      }
    let period =
      switch limit.period {
      case .rolling(let milliseconds): "per \(milliseconds)"
      case .calendar(let unit, let count): "per \(count) \(unit)"
      case .flight: "in flight"
      }
    let overflow =
      switch limit.overflow {
      case .deny(let because): "deny" + (because.map { " because " + quoted($0) } ?? "")
      case .wait(let milliseconds): "wait \(milliseconds)"
      }
    return "\(manner)limit \(quoted(limit.name)) \(limit.amount) \(measure) \(period) burst \(limit.burst ?? limit.amount)"
      + " by \(list(limit.keys.map(text))) on \(targetTexts(limit.targets).distinctInOrder.joined(separator: ", ")) over \(overflow)\n"
  }

  private func text(_ key: CheckedPolicies.Limit.Key) -> String {
    switch key {
    case .claim(let path): path.description
    case .agent, .tool, .session, .scope, .server, .subject: "\(key)"
    }
  }

  func text(_ label: CheckedPolicies.Label) -> String { "label \(quoted(label.name))\n" }

  func texts(_ event: CheckedPolicies.LabelEvent) -> [String] {
    let word = event.sets ? "mark" : "clear"
    switch event.event {
    case .approval: return ["\(word) \(quoted(event.label)) after approval\n"]
    case .use(let targets): return targetTexts(targets).map { "\(word) \(quoted(event.label)) after \($0)\n" }
    }
  }

  func text(_ part: CheckedPolicies.SessionKeyPart) -> String {
    switch part {
    case .claim(let path): "session by \(path)\n"
    case .argument(let path): "session by \(path)\n"
    }
  }

  func text(_ filter: CheckedPolicies.Filter) -> String {
    let isConfidential = filter.annotations.contains { $0.name == "confidential" }
    let manner = (filter.isShadow ? "shadow " : "") + (isConfidential ? "confidential " : "")
    let clauses = filter.clauses.map { clause in
      "match \(text(policies.patternSets[clause.set], only: clause.pattern)) -> \(text(clause.actions))"
    }
    return "\(manner)filter \(quoted(filter.name)) on \(targetTexts(filter.targets).distinctInOrder.joined(separator: ", "))"
      + " in \(reading(filter)) \((clauses.distinctInOrder + longest(filter)).joined(separator: ", "))\n"
  }

  private func reading(_ filter: CheckedPolicies.Filter) -> String {
    // What a filter without places reads is said, lest it mean more in a later version unnoticed; that none is named widens what it reads.
    let places = filter.places.map(\.rawValue).inOrder.joined(separator: " ") + (filter.arePlacesNamed ? "" : " unnamed")
    let paths = filter.structuredPaths.map { $0.map(text).joined() }.distinctInOrder.joined(separator: " ")
    let transforms = filter.transforms.map { "\($0)" }.inOrder.joined(separator: " ")
    return "\(places) (\(paths)) after \(transforms)"
  }

  private func longest(_ filter: CheckedPolicies.Filter) -> [String] {
    filter.longest.map { ["longer than \($0.bytes) -> \(text($0.actions))"] } ?? []
  }

  func manner(_ filter: CheckedPolicies.Filter) -> String { ([reading(filter)] + longest(filter)).joined(separator: ", ") }

  func findings(_ clause: CheckedPolicies.Filter.Clause) -> [String] {
    let set = policies.patternSets[clause.set]
    let numbers = clause.pattern.map { [$0] } ?? (set.threshold == nil ? Array(set.patterns.indices) : nil)
    let patterns = numbers?.map { text(set, only: $0) } ?? [text(set, only: nil)]
    return patterns.map { "\($0) -> \(text(clause.actions))" }
  }

  func targetTexts(_ targets: Targets) -> [String] {
    targets.tools.map { "tool " + text($0) }
      + targets.resources.map { "resource \(quoted(policies.servers[$0.server].name)) \(quoted($0.uri.source))" }
      + targets.prompts.map { "prompt " + text($0) }
  }

  private func text(_ step: CheckedPolicies.Filter.PathStep) -> String {
    switch step {
    case .member(let name): "[\(quoted(name))]"
    case .elements: "[*]"
    }
  }

  /// A set by what it finds: its name is in what stands in the place of redacted texts.
  private func text(_ set: CheckedPolicies.PatternSet, only pattern: Int?) -> String {
    let patterns = pattern.map { [set.patterns[$0]] } ?? set.patterns
    let isScored = pattern == nil && set.threshold != nil
    // Families are numbered in order of place, which means nothing: what they have in common is what they are.
    let texts = Dictionary(grouping: patterns, by: { isScored ? $0.family : 0 }).values.map { family in
      family.map { pattern in
        "\(quoted(set.name)).\(quoted(pattern.name)) \(quoted(pattern.text.source))\(pattern.text.caseInsensitive ? " i" : "")"
          + (isScored ? " weight \(pattern.weight)" : "") + pattern.checks.map { " valid \($0.rawValue)" }.distinctInOrder.joined()
      }.distinctInOrder.joined(separator: " or ")
    }
    let firing = isScored ? set.threshold.map { " fires at \($0) within \(set.window.map(String.init) ?? "text")" } ?? "" : ""
    return "(\(texts.distinctInOrder.joined(separator: ", ")))\(firing)"
  }

  private func text(_ actions: CheckedPolicies.Filter.Actions) -> String {
    let content =
      switch actions.content {
      case nil: ""
      case .wrap: "wrap "
      case .redact(let template): "redact \(template.map { $0.map(text).joined(separator: "+") } ?? "") "
      case .remove: "remove "
      case .truncate: "truncate "
      case .block: "block "
      }
    return content + actions.labels.map { "label \(quoted($0))" }.distinctInOrder.joined(separator: " ")
      + (actions.because.map { " because " + quoted($0) } ?? "")
  }

  private func text(_ piece: CheckedPolicies.Filter.TemplatePiece) -> String {
    switch piece {
    case .text(let text): quoted(text)
    case .pattern: "pattern"
    case .kind: "kind"
    case .pseudonym: "id"
    }
  }

  private func text(_ constraint: Constraint) -> String {
    switch constraint {
    case .between(let lower, let upper): "in \(lower?.description ?? "")..\(upper?.description ?? "")"
    case .step(let step): "step \(step)"
    case .oneOf(let constants): "one of (\(list(constants.map(text))))"
    case .matches(let pattern, _): text(Atom.Test.matches(pattern))
    case .length(let lower, let upper): "length \(lower.map(String.init) ?? "")..\(upper.map(String.init) ?? "")"
    case .withoutControlCharacters: "without control characters"
    case .url(let schemes, let hosts, let ports):
      "url (\(list(schemes))) (\(hosts.map { list($0.map(text)) } ?? "public")) (\(list(ports.map(String.init))))"
    case .path(let under, let except): "path (\(list(under.map(quoted)))) (\(list(except.map(quoted))))"
    }
  }

  func text(_ rule: CheckedPolicies.Rule) -> String {
    let kind: String
    switch rule.kind {
    case .grant(let grant):
      switch grant.grantees {
      case .anyone: kind = "grant to anyone"
      case .agents(let agents):
        kind = "grant to " + agents.map { quoted(policies.agents[$0].name) }.inOrder.joined(separator: " ")
      }
      return line(rule, kind + (grant.until.map { " until \($0)" } ?? ""))
    case .deny: return line(rule, "deny")
    case .ask(let ask): return line(rule, "ask \(quoted(ask.approvers)) \(ask.withinMilliseconds)")
    }
  }

  private func line(_ rule: CheckedPolicies.Rule, _ kind: String) -> String {
    let targets = targetTexts(rule.targets)
    let reason = rule.because.map { " because " + quoted($0) } ?? ""
    let isConfidential = rule.annotations.contains { $0.name == "confidential" }
    let manner = (rule.isShadow ? "shadow " : "") + (isConfidential ? "confidential " : "")
    return "\(manner)\(kind) \(quoted(rule.name)) on \(targets.distinctInOrder.joined(separator: ", "))"
      + " when \(text(rule.condition))\(reason)\n"
  }

  func text(_ condition: Condition) -> String { text(Normal(condition)) }

  private func text(_ normal: Normal) -> String {
    switch normal {
    case .constant(let value): "\(value)"
    case .literal(let literal): (literal.isNegated ? "not " : "") + text(literal.atom)
    case .all(let parts): "all(" + parts.map(text).distinctInOrder.joined(separator: ", ") + ")"
    case .any(let parts): "any(" + parts.map(text).distinctInOrder.joined(separator: ", ") + ")"
    }
  }

  private func text(_ atom: Atom) -> String {
    let quantifier = atom.quantifier.map { "\($0.kind) of \($0.negated ? "not " : "")" } ?? ""
    return quantifier + text(atom.subject) + " " + text(atom.test)
  }

  private func text(_ fact: Fact) -> String {
    switch fact {
    case .argument(let path): path.description
    case .length(let path): "length(\(path))"
    case .host(let path): "host(\(path))"
    case .scheme(let path): "scheme(\(path))"
    case .claim(let path): path.description
    case .clock(let field): "now.\(field.rawValue)"
    case .label(let name): "session has \(quoted(name))"
    }
  }

  private func text(_ test: Atom.Test) -> String {
    switch test {
    case .equals(let constant): "in \(text(constant))"
    case .isIn(let constants): "in " + list(constants.map(text))
    case .less(let number): "< \(number)"
    case .atMost(let number): "<= \(number)"
    case .greater(let number): "> \(number)"
    case .atLeast(let number): ">= \(number)"
    case .between(let lower, let upper): "in \(lower?.description ?? "")..\(upper?.description ?? "")"
    case .startsWith(let texts): "starts with " + list(texts.map(quoted))
    case .endsWith(let texts): "ends with " + list(texts.map(quoted))
    case .contains(let texts): "contains " + list(texts.map(quoted))
    case .under(let texts): "under " + list(texts.map(quoted))
    case .hostIn(let hosts): "host in " + list(hosts.map(text))
    case .matches(let pattern): "matches \(quoted(pattern.source))\(pattern.caseInsensitive ? " i" : "")"
    case .present: "present"
    case .isTrue: "is true"
    case .sameAs(let fact): "== " + text(fact)
    }
  }

  /// A set: neither order nor repetition means anything.
  private func list(_ texts: [String]) -> String { texts.distinctInOrder.joined(separator: " ") }

  private func text(_ host: HostPattern) -> String {
    switch host {
    case .exactly(let name): quoted(name)
    case .below(let name): quoted("*." + name)
    }
  }

  private func text(_ constant: Constant) -> String {
    switch constant {
    case .text(let text): quoted(text)
    case .number(let number): number.description
    case .boolean(let boolean): "\(boolean)"
    }
  }
}
