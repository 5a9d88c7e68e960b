internal import JSON
internal import RegularExpressions
internal import Syntax
internal import Text

extension Checker {
  mutating func checkNarrowings() {
    var fields = RefinedFields()
    for refinement in declared.refinements { check(refinement, &fields) }
    checkCosts()
    for limit in declared.limits { check(limit) }
    checkLabels()
    checkSessions()
  }

  private mutating func check(_ refinement: In<RefineSyntax>, _ seen: inout RefinedFields) {
    let target = refinement.syntax.target
    guard case .tool = target.kind else {
      report(
        .misplacedTarget, "only tools have an input to refine", target.range, "no tool", help: "name a tool: `refine SERVER.TOOL { … }`")
      return
    }
    guard let targets = resolve(target, from: refinement.file) else { return }
    var own: [String: SourceRange] = [:]
    for field in refinement.syntax.fields {
      let name = field.subject.text
      if let first = own[name] {
        report(
          .conflictingNarrowing, "field `\(name)` is refined twice", field.subject.range, "again", also: [.init(first, "first here")],
          help: "put its constraints on one line")
        continue
      }
      own[name] = field.subject.range
      check(field, targets, refinement.file)
      seen.note(field, targets, in: &self)
    }
  }

  private mutating func check(_ field: RefineSyntax.Field, _ targets: Targets, _ file: Int) {
    guard let path = field.subject.path else {
      for constraint in field.constraints {
        if case .forbidden = constraint.kind { continue }
        report(
          .unsuitableConstraint, "`others` can only be forbidden", constraint.range, "not for fields without a name",
          help: "write `others: forbidden`, or name the field")
      }
      return
    }
    for reference in targets.tools {
      switch tool(reference).input.read(path) {
      case .success(let reading):
        for constraint in field.constraints { check(constraint, field, reading, reference, file) }
      case .failure(let problem): reportNoField(problem, field, reference)
      }
    }
  }

  private mutating func reportNoField(_ problem: ArgumentProblem, _ field: RefineSyntax.Field, _ reference: ToolReference) {
    var help: String?
    var near: String?
    if case .noMember(_, let candidates) = problem {
      near = suggestion(for: field.subject.lastName, among: candidates)
      help = near.map { "did you mean `\($0)`?" } ?? "its fields are \(listed(candidates, most: 12))"
    }
    report(
      .unknownArgument, "no field `\(field.subject.text)` in `\(name(of: reference))`", field.subject.range, "no such field", help: help)
  }

  private mutating func check(
    _ constraint: RefineSyntax.Constraint, _ field: RefineSyntax.Field, _ reading: ArgumentReading, _ tool: ToolReference, _ file: Int
  ) {
    switch constraint.kind {
    case .between(let range):
      guard let (lower, upper) = bounds(range), suits(.number, reading, constraint, field) else { return }
      requireSomething(.between(lower, upper), reading, constraint, field, tool)
    case .step(let literal):
      guard suits(.number, reading, constraint, field), case .number(let digits) = literal.kind, let step = number(digits, literal.range)
      else {
        return
      }
      if step <= 0 { report(.badQuantity, "a step is more than 0", literal.range, "no step", help: "write `step 0.01`") }
    case .oneOf(let literals): checkOneOf(literals, constraint, field, reading, tool)
    case .matches(let regex):
      if suits(.text, reading, constraint, field) { _ = pattern(regex, .whole) }
    case .length(let range):
      guard bounds(range) != nil else { return }
      if case .array = reading.shape { return }
      _ = suits(.text, reading, constraint, field)
    case .withoutControlCharacters: _ = suits(.text, reading, constraint, field)
    case .url(let url):
      guard suits(.text, reading, constraint, field) else { return }
      if let hosts = url.hosts, let elements = elements(of: hosts, from: file) { checkHosts(elements) }
    case .path(let under, _):
      guard suits(.text, reading, constraint, field) else { return }
      for literal in under { _ = folder(of: literal) }
    case .absent, .forbidden:
      if reading.optional.contains(reading.path) { return }
      report(
        .emptyRefinement, "`\(field.subject.text)` cannot be absent", constraint.range, "required by `\(name(of: tool))`",
        help: "no call would be left; deny the tool instead if that is meant")
    case .defaultValue(let literal): checkDefault(literal, field, reading)
    }
  }

  private mutating func checkHosts(_ elements: [Literal]) {
    for element in elements {
      if case .string(let text) = element.kind {
        _ = hostPattern(text, element.range, allowsWildcard: true)
      } else {
        report(.typeMismatch, "a host is text", element.range, "not text", help: "write it in quotes")
      }
    }
  }

  private mutating func suits(
    _ type: ScalarType, _ reading: ArgumentReading, _ constraint: RefineSyntax.Constraint, _ field: RefineSyntax.Field
  ) -> Bool {
    if reading.shape.suits(type) { return true }
    report(
      .unsuitableConstraint, "`\(field.subject.text)` is \(reading.shape.noun)", constraint.range, "a constraint for \(type.noun)",
      help: "use a constraint for \(reading.shape.noun), or refine another field")
    return false
  }

