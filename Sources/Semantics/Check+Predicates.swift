internal import JSON
internal import RegularExpressions
internal import Syntax
internal import Text

/// The type a test asks of a fact.
enum ScalarType: String {
  case text, number, boolean

  var noun: String {
    switch self {
    case .text: "text"
    case .number: "a number"
    case .boolean: "true or false"
    }
  }
}

extension Checker {
  mutating func lower(_ predicate: Predicate, known: Set<ArgumentPath>, _ context: ConditionContext) -> Condition? {
    guard let subject = subject(of: predicate, known: known, context) else { return nil }
    if case .clock(.moment) = subject.values { return lowerMoment(predicate, subject) }
    if predicate.test.isPresence { return lowerPresence(predicate, subject) }
    var negated = predicate.negation != nil
    let test: Atom.Test
    if case .compare(let comparison, let operand) = predicate.test, let other = operand.factPath {
      guard let lowered = sameAs(other, operand, comparison, predicate, subject, known: known, context) else { return nil }
      test = lowered
      negated = negated != (comparison == .notEqual)
    } else {
      guard let lowered = writtenTest(of: predicate, subject, context) else { return nil }
      test = lowered
      if case .compare(.notEqual, _) = predicate.test { negated.toggle() }
    }
    note(subject)
    if let quantifier = predicate.quantifier {
      let atom = Atom(quantifier: .init(quantifier.kind, negated: negated), subject: subject.fact, test: test, range: predicate.range)
      examineElement(atom)
      return .atom(atom)
    }
    let atom = Condition.atom(Atom(quantifier: nil, subject: subject.fact, test: test, range: predicate.range))
    return negated ? .not(atom) : atom
  }

  private mutating func lowerPresence(_ predicate: Predicate, _ subject: Subject) -> Condition? {
    guard predicate.quantifier == nil else {
      report(
        .badQuantifier, "`present` is asked of one fact", predicate.range, "no single fact", help: "an element of a list is always present")
      return nil
    }
    guard !subject.fact.isOfURL, !subject.fact.isLength else {
      report(
        .typeMismatch, "`present` is asked of an argument or a claim", predicate.range, "a computed value",
        help: "ask whether the argument itself is present")
      return nil
    }
    if case .shapes = subject.values, !subject.maybeAbsent {
      report(
        .alwaysHolds, "`\(subject.text)` is always present", predicate.range, "required by the tool's schema",
        help: "remove this test")
    }
    note(subject)
    if case .claim(let path) = subject.fact { claimsAsked.insert(path) }
    let atom = Condition.atom(Atom(quantifier: nil, subject: subject.fact, test: .present, range: predicate.range))
    return predicate.negation == nil ? atom : .not(atom)
  }

  /// The test of a predicate whose other side is written out.
  private mutating func writtenTest(of predicate: Predicate, _ subject: Subject, _ context: ConditionContext) -> Atom.Test? {
    switch predicate.test {
    case .compare(let comparison, let operand):
      guard case .literal(let literal) = operand.kind else { return nil }
      return compare(comparison, literal, predicate, subject)
    case .inSet(let set): return membership(set, predicate, subject, context)
    case .inRange(let range):
      guard let (lower, upper) = bounds(range), require(.number, of: subject, predicate.range) else { return nil }
      guard checkClock(lower, subject, range.lower?.range), checkClock(upper, subject, range.upper?.range) else { return nil }
      return .between(lower, upper)
    case .startsWith(let texts): return affix(texts, predicate, subject, Atom.Test.startsWith)
    case .endsWith(let texts): return affix(texts, predicate, subject, Atom.Test.endsWith)
    case .contains(let texts): return affix(texts, predicate, subject, Atom.Test.contains)
    case .under(let folders):
      guard require(.text, of: subject, predicate.range) else { return nil }
      let paths = folders.map { folder(of: $0) }
      return paths.contains(nil) ? nil : .under(paths.compactMap(\.self))
    case .matches(let regex):
      guard require(.text, of: subject, predicate.range) else { return nil }
      guard let pattern = pattern(regex, .whole) else { return nil }
      lint(regex)
      return .matches(pattern)
    case .isTrue: return require(.boolean, of: subject, predicate.range) ? .isTrue : nil
    case .present: return .present
    }
  }

