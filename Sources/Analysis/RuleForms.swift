internal import JSON
internal import Semantics

/// Rules as bytes that say what they decide, in the form in which they are written: equal ones decide alike. They are made without sorting or
/// formatting anything, so that a policy of thousands of rules is compared with its next version in a moment.
struct RuleForms {
  let index: RuleIndex
  /// By rule.
  private let forms: [[UInt8]]
  /// Of all that say who a caller is.
  let allAgents: [[UInt8]]
  private let layers: [UInt8]

  init(_ index: RuleIndex) {
    self.index = index
    let policies = index.policies
    let agents = policies.agents.map { agent in
      var form = Form()
      form.append(agent.name)
      form.append(agent.condition)
      return form.bytes
    }
    allAgents = agents.sorted { $0.lexicographicallyPrecedes($1) }
    var layers = Form()
    for layer in index.grantingLayers { layers.append(policies.layers[layer].name ?? "") }
    self.layers = layers.bytes
    forms = policies.rules.map { rule in
      var form = Form()
      switch rule.kind {
      case .grant(let grant):
        form.append(tag: 1)
        form.append(policies.layers[rule.layer].name ?? "")
        form.append(grant.until ?? -1)
        if case .agents(let grantees) = grant.grantees {
          form.append(tag: 1)
          form.append(Int64(grantees.count))
          for agent in grantees { form.append(agents[agent]) }
        } else {
          form.append(tag: 0)
        }
      case .deny: form.append(tag: 2)
      case .ask(let ask):
        // Of several that ask, the first by name is answered.
        form.append(tag: 3)
        form.append(rule.name)
        form.append(ask.approvers)
        form.append(ask.withinMilliseconds)
      }
      form.append(rule.condition)
      return form.bytes
    }
  }

  /// Everything that decides calls of a target, but for its schema.
  func form(of target: Target) -> [UInt8] {
    let rules = (index.rules[target] ?? []).map { number in
      var form = forms[number]
      if target.kind == .resources {
        var globs = Form()
        for resource in index.policies.rules[number].targets.resources
        where index.policies.servers[resource.server].name == target.server { globs.append(resource.uri.source) }
        form += globs.bytes
      }
      return form
    }
    return layers + rules.sorted { $0.lexicographicallyPrecedes($1) }.joined()
  }
}

/// What tells conditions apart, as bytes of which no two say the same.
private struct Form {
  private(set) var bytes: [UInt8] = []

  mutating func append(tag: UInt8) { bytes.append(tag) }

  mutating func append(_ number: Int64) {
    for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
  }

  mutating func append(_ text: String) {
    append(Int64(text.utf8.count))
    bytes += text.utf8
  }

  mutating func append(_ form: [UInt8]) {
    append(Int64(form.count))
    bytes += form
  }

  mutating func append(_ condition: Condition) {
    switch condition {
    case .constant(let value): append(tag: value ? 1 : 0)
    case .all(let parts), .any(let parts):
      append(tag: { if case .all = condition { 2 } else { 3 } }())
      append(Int64(parts.count))
      for part in parts { append(part) }
    case .not(let inner):
      append(tag: 4)
      append(inner)
    case .atom(let atom):
      append(tag: 5)
      switch atom.quantifier?.kind {
      case nil: append(tag: 0)
      case .any?: append(tag: 1)
      case .all?: append(tag: 2)
      case .none?: append(tag: 3)
      }
      append(tag: atom.quantifier?.negated == true ? 1 : 0)
      append(atom.subject)
      append(atom.test)
    }
  }

  private mutating func append(_ fact: Fact) {
    switch fact {
    case .argument(let path): append(tag: 0, path)
    case .length(let path): append(tag: 1, path)
    case .host(let path): append(tag: 2, path)
    case .scheme(let path): append(tag: 3, path)
    case .claim(let path):
      append(tag: path.root == .token ? 4 : 5)
      append(Int64(path.path.count))
      for name in path.path { append(name) }
    case .clock(let field):
      append(tag: 6)
      append(field.rawValue)
    case .label(let name):
      append(tag: 7)
      append(name)
    }
  }

  private mutating func append(tag: UInt8, _ path: ArgumentPath) {
    append(tag: tag)
    append(Int64(path.steps.count))
    for step in path.steps {
      switch step {
      case .elements: append(tag: 0)
      case .member(let name):
        append(tag: 1)
        append(name)
      }
    }
  }

  private mutating func append(_ test: Atom.Test) {
    switch test {
    case .equals(let constant): append(tag: 0, [constant], write: { $0.append($1) })
    case .isIn(let constants): append(tag: 1, constants, write: { $0.append($1) })
    case .less(let number): append(tag: 2, [number], write: { $0.append($1) })
    case .atMost(let number): append(tag: 3, [number], write: { $0.append($1) })
    case .greater(let number): append(tag: 4, [number], write: { $0.append($1) })
    case .atLeast(let number): append(tag: 5, [number], write: { $0.append($1) })
    case .between(let lower, let upper):
      append(tag: lower == nil ? 6 : upper == nil ? 7 : 8, [lower, upper].compactMap(\.self), write: { $0.append($1) })
    case .startsWith(let texts): append(tag: 9, texts, write: { $0.append($1) })
    case .endsWith(let texts): append(tag: 10, texts, write: { $0.append($1) })
    case .contains(let texts): append(tag: 11, texts, write: { $0.append($1) })
    case .under(let folders): append(tag: 12, folders, write: { $0.append($1) })
    case .hostIn(let hosts):
      append(tag: 13, hosts) { form, host in
        switch host {
        case .exactly(let name):
          form.append(tag: 0)
          form.append(name)
        case .below(let name):
          form.append(tag: 1)
          form.append(name)
        }
      }
    case .matches(let pattern):
      append(tag: pattern.caseInsensitive ? 14 : 15)
      append(pattern.source)
      append(Int64(pattern.longestText))
    case .present: append(tag: 16)
    case .isTrue: append(tag: 17)
    case .sameAs(let fact):
      append(tag: 18)
      append(fact)
    }
  }

  private mutating func append<Part>(tag: UInt8, _ parts: [Part], write: (inout Form, Part) -> Void) {
    append(tag: tag)
    append(Int64(parts.count))
    for part in parts { write(&self, part) }
  }

  private mutating func append(_ number: Number) {
    guard let fixed = number.fixed else {
      append(tag: 0)
      return append(number.description)
    }
    append(tag: 1)
    append(fixed.coefficient)
    append(Int64(fixed.exponent))
  }

  private mutating func append(_ constant: Constant) {
    switch constant {
    case .text(let text):
      append(tag: 0)
      append(text)
    case .number(let number):
      append(tag: 1)
      append(number)
    case .boolean(let value): append(tag: value ? 3 : 2)
    }
  }
}