  private mutating func requireSomething(
    _ test: Atom.Test, _ reading: ArgumentReading, _ constraint: RefineSyntax.Constraint, _ field: RefineSyntax.Field, _ tool: ToolReference
  ) {
    var domain = ValueDomain(reading.shape)
    domain.restrict(to: test, passing: true)
    guard domain.isEmpty else { return }
    report(
      .emptyRefinement, "this leaves no value for `\(field.subject.text)`", constraint.range, "outside what `\(name(of: tool))` takes",
      help: "no call would be left; correct the values")
  }

  private mutating func checkOneOf(
    _ literals: [Literal], _ constraint: RefineSyntax.Constraint, _ field: RefineSyntax.Field, _ reading: ArgumentReading,
    _ tool: ToolReference
  ) {
    for literal in literals {
      guard let constant = plainConstant(literal), suits(constant.type, reading, constraint, field) else { return }
      guard let allowed = reading.shape.allowedConstants, !allowed.contains(where: { $0.isSame(as: constant) }) else { continue }
      let near = suggestion(for: constant.text, among: allowed.map(\.text))
      report(
        .valueNotAllowed, "`\(field.subject.text)` is never \(constant.quoted)", literal.range,
        "the schema of `\(name(of: tool))` does not allow it",
        help: near.map { "did you mean `\($0)`?" } ?? "it allows \(listed(allowed.map(\.quoted), most: 12))")
    }
  }

  private mutating func plainConstant(_ literal: Literal) -> Constant? {
    switch literal.kind {
    case .string(let text): return .text(text)
    case .number(let digits): return number(digits, literal.range).map(Constant.number)
    case .boolean(let value): return .boolean(value)
    case .word, .moment, .duration, .size:
      report(.badQuantity, "an argument is text, a number or true or false", literal.range, literal.kind.noun, help: "write text in quotes")
      return nil
    }
  }

  /// A default must pass what stands beside it, or filling it in would deny the call it was to help.
  private mutating func checkDefault(_ literal: Literal, _ field: RefineSyntax.Field, _ reading: ArgumentReading) {
    guard let constant = plainConstant(literal) else { return }
    var domain = ValueDomain(reading.shape)
    for constraint in field.constraints {
      switch constraint.kind {
      case .between(let range):
        guard case .number(let lower)? = range.lower.map({ $0.kind }) ?? .number("0"),
          case .number(let upper)? = range.upper.map({ $0.kind }) ?? .number("0")
        else { continue }
        domain.restrict(to: .between(range.lower == nil ? nil : Number(lower), range.upper == nil ? nil : Number(upper)), passing: true)
      case .oneOf(let literals): domain.restrict(to: .isIn(literals.compactMap(\.constant)), passing: true)
      default: continue
      }
    }
    domain.restrict(to: .equals(constant), passing: true)
    guard !reading.shape.suits(constant.type) || domain.isEmpty else { return }
    report(
      .badDefault, "the default of `\(field.subject.text)` is not a value it can have", literal.range, "refused by its own constraints",
      help: "choose a default that passes them")
  }
}

/// Defaults of fields by tool, to find two that do not agree.
private struct RefinedFields {
  private var defaults: [ToolReference: [String: Literal]] = [:]

  mutating func note(_ field: RefineSyntax.Field, _ targets: Targets, in checker: inout Checker) {
    for constraint in field.constraints {
      guard case .defaultValue(let literal) = constraint.kind else { continue }
      for tool in targets.tools {
        let name = field.subject.text
        if let first = defaults[tool]?[name], first.kind != literal.kind {
          checker.report(
            .conflictingNarrowing, "`\(name)` of `\(checker.name(of: tool))` has two defaults", literal.range, "the second one",
            also: [.init(first.range, "the first one")], help: "only one can be filled in; remove the other")
        } else {
          defaults[tool, default: [:]][name] = literal
        }
      }
    }
  }
}

extension RefineSyntax.Field.Subject {
  var text: String {
    switch self {
    case .field(let name): name.text
    case .quoted(let name): name.value
    case .others: "others"
    }
  }

  fileprivate var lastName: String {
    switch self {
    case .field(let name): name.parts[name.parts.count - 1].text
    case .quoted(let name): name.value
    case .others: "others"
    }
  }

  fileprivate var range: SourceRange {
    switch self {
    case .field(let name): name.range
    case .quoted(let name): name.range
    case .others(let range): range
    }
  }

  fileprivate var path: ArgumentPath? {
    switch self {
    case .field(let name): ArgumentPath(name.parts.map { .member($0.text) })
    case .quoted(let name): ArgumentPath([.member(name.value)])
    case .others: nil
    }
  }
}

extension Literal {
  /// The plain value, when it is one.
  fileprivate var constant: Constant? {
    switch kind {
    case .string(let text): .text(text)
    case .number(let digits): Number(digits).map(Constant.number)
    case .boolean(let value): .boolean(value)
    case .word, .moment, .duration, .size: nil
    }
  }
}