  private mutating func compare(
    _ comparison: ComparisonOperator, _ literal: Literal, _ predicate: Predicate, _ subject: Subject
  ) -> Atom.Test? {
    guard let constant = constant(literal, for: subject) else { return nil }
    guard comparison == .equal || comparison == .notEqual else {
      guard case .number(let number) = constant, !subject.isWeekday else {
        report(
          .unorderedText, "`\(comparison.rawValue)` compares numbers", literal.range,
          subject.isWeekday ? "weekdays have no order" : "not a number",
          help: subject.isWeekday
            ? "write `\(subject.text) in {fri, sat, sun}`"
            : "text is compared with `==`, `in`, `starts with`, `ends with`, `contains` or `matches`")
        return nil
      }
      guard require(.number, of: subject, predicate.range, literal: literal), checkClock(number, subject, literal.range) else { return nil }
      switch comparison {
      case .less: return .less(number)
      case .lessOrEqual: return .atMost(number)
      case .greater: return .greater(number)
      default: return .atLeast(number)
      }
    }
    guard require(constant.type, of: subject, predicate.range, literal: literal), checkAllowed(constant, literal, subject) else {
      return nil
    }
    if subject.fact.isHost, case .text(let text) = constant {
      return hostPattern(text, literal.range, allowsWildcard: false).map { .hostIn([$0]) }
    }
    if subject.fact.isScheme { return scheme(constant, literal.range).map { .equals($0) } }
    return .equals(constant)
  }

  private mutating func affix(
    _ texts: [StringLiteral], _ predicate: Predicate, _ subject: Subject, _ make: ([String]) -> Atom.Test
  ) -> Atom.Test? {
    guard require(.text, of: subject, predicate.range) else { return nil }
    for text in texts where text.value.isEmpty {
      report(
        .badText, "every text starts with, ends with and contains the empty one", text.range, "empty",
        help: "remove the test, or say what text is meant")
      return nil
    }
    let isLowered = subject.fact.isHost || subject.fact.isScheme
    return make(texts.map { isLowered ? $0.value.lowercased() : $0.value })
  }

  /// Two facts: equality only, one value each, both of one type.
  private mutating func sameAs(
    _ other: FactPath, _ operand: Operand, _ comparison: ComparisonOperator, _ predicate: Predicate, _ subject: Subject,
    known: Set<ArgumentPath>, _ context: ConditionContext
  ) -> Atom.Test? {
    guard comparison == .equal || comparison == .notEqual else {
      report(
        .factComparison, "two facts are compared with `==` or `!=` only", predicate.range, "not `==` or `!=`",
        help: "compare one of them with a number that is written out")
      return nil
    }
    guard predicate.quantifier == nil else {
      report(
        .factComparison, "the elements of a list are compared with written values only", predicate.range, "compares them with a fact",
        help: "write the values: `any of \(subject.text) in {…}`")
      return nil
    }
    guard let right = self.subject(operand, FactUse(isQuantified: false, isPresenceTest: false), known: known, context) else { return nil }
    guard subject.isPlain, right.isPlain else {
      report(
        .factComparison, "only arguments and claims are compared with each other", predicate.range, "one side is computed",
        help: "compare it with a value that is written out")
      return nil
    }
    guard let type = subject.scalarType ?? right.scalarType else { return .sameAs(right.fact) }
    guard type != .boolean else {
      report(
        .factComparison, "two facts are compared as text or as numbers", predicate.range, "true or false", help: "write both cases out")
      return nil
    }
    if let one = subject.scalarType, let two = right.scalarType, one != two {
      report(
        .typeMismatch, "`\(subject.text)` is \(one.noun) and `\(right.text)` is \(two.noun)", predicate.range, "never equal",
        help: "compare facts of one type")
      return nil
    }
    guard require(type, of: subject, predicate.range), require(type, of: right, predicate.range) else { return nil }
    return .sameAs(right.fact)
  }

