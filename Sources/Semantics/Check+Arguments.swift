internal import JSON
internal import Syntax
internal import Text

extension Checker {
  /// An argument, read in the schema of every tool the rule speaks of.
  mutating func argument(
    _ fact: FactPath, _ function: Identifier?, _ range: SourceRange, _ use: FactUse, known: Set<ArgumentPath>, _ context: ConditionContext
  ) -> Subject? {
    guard case .admission(let targets, let rule) = context.phase else {
      if case .identity(let agent) = context.phase {
        report(
          .wrongPhase, "who agent `\(agent.text)` is cannot depend on arguments", fact.range, "does not exist yet",
          help: "agents are told by `token` and `key`; ask for arguments in the `when` of a rule")
      }
      return nil
    }
    guard let path = ArgumentPath(fact) else {
      report(.unknownFact, "`args` is no fact on its own", fact.range, "which argument?", help: "write `args.NAME`")
      return nil
    }
    guard let targets else { return nil }
    guard targets.resources.isEmpty else {
      report(
        .noArguments, "a resource has no arguments", fact.range, "does not exist when a resource is read",
        also: [.init(rule.range, "this rule speaks of resources\(targets.tools.isEmpty && targets.prompts.isEmpty ? "" : " too")")],
        help: "give resources a rule of their own, without `args`")
      return nil
    }
    guard let readings = readings(of: path, fact, targets, rule) else { return nil }
    return subject(readings, fact, function, range, use, known: known)
  }

  /// One reading for every distinct one among the tools and prompts; nil: some have no such argument, which has been reported.
  private mutating func readings(of path: ArgumentPath, _ fact: FactPath, _ targets: Targets, _ rule: Identifier) -> [ArgumentReading]? {
    var readings: [ArgumentReading] = []
    var shapes: Set<ValueShape> = []
    var failures: [(name: String, problem: ArgumentProblem)] = []
    func read(_ input: ObjectShape, _ name: String, _ refined: [ArgumentPath: SourceRange] = [:]) {
      switch input.read(path) {
      case .success(var reading):
        reading.refinement = refined.first { reading.path.steps.starts(with: $0.key.steps) }?.value
        if shapes.insert(reading.shape).inserted || !reading.optional.isEmpty { readings.append(reading) }
      case .failure(let problem): failures.append((name, problem))
      }
    }
    for reference in targets.tools { read(tool(reference).input, name(of: reference), refinedFields[reference] ?? [:]) }
    for reference in targets.prompts {
      let server = parts.servers[reference.server]
      let prompt = server.snapshot.prompts[reference.prompt]
      read(prompt.input, "\(server.name).\(prompt.name)")
    }
    guard let first = failures.first else { return readings }
    if let absent = targets.tools.compactMap({ refinedFields[$0]?[path] }).first {
      report(
        .unknownArgument, "`\(fact.text)` is never there", fact.range, "refined to be absent", also: [.init(absent, "absent here")],
        help: "no call that has it is decided on; remove this test, or the refinement")
      return nil
    }
    let count = targets.tools.count + targets.prompts.count
    reportMissing(first.problem, fact, first.name, all: failures.map(\.name), of: count, rule)
    return nil
  }

