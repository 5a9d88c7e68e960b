internal import Approvals
internal import Bytecode
internal import Decision
internal import Digests
internal import JSON

/// The policy in force as this connection sees it: one program, one caller, one server. Turns verdicts into refusals.
struct Decider: ~Copyable {
  /// What rules and filters make of a request.
  enum Ruling {
    case allowed
    case refused(Refusal)
    /// Allowed, if a person agrees.
    case asked(Asked)
  }

  var configuration: GateConfiguration
  private let policies: PolicyStore
  var evaluator: Evaluator
  private(set) var filters: ProgramFilters
  private var filtering = FilterScratch()
  var principal: Principal
  private(set) var server: ServerID?
  private var keys: SessionKeys
  /// Of the session that the request at hand belongs to.
  private var session: SessionKey
  private(set) var labels = LabelSet()
  /// Of the last decision, until it is asked for.
  private var granted: RuleNumber?
  private var hasDecided = false
  /// Whether it said that a person has to agree.
  private(set) var isAsked = false
  /// What is known of values that a replayed request lacks; nil: it lacks none.
  var recalled: RecalledFacts?
  /// Of the filters of the arguments: what the session is marked with when the result goes out.
  private(set) var argumentLabels = LabelSet()
  /// What calls take from limits.
  private(set) var charging: CallCharges
  /// Whether denials say what would be allowed; finding that out costs more than all decisions together.
  var explains = true
  /// Shadow filters that found something since the last decision was forgotten.
  private var shadowFilters: [String] = []
  /// Of the request at hand: what opened its way.
  var approved: Approved?
  /// Tells the caller from others.
  private(set) var caller: Digest
  /// The caller's agent, for the log.
  private(set) var agentName: String?
  /// What operators have stopped of all this.
  private(set) var stops: StopView
  private var sensitive: SensitiveTargets
  /// Of every record.
  let origin: RecordOrigin

  init(configuration: GateConfiguration, policies: PolicyStore, revocations: Revocations) {
    self.configuration = configuration
    stops = StopView(revocations, configuration)
    self.policies = policies
    caller = CallerDigest.of(configuration.identity)
    let inForce = policies.inForce
    filters = inForce.filters
    sensitive = inForce.sensitive
    origin = RecordOrigin(configuration)
    let program = filters.program
    evaluator = Evaluator(program)
    principal = Principal(configuration.identity, of: program)
    server = program.server(named: configuration.server)
    keys = SessionKeys(principal, program)
    session = keys.whole
    charging = CallCharges(principal, inForce.ledger)
    agentName = Decider.name(of: principal)
  }

  var program: Program { evaluator.program }
  var recorder: (any TrafficRecorder)? { policies.recorder }
  var identity: Identity { configuration.identity }
  var serverName: String { configuration.server }

  /// Where approvals are asked for; nil: nowhere.
  var desk: ApprovalDesk? { configuration.approvals }
  var recording: Recording { configuration.recording }

  /// Whether a request that is allowed goes no further, because no record of it could be kept.
  func isUnrecordable(_ call: Call) -> Bool { recording.duty?.refuses(isSensitive: sensitive.contains(call)) ?? false }

  /// The same of what no scope opens.
  var isUnrecordable: Bool { recording.duty?.refuses(isSensitive: false) ?? false }

  var handles: HandleSeal? { configuration.handles }

  /// - Returns: true when another program came into force; nothing learnt of the one before holds any more.
  mutating func refresh() -> Bool {
    let inForce = policies.inForce
    let program = inForce.filters.program
    guard program !== evaluator.program else { return false }
    filters = inForce.filters
    sensitive = inForce.sensitive
    evaluator = Evaluator(program)
    principal = Principal(configuration.identity, of: program)
    server = program.server(named: configuration.server)
    keys = SessionKeys(principal, program)
    session = keys.whole
    charging = CallCharges(principal, inForce.ledger)
    agentName = Decider.name(of: principal)
    stops.forget()
    return true
  }

  /// The caller shows another credential: everything from now on is decided under that.
  mutating func renew(_ configuration: GateConfiguration) {
    self.configuration = configuration
    caller = CallerDigest.of(configuration.identity)
    principal = Principal(configuration.identity, of: program)
    server = program.server(named: configuration.server)
    keys = SessionKeys(principal, program)
    session = keys.whole
    charging = CallCharges(principal, policies.inForce.ledger)
    agentName = Decider.name(of: principal)
    stops = stops.of(configuration)
  }

