internal import JSON
internal import Patterns

/// Applies the subschemas one by one, as the specification is written, and says everything that is wrong. Slow beside ``Evaluator`` and
/// independent of it: it walks the graph, not the instructions, so each checks the other.
struct Explainer {
  /// Which members or elements of a value some subschema has looked at.
  struct Evaluated {
    var all = false
    var positions: Set<Int> = []

    mutating func formUnion(_ other: Evaluated) {
      all = all || other.all
      positions.formUnion(other.positions)
    }
  }

  let subschemas: [Subschema]
  let document: Document
  let bounds: SchemaBounds
  var violations: [Violation] = []
  /// Names and indices from the root of the instance to the value at hand.
  var path: [String] = []
  private(set) var isExhausted = false
  private var steps: Int
  private var frames = 0
  /// Above 0 where failing is no fault of the instance: inside `not`, `if`, and alternatives.
  var silence = 0
  private var sensitivity = 0
  private var bytes: [UInt8] = []

  init(subschemas: [Subschema], document: Document, bounds: SchemaBounds) {
    self.subschemas = subschemas
    self.document = document
    self.bounds = bounds
    steps = bounds.explanationSteps
  }

  /// Whether more is wrong than is said. What is found while alternatives are compared counts anew.
  var isFull: Bool { violations.count > bounds.violations }

  /// Whether nothing more needs to be known of a value that has failed.
  var isFinished: Bool { silence > 0 || isExhausted || isFull }

  /// What the subschema evaluated; nil: the value is not valid.
  mutating func apply(_ index: Int, to node: Node, scratch: inout MatchScratch) -> Evaluated? {
    steps -= 1
    frames += 1
    defer { frames -= 1 }
    guard steps >= 0, frames <= bounds.frames else {
      isExhausted = true
      return nil
    }
    let subschema = subschemas[index]
    if subschema.isSensitive { sensitivity += 1 }
    defer { if subschema.isSensitive { sensitivity -= 1 } }
    var evaluated = Evaluated()
    var isValid = true
    for constraint in subschema.constraints {
      if !check(constraint, node, &evaluated, scratch: &scratch) {
        isValid = false
        if isFinished { return nil }
      }
    }
    return isValid ? evaluated : nil
  }

  /// Applies a subschema whose failing is only a fact.
  mutating func test(_ index: Int, _ node: Node, scratch: inout MatchScratch) -> Evaluated? {
    silence += 1
    defer { silence -= 1 }
    return apply(index, to: node, scratch: &scratch)
  }

  private mutating func check(
    _ constraint: Constraint, _ node: Node, _ evaluated: inout Evaluated, scratch: inout MatchScratch
  ) -> Bool {
    switch document.kind(node) {
    case .number: if let answer = checkNumber(constraint, node) { return answer }
    case .string: if let answer = checkText(constraint, node, scratch: &scratch) { return answer }
    case .object: if let answer = checkObject(constraint, node, &evaluated, scratch: &scratch) { return answer }
    case .array: if let answer = checkArray(constraint, node, &evaluated, scratch: &scratch) { return answer }
    case .null, .boolean: break
    }
    switch constraint {
    case .never: return fault("false", "nothing here", node)
    case .type(let kinds):
      let kind = KindSet(document.kind(node))
      if kinds.contains(kind) || (kinds.contains(.integer) && kind == .number && document.isInteger(node)) { return true }
      return fault("type", Wording.kinds(kinds), node)
    case .oneOfValues(let set, let keyword): return checkValues(set, keyword, node)
    case .reference(let target): return merge(apply(target, to: node, scratch: &scratch), into: &evaluated)
    case .allOf(let schemas):
      var isValid = true
      for schema in schemas where !merge(apply(schema, to: node, scratch: &scratch), into: &evaluated) {
        isValid = false
        if isFinished { break }
      }
      return isValid
    case .anyOf(let schemas): return checkAnyOf(schemas, node, &evaluated, scratch: &scratch)
    case .oneOf(let schemas): return checkOneOf(schemas, node, &evaluated, scratch: &scratch)
    case .not(let schema):
      if test(schema, node, scratch: &scratch) == nil { return !isExhausted }
      return fault("not", "a value that the schema does not exclude", node)
    case .conditional(let condition, let then, let otherwise):
      if let found = test(condition, node, scratch: &scratch) {
        evaluated.formUnion(found)
        return then.map { merge(apply($0, to: node, scratch: &scratch), into: &evaluated) } ?? true
      }
      if isExhausted { return false }
      return otherwise.map { merge(apply($0, to: node, scratch: &scratch), into: &evaluated) } ?? true
    default: return true
    }
  }

