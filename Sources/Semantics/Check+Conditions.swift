internal import Syntax
internal import Text

/// Where a condition stands, which decides what facts it may speak of.
struct ConditionContext {
  enum Phase {
    /// Who is calling: facts of the credential only.
    case identity(Identifier)
    /// A call is admitted: its arguments too. Nil: the targets could not be resolved.
    case admission(Targets?, of: Identifier)
  }

  let file: Int
  let phase: Phase
}

extension Checker {
  /// Types a whole condition; nil when something in it is wrong, which has been reported.
  mutating func check(_ expression: Expression, in context: ConditionContext) -> Condition? {
    domains.removeAll(keepingCapacity: true)
    guard let condition = lower(expression, known: [], context) else { return nil }
    examine(condition)
    return condition
  }

  /// `known` are the optional arguments that are present wherever this part of the condition matters.
  private mutating func lower(_ expression: Expression, known: Set<ArgumentPath>, _ context: ConditionContext) -> Condition? {
    switch expression.kind {
    case .or(let terms): return lower(terms, known, whenTrue: false, context).map(Condition.any)
    case .and(let terms): return lower(terms, known, whenTrue: true, context).map(Condition.all)
    case .not(let inner): return lower(inner, known: known, context).map(Condition.not)
    case .test(let predicate): return lower(predicate, known: known, context)
    case .sessionHas(let labels): return lower(labels, expression.range, context)
    case .missing: return nil
    }
  }

  /// A term of a conjunction matters only while the others are true, one of a disjunction only while the others are false, wherever it stands:
  /// the order of terms has no meaning.
  private mutating func lower(
    _ terms: [Expression], _ known: Set<ArgumentPath>, whenTrue: Bool, _ context: ConditionContext
  ) -> [Condition]? {
    let known = terms.reduce(into: known) { $0.formUnion(presence(in: $1, when: whenTrue)) }
    var lowered: [Condition] = []
    for term in terms {
      if let condition = lower(term, known: known, context) { lowered.append(condition) }
    }
    return lowered.count == terms.count ? lowered : nil
  }

  /// `session has a, b`: all of them.
  private mutating func lower(_ labels: [Identifier], _ range: SourceRange, _ context: ConditionContext) -> Condition? {
    if case .identity = context.phase {
      report(
        .wrongPhase, "who an agent is cannot depend on its session", range, "does not exist yet",
        help: "agents are told by `token` and `key`; ask for labels in the `when` of a grant, deny or ask")
      return nil
    }
    var atoms: [Condition] = []
    for (index, label) in labels.enumerated() where find(label, .label, from: context.file) != nil {
      reads(label: label)
      let fact = Fact.label(label.text)
      domains[fact] = FactDomain(
        variants: [.booleans(canBeTrue: true, canBeFalse: true)], maybeAbsent: false, text: "session has \(label.text)", bounds: nil)
      // Each label's test is told apart in explanations; the first has the words before it.
      atoms.append(
        .atom(Atom(quantifier: nil, subject: fact, test: .isTrue, range: index == 0 ? range.lowerPart(to: label.range) : label.range)))
    }
    guard atoms.count == labels.count else { return nil }
    return atoms.count == 1 ? atoms[0] : .all(atoms)
  }
}

extension SourceRange {
  fileprivate func lowerPart(to end: SourceRange) -> SourceRange { SourceRange(file: file, lower: lower, upper: end.upper) }
}

/// The arguments that are present whenever the expression has this truth value.
private func presence(in expression: Expression, when value: Bool) -> Set<ArgumentPath> {
  switch expression.kind {
  case .and(let terms), .or(let terms):
    let isConjunction = if case .and = expression.kind { true } else { false }
    let all = terms.map { presence(in: $0, when: value) }
    if isConjunction == value { return all.reduce(into: []) { $0.formUnion($1) } }
    return all.dropFirst().reduce(all.first ?? []) { $0.intersection($1) }
  case .not(let inner): return presence(in: inner, when: !value)
  case .test(let predicate):
    guard case .present = predicate.test, predicate.quantifier == nil, case .fact(let fact) = predicate.subject.kind,
      (predicate.negation == nil) == value, let path = ArgumentPath(fact)
    else { return [] }
    return Set(path.prefixes)
  case .sessionHas, .missing: return []
  }
}

extension ArgumentPath {
  /// As written; nil when it is no path of arguments.
  init?(_ fact: FactPath) {
    guard fact.root.text == "args", !fact.steps.isEmpty else { return nil }
    self.init(
      fact.steps.map { step in
        switch step {
        case .member(let name): .member(name.text)
        case .quoted(let name): .member(name.value)
        case .elements: .elements
        }
      })
  }

  /// Itself and everything it lies in.
  var prefixes: [ArgumentPath] { steps.indices.map { ArgumentPath(Array(steps[...$0])) } }
}
