package import Digests
internal import JSON
package import Semantics

/// What a policy decides, as a digest: the same however its rules are ordered, named, divided over files, or written, as long as diagrams find
/// that they decide alike; another whenever some call is decided otherwise, or what limits, filters, labels and refinements say differs.
///
/// A target whose diagrams are too large counts as its rules are written.
package func semanticFingerprint(_ policies: CheckedPolicies) -> Digest {
  let forms = RuleForms(RuleIndex(policies))
  return fingerprint(forms, targetTexts(forms, known: [:]))
}

/// Of two policies that are compared: what has not changed between them is looked at once.
func semanticFingerprints(_ old: RuleForms, _ new: RuleForms) -> (old: Digest, new: Digest) {
  let before = targetTexts(old, known: [:])
  var known: [Target: String] = [:]
  // The caller is a part of every diagram.
  if old.allAgents == new.allAgents, old.index.policies.claims == new.index.policies.claims {
    for (target, text) in before
    where areSchemasEqual(target, [old.index, new.index]) && old.form(of: target) == new.form(of: target) { known[target] = text }
  }
  return (fingerprint(old, before), fingerprint(new, targetTexts(new, known: known)))
}

private func targetTexts(_ forms: RuleForms, known: [Target: String]) -> [Target: String] {
  let texts = RuleTexts(forms.index)
  var found: [Target: String] = [:]
  for target in forms.index.rules.keys {
    found[target] = known[target] ?? (try? canonicalText(target, texts)) ?? "as written\n" + texts.text(of: target)
  }
  return found
}

private func fingerprint(_ forms: RuleForms, _ texts: [Target: String]) -> Digest {
  // What nobody may call is as if no rule spoke of it.
  var parts = texts.sorted { $0.key < $1.key }.filter { $0.value != Canon.closed }.map { "\($0.key.description)\n\($0.value)" }
  let settings = Settings(forms.index.policies).lines
  parts += settings.keys.sorted().flatMap { settings[$0] ?? [] }
  return sha256(Array(parts.joined(separator: "\n").utf8))
}

private func canonicalText(_ target: Target, _ texts: RuleTexts) throws(TooLarge) -> String {
  var decisions = try Decisions(target, [texts.index])
  let decision = try decisions.decision(side: 0)
  if decision == .no { return Canon.closed }
  var canon = Canon(decisions: decisions)
  return canon.text(of: decision)
}

/// Writes a diagram so that only what it decides shows: variables that are asked, and of their kinds what tells them apart.
private struct Canon {
  static let closed = "closed"

  let decisions: Decisions
  /// Of each node, the digest of what it says and of the digests it leads to: no order of visits shows.
  private var digests: [Diagrams.Reference: String] = [:]
  private var kept: [Int: [Int]] = [:]

  init(decisions: Decisions) { self.decisions = decisions }

  mutating func text(of function: Diagrams.Reference) -> String {
    keep(function)
    return digest(of: function)
  }

  /// Of each variable, the fewest of its tests that still tell apart the kinds which lead to different decisions.
  private mutating func keep(_ function: Diagrams.Reference) {
    var columns: [Int: [[Diagrams.Reference]]] = [:]
    for node in decisions.diagrams.nodes(of: function) {
      guard let variable = decisions.diagrams.variable(of: node) else { continue }
      columns[variable, default: []].append(decisions.diagrams.children(of: node))
    }
    for (place, nodes) in columns {
      let variable = decisions.space.variables[place]
      let kinds = variable.kinds.indices.filter { variable.kinds[$0].isValid[0] }
      let rows = variable.kinds.indices.map { kind in nodes.map { $0[kind] } }
      let names = variable.tests.map(\.canonicalName)
      let texts = names.map(\.text.exact)
      let order = variable.tests.indices.sorted { (texts[$0], $0) < (texts[$1], $1) }
      let told = variable.kinds.map { kind in
        variable.tests.indices.map { variable.tests[$0].canonicalOutcome(kind.outcomes[$0], kind.value, names[$0].bound) }
      }
      var tests = order
      for test in order.reversed() {
        let fewer = tests.filter { $0 != test }
        var seen: [[Told]: Int] = [:]
        let isEnough = kinds.allSatisfy { kind in
          let outcomes = fewer.map { told[kind][$0] }
          guard let other = seen[outcomes] else {
            seen[outcomes] = kind
            return true
          }
          return rows[other] == rows[kind]
        }
        if isEnough { tests = fewer }
      }
      kept[place] = tests
    }
  }

  private mutating func digest(of function: Diagrams.Reference) -> String {
    if let value = function.constant {
      return value < Decisions.Verdict.firstAsk ? "\(value)" : "\(decisions.askings[value - Decisions.Verdict.firstAsk])"
    }
    if let known = digests[function] { return known }
    guard let place = decisions.diagrams.variable(of: function) else { return "" }
    let variable = decisions.space.variables[place]
    let children = decisions.diagrams.children(of: function)
    var edges: [String: Set<String>] = [:]
    for kind in variable.kinds.indices where variable.kinds[kind].isValid[0] {
      edges[digest(of: children[kind]), default: []].formUnion(names(of: kind, variable, place))
    }
    var text = edges.map { "\($0.value.sorted()) \($0.key)".exact }.sorted().map(\.text)
    if let intervals = intervals(variable, children) { text = intervals }
    let digest = sha256(Array("\(variable.key.text): \(text.joined(separator: "; "))".utf8)).hex
    digests[function] = digest
    return digest
  }