  func merge(_ found: Evaluated?, into evaluated: inout Evaluated) -> Bool {
    guard let found else { return false }
    evaluated.formUnion(found)
    return true
  }

  // MARK: Scalars

  private mutating func checkValues(_ set: ValueSet, _ keyword: String, _ node: Node) -> Bool {
    for value in set.values where Structure.areEqual(document, node, set.document, value, steps: &steps) { return true }
    if steps < 0 { isExhausted = true }
    if isFinished { return false }
    let names = set.values.lazy.map { String(decoding: set.document.bytes[set.document.source($0)], as: UTF8.self) }
    var near: String?
    if let text = document.string(node) {
      near = Nearness.nearest(to: text, among: set.values.prefix(Nearness.mostCandidates).compactMap { set.document.string($0) })
    }
    let choice = Wording.choice(Array(names.prefix(Wording.most)), of: set.document.count(set.document.root))
    return fault(keyword, choice, node, suggestion: near)
  }

  /// nil: the constraint is not about numbers.
  private mutating func checkNumber(_ constraint: Constraint, _ node: Node) -> Bool? {
    guard let number = document.number(node) else { return nil }
    switch constraint {
    case .numberRange(let range):
      if let bound = range.minimum, number < bound.value || (bound.isExclusive && number == bound.value) {
        return fault(bound.isExclusive ? "exclusiveMinimum" : "minimum", Wording.range(range), node)
      }
      if let bound = range.maximum, number > bound.value || (bound.isExclusive && number == bound.value) {
        return fault(bound.isExclusive ? "exclusiveMaximum" : "maximum", Wording.range(range), node)
      }
      return true
    case .multipleOf(let divisor):
      return number.isMultiple(of: divisor) || fault("multipleOf", "a multiple of \(divisor.description)", node)
    default: return nil
    }
  }

  /// nil: the constraint is not about strings.
  private mutating func checkText(_ constraint: Constraint, _ node: Node, scratch: inout MatchScratch) -> Bool? {
    switch constraint {
    case .length(let minimum, let maximum):
      let length = document.string(node)?.unicodeScalars.count ?? 0
      if length >= minimum && length <= maximum { return true }
      let wanted = "a string of " + Wording.count(minimum, maximum, "character")
      return fault(length < minimum ? "minLength" : "maxLength", wanted, node, got: Redaction.counted(length, "character"))
    case .pattern(let matcher):
      return matches(matcher, node, scratch: &scratch) || fault("pattern", "a string that matches `\(matcher.source)`", node)
    case .format(let format):
      bytes.removeAll(keepingCapacity: true)
      document.decodeString(node, appendingTo: &bytes)
      return format.admits(bytes.span) || fault("format", "\(format.rawValue) such as `\(format.example)`", node)
    default: return nil
    }
  }

  /// - Parameter node: a string, or the name of a member.
  mutating func matches(_ matcher: TextMatcher, _ node: Node, scratch: inout MatchScratch) -> Bool {
    bytes.removeAll(keepingCapacity: true)
    document.decodeString(node, appendingTo: &bytes)
    steps -= bytes.count / 16 + 1
    switch matcher.search(bytes.span, scratch: &scratch) {
    case .found: return true
    case .none: return false
    case .undecided(let reason):
      if reason == .textTooLong { reportLength(matcher, node) }
      isExhausted = true
      return false
    }
  }

  /// Nothing is decided after this, so it is said even where violations do not count.
  private mutating func reportLength(_ matcher: TextMatcher, _ node: Node) {
    let quiet = silence
    silence = 0
    let wanted = "a text of at most \(matcher.longestText) bytes, because a longer one is too long for the pattern `\(matcher.source)`"
    _ = fault("pattern", wanted, node, got: Redaction.counted(bytes.count, "byte"))
    silence = quiet
  }

  // MARK: Reporting

  /// Records a violation where one counts. Always false, for returning.
  mutating func fault(
    _ keyword: String, _ expected: String, _ node: Node?, got: String? = nil, suggestion: String? = nil
  ) -> Bool {
    guard !isFinished else { return false }
    let isSensitive = sensitivity > 0 || path.contains { Redaction.isSensitive(name: $0) }
    let described = got ?? node.map { Redaction.describe(document, $0, isSensitive: isSensitive) } ?? "nothing"
    let violation = Violation(
      instancePath: Pointer(path), keyword: keyword, expected: expected, got: described, suggestion: isSensitive ? nil : suggestion)
    if !violations.contains(violation) { violations.append(violation) }
    return false
  }

  mutating func spend(_ count: Int) {
    steps -= count
    if steps < 0 { isExhausted = true }
  }

  func areEqual(_ left: Node, _ right: Node, steps: inout Int) -> Bool {
    Structure.areEqual(document, left, document, right, steps: &steps)
  }
}