  private mutating func reportMissing(
    _ problem: ArgumentProblem, _ fact: FactPath, _ tool: String, all: [String], of count: Int, _ rule: Identifier
  ) {
    switch problem {
    case .noMember(let step, let candidates):
      let name = fact.steps[step].name
      // Where other tools have it, the name is right and the rule speaks of too much.
      let isMisspelt = all.count == count
      let near = isMisspelt ? suggestion(for: name, among: candidates) : nil
      let message =
        isMisspelt && count > 1 ? "no tool of this rule has an argument `\(name)`" : "no argument `\(name)` in \(listed(all))"
      let help: String
      if let near {
        help = "did you mean `\(near)`?"
      } else if !isMisspelt {
        help =
          "\(count - all.count) of the \(count) tools of `\(rule.text)` \(count - all.count == 1 ? "has" : "have") it; give the others a rule of their own"
      } else {
        help = candidates.isEmpty ? "`\(tool)` takes no arguments" : "`\(tool)` has \(listed(candidates, most: 12))"
      }
      report(
        .unknownArgument, message, fact.steps[step].range ?? fact.range, "no such argument", help: help,
        fixes: replacement(near, fact.steps[step].range ?? fact.range))
    case .noParts(let step, let shape):
      report(
        .typeMismatch, "`\(fact.prefix(step))` is \(shape.noun) and has no parts", fact.steps[step].range ?? fact.range, "no such part",
        help: "`\(tool)` says so; test `\(fact.prefix(step))` itself")
    case .unknownParts(let step):
      report(
        .untypedArgument, "the schema of `\(tool)` does not say what `\(fact.prefix(step))` contains", fact.range, "of unknown type",
        help: "only `\(fact.prefix(step)) present` can be asked; a rule must not guess what the server accepts")
    case .noArray(let step, let shape):
      report(
        .badQuantifier, "`\(fact.prefix(step))` is \(shape.noun), no list", fact.steps[step].range ?? fact.range, "no elements",
        help: "remove `[*]`")
    case .missingElements(let step):
      report(
        .needsQuantifier, "`\(fact.prefix(step))` is a list", fact.steps[step].range ?? fact.range, "of which element?",
        help: "write `any of \(fact.prefix(step))[*].\(fact.steps[step].name) …`")
    }
  }

  private mutating func subject(
    _ readings: [ArgumentReading], _ fact: FactPath, _ function: Identifier?, _ range: SourceRange, _ use: FactUse,
    known: Set<ArgumentPath>
  ) -> Subject? {
    guard let first = readings.first else { return nil }
    var shapes: [ValueShape] = []
    var path = first.path
    for reading in readings {
      guard let value = use.isQuantified ? element(of: reading, fact) : single(reading, fact, use, function) else { return nil }
      path = value.path
      guard let shape = applied(function, to: value.shape, fact) else { return nil }
      if !shapes.contains(shape) { shapes.append(shape) }
    }
    let optional = Set(readings.flatMap(\.optional))
    let maybeAbsent = !optional.isEmpty
    if !use.isQuantified, !use.isPresenceTest, let absent = optional.subtracting(known).min(by: { $0.steps.count < $1.steps.count }) {
      reportMaybeAbsent(absent, fact, range)
      return nil
    }
    let lowered: Fact =
      switch function.flatMap({ FactFunction(rawValue: $0.text) }) {
      case .length: .length(path)
      case .host: .host(path)
      case .scheme: .scheme(path)
      case nil: .argument(path)
      }
    return Subject(
      fact: lowered, text: function.map { "\($0.text)(\(fact.text))" } ?? fact.text, range: range, values: .shapes(shapes),
      maybeAbsent: maybeAbsent || lowered.isOfURL, tool: nil, refinement: readings.lazy.compactMap(\.refinement).first)
  }

  /// What a quantifier counts: the elements of the one list on the way, or of the list at its end.
  private mutating func element(of reading: ArgumentReading, _ fact: FactPath) -> ArgumentReading? {
    let lists = reading.path.steps.count { $0 == .elements }
    if lists > 1 {
      report(
        .badQuantifier, "a quantifier speaks of one list", fact.range, "a list within a list",
        help: "the language keeps conditions decidable by allowing one `[*]`; test the inner list in a server-side schema")
      return nil
    }
    if lists == 1 {
      if case .array = reading.shape {
        report(
          .badQuantifier, "a quantifier speaks of one list", fact.range, "leads to a list within a list",
          help: "test a member of the elements")
        return nil
      }
      return reading
    }
    switch reading.shape {
    case .array(let array): return reading.elements(array)
    case .unknown:
      reportUntyped(fact)
      return nil
    default:
      report(
        .badQuantifier, "`\(fact.text)` is \(reading.shape.noun), no list", fact.range, "one value", help: "remove the quantifier")
      return nil
    }
  }