  private func names(of kind: Int, _ variable: Variable, _ place: Int) -> [String] {
    switch variable.key {
    case .caller: return kind == 0 ? ["by credentials"] : decisions.callers[kind].map(quoted)
    case .sameness: return [kind == 0 ? "no" : "yes"]
    default:
      let value = variable.kinds[kind].value
      if variable.key.isListed([decisions.indices[0].shape(of: decisions.target)].compactMap(\.self)) {
        return [value.map { String(decoding: write($0), as: UTF8.self) } ?? "absent"]
      }
      let texts = (kept[place] ?? []).map { test in
        let name = variable.tests[test].canonicalName
        return "\(name.text) \(variable.tests[test].canonicalOutcome(variable.kinds[kind].outcomes[test], value, name.bound))"
      }
      return [texts.joined(separator: ", ")]
    }
  }

  /// A variable of numbers, or of which only the length is asked, by the ends of intervals; nil: of other values.
  private mutating func intervals(_ variable: Variable, _ children: [Diagrams.Reference]) -> [String]? {
    let kinds = variable.kinds.indices.filter { variable.kinds[$0].isValid[0] }
    let isLength = variable.asksForLengthOnly
    func measure(_ kind: Int) -> Number? { isLength ? variable.kinds[kind].value?.length : variable.kinds[kind].value?.number }
    let numbered = kinds.compactMap { kind in measure(kind).map { (number: $0, kind: kind) } }.sorted { $0.number < $1.number }
    let isPlain =
      isLength
      || variable.tests.allSatisfy { $0.element == nil && $0.subject == variable.tests[0].subject && !$0.subject.isLength }
    let others = kinds.filter { measure($0) == nil }
    let areNoTexts = others.allSatisfy { variable.kinds[$0].value?.string == nil && variable.kinds[$0].value?.boolean == nil }
    guard !variable.key.isOfClock, isPlain, areNoTexts, !numbered.isEmpty else { return nil }
    let isWhole = isLength || numbered.allSatisfy { $0.number.isInteger } && decisions.isWhole(variable.key)
    let constants = Set(variable.tests.flatMap(\.test.numbers))
    var text: [String] = []
    for kind in others {
      text.append("\(variable.kinds[kind].value == nil ? "absent" : "other") \(digest(of: children[kind]))")
    }
    var last: Diagrams.Reference?
    for (number, kind) in numbered where children[kind] != last {
      var edge = "least"
      if last != nil {
        if constants.contains(number) {
          edge = ">= \(number)"
        } else if let below = constants.filter({ $0 < number }).max() {
          edge = isWhole ? ">= \((try? sum(below, 1)) ?? below)" : "> \(below)"
        }
      }
      text.append("\(edge) \(digest(of: children[kind]))")
      last = children[kind]
    }
    return text
  }
}

extension Elementary {
  /// Lengths are whole, so a bound on one can be written in four ways; this is one of them, or its contrary.
  fileprivate var canonicalName: (text: String, bound: Bound?) {
    guard subject.isLength, element == nil else { return (text, nil) }
    func name(_ bound: Number, above: Bool, _ kind: Bound) -> (String, Bound?) {
      guard bound.isInteger, let least = above ? try? sum(bound, 1) : bound else { return (text, nil) }
      return ("\(subject.text) >= \(least)", kind)
    }
    switch test {
    case .atLeast(let bound): return name(bound, above: false, .least)
    case .greater(let bound): return name(bound, above: true, .least)
    case .less(let bound): return name(bound, above: false, .most)
    case .atMost(let bound): return name(bound, above: true, .most)
    default: return (text, nil)
    }
  }

  fileprivate enum Bound { case least, most }

  /// What it comes to for values of a kind. What is absent has no length, and passes neither a test nor its contrary.
  ///
  /// - Parameter whole: a value of the kind, of which the subject is a part.
  fileprivate func canonicalOutcome(_ outcome: Outcome, _ whole: Value?, _ bound: Bound?) -> Told {
    if let bound, case .length(let path) = subject {
      var value = whole
      for case .member(let member) in path.steps.dropFirst() { value = value?[member] }
      guard let value, !value.isNull else { return .absent }
      return Told(bound == .most ? outcome.negated : outcome)
    }
    return Told(outcome)
  }
}

/// What a test comes to, as the fingerprint has it.
private enum Told: Hashable {
  case no, yes, undecided, absent

  init(_ outcome: Outcome) {
    switch outcome {
    case .no: self = .no
    case .yes: self = .yes
    case .undecided: self = .undecided
    }
  }
}

extension Variable {
  /// Of a whole argument: whether it is there, and how long it is. Kinds are then intervals of lengths, each with a value of its least.
  fileprivate var asksForLengthOnly: Bool {
    guard case .argument(let name) = key else { return false }
    let path = ArgumentPath([.member(name.text)])
    let areSo = tests.allSatisfy { test in
      if case .present = test.test { return test.address == nil && test.element == nil && test.subject == .argument(path) }
      return test.element == nil && test.subject == .length(path)
    }
    return areSo && tests.contains { $0.subject.isLength }
  }
}

extension Value {
  fileprivate var length: Number? {
    if case .array(let elements) = self { return Number(elements.count) }
    return string.map { Number($0.unicodeScalars.count) }
  }
}

extension Decisions {
  /// Whether the argument takes whole numbers only.
  fileprivate func isWhole(_ key: VariableKey) -> Bool {
    guard case .argument(let name) = key, case .number(let shape)? = indices[0].shape(of: target)?[name.text]?.shape else { return false }
    return shape.isInteger
  }
}

extension VariableKey {
  fileprivate var text: String {
    switch self {
    case .caller: "caller"
    case .claim(let path): path.description
    case .label(let name): "label \(quoted(name))"
    case .date: "date"
    case .hour: "hour"
    case .minute: "minute"
    case .argument(let name): "args \(quoted(name.text))"
    case .address: "address"
    case .sameness(let sameness): sameness.text
    }
  }
}
