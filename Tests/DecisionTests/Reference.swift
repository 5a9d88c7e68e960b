import JSON
import Patterns
import Semantics

@testable import Compilation

/// Section 3 of the language, read aloud: a walk over the checked policies for every call, with nothing prepared. It shares only the execution
/// of regular expressions with the engine.
struct Reference {
  let policies: CheckedPolicies
  private let patterns: [TextPattern: Pattern]

  init(policies: CheckedPolicies) {
    self.policies = policies
    var patterns: [TextPattern: Pattern] = [:]
    for (atom, _) in policies.rules.flatMap(\.condition.atoms) + policies.agents.flatMap(\.condition.atoms) {
      guard case .matches(let pattern) = atom.test else { continue }
      patterns[pattern] = try? Pattern(pattern.source, caseless: pattern.caseInsensitive, mode: .whole)
    }
    self.patterns = patterns
  }

  enum Target {
    case tool(ToolReference)
    case prompt(PromptReference)
  }

  struct Caller {
    /// Indices of agents.
    let agents: [Int]
    let claims: [Semantics.ClaimPath: Plain]
    /// Names of the session's.
    var labels: Set<String> = []
  }

  enum Answer: Equatable, CustomStringConvertible {
    case allow(String)
    case ask(String, grant: String)
    case deny(String)
    case noGrant
    case invalid

    var description: String {
      switch self {
      case .allow(let name): "allow by \(name)"
      case .ask(let name, let grant): "ask by \(name), granted by \(grant)"
      case .deny(let name): "deny by \(name)"
      case .noGrant: "deny by default"
      case .invalid: "invalid argument"
      }
    }
  }

  struct Facts {
    let arguments: Plain?
    let shape: ObjectShape
    let claims: [Semantics.ClaimPath: Plain]
    let now: Int64
    var labels: Set<String> = []
  }

  func decide(_ target: Target, _ arguments: Plain?, _ caller: Caller, now: Int64) -> Answer {
    let rules = policies.rules.filter { speaks($0, of: target) }
    let shape = shape(of: target)
    guard fits(arguments, shape, rules) else { return .invalid }
    let facts = Facts(arguments: arguments, shape: shape, claims: caller.claims, now: now, labels: caller.labels)
    let holding = rules.filter { !$0.isShadow && holds($0.condition, facts, unknown: !$0.isGrant) }.sorted { $0.name < $1.name }
    if let deny = holding.first(where: { if case .deny = $0.kind { true } else { false } }) { return .deny(deny.name) }
    var grants: [String] = []
    for layer in policies.layers.indices where policies.layers[layer].hasGrants {
      let grant = holding.first { rule in
        guard case .grant(let grant) = rule.kind, rule.layer == layer, grant.until.map({ now < $0 }) ?? true else { return false }
        if case .agents(let agents) = grant.grantees { return agents.contains { caller.agents.contains($0) } }
        return true
      }
      guard let grant else { return .noGrant }
      grants.append(grant.name)
    }
    guard let grant = grants.min() else { return .noGrant }
    if let ask = holding.first(where: { if case .ask = $0.kind { true } else { false } }) { return .ask(ask.name, grant: grant) }
    return .allow(grant)
  }

  /// The agents whose condition holds for these claims.
  func agents(_ claims: [Semantics.ClaimPath: Plain]) -> [Int] {
    policies.agents.indices.filter {
      holds(
        policies.agents[$0].condition, Facts(arguments: nil, shape: ObjectShape(properties: []), claims: claims, now: 0), unknown: false)
    }
  }

  /// Shadow rules that hold, by name.
  func shadowed(_ target: Target, _ arguments: Plain?, _ caller: Caller, now: Int64) -> [String] {
    let facts = Facts(arguments: arguments, shape: shape(of: target), claims: caller.claims, now: now, labels: caller.labels)
    return policies.rules.filter { $0.isShadow && speaks($0, of: target) && holds($0.condition, facts, unknown: true) }.map(\.name).sorted()
  }

  private func shape(of target: Target) -> ObjectShape {
    switch target {
    case .tool(let tool): policies.tool(tool).input
    case .prompt(let prompt): policies.prompt(prompt).input
    }
  }

  private func speaks(_ rule: CheckedPolicies.Rule, of target: Target) -> Bool {
    switch target {
    case .tool(let tool): rule.targets.tools.contains(tool)
    case .prompt(let prompt): rule.targets.prompts.contains(prompt)
    }
  }

  // MARK: Types

