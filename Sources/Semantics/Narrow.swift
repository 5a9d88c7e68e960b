internal import JSON
internal import Syntax
internal import Text

/// What is known of a fact before any test of it.
struct FactDomain {
  /// One for each distinct shape among the tools; a test is impossible only when it is so in all of them.
  var variants: [ValueDomain]
  var maybeAbsent: Bool
  /// As written, for messages.
  let text: String
  /// What the schema says, for messages; nil: nothing.
  let bounds: String?
  /// Where a `refine` has narrowed it.
  var refinement: SourceRange?
}

/// The values a fact can have.
enum ValueDomain {
  case numbers(NumberDomain)
  case texts(TextDomain)
  case booleans(canBeTrue: Bool, canBeFalse: Bool)
  /// Of unknown type: a claim before any test has said what it is.
  case anything

  init(_ shape: ValueShape) {
    switch shape {
    case .text(let text): self = .texts(TextDomain(text))
    case .number(let number): self = .numbers(NumberDomain(number))
    case .boolean(let only): self = .booleans(canBeTrue: only != false, canBeFalse: only != true)
    case .array, .object, .unknown: self = .anything
    }
  }

  /// The type a test is of, for a fact whose type nothing else says.
  private init(testedBy test: Atom.Test) {
    switch test {
    case .equals(.text), .startsWith, .endsWith, .contains, .hostIn, .under, .matches: self = .texts(.all)
    case .isTrue, .equals(.boolean): self = .booleans(canBeTrue: true, canBeFalse: true)
    case .isIn(let constants):
      if case .text? = constants.first {
        self = .texts(.all)
      } else {
        self = NumberDomain(passing: test) == nil ? .anything : .numbers(.all())
      }
    default: self = NumberDomain(passing: test) == nil ? .anything : .numbers(.all())
    }
  }

  mutating func restrict(to test: Atom.Test, passing: Bool) {
    if case .anything = self { self = ValueDomain(testedBy: test) }
    switch self {
    case .numbers(var domain):
      guard let passed = NumberDomain(passing: test) else { return }
      domain.formIntersection(passing ? passed : passed.complement)
      self = .numbers(domain)
    case .texts(var domain):
      domain.restrict(to: test, passing: passing)
      self = .texts(domain)
    case .booleans(let canBeTrue, let canBeFalse):
      let wanted: Bool
      switch test {
      case .isTrue: wanted = passing
      case .equals(.boolean(let value)): wanted = value == passing
      default: return
      }
      self = .booleans(canBeTrue: canBeTrue && wanted, canBeFalse: canBeFalse && !wanted)
    case .anything: break
    }
  }

  var isEmpty: Bool {
    switch self {
    case .numbers(let domain): domain.isEmpty
    case .texts(let domain): domain.isEmpty
    case .booleans(let canBeTrue, let canBeFalse): !canBeTrue && !canBeFalse
    case .anything: false
    }
  }
}

/// An atom or its negation.
private struct Claimed {
  let atom: Atom
  let holds: Bool
}

/// What is left of the facts where some atoms hold.
private struct Narrowed {
  var domain: FactDomain
  /// What narrowed it so far.
  var by: [Claimed] = []

  /// False: nothing is left.
  mutating func add(_ claimed: Claimed) -> Bool {
    by.append(claimed)
    if case .present = claimed.atom.test {
      if claimed.holds { domain.maybeAbsent = false } else { domain.variants = [] }
    } else {
      if claimed.holds { domain.maybeAbsent = false }
      for index in domain.variants.indices { domain.variants[index].restrict(to: claimed.atom.test, passing: claimed.holds) }
    }
    return domain.maybeAbsent || domain.variants.contains { !$0.isEmpty }
  }
}

extension Checker {
  /// Keeps what the schemas say of a fact that the condition at hand tests.
  mutating func note(_ subject: Subject) {
    guard domains[subject.fact] == nil else { return }
    let variants: [ValueDomain]
    var bounds: String?
    switch subject.values {
    case .shapes(let shapes):
      variants = shapes.map(ValueDomain.init)
      bounds = shapes.count == 1 ? shapes[0].bounds : nil
    case .claim: variants = [.anything]
    case .clock(let field):
      let ends = field.values.map { NumberDomain(passing: .between(Number($0.lowerBound), Number($0.upperBound)))?.intervals ?? [] }
      variants = [.numbers(ends.map { NumberDomain(intervals: $0, isInteger: true) } ?? .all(isInteger: true))]
    }
    domains[subject.fact] = FactDomain(
      variants: variants, maybeAbsent: subject.maybeAbsent, text: subject.text, bounds: bounds, refinement: subject.refinement)
  }