  private mutating func single(_ reading: ArgumentReading, _ fact: FactPath, _ use: FactUse, _ function: Identifier?) -> ArgumentReading? {
    if reading.path.goesThroughElements {
      report(
        .needsQuantifier, "`\(fact.text)` is as many values as the list has elements", fact.range, "which of them?",
        help: "write `any of \(fact.text) …`, `all of` or `none of`")
      return nil
    }
    if use.isPresenceTest { return reading }
    switch reading.shape {
    case .array where function?.text != FactFunction.length.rawValue:
      report(
        .needsQuantifier, "`\(fact.text)` is a list", fact.range, "which of its elements?",
        help: "write `any of \(fact.text) …`, `all of` or `none of`")
      return nil
    case .unknown:
      reportUntyped(fact)
      return nil
    case .object:
      report(
        .typeMismatch, "`\(fact.text)` is an object", fact.range, "no single value", help: "test one of its members: `\(fact.text).NAME`")
      return nil
    default: return reading
    }
  }

  private mutating func reportUntyped(_ fact: FactPath) {
    report(
      .untypedArgument, "the schema allows several types for `\(fact.text)`, or says none", fact.range, "of unknown type",
      help: "only `\(fact.text) present` can be asked; a rule must not guess what the server accepts")
  }

  /// The shape of what a function gives.
  private mutating func applied(_ function: Identifier?, to shape: ValueShape, _ fact: FactPath) -> ValueShape? {
    guard let function, let kind = FactFunction(rawValue: function.text) else { return shape }
    switch (kind, shape) {
    case (.length, .text(let text)):
      return .number(.count(text.minimumLength, text.maximumLength))
    case (.length, .array(let array)):
      return .number(.count(array.minimumCount, array.maximumCount))
    case (.host, .text), (.scheme, .text): return .text(TextShape())
    case (_, .unknown):
      reportUntyped(fact)
      return nil
    default:
      report(
        .typeMismatch, "`\(fact.text)` is \(shape.noun)", fact.range, "has no \(kind.rawValue)",
        help: kind == .length ? "texts and lists have a length" : "`\(kind.rawValue)` reads a URL, which is text")
      return nil
    }
  }

  private mutating func reportMaybeAbsent(_ absent: ArgumentPath, _ fact: FactPath, _ range: SourceRange) {
    report(
      .maybeAbsent, "`\(absent)` may be absent", range, "optional in the tool's schema",
      help:
        "say what absence means: `\(absent) present and …` is false without it,\n`not \(absent) present or …` is true without it; a `refine` may give it a default"
    )
  }
}

extension NumberShape {
  fileprivate static func count(_ minimum: Int, _ maximum: Int?) -> NumberShape {
    NumberShape(
      isInteger: true, minimum: .init(Number(minimum), isIncluded: true), maximum: maximum.map { .init(Number($0), isIncluded: true) })
  }
}

extension Fact {
  /// Whether it is absent when the text is no URL.
  var isOfURL: Bool {
    switch self {
    case .host, .scheme: true
    default: false
    }
  }
}

extension FactPath.Step {
  /// For messages.
  var name: String {
    switch self {
    case .member(let name): name.text
    case .quoted(let name): name.value
    case .elements: "[*]"
    }
  }

  var range: SourceRange? {
    switch self {
    case .member(let name): name.range
    case .quoted(let name): name.range
    case .elements(let range): range
    }
  }
}

extension FactPath {
  /// The path before a step, as text.
  func prefix(_ steps: Int) -> String { FactPath(root: root, steps: Array(self.steps.prefix(steps)), range: range).text }
}
