package import Bytecode
package import Decision
package import Enforcement
internal import JSON
internal import Schemas
package import Semantics

/// What the gate would answer to a call, and why.
package struct Judgement: Sendable {
  /// Why the arguments do not fit the tool's input schema; empty when they do.
  package let problems: [ArgumentProblem]
  /// The decision. With problems, it is what the caller is told: nothing of the schema, when no call of the tool could be allowed.
  package let trace: Trace
  /// What the filters of the arguments found, of a call that the rules allow or ask for.
  package let filtered: FilterFindings?
  /// Whether the target is in the list that the caller sees.
  package let isListed: Bool
  /// What was decided on.
  let call: Call
  /// What limits say to it, when the rules and filters let it pass; nil until they were asked.
  package private(set) var limits: LimitReading?

  /// What people say to it, when rules ask about it; nil until they were asked.
  package private(set) var approval: ApprovalGauge.Reading?

  /// Asks people, if it comes to that.
  ///
  /// - Parameter target: `bank.transfer`
  package mutating func ask(_ gauge: inout ApprovalGauge, _ target: String, _ program: Program, by principal: Principal, at now: Moment) {
    guard problems.isEmpty, filterDenial == nil, case .ask = trace.verdict else { return }
    approval = gauge.ask(call, target, trace, program, by: principal, at: now)
  }

  /// The grant by which the call may go on; nil: it may not.
  private var opening: RuleNumber? {
    guard problems.isEmpty, filterDenial == nil else { return nil }
    switch (trace.verdict, approval) {
    case (.allow(let grounds), _): return grounds.grant
    case (.ask(let question), .approved): return question.grant
    case (.ask, _), (.deny, _): return nil
    }
  }

  /// Takes from limits what the call takes, if it comes to that.
  ///
  /// - Parameter target: `bank.transfer`
  package mutating func take(
    from gauge: inout LimitGauge, _ target: String, by principal: Principal, in session: SessionKey, at now: Moment
  ) {
    guard let opening else { return }
    limits = gauge.take(call, target, grant: opening, by: principal, in: session, at: now)
  }

  /// The limit that refuses the call.
  package var refusingLimit: LimitInfo? { limits?.refusing }

  /// Whether the call goes to the server.
  package var isLetThrough: Bool { opening != nil && refusingLimit == nil }

  /// The filter that denies what the rules would let pass; of several, the one with the smallest name.
  package var filterDenial: FilterDenial? { filtered?.denials.first }

  /// The stable code an agent receives; nil for an allow.
  package var code: String? {
    if !problems.isEmpty { return isListed ? "INVALID_ARGUMENT" : "PERMISSION_DENIED" }
    if filterDenial != nil { return "PERMISSION_DENIED" }
    if refusingLimit != nil { return "RATE_LIMITED" }
    return switch trace.verdict {
    case .allow: nil
    case .ask:
      switch approval {
      case .approved: nil
      case .denied: "PERMISSION_DENIED"
      case .asked, nil: "APPROVAL_REQUIRED"
      }
    case .deny(.invalidArgument): "INVALID_ARGUMENT"
    case .deny: "PERMISSION_DENIED"
    }
  }
}

/// Judges calls as the gate does, without a server: the snapshot's schema, then the rules.
package struct CallJudge: ~Copyable {
  package let policies: CheckedPolicies
  private var evaluator: Evaluator
  private var validators: [ToolReference: ArgumentValidator] = [:]
  private var scratch = ValidationScratch()
  private let filters: ProgramFilters
  private var filtering = FilterScratch()

  /// - Parameter program: compiled from `policies`.
  package init(_ policies: CheckedPolicies, _ program: Program) {
    self.policies = policies
    evaluator = Evaluator(program)
    filters = ProgramFilters(program)
  }

  package var program: Program { evaluator.program }

  package mutating func judge(
    _ call: CheckedPolicies.TestCall, as principal: Principal, with labels: LabelSet, at now: Moment
  ) -> Judgement {
    let document = filled(call)
    var problems: [ArgumentProblem] = []
    let asked: Call
    let target: Decision.Target
    switch call.target {
    case .tool(let reference):
      let tool = id(of: reference)
      problems = validator(of: reference).problems(document, document.root, scratch: &scratch) ?? []
      (asked, target) = (.tool(tool, document, arguments: document.root), .tool(tool))
    case .prompt(let reference):
      let prompt = id(of: reference)
      (asked, target) = (.prompt(prompt, document, arguments: document.root), .prompt(prompt))
    case .resource(let server, let uri):
      let server = ServerID(UInt32(server))
      (asked, target) = (.resource(server, uri: Array(uri.utf8)), .resource(server, uri: Array(uri.utf8)))
    }
    let isListed = evaluator.mayAllow(target, principal: principal, labels: labels, now: now)
    let trace = evaluator.explain(asked, principal: principal, labels: labels, now: now)
    var filtered: FilterFindings?
    switch trace.verdict {
    case .allow, .ask: if problems.isEmpty { filtered = filters.scan(asked, scratch: &filtering) }
    case .deny: break
    }
    return Judgement(problems: problems, trace: trace, filtered: filtered, isListed: isListed, call: asked)
  }

  /// What the arguments would have to be, in the policy's words.
  package mutating func constraints(
    _ call: CheckedPolicies.TestCall, as principal: Principal, with labels: LabelSet, at now: Moment
  ) -> [String] {
    guard case .tool(let reference) = call.target else { return [] }
    let document = filled(call)
    return evaluator.constraints(
      .tool(id(of: reference), document, arguments: document.root), principal: principal, labels: labels, now: now, hidesConfidential: false
    )
  }

  /// The arguments with the policy's defaults in them.
  private func filled(_ call: CheckedPolicies.TestCall) -> Document {
    let document = Document(call.arguments)
    guard case .tool(let reference) = call.target,
      let bytes = program.tool(id(of: reference)).refinement?.filled(document, arguments: document.root),
      let filled = try? Document(parsing: bytes)
    else { return document }
    return filled
  }

  private mutating func validator(of reference: ToolReference) -> ArgumentValidator {
    if let known = validators[reference] { return known }
    let made = ArgumentValidator(
      inputSchema: policies.tool(reference).definition["inputSchema"], refinement: program.tool(id(of: reference)).refinement)
    validators[reference] = made
    return made
  }

  private func id(of reference: ToolReference) -> ToolID {
    let server = ServerID(UInt32(reference.server))
    guard let id = program.tool(named: policies.tool(reference).name, of: server) else {
      preconditionFailure("a program has every tool of the policies it was compiled from")
    }
    return id
  }

  private func id(of reference: PromptReference) -> PromptID {
    let server = ServerID(UInt32(reference.server))
    guard let id = program.prompt(named: policies.prompt(reference).name, of: server) else {
      preconditionFailure("a program has every prompt of the policies it was compiled from")
    }
    return id
  }
}

extension Document {
  init(_ value: Value) {
    guard let document = try? Document(parsing: write(value)) else { preconditionFailure("what the writer writes, the parser reads") }
    self = document
  }
}

/// A caller of a test, or of `explain`.
package func identity(of caller: CheckedPolicies.TestCaller, in policies: CheckedPolicies) -> Identity {
  var claims: [Bytecode.ClaimPath: Value] = [:]
  for (path, value) in caller.claims {
    let root: Bytecode.ClaimPath.Root =
      switch path.root {
      case .token: .token
      case .key: .key
      }
    claims[Bytecode.ClaimPath(root: root, path: path.path)] = value
  }
  return Identity(caller: caller.agent.map { .named(policies.agents[$0].name) } ?? .anyone, claims: claims)
}
