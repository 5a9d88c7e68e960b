internal import JSON
internal import RegularExpressions
internal import Syntax
internal import Text

extension Checker {
  /// Before rules are checked, which speak of what refinements leave.
  mutating func checkRefinements() {
    var refined = RefinedTools()
    for refinement in declared.refinements { check(refinement, &refined) }
    finish(refined)
  }

  mutating func checkNarrowings() {
    checkCosts()
    for limit in declared.limits { check(limit) }
  }

  private mutating func check(_ refinement: In<RefineSyntax>, _ refined: inout RefinedTools) {
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
      check(field, targets, refinement.file, &refined)
    }
  }

  private mutating func check(_ field: RefineSyntax.Field, _ targets: Targets, _ file: Int, _ refined: inout RefinedTools) {
    guard let path = field.subject.path else { return checkOthers(field, targets, &refined) }
    var lowered: [[Lowered]] = []
    for reference in targets.tools {
      switch tool(reference).input.read(path) {
      case .failure(let problem): reportNoField(problem, field, reference)
      case .success(let reading):
        guard let property = tool(reference).input.property(at: reading.path.steps[...]) else { continue }
        var found = RefinedTools.Field(
          name: field.subject.text, range: field.subject.range, tool: reference, reading: reading, property: property)
        if let known = refined.fields[reference]?[reading.path] { found = known }
        lowered.append(
          field.constraints.map { constraint in
            guard let one = lower(constraint, field, found, file) else { return .invalid }
            return add(one, constraint, field, to: &found)
          })
        refined.fields[reference, default: [:]][reading.path] = found
      }
    }
    reportIdle(field, lowered)
  }

  private mutating func checkOthers(_ field: RefineSyntax.Field, _ targets: Targets, _ refined: inout RefinedTools) {
    for constraint in field.constraints {
      guard case .forbidden = constraint.kind else {
        report(
          .unsuitableConstraint, "`others` can only be forbidden", constraint.range, "not for fields without a name",
          help: "write `others: forbidden`, or name the field")
        continue
      }
      if let indirect = targets.tools.first(where: { tool($0).definition["inputSchema"]?["$ref"] != nil }) {
        report(
          .unsuitableConstraint, "the schema of `\(name(of: indirect))` does not list its fields itself", constraint.range,
          "others than which?",
          help: "it refers to another schema as a whole; only named fields can be refined")
        continue
      }
      let areOpen = targets.tools.contains { tool($0).definition["inputSchema"]?["additionalProperties"] != .boolean(false) }
      if !areOpen {
        report(
          .idleRefinement, "`others: forbidden` changes nothing", constraint.range, "the schema forbids other fields already",
          help: "remove it")
      }
      for reference in targets.tools { refined.closed.insert(reference) }
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

  // MARK: single constraints

  /// What is written, typed; nil: reported.
  private enum Written {
    case constraint(Constraint)
    case absent
    case defaultValue(Constant, SourceRange)
  }

  private mutating func lower(
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
    let names = literal.value.split(separator: "/")
    let problem: String? =
      if names.isEmpty || names.allSatisfy({ $0 == "." }) {
        "names nothing"
      } else if literal.value.unicodeScalars.contains(where: { $0 == "\\" || $0 == "\0" }) {
        "contains a character that no permitted path has"
      } else if names.contains("..") {
        "climbs with `..`, which no permitted path does"
      } else if names.contains(where: { $0.contains("**") && $0 != "**" }) {
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

  // MARK: constraints together

  /// What one more constraint does to a field.
  enum Lowered {
    case invalid, useful
    case idle(label: String)
    case reaches(label: String)
  }

  private mutating func add(
    _ written: Written, _ constraint: RefineSyntax.Constraint, _ field: RefineSyntax.Field, to found: inout RefinedTools.Field
  ) -> Lowered {
    switch written {
    case .absent:
      found.absent = found.absent ?? constraint.range
      return .useful
    case .defaultValue(let constant, let range):
      if let first = found.defaultValue, first.constant != constant {
        report(
          .conflictingNarrowing, "`\(field.subject.text)` of `\(name(of: found.tool))` has two defaults", range, "the second one",
          also: [.init(first.range, "the first one")], help: "only one can be filled in; remove the other")
        return .invalid
      }
      found.defaultValue = found.defaultValue ?? (constant, range)
      return found.property.isAlwaysPresent
        ? .idle(label: "`\(name(of: found.tool))` requires the field, so it is never filled in") : .useful
    case .constraint(let one):
      defer { found.constraints.append((one, constraint.range)) }
      guard let narrowed = found.shape.narrowed(by: one) else {
        reportNothingLeft(constraint, field, found, one)
        return .invalid
      }
      defer { found.shape = narrowed }
      return effect(of: one, on: found)
    }
  }

  private mutating func reportNothingLeft(
    _ constraint: RefineSyntax.Constraint, _ field: RefineSyntax.Field, _ found: RefinedTools.Field, _ one: Constraint
  ) {
    // A value that the schema does not have was reported on its own.
    if case .oneOf(let constants) = one, let allowed = found.reading.shape.allowedConstants,
      !constants.contains(where: allowed.contains)
    {
      return
    }
    let isOwn = found.reading.shape.narrowed(by: one) == nil
    report(
      .emptyRefinement, "this leaves no value for `\(field.subject.text)`", constraint.range,
      isOwn ? "outside what `\(name(of: found.tool))` takes" : "nothing passes both",
      also: isOwn ? [] : found.constraints.suffix(3).map { .init($0.range, "and this") }, help: "no call would be left; correct the values")
  }

  /// Held against the tool's own schema alone: what another `refine` says may be taken away again.
  private func effect(of constraint: Constraint, on found: RefinedTools.Field) -> Lowered {
    let own = found.reading.shape
    if constraint.isToldByShape(own), own.narrowed(by: constraint) == own {
      return .idle(label: "`\(name(of: found.tool))` takes nothing else already")
    }
    for (half, end) in constraint.halves where own.narrowed(by: half) == own && own.isBeyond(half) {
      return .reaches(label: "`\(name(of: found.tool))` ends before: the \(end) end changes nothing")
    }
    return .useful
  }

  /// Warns of what has no effect on any of the tools.
  private mutating func reportIdle(_ field: RefineSyntax.Field, _ lowered: [[Lowered]]) {
    guard !lowered.isEmpty else { return }
    for (index, constraint) in field.constraints.enumerated() {
      let labels = lowered.map { $0[index].label }
      guard !labels.contains(nil), let label = labels[0] else { continue }
      let isWhole = if case .idle = lowered[0][index] { true } else { false }
      report(
        .idleRefinement,
        isWhole ? "this constraint of `\(field.subject.text)` changes nothing" : "this range reaches beyond the tool's own",
        constraint.range, label, help: isWhole ? "remove it, or narrow further" : "a refinement never widens; end it where the schema ends")
    }
  }

  private mutating func finish(_ refined: RefinedTools) {
    let tools = Set(refined.fields.keys).union(refined.closed).sorted()
    for reference in tools {
      var input = tool(reference).input
      var fields: [CheckedPolicies.RefinedField] = []
      for (path, found) in (refined.fields[reference] ?? [:]).sorted(by: { $0.key.description < $1.key.description }) {
        checkTogether(found)
        input = input.replacing(path.steps[...]) { found.refined($0) }
        refinedFields[reference, default: [:]][path] = found.absent ?? found.range
        var seen: Set<Constraint> = []
        let constraints = found.constraints.map(\.constraint).filter { seen.insert($0).inserted }
        fields.append(
          .init(
            path: path, isNullable: found.property.isNullable, isAbsent: found.absent != nil, isList: found.isList,
            constraints: constraints,
            defaultValue: found.property.isAlwaysPresent ? nil : found.defaultValue?.constant, range: found.range))
      }
      parts.refinements.append(.init(tool: reference, fields: fields, forbidsOthers: refined.closed.contains(reference)))
      parts.servers[reference.server] = parts.servers[reference.server].replacing(input: input, ofTool: reference.tool)
    }
  }

  private mutating func checkTogether(_ found: RefinedTools.Field) {
    if let absent = found.absent, let other = found.constraints.first?.range ?? found.defaultValue?.range {
      report(
        .conflictingNarrowing, "`\(found.name)` is absent, so nothing else can be said of it", other, "of a field that no call may have",
        also: [.init(absent, "absent here")], help: "remove one of the two")
      return
    }
    guard let (constant, range) = found.defaultValue else { return }
    let refusing = found.constraints.first { $0.constraint.accepts(constant) == false }
    var domain = ValueDomain(found.reading.shape)
    domain.restrict(to: .equals(constant), passing: true)
    guard refusing != nil || domain.isEmpty else { return }
    report(
      .badDefault, "the default of `\(found.name)` is not a value it can have", range,
      refusing == nil ? "refused by the schema of `\(name(of: found.tool))`" : "refused by its own constraints",
      also: refusing.map { [.init($0.range, "by this one")] } ?? [], help: "choose a default that passes them")
  }
}

/// What is known so far of each tool that is refined.
private struct RefinedTools {
  struct Field {
    let name: String
    let range: SourceRange
    let tool: ToolReference
    /// In the tool's own schema.
    let reading: ArgumentReading
    let property: ObjectShape.Property
    var shape: ValueShape
    var constraints: [(constraint: Constraint, range: SourceRange)] = []
    var defaultValue: (constant: Constant, range: SourceRange)?
    var absent: SourceRange?

    init(name: String, range: SourceRange, tool: ToolReference, reading: ArgumentReading, property: ObjectShape.Property) {
      self.name = name
      self.range = range
      self.tool = tool
      self.reading = reading
      self.property = property
      shape = reading.shape
    }

    var isList: Bool { if case .array = reading.shape { true } else { false } }

    /// What rules may rely on once defaults are filled in and the narrowed schema was met.
    func refined(_ own: ObjectShape.Property) -> ObjectShape.Property? {
      if absent != nil { return nil }
      return .init(
        name: own.name, shape: shape, isRequired: own.isRequired || defaultValue != nil, isNullable: own.isNullable && defaultValue == nil)
    }
  }

  var fields: [ToolReference: [ArgumentPath: Field]] = [:]
  /// With `others: forbidden`.
  var closed: Set<ToolReference> = []
}

private enum RefinementLimits {
  /// Names and `**` of one glob: as many as its matcher has bits for.
  static let globNames = 60
}

extension Checker.Lowered {
  fileprivate var label: String? {
    switch self {
    case .idle(let label), .reaches(let label): label
    case .invalid, .useful: nil
    }
  }
}

extension Constraint {
  /// Whether a shape shows what the constraint changes.
  fileprivate func isToldByShape(_ shape: ValueShape) -> Bool {
    switch self {
    case .between, .oneOf, .length: true
    case .step(let step): if case .number(let number) = shape { number.isInteger && Number(1).isMultiple(of: step) } else { false }
    case .matches, .withoutControlCharacters, .url, .path: false
    }
  }

  /// Its two ends apart, where it has both.
  fileprivate var halves: [(Constraint, end: String)] {
    switch self {
    case .between(let lower?, let upper?): [(.between(lower, nil), "lower"), (.between(nil, upper), "upper")]
    case .length(let lower?, let upper?): [(.length(lower, nil), "lower"), (.length(nil, upper), "upper")]
    default: []
    }
  }
}

extension ValueShape {
  /// Whether the one end of a constraint lies outside, and not on, an end of what the schema has.
  fileprivate func isBeyond(_ half: Constraint) -> Bool {
    switch (self, half) {
    case (.number(let number), .between(let lower?, nil)): number.minimum.map { lower < $0.value } ?? false
    case (.number(let number), .between(nil, let upper?)): number.maximum.map { $0.value < upper } ?? false
    case (.text(let text), .length(let lower?, nil)): lower < text.minimumLength
    case (.text(let text), .length(nil, let upper?)): upper > text.maximumLength ?? .max
    case (.array(let array), .length(let lower?, nil)): lower < array.minimumCount
    case (.array(let array), .length(nil, let upper?)): upper > array.maximumCount ?? .max
    default: false
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