  /// Whether the fact has the type in every schema. A claim takes the type its use says.
  mutating func require(_ type: ScalarType, of subject: Subject, _ range: SourceRange, literal: Literal? = nil) -> Bool {
    switch subject.values {
    case .claim(let path, let isElement): return use(path, as: ClaimType(type, isElement: isElement), subject.range)
    case .clock:
      if type == .number { return true }
      report(.typeMismatch, "`\(subject.text)` is a number", literal?.range ?? range, "not a number", help: "write it without quotes")
      return false
    case .shapes(let shapes):
      guard let other = shapes.first(where: { !$0.suits(type) }) else { return true }
      reportMismatch(type, other, subject, literal?.range ?? range, literal)
      return false
    }
  }

  private mutating func reportMismatch(
    _ type: ScalarType, _ shape: ValueShape, _ subject: Subject, _ range: SourceRange, _ literal: Literal?
  ) {
    if case .unknown = shape {
      return report(
        .untypedArgument, "the schema does not say what `\(subject.text)` is", subject.range, "of unknown type",
        help: "only `present` can be asked; a rule must not guess what the server accepts")
    }
    var help = "test it as \(shape.noun)"
    var fixes: [Diagnostic.Fix] = []
    if let literal {
      switch (literal.kind, shape) {
      case (.string(let text), .number) where Number(text) != nil:
        help = "did you mean `\(text)`?"
        fixes = replacement(text, literal.range)
      case (.number(let digits), .text):
        help = "did you mean `\"\(digits)\"`?"
        fixes = replacement("\"\(digits)\"", literal.range)
      default: help = "compare it with \(shape.noun)"
      }
    }
    report(
      .typeMismatch, "`\(subject.text)` is \(shape.noun), but is tested as \(type.noun)", range, "asks for \(type.noun)", help: help,
      fixes: fixes)
  }
}

extension Predicate.Quantifier {
  fileprivate var kind: Atom.Quantifier.Kind {
    switch self {
    case .any: .any
    case .all: .all
    case .none: .none
    }
  }
}

extension Operand {
  var factPath: FactPath? {
    switch kind {
    case .fact(let path), .function(_, let path): path
    case .literal: nil
    }
  }
}

extension Constant {
  var type: ScalarType {
    switch self {
    case .text: .text
    case .number: .number
    case .boolean: .boolean
    }
  }
}

extension ValueShape {
  func suits(_ type: ScalarType) -> Bool { scalarType == type }

  var scalarType: ScalarType? {
    switch self {
    case .text: .text
    case .number: .number
    case .boolean: .boolean
    case .array, .object, .unknown: nil
    }
  }
}

extension Fact {
  var isHost: Bool { if case .host = self { true } else { false } }
  var isScheme: Bool { if case .scheme = self { true } else { false } }

  fileprivate var isLength: Bool { if case .length = self { true } else { false } }
}

extension Subject {
  var isWeekday: Bool { if case .clock(.weekday) = values { true } else { false } }

  /// An argument or a claim as it is.
  fileprivate var isPlain: Bool {
    switch fact {
    case .argument, .claim, .label: true
    case .length, .host, .scheme, .clock: false
    }
  }

  /// What the schemas agree on; nil for a claim, whose type others say.
  fileprivate var scalarType: ScalarType? {
    guard case .shapes(let shapes) = values else { return nil }
    return shapes.first?.scalarType
  }
}

extension ClaimType {
  init(_ type: ScalarType, isElement: Bool) {
    switch (type, isElement) {
    case (.text, false): self = .text
    case (.number, false): self = .number
    case (.boolean, false): self = .boolean
    case (.text, true): self = .listOfText
    case (.number, true): self = .listOfNumber
    case (.boolean, true): self = .listOfBoolean
    }
  }
}
