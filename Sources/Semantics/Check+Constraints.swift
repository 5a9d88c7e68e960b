internal import JSON
internal import RegularExpressions
internal import Syntax
internal import Text

// The constraints of a `refine`, one by one: from what is written to what it means.
extension Checker {
  /// What is written, typed; nil: reported.
  enum Written {
    case constraint(Constraint)
    case absent
    case defaultValue(Constant, SourceRange)
  }

  mutating func lower(
    _ constraint: RefineSyntax.Constraint, _ field: RefineSyntax.Field, _ found: RefinedTools.Field, _ file: Int
  ) -> Written? {
    let reading = found.reading
    switch constraint.kind {
    case .between(let range):
      guard let (lower, upper) = bounds(range), suits(.number, reading, constraint, field) else { return nil }
      return .constraint(.between(lower, upper))
    case .step(let literal):
      guard suits(.number, reading, constraint, field), case .number(let digits) = literal.kind, let step = number(digits, literal.range)
      else { return nil }
      if step > 0 { return .constraint(.step(step)) }
      report(.badQuantity, "a step is more than 0", literal.range, "no step", help: "write `step 0.01`")
      return nil
    case .oneOf(let literals): return oneOf(literals, constraint, field, found).map { .constraint(.oneOf($0)) }
    case .matches(let regex):
      guard suits(.text, reading, constraint, field), let pattern = pattern(regex, .whole) else { return nil }
      lint(regex)
      let expression = try? RegularExpression(parsing: pattern.source, caseInsensitive: pattern.caseInsensitive)
      return .constraint(.matches(pattern, script: expression?.scriptSource))
    case .length(let range): return length(range, constraint, field, reading).map { .constraint($0) }
    case .withoutControlCharacters:
      return suits(.text, reading, constraint, field) ? .constraint(.withoutControlCharacters) : nil
    case .url(let url): return suits(.text, reading, constraint, field) ? lower(url, file).map { .constraint($0) } : nil
    case .path(let under, let except):
      guard suits(.text, reading, constraint, field) else { return nil }
      let folders = under.map { folder(of: $0) }
      let globs = except.map { exception(of: $0) }
      return folders.contains(nil) || globs.contains(nil)
        ? nil : .constraint(.path(under: folders.compactMap(\.self), except: globs.compactMap(\.self)))
    case .absent, .forbidden:
      if !found.property.isRequired { return .absent }
      report(
        .emptyRefinement, "`\(field.subject.text)` cannot be absent", constraint.range, "required by `\(name(of: found.tool))`",
        help: "no call would be left; deny the tool instead if that is meant")
      return nil
    case .defaultValue(let literal):
      guard let constant = plainConstant(literal) else { return nil }
      if reading.shape.suits(constant.type) { return .defaultValue(constant, literal.range) }
      report(
        .badDefault, "the default of `\(field.subject.text)` is not a value it can have", literal.range, "not \(reading.shape.noun)",
        help: "choose a default of its type")
      return nil
    }
  }

  private mutating func length(
    _ range: RangeSyntax, _ constraint: RefineSyntax.Constraint, _ field: RefineSyntax.Field, _ reading: ArgumentReading
  ) -> Constraint? {
    guard let (lower, upper) = bounds(range) else { return nil }
    if case .array = reading.shape {} else if !suits(.text, reading, constraint, field) { return nil }
    for end in [lower, upper] {
      guard let end, end < 0 || end.integer == nil else { continue }
      report(.badQuantity, "a length is a whole number", range.range, "not \(end.description)", help: "write `length 1..140`")
      return nil
    }
    return .length(lower?.integer, upper?.integer)
  }

  private mutating func lower(_ url: RefineSyntax.URLConstraint, _ file: Int) -> Constraint? {
    var hosts: [HostPattern]?
    if let set = url.hosts {
      guard let elements = elements(of: set, from: file) else { return nil }
      let patterns = elements.map { element -> HostPattern? in
        guard case .string(let text) = element.kind else {
          report(.typeMismatch, "a host is text", element.range, "not text", help: "write it in quotes")
          return nil
        }
        return hostPattern(text, element.range, allowsWildcard: true)
      }
      if patterns.contains(nil) { return nil }
      hosts = patterns.compactMap(\.self)
    }
    var ports: [Int] = []
    for literal in url.ports {
      guard case .number(let digits) = literal.kind, let port = Int(digits), (1...65_535).contains(port) else {
        report(.badQuantity, "a port is a whole number from 1 to 65535", literal.range, "no port", help: "write `port 443`")
        return nil
      }
      ports.append(port)
    }
    let schemes = url.schemes.isEmpty ? ["http", "https"] : url.schemes.map { $0.text.lowercased() }
    return .url(schemes: schemes, hosts: hosts, ports: ports)
  }

  /// A glob of `path … except`; nil: reported.
  private mutating func exception(of literal: StringLiteral) -> String? {
    // By bytes, as paths are read: a combining mark behind a slash hides it from `Character`.
    let names = pathNames(literal.value)
    let anyNames = Array("**".utf8)
    let problem: String? =
      if names.isEmpty {
        "names nothing"
      } else if literal.value.utf8.contains(where: { $0 == UInt8(ascii: "\\") || $0 == 0 }) {
        "contains a character that no permitted path has"
      } else if names.contains(Array("..".utf8)) {
        "climbs with `..`, which no permitted path does"
      } else if names.contains(where: { $0 != anyNames && zip($0, $0.dropFirst()).contains { $0 == anyNames[0] && $1 == anyNames[0] } }) {
        "has `**` within a name"
      } else if names.count > RefinementLimits.globNames {
        "has more than \(RefinementLimits.globNames) names"
      } else {
        nil
      }
    guard let problem else { return literal.value }
    report(
      .badText, "`\(literal.value)` \(problem)", literal.range, "no glob",
      help: "`\".env\"` is any file or folder of that name, `\"**/secrets/**\"` everything in such a folder")
    return nil
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

  private mutating func oneOf(
    _ literals: [Literal], _ constraint: RefineSyntax.Constraint, _ field: RefineSyntax.Field, _ found: RefinedTools.Field
  ) -> [Constant]? {
    var constants: [Constant] = []
    var seen: [Literal.Kind: SourceRange] = [:]
    for literal in literals {
      guard let constant = plainConstant(literal), suits(constant.type, found.reading, constraint, field) else { return nil }
      constants.append(constant)
      if let first = seen[literal.kind] {
        report(
          .duplicateElement, "this value is listed already", literal.range, "again", also: [.init(first, "the first one")],
          help: "remove it")
      }
      seen[literal.kind] = literal.range
      guard let allowed = found.reading.shape.allowedConstants, !allowed.contains(constant) else { continue }
      let near = suggestion(for: constant.text, among: allowed.map(\.text))
      report(
        .valueNotAllowed, "`\(field.subject.text)` is never \(constant.quoted)", literal.range,
        "the schema of `\(name(of: found.tool))` does not allow it",
        help: near.map { "did you mean `\($0)`?" } ?? "it allows \(listed(allowed.map(\.quoted), most: 12))")
    }
    return constants
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
}

private enum RefinementLimits {
  /// Names and `**` of one glob: as many as its matcher has bits for.
  static let globNames = 60
}
