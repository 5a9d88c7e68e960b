internal import Bytecode
internal import Decision

/// What a refusal says.
extension Decider {
  func subject(_ call: Call) -> String {
    switch call {
    case .tool(let tool, _, _): "the tool `\(program.tool(tool).name)`"
    case .prompt(let prompt, _, _): "the prompt `\(program.prompt(prompt).name)`"
    case .resource(_, let uri): "the resource \(quoted(uri: uri))"
    }
  }

  func refusal(of call: Call, by rule: RuleInfo) -> Refusal {
    guard !rule.isConfidential else {
      var refusal = Refusal(.permissionDenied, "The policy refuses this use of \(subject(call)).")
      refusal.rule = rule.name
      refusal.isConfidential = true
      return refusal
    }
    // Only tests of arguments: the caller can do something about them, and they tell nothing about other callers.
    let tests = rule.atoms.filter(\.readsArguments).prefix(4).map { "`\($0.text)`" }
    let looksAt = tests.isEmpty ? "" : " The rule looks at \(tests.joined(separator: ", "))."
    var refusal = Refusal(.permissionDenied, "The policy refuses this use of \(subject(call)).\(looksAt)")
    refusal.rule = rule.name
    refusal.because = rule.because
    return refusal
  }

  func refusal(of call: Call, by denial: FilterDenial) -> Refusal {
    let isConfidential = denial.filter.isConfidential
    let looksAt = isConfidential ? "" : " Its arguments hold something that may not go to the server."
    var refusal = Refusal(.permissionDenied, "The policy refuses this use of \(subject(call)).\(looksAt)")
    refusal.rule = denial.filter.name
    refusal.isConfidential = isConfidential
    refusal.patterns = denial.patterns
    guard !isConfidential else { return refusal }
    refusal.because = denial.because
    refusal.violations = denial.problems
    return refusal
  }

  mutating func refusalWithoutGrant(of call: Call, _ live: LiveTools, _ now: EventTime) -> Refusal {
    guard case .tool(let tool, _, _) = call else {
      return Refusal(.permissionDenied, "No rule of the policy grants \(subject(call)) to this caller.")
    }
    var refusal: Refusal
    if mayAllow(.tool(tool), now) {
      refusal = Refusal(
        .permissionDenied, "No rule of the policy grants \(subject(call)) to this caller with these arguments; others may be granted.")
      refusal.allowed = allowedArguments(call, now)
    } else {
      refusal = Refusal(.permissionDenied, "No rule of the policy grants \(subject(call)) to this caller.")
      refusal.allowed = allowedTools(live, now)
    }
    return refusal
  }

  mutating func refusalOutOfScope(of call: Call, _ live: LiveTools, _ now: EventTime) -> Refusal {
    var refusal = Refusal(.permissionDenied, "The scopes of the caller's credential do not open \(subject(call)).")
    if case .tool = call { refusal.allowed = allowedTools(live, now) }
    refusal.scopes = narrowestScope(of: call).map { [$0] } ?? []
    return refusal
  }

  /// Of the scopes that open a call, each of which would do, the one that opens the least besides.
  private func narrowestScope(of call: Call) -> String? {
    let opening = program.scopes.filter { scope in
      switch call {
      case .tool(let tool, _, _): return scope.tools.contains(tool)
      case .prompt(let prompt, _, _): return scope.prompts.contains(prompt)
      case .resource(let server, let uri):
        let canonical = CanonicalURI(uri)
        var budget = MatchBudget()
        return scope.resources.contains { $0.server == server && $0.glob.covers(canonical, &budget) }
      }
    }
    func width(_ scope: ScopeInfo) -> Int { scope.tools.count + scope.prompts.count + scope.resources.count }
    let narrowest = opening.min { left, right in
      width(left) == width(right) ? left.name.utf8.lexicographicallyPrecedes(right.name.utf8) : width(left) < width(right)
    }
    return narrowest?.name
  }

  /// A condition that is too long to be of help is not told, rather than cut to one that means something else.
  private mutating func allowedArguments(_ call: Call, _ now: EventTime) -> Alternatives? {
    guard explains else { return nil }
    let tests = evaluator.constraints(call, principal: principal, labels: labels, now: now.moment, hidesConfidential: true)
    let lines = tests.map { test in
      test.split(whereSeparator: \.isNewline).map { $0.trimmingPrefix(while: \.isWhitespace) }.joined(separator: " ")
    }
    guard !lines.isEmpty, lines.reduce(0, { $0 + $1.utf8.count }) <= Limits.allowedBytes else { return nil }
    return .arguments(lines)
  }

  func refusal(of call: Call, _ field: FieldNumber, _ misfit: Denial.Misfit) -> Refusal {
    var refusal = Refusal(.invalidArgument, "The arguments of \(subject(call)) are not what it takes.")
    let name = program.field(field)
    let problem =
      switch misfit {
      case .missing: "is required"
      case .wrongType: "has the wrong type"
      }
    refusal.violations = [ArgumentProblem(path: name.map { "/\($0)" } ?? "", message: problem)]
    return refusal
  }

  func notGranted(_ name: [UInt8], _ what: String) -> Refusal {
    Refusal(.permissionDenied, "No rule of the policy grants the \(what) \(quoted(name)) to this caller.")
  }

  func notGranted(resource uri: [UInt8]) -> Refusal {
    Refusal(.permissionDenied, "No rule of the policy grants the resource \(quoted(uri: uri)) to this caller.")
  }

  /// Says the same of a tool that does not exist and of one the caller must not know of.
  mutating func unknownTool(_ name: [UInt8], _ live: LiveTools, _ now: EventTime) -> Refusal {
    var refusal = notGranted(name, "tool")
    refusal.allowed = allowedTools(live, now)
    return refusal
  }

  /// What `tools/list` shows to this caller, shortened: no more than it could find out by asking.
  private mutating func allowedTools(_ live: LiveTools, _ now: EventTime) -> Alternatives? {
    guard explains, live.isKnown else { return nil }
    var names: [String] = []
    for index in program.tools.indices {
      let tool = ToolID(UInt32(index))
      guard live.standing(of: tool) == .asPinned, mayAllow(.tool(tool), now) else { continue }
      names.append(configuration.namePrefix + program.tools[index].name)
      if names.count == Limits.allowedNames { break }
    }
    return .tools(names)
  }
}