  /// Whether the arguments that rules read are what the snapshot says.
  private func fits(_ arguments: Plain?, _ shape: ObjectShape, _ rules: [CheckedPolicies.Rule]) -> Bool {
    var paths: Set<[ArgumentPath.Step]> = []
    for rule in rules {
      for (atom, _) in rule.condition.atoms {
        if let path = atom.subject.argument { paths.insert(path.steps) }
        if case .sameAs(let other) = atom.test, let path = other.argument { paths.insert(path.steps) }
      }
    }
    if paths.isEmpty { return true }
    guard let arguments, arguments != .null else { return fits(.object([]), .object(shape), paths) }
    return fits(arguments, .object(shape), paths)
  }

  private func fits(_ value: Plain, _ shape: ValueShape, _ paths: Set<[ArgumentPath.Step]>) -> Bool {
    switch (shape, value) {
    case (.unknown, _), (.text, .text), (.boolean, .boolean): return true
    case (.number(let number), .number(let digits)): return !number.isInteger || PlainNumber(digits).fraction.isEmpty
    case (.array(let array), .array(let elements)):
      let below = Set(paths.filter { $0.first == .elements }.map { Array($0.dropFirst()) })
      if below.isEmpty { return true }
      return elements.allSatisfy {
        ($0 == .null && array.isElementNullable) || fits($0, array.element, below)
      }
    case (.object(let object), .object):
      for property in object.properties {
        let below = Set(paths.filter { $0.first == .member(property.name) }.map { Array($0.dropFirst()) })
        if below.isEmpty { continue }
        guard let member = value[property.name] else {
          if property.isRequired { return false }
          continue
        }
        if member == .null, property.isNullable { continue }
        guard fits(member, property.shape, below) else { return false }
      }
      return true
    default: return false
    }
  }

  // MARK: Conditions

  /// Tests that cannot be evaluated count, negated or not, as `unknown`.
  func holds(_ condition: Condition, _ facts: Facts, negated: Bool = false, unknown: Bool) -> Bool {
    switch condition {
    case .constant(let value): value != negated
    case .all(let parts) where !negated: parts.allSatisfy { holds($0, facts, unknown: unknown) }
    case .all(let parts): parts.contains { holds($0, facts, negated: true, unknown: unknown) }
    case .any(let parts) where !negated: parts.contains { holds($0, facts, unknown: unknown) }
    case .any(let parts): parts.allSatisfy { holds($0, facts, negated: true, unknown: unknown) }
    case .not(let inner): holds(inner, facts, negated: !negated, unknown: unknown)
    case .atom(let atom): truth(atom, facts).map { $0 != negated } ?? unknown
    }
  }

  /// Nil: it cannot be told.
  private func truth(_ atom: Atom, _ facts: Facts) -> Bool? {
    guard let quantifier = atom.quantifier else { return truth(atom.test, atom.subject, value(atom.subject, facts), facts) }
    let outcomes = elements(atom.subject, facts).map { truth(atom.test, atom.subject, $0, facts).map { $0 != quantifier.negated } }
    switch quantifier.kind {
    case .any: return outcomes.contains(true) ? true : outcomes.contains(nil) ? nil : false
    case .all: return outcomes.contains(false) ? false : outcomes.contains(nil) ? nil : true
    case .none: return outcomes.contains(true) ? false : outcomes.contains(nil) ? nil : true
    }
  }

  /// The value of a fact; nil: absent.
  private func value(_ fact: Fact, _ facts: Facts) -> Plain? {
    switch fact {
    case .argument(let path), .length(let path), .host(let path), .scheme(let path):
      present(member(facts.arguments, path.steps[...]), path, facts)
    case .claim(let path): facts.claims[path] == .null ? nil : facts.claims[path]
    case .clock(let field): .number(ReferenceClock(facts.now).value(field))
    case .label(let name): .boolean(facts.labels.contains(name))
    }
  }

  /// One value, or nil, for each element.
  private func elements(_ fact: Fact, _ facts: Facts) -> [Plain?] {
    if case .claim(let path) = fact {
      guard case .array(let elements)? = facts.claims[path] else { return [] }
      return elements.map { $0 == .null ? nil : $0 }
    }
    guard let path = fact.argument, let split = path.steps.firstIndex(of: .elements),
      case .array(let elements)? = member(facts.arguments, path.steps[..<split])
    else { return [] }
    return elements.map { present(member($0, path.steps[(split + 1)...]), path, facts) }
  }

  private func member(_ value: Plain?, _ steps: ArraySlice<ArgumentPath.Step>) -> Plain? {
    steps.reduce(value) { value, step in
      guard case .member(let name) = step else { return nil }
      return value?[name]
    }
  }