  /// - Returns: true when anything was stopped or resumed.
  mutating func refreshStops(at time: EventTime) -> Bool {
    guard stops.isStale(at: time) else { return false }
    stops.refresh(agents: Decider.names(of: principal), at: time)
    return true
  }

  /// A new request: what the last decision rested on says nothing of it.
  mutating func forgetDecision() {
    granted = nil
    hasDecided = false
    isAsked = false
    shadowFilters = []
    argumentLabels = LabelSet()
    approved = nil
  }

  // MARK: Sessions

  /// Looks up the labels of the session that a request belongs to.
  ///
  /// - Returns: why the request cannot be made, or nil.
  mutating func enterSession(_ document: Document, _ arguments: Node?) -> Refusal? {
    guard !program.labels.isEmpty || charging.ledger.hasSessionKeys else { return nil }
    session = keys.key(document, arguments)
    if program.labels.isEmpty { return nil }
    labels = LabelSet()
    switch policies.labels.labels(of: session) {
    case .labels(let known):
      labels = known
      return nil
    case .noRoom:
      var refusal = Refusal(.rateLimited, "Too many sessions are marked with labels; the marks of another one could not be kept.")
      refusal.retryAfterMilliseconds = Limits.longestRetryMilliseconds
      return refusal
    case .unavailable: return Decider.withoutLabels
    }
  }

  /// What marks the session cannot be known, or kept.
  static var withoutLabels: Refusal {
    var refusal = Refusal(
      .storeUnavailable, "What this session has done before is kept in a store that does not answer, so nothing is let through.")
    refusal.retryAfterMilliseconds = Limits.firstRetryMilliseconds
    return refusal
  }

  /// Works out what a call that was just allowed takes (`charging`).
  ///
  /// - Returns: a limit that cannot count it.
  mutating func prepareCharges(_ call: Call) -> Int? {
    guard let granted else { preconditionFailure("only a call that was granted takes anything") }
    return charging.prepare(call, grant: granted, session: session)
  }

  /// The session that the last request belongs to, while there are labels.
  var currentSession: SessionKey? { program.labels.isEmpty ? nil : session }

  /// - Parameter session: nil for all sessions of the caller.
  /// - Returns: names of the labels it has now; nil when the change could not be kept where all gateways find it.
  func mark(_ session: SessionKey?, _ change: LabelChange) -> [String]? {
    guard !change.isEmpty else { return [] }
    return policies.labels.apply(change, to: session ?? keys.whole)?.labels.map { program.labels[Int($0.index)].name }
  }

  private static func name(of principal: Principal) -> String? { names(of: principal).first }

  /// All that the caller is.
  private static func names(of principal: Principal) -> [String] {
    let declared = principal.agents.map { principal.program.agents[Int($0)].name }
    if declared.isEmpty, case .named(let name) = principal.identity.caller { return [name] }
    return declared
  }

  func tool(named name: [UInt8]) -> ToolID? { server.flatMap { program.tool(named: name.span, of: $0) } }
  /// - Parameter name: a string.
  func tool(_ document: Document, named name: Node) -> ToolID? {
    guard let server, let range = document.stringBytes(name), !document.hasEscapes(name) else {
      return document.text(name).flatMap { tool(named: $0) }
    }
    return program.tool(named: document.bytes.span.extracting(range), of: server)
  }
  func prompt(named name: [UInt8]) -> PromptID? { server.flatMap { program.prompt(named: name.span, of: $0) } }
  func name(of tool: ToolID) -> String { program.tools[Int(tool.index)].name }

  /// Whether the policy lets results pass that do not fit their tool's output schema.
  var passesMismatchedOutput: Bool { server.map { program.servers[Int($0.index)].passesMismatchedOutput } ?? false }

  /// The grant that the last decision rested on.
  var grantingRule: String? { granted.map { program.rules[Int($0.index)].name } }

  /// Shadow rules that held in the last decision, and shadow filters that found something.
  func firedShadows() -> [String] {
    if shadowFilters.isEmpty, !hasDecided || evaluator.shadowed.isEmpty { return [] }
    return (hasDecided ? evaluator.shadowed.map { program.rule($0).name } : []) + shadowFilters
  }

  // MARK: Decisions