  /// Says what can never hold, or always does, as far as single facts tell.
  mutating func examine(_ condition: Condition) {
    findingsLeft = DomainLimits.findings
    examine(condition, holds: true, within: [:])
  }

  /// A test of each element on its own: quantifiers leave nothing to combine.
  mutating func examineElement(_ atom: Atom) {
    guard let quantifier = atom.quantifier, let domain = domains[atom.subject], domain.bounds != nil else { return }
    let never = isEmpty(domain, Claimed(atom: atom, holds: !quantifier.negated))
    let always = isEmpty(domain, Claimed(atom: atom, holds: quantifier.negated))
    if never { reportNever(atom, domain, isNegated: false) } else if always { reportAlways(atom.range, domain) }
  }

  private func isEmpty(_ domain: FactDomain, _ claimed: Claimed) -> Bool {
    var narrowed = Narrowed(domain: domain)
    narrowed.domain.maybeAbsent = domain.maybeAbsent && !claimed.holds && claimed.atom.quantifier == nil
    return !narrowed.add(claimed)
  }

  private mutating func examine(_ condition: Condition, holds: Bool, within: [Fact: Narrowed]) {
    guard findingsLeft > 0 else { return }
    var facts = within
    var branches: [(terms: [Condition], holds: Bool)] = []
    var atoms: [Claimed] = []
    split(condition, holds: holds, into: &atoms, &branches)
    for claimed in atoms {
      guard claimed.atom.quantifier == nil, let domain = domains[claimed.atom.subject] else { continue }
      if isEmpty(domain, claimed) {
        reportNever(claimed.atom, domain, isNegated: !claimed.holds)
        continue
      }
      // Alone in the whole condition or one of many: what always holds narrows nothing.
      if isEmpty(domain, Claimed(atom: claimed.atom, holds: !claimed.holds)), !claimed.atom.test.isPresence {
        reportAlways(claimed.atom.range, domain)
      }
      var narrowed = facts[claimed.atom.subject] ?? Narrowed(domain: domain)
      if !narrowed.add(claimed) {
        reportContradiction(claimed, after: narrowed.by.dropLast(), domain)
        return
      }
      facts[claimed.atom.subject] = narrowed
    }
    for branch in branches {
      if isTautology(branch.terms, holds: branch.holds) { continue }
      for term in branch.terms { examine(term, holds: branch.holds, within: facts) }
    }
  }

  /// The atoms a condition is the conjunction of, and the disjunctions in it. A disjunction is a list of terms with the truth value each
  /// would have.
  private func split(
    _ condition: Condition, holds: Bool, into atoms: inout [Claimed], _ branches: inout [(terms: [Condition], holds: Bool)]
  ) {
    switch condition {
    case .constant: break
    case .atom(let atom): atoms.append(Claimed(atom: atom, holds: holds))
    case .not(let inner): split(inner, holds: !holds, into: &atoms, &branches)
    case .all(let terms), .any(let terms):
      let isConjunction = if case .all = condition { holds } else { !holds }
      if isConjunction {
        for term in terms { split(term, holds: holds, into: &atoms, &branches) }
      } else {
        branches.append((terms, holds))
      }
    }
  }