  /// Null counts as absent where the schema allows null beside another type, and as a value where it says nothing.
  private func present(_ value: Plain?, _ path: ArgumentPath, _ facts: Facts) -> Plain? {
    guard value == .null else { return value }
    var shape = ValueShape.object(facts.shape)
    var isNullable = false
    for step in path.steps {
      switch (step, shape) {
      case (.member(let name), .object(let object)):
        guard let property = object.properties.first(where: { $0.name == name }) else { return nil }
        (shape, isNullable) = (property.shape, property.isNullable)
      case (.elements, .array(let array)): (shape, isNullable) = (array.element, array.isElementNullable)
      default: return nil
      }
    }
    return isNullable ? nil : value
  }

  /// Nil: the text is there, and is no URL or path of one meaning.
  private func truth(_ test: Atom.Test, _ fact: Fact, _ value: Plain?, _ facts: Facts) -> Bool? {
    guard let value else { return false }
    if case .present = test { return true }
    switch (fact, value) {
    case (.length, .text(let text)): return holds(test, .number("\(text.unicodeScalars.count)"), facts)
    case (.length, .array(let elements)): return holds(test, .number("\(elements.count)"), facts)
    case (.host, .text(let text)): return ReferenceForms.host(text).map { holds(test, .text($0), facts) }
    case (.scheme, .text(let text)): return ReferenceForms.scheme(text).map { holds(test, .text($0), facts) }
    default:
      if case .under = test, case .text(let text) = value, ReferenceForms.segments(text) == nil { return nil }
      return holds(test, value, facts)
    }
  }

  private func holds(_ test: Atom.Test, _ value: Plain, _ facts: Facts) -> Bool {
    switch (test, value) {
    case (.equals(let constant), _): return equals(value, constant)
    case (.isIn(let constants), _): return constants.contains { equals(value, $0) }
    case (.less(let bound), .number(let digits)): return PlainNumber(digits) < plain(bound)
    case (.atMost(let bound), .number(let digits)): return PlainNumber(digits) <= plain(bound)
    case (.greater(let bound), .number(let digits)): return PlainNumber(digits) > plain(bound)
    case (.atLeast(let bound), .number(let digits)): return PlainNumber(digits) >= plain(bound)
    case (.between(let lower, let upper), .number(let digits)):
      return (lower.map { plain($0) <= PlainNumber(digits) } ?? true) && (upper.map { PlainNumber(digits) <= plain($0) } ?? true)
    case (.startsWith(let texts), .text(let text)): return texts.contains { text.utf8.starts(with: $0.utf8) }
    case (.endsWith(let texts), .text(let text)): return texts.contains { text.utf8.reversed().starts(with: $0.utf8.reversed()) }
    case (.contains(let texts), .text(let text)):
      return texts.contains { part in text.utf8.indices.contains { text.utf8[$0...].starts(with: part.utf8) } || part.isEmpty }
    case (.under(let directories), .text(let text)): return directories.contains { ReferenceForms.isUnder(text, $0) }
    case (.hostIn(let patterns), .text(let host)):
      return patterns.contains { pattern in
        switch pattern {
        case .exactly(let name): host == name
        case .below(let name): host.hasSuffix("." + name) && host.utf8.count > name.utf8.count + 1
        }
      }
    case (.matches(let pattern), .text(let text)):
      var scratch = MatchScratch()
      guard let compiled = patterns[pattern] else { return false }
      return compiled.match(Array(text.utf8).span, scratch: &scratch) != .none
    case (.isTrue, .boolean(let boolean)): return boolean
    case (.sameAs(let other), _):
      switch (value, self.value(other, facts)) {
      case (.text(let left), .text(let right)?): return left.utf8.elementsEqual(right.utf8)
      case (.number(let left), .number(let right)?): return PlainNumber(left) == PlainNumber(right)
      default: return false
      }
    default: return false
    }
  }

  private func plain(_ number: Number) -> PlainNumber { PlainNumber(number.description) }

  private func equals(_ value: Plain, _ constant: Constant) -> Bool {
    switch (value, constant) {
    case (.text(let left), .text(let right)): left.utf8.elementsEqual(right.utf8)
    case (.number(let left), .number(let right)): PlainNumber(left) == plain(right)
    case (.boolean(let left), .boolean(let right)): left == right
    default: false
    }
  }
}

extension CheckedPolicies.Rule {
  /// What cannot be told never lets a call through: a grant does not grant, a deny denies, an ask asks.
  fileprivate var isGrant: Bool { if case .grant = kind { true } else { false } }
}