  mutating func decide(_ call: Call, _ live: LiveTools, _ now: EventTime) -> Ruling {
    let verdict = recalled == nil ? evaluator.decide(call, principal: principal, labels: labels, now: now.moment) : recall(call, now)
    hasDecided = true
    granted = nil
    isAsked = false
    switch verdict {
    case .allow(let grounds):
      if let refusal = filter(call) { return .refused(refusal) }
      granted = grounds.grant
      return .allowed
    case .deny(.byRule(let number)): return .refused(refusal(of: call, by: program.rule(number)))
    case .deny(.noGrant): return .refused(refusalWithoutGrant(of: call, live, now))
    case .deny(.outOfScope): return .refused(refusalOutOfScope(of: call, live, now))
    case .deny(.invalidArgument(let field, let misfit)): return .refused(refusal(of: call, field, misfit))
    case .ask(let question):
      if let refusal = filter(call) { return .refused(refusal) }
      granted = question.grant
      isAsked = true
      return .asked(asked(question, call, now))
    }
  }

  private mutating func recall(_ call: Call, _ now: EventTime) -> Verdict {
    let outcomes = recalled?.outcomes ?? []
    switch evaluator.decide(call, recalling: outcomes, principal: principal, labels: labels, now: now.moment) {
    case .certain(let verdict): return verdict
    case .uncertain(let strictest, _):
      recalled?.missing = .test
      return strictest
    }
  }

  /// Every rule that asks, because an approval for one of them is none for the others.
  private mutating func asked(_ question: Question, _ call: Call, _ now: EventTime) -> Asked {
    let trace = evaluator.explain(call, principal: principal, labels: labels, now: now.moment)
    var asked = Asked()
    for number in [question.ask] + trace.rules.filter(\.applies).map(\.rule) {
      let rule = program.rule(number)
      guard case .ask(let approvers, let within) = rule.kind, !rule.isShadow else { continue }
      asked.add(rule: rule.name, of: approvers, reason: rule.because, within: within, isConfidential: rule.isConfidential)
    }
    return asked
  }

  /// What filters make of arguments that rules have nothing against.
  ///
  /// - Returns: nil when no filter that is enforced found something.
  mutating func filter(_ call: Call) -> Refusal? {
    if let recalled, !recalled.isOfClaimsOnly { return recallFindings(call) }
    guard let findings = filters.scan(call, scratch: &filtering) else { return nil }
    shadowFilters += findings.shadows.filter { !shadowFilters.contains($0) }
    argumentLabels.formUnion(findings.labels)
    guard let denial = findings.denials.first else { return nil }
    return refusal(of: call, by: denial)
  }

  /// What was found in arguments that are not there any more.
  private mutating func recallFindings(_ call: Call) -> Refusal? {
    guard filters.read(argumentsOf: call), let recalled else { return nil }
    guard let found = recalled.findings else {
      self.recalled?.missing = recalled.missing ?? .argumentFilter
      return nil
    }
    shadowFilters += found.shadows
    argumentLabels.formUnion(LabelSet(program.allLabels.labels.filter { found.labels.contains(program.labels[Int($0.index)].name) }))
    guard let name = found.denial else { return nil }
    var refusal = Refusal(.permissionDenied, "")
    refusal.rule = name
    return refusal
  }

  /// A resource that is subscribed to beside others: what a person would have to approve is refused.
  ///
  /// - Returns: nil when it is allowed.
  mutating func refusal(ofResource uri: [UInt8], _ live: LiveTools, _ now: EventTime) -> Refusal? {
    guard let server else { return notGranted(resource: uri) }
    let call = Call.resource(server, uri: uri)
    return switch decide(call, live, now) {
    case .allowed: nil
    case .refused(let refusal): refusal
    case .asked(let asked): self.refusal(of: call, asked)
    }
  }

  /// Whether a call could be allowed. What is stopped cannot.
  mutating func mayAllow(_ target: Target, _ now: EventTime) -> Bool {
    if case .tool(let tool) = target, stops.reason(tool: program.tool(tool).name) != nil { return false }
    return mayKnow(target, now)
  }

  /// Whether it is any business of the caller's.
  mutating func mayKnow(_ target: Target, _ now: EventTime) -> Bool {
    evaluator.mayAllow(target, principal: principal, labels: labels, now: now.moment)
  }

  mutating func mayAllowResource(_ uri: [UInt8], _ now: EventTime) -> Bool {
    guard let server else { return false }
    return mayAllow(.resource(server, uri: uri), now)
  }

  mutating func mayAllowTemplate(_ template: [UInt8], _ now: EventTime) -> Bool {
    guard let server else { return false }
    return mayAllow(.resourceTemplate(server, uriTemplate: template), now)
  }
}