  /// Whether a disjunction always holds, since its terms cannot all fail: `x != "a" or x != "b"`. Reported.
  private mutating func isTautology(_ terms: [Condition], holds: Bool) -> Bool {
    var failing: [Claimed] = []
    var nested: [(terms: [Condition], holds: Bool)] = []
    for term in terms { split(term, holds: !holds, into: &failing, &nested) }
    var facts: [Fact: Narrowed] = [:]
    for claimed in failing where claimed.atom.quantifier == nil {
      guard let domain = domains[claimed.atom.subject] else { continue }
      // One that cannot fail on its own is said where it stands.
      if isEmpty(domain, claimed) { continue }
      var narrowed = facts[claimed.atom.subject] ?? Narrowed(domain: domain)
      if !narrowed.add(claimed) {
        findingsLeft -= 1
        let others = narrowed.by.dropLast().prefix(DomainLimits.labels).map { Diagnostic.Label($0.atom.range, "or this") }
        report(
          .alwaysHolds, "this always holds: one of these is true whatever `\(domain.text)` is", claimed.atom.range, "this", also: others,
          help: "`and` was probably meant")
        return true
      }
      facts[claimed.atom.subject] = narrowed
    }
    return false
  }

  private mutating func reportNever(_ atom: Atom, _ domain: FactDomain, isNegated: Bool) {
    findingsLeft -= 1
    if let refinement = domain.refinement {
      // What a refinement keeps out may well be denied, too: the rule is idle, and the day the refinement goes it is not.
      report(
        .refinedAway, "this test of `\(domain.text)` can never \(isNegated ? "fail, and `not` stands before it" : "hold")", atom.range,
        domain.bounds.map { "refined to \($0)" } ?? "impossible", also: [.init(refinement, "refined here")],
        help: "the refinement refuses such calls first; remove the test, or leave the decision to the rule")
      return
    }
    report(
      .neverHolds, "this test of `\(domain.text)` can never \(isNegated ? "fail, and `not` stands before it" : "hold")", atom.range,
      domain.bounds.map { "the tool's schema says \($0)" } ?? "impossible",
      help: "a condition that cannot hold makes a rule that does nothing; correct the value or remove the test")
  }

  private mutating func reportAlways(_ range: SourceRange, _ domain: FactDomain) {
    findingsLeft -= 1
    report(
      .alwaysHolds, "this test of `\(domain.text)` always holds", range,
      domain.bounds.map { "the tool's schema says \($0)" } ?? "always true",
      help: "remove it, or correct the value")
  }

  private mutating func reportContradiction(_ claimed: Claimed, after others: ArraySlice<Claimed>, _ domain: FactDomain) {
    findingsLeft -= 1
    // The one test it cannot hold together with, where a single one is to blame.
    let culprit = others.prefix(DomainLimits.culprits).first { other in
      var narrowed = Narrowed(domain: domain)
      return !(narrowed.add(other) && narrowed.add(claimed))
    }
    let labels = (culprit.map { [$0] } ?? Array(others.prefix(DomainLimits.labels))).map {
      Diagnostic.Label($0.atom.range, "while this holds")
    }
    report(
      .contradiction, "these tests of `\(domain.text)` can never hold together", claimed.atom.range, "cannot hold", also: labels,
      help: "one value cannot pass both: one of the values is wrong, or `or` was meant")
  }
}

extension Atom.Test {
  fileprivate var isPresence: Bool { if case .present = self { true } else { false } }
}

extension ValueShape {
  /// What the schema says of the values, in words; nil: nothing.
  fileprivate var bounds: String? {
    switch self {
    case .number(let shape):
      if let allowed = shape.allowed { return "one of \(allowed.map(\.description).joined(separator: ", "))" }
      let lower = shape.minimum.map { "\($0.isIncluded ? "at least" : "more than") \($0.value.description)" }
      let upper = shape.maximum.map { "\($0.isIncluded ? "at most" : "less than") \($0.value.description)" }
      let parts = [shape.isInteger ? "a whole number" : nil, lower, upper].compactMap(\.self)
      return parts.isEmpty ? nil : parts.joined(separator: ", ")
    case .text(let shape):
      if let allowed = shape.allowed { return "one of \(allowed.map { "\"\($0)\"" }.joined(separator: ", "))" }
      let lower = shape.minimumLength > 0 ? "at least \(counted(shape.minimumLength, "character"))" : nil
      let upper = shape.maximumLength.map { "at most \(counted($0, "character"))" }
      let parts = [lower, upper].compactMap(\.self)
      return parts.isEmpty ? nil : parts.joined(separator: ", ")
    case .boolean(let only): return only.map { "always \($0)" }
    case .array, .object, .unknown: return nil
    }
  }
}
