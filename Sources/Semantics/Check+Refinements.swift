internal import JSON
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

extension RefineSyntax.Field.Subject {
  var text: String {
    switch self {
    case .field(let name): name.text
    case .quoted(let name): name.value
    case .others: "others"
    }
  }

  var lastName: String {
    switch self {
    case .field(let name): name.parts[name.parts.count - 1].text
    case .quoted(let name): name.value
    case .others: "others"
    }
  }

  var range: SourceRange {
    switch self {
    case .field(let name): name.range
    case .quoted(let name): name.range
    case .others(let range): range
    }
  }

  var path: ArgumentPath? {
    switch self {
    case .field(let name): ArgumentPath(name.parts.map { .member($0.text) })
    case .quoted(let name): ArgumentPath([.member(name.value)])
    case .others: nil
    }
  }
}
