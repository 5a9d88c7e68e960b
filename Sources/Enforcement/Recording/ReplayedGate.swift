package import Bytecode
internal import Decision
internal import Digests
package import JSON
package import Messages
internal import Quotas
internal import Schemas

/// A request as a recording has it.
package struct ReplayedRequest: Sendable {
  package enum Subject: Sendable {
    case tool([UInt8])
    case prompt([UInt8])
    case resource([UInt8])
    /// A request on a task, by the task's tool.
    case task([UInt8])
  }

  package var number: UInt64
  package var resumes: UInt64?
  package var subject: Subject
  package var method: Method
  package var document: Document
  package var arguments: Node?
  package var time: EventTime
  /// How the tool stands to the snapshot of the program that decides.
  package var standing: DecidedRequest.Standing
  package var approval: DecidedRequest.Approval?
  /// Nil: nothing is masked.
  package var recalled: RecalledFacts?

  package init(
    number: UInt64, resumes: UInt64?, subject: Subject, method: Method, document: Document, arguments: Node?, time: EventTime,
    standing: DecidedRequest.Standing, approval: DecidedRequest.Approval?, recalled: RecalledFacts?
  ) {
    self.number = number
    self.resumes = resumes
    self.subject = subject
    self.method = method
    self.document = document
    self.arguments = arguments
    self.time = time
    self.standing = standing
    self.approval = approval
    self.recalled = recalled
  }
}

/// What a request comes to.
package struct ReplayedRuling: Sendable {
  package var outcome: DecidedRequest.Outcome
  package var rule: String?
  package var code: DenialCode?
  package var missing: RecalledFacts.Missing?
  package var limits = LimitStates()

  init(_ outcome: DecidedRequest.Outcome, rule: String? = nil, code: DenialCode? = nil) {
    self.outcome = outcome
    self.rule = rule
    self.code = code
  }
}

/// The gate as one caller met it at one server, on the clock of a recording: resolve, type, decide, reserve, as `Session` does it, without
/// messages. Labels and limits are those of the `PolicyStore`, which all gates of a replay share.
///
/// What must stay true: what it decides of a request is what a session decides of it; `ReplayExactnessTests` holds the two together.
package struct ReplayedGate: ~Copyable {
  /// A request that went to the server, or waits.
  struct Open {
    let method: Method
    let owner: TextOwner
    let tool: ToolID?
    let session: SessionKey?
    let labels: LabelSet
    var reservation: Reservations.Number?
    /// For a place among the calls in flight.
    var ticket: QuotaTicket?
  }

  var decider: Decider
  let tools: ReplayedTools
  var reservations = Reservations()
  var open: [UInt64: Open] = [:]
  var validation = ValidationScratch()
  var filter: MessageFilter
  private let live = LiveTools()

  /// - Parameter tools: of the program that `policies` has.
  package init(configuration: GateConfiguration, policies: PolicyStore, tools: ReplayedTools) {
    decider = Decider(configuration: configuration, policies: policies, revocations: Revocations())
    decider.explains = false
    filter = MessageFilter(decider.filters)
    self.tools = tools
  }

  package var program: Program { decider.program }
  /// Names of the labels that the session of the last request had.
  package var labelNames: [String] { decider.labels.labels.map { program.labels[Int($0.index)].name } }
  package var agent: String? { decider.agentName }

  package mutating func decide(_ request: ReplayedRequest) -> ReplayedRuling {
    decider.forgetDecision()
    decider.recalled = request.recalled
    defer { decider.recalled = nil }
    var ruling: ReplayedRuling
    switch request.subject {
    case .tool(let name): ruling = decideTool(name, request)
    case .prompt(let name): ruling = decidePrompt(name, request)
    case .resource(let uri): ruling = decideResource(uri, request)
    case .task(let name): ruling = decideTask(name, request)
    }
    ruling.missing = decider.recalled?.missing
    // One that waited and is not let through after all gives back what it took.
    if let resumes = request.resumes { withdraw(resumes, at: request.time) }
    return ruling
  }

  /// What became of a request that cannot be decided: from here on it is treated as the recording has it.
  package mutating func follow(_ request: ReplayedRequest, didPass: Bool) {
    if !didPass {
      withdraw(request.number, at: request.time)
    } else if open[request.number] == nil, let owner = owner(of: request.subject) {
      let tool: ToolID? = if case .tool(let tool) = owner { tool } else { nil }
      insert(request, owner, tool, nil)
    }
  }

  private func owner(of subject: ReplayedRequest.Subject) -> TextOwner? {
    switch subject {
    case .tool(let name), .task(let name): decider.tool(named: name).map(TextOwner.tool)
    case .prompt(let name): decider.prompt(named: name).map(TextOwner.prompt)
    case .resource(let uri): decider.server.map { .resource($0, uri: uri) }
    }
  }

  private mutating func decideTool(_ name: [UInt8], _ request: ReplayedRequest) -> ReplayedRuling {
    guard let tool = decider.tool(named: name) else { return ReplayedRuling(.denied, code: .permissionDenied) }
    switch request.standing {
    case .absent, .drifted: return unusable(tool, request, .toolDrifted)
    case .withheld, .asPinned, .unknown: break
    }
    let (document, arguments) = filled(request, tool)
    if let refusal = decider.enterSession(document, arguments) { return ReplayedRuling(.denied, code: refusal.code) }
    if let filter = tools.tools[Int(tool.index)].withheldBy { return unusable(tool, request, .permissionDenied, rule: filter) }
    if !fits(tool, document, arguments) { return unusable(tool, request, .invalidArgument) }
    return decide(.tool(tool, document, arguments: arguments), .tool(tool), tool, request)
  }

  /// What a tool takes, and that there is one, is told only to those who may know of it.
  private mutating func unusable(
    _ tool: ToolID, _ request: ReplayedRequest, _ code: DenialCode, rule: String? = nil
  ) -> ReplayedRuling {
    guard decider.mayAllow(.tool(tool), request.time) else { return ReplayedRuling(.denied, code: .permissionDenied) }
    return ReplayedRuling(.denied, rule: rule, code: code)
  }

  private func filled(_ request: ReplayedRequest, _ tool: ToolID) -> (Document, Node?) {
    guard let refinement = program.tool(tool).refinement else { return (request.document, request.arguments) }
    guard let arguments = request.arguments else {
      guard let empty = try? Document(parsing: Array("{}".utf8)), let bytes = refinement.filled(empty, arguments: empty.root),
        let document = try? Document(parsing: bytes, limits: .message)
      else { return (request.document, nil) }
      return (document, document.root)
    }
    guard let bytes = refinement.filled(request.document, arguments: arguments),
      let document = try? Document(parsing: bytes, limits: .message)
    else { return (request.document, request.arguments) }
    // Nothing before the arguments was changed.
    return (document, arguments)
  }

  private mutating func fits(_ tool: ToolID, _ document: Document, _ arguments: Node?) -> Bool {
    if let recalled = decider.recalled, !recalled.isOfClaimsOnly {
      if let fits = recalled.fits { return fits }
      decider.recalled?.missing = .schema
      return true
    }
    return tools.tools[Int(tool.index)].validator.problems(document, arguments, scratch: &validation) == nil
  }

  private mutating func decidePrompt(_ name: [UInt8], _ request: ReplayedRequest) -> ReplayedRuling {
    if let refusal = decider.enterSession(request.document, request.arguments) { return ReplayedRuling(.denied, code: refusal.code) }
    guard let prompt = decider.prompt(named: name) else { return ReplayedRuling(.denied, code: .permissionDenied) }
    return decide(.prompt(prompt, request.document, arguments: request.arguments), .prompt(prompt), nil, request)
  }

  private mutating func decideResource(_ uri: [UInt8], _ request: ReplayedRequest) -> ReplayedRuling {
    if let refusal = decider.enterSession(request.document, request.arguments) { return ReplayedRuling(.denied, code: refusal.code) }
    guard let server = decider.server else { return ReplayedRuling(.denied, code: .permissionDenied) }
    if uri.first == 0 { decider.recalled?.missing = .address }
    return decide(.resource(server, uri: uri), .resource(server, uri: uri), nil, request)
  }

  private mutating func decideTask(_ name: [UInt8], _ request: ReplayedRequest) -> ReplayedRuling {
    if let refusal = decider.enterSession(request.document, request.arguments) { return ReplayedRuling(.denied, code: refusal.code) }
    guard let tool = decider.tool(named: name), decider.mayAllow(.tool(tool), request.time) else {
      return ReplayedRuling(.denied, code: .permissionDenied)
    }
    insert(request, .tool(tool), tool, nil)
    return ReplayedRuling(.allowed)
  }

  private mutating func decide(_ call: Call, _ owner: TextOwner, _ tool: ToolID?, _ request: ReplayedRequest) -> ReplayedRuling {
    switch decider.decide(call, live, request.time) {
    case .refused(let refusal): return ReplayedRuling(.denied, rule: refusal.rule, code: refusal.code)
    case .asked(let asked):
      switch request.approval {
      case .given: _ = decider.mark(decider.currentSession, request.resumes == nil ? decider.program.approvalLabels : LabelChange())
      case .refused: return ReplayedRuling(.denied, rule: asked.rule, code: .permissionDenied)
      case .pending, nil: return ReplayedRuling(.asked, rule: asked.rule)
      }
    case .allowed: break
    }
    // Subscriptions bring no contents, and are not counted.
    guard request.method != .subscribe, request.method != .unsubscribe else {
      insert(request, owner, tool, nil)
      return ReplayedRuling(.allowed, rule: decider.grantingRule)
    }
    return reserve(call, owner, tool, request)
  }

  // MARK: Limits

  private mutating func reserve(_ call: Call, _ owner: TextOwner, _ tool: ToolID?, _ request: ReplayedRequest) -> ReplayedRuling {
    let rule = decider.grantingRule
    if let waited = request.resumes.flatMap({ open.removeValue(forKey: $0) }) {
      return resume(waited, owner, tool, request, rule)
    }
    if program.limits.isEmpty {
      insert(request, owner, tool, nil)
      return ReplayedRuling(.allowed, rule: rule)
    }
    if let limit = decider.prepareCharges(call) {
      if request.recalled != nil { decider.recalled?.missing = .limit }
      return ReplayedRuling(.denied, rule: program.limits[limit].name, code: .rateLimited)
    }
    let time = QuotaTime(request.time)
    var ruling = ReplayedRuling(.allowed, rule: rule)
    guard !decider.charging.isEmpty else {
      insert(request, owner, tool, nil)
      return ruling
    }
    let quotas = decider.charging.ledger.quotas
    var rooms = QuotaRooms()
    let outcome =
      decider.charging.charges.isEmpty ? .admitted(at: time) : quotas.reserve(decider.charging.charges.span, at: time, rooms: &rooms)
    ruling.limits.note(outcome, rooms, decider.charging)
    switch outcome {
    case .admitted(let moment):
      let number = reservations.insert(decider.charging.charges, takeShadows(at: time, &ruling.limits), taken: moment)
      insert(request, owner, tool, number)
      if moment.nanoseconds > time.nanoseconds { ruling.outcome = .waits }
    case .queued(let ticket):
      let number = reservations.insert(decider.charging.charges, takeShadows(at: time, &ruling.limits), taken: time)
      insert(request, owner, tool, number, ticket)
      ruling.outcome = .waits
    case .over(let charge, _), .never(let charge):
      ruling = ReplayedRuling(.denied, rule: program.limits[decider.charging.limits[charge]].name, code: .rateLimited)
      ruling.limits.note(outcome, rooms, decider.charging)
    case .full, .unavailable: ruling = ReplayedRuling(.denied, code: .rateLimited)
    }
    return ruling
  }

  private mutating func takeShadows(at time: QuotaTime, _ states: inout LimitStates) -> [Charge] {
    var taken: [Charge] = []
    for place in decider.charging.shadows.indices {
      let charges = [decider.charging.shadows[place]]
      var rooms = QuotaRooms()
      let outcome = decider.charging.ledger.quotas.reserve(charges.span, at: time, rooms: &rooms)
      let isTaken = if case .admitted = outcome { true } else { false }
      if isTaken { taken += charges }
      states.add(
        decider.charging.shadowLimits[place], of: decider.charging.ledger, charges[0].amount, room: rooms.rooms[0], isOver: !isTaken)
    }
    return taken
  }

  private mutating func resume(
    _ waited: Open, _ owner: TextOwner, _ tool: ToolID?, _ request: ReplayedRequest, _ rule: String?
  ) -> ReplayedRuling {
    let quotas = decider.charging.ledger.quotas
    let time = QuotaTime(request.time)
    if let ticket = waited.ticket, let number = waited.reservation {
      guard let served = quotas.turn(of: ticket, at: time) ?? quotas.withdraw(ticket) else {
        reservations.forget(number)
        let limit = decider.charging.limits.isEmpty ? nil : program.limits[decider.charging.limits[decider.charging.placeCharge]].name
        return ReplayedRuling(.denied, rule: limit, code: .rateLimited)
      }
      reservations.take(number, at: served)
    }
    insert(request, owner, tool, waited.reservation)
    return ReplayedRuling(.allowed, rule: rule)
  }

  private mutating func insert(
    _ request: ReplayedRequest, _ owner: TextOwner, _ tool: ToolID?, _ reservation: Reservations.Number?, _ ticket: QuotaTicket? = nil
  ) {
    open[request.number] = Open(
      method: request.method, owner: owner, tool: tool, session: decider.currentSession, labels: decider.argumentLabels,
      reservation: reservation, ticket: ticket)
  }
}

extension LimitStates {
  fileprivate mutating func note(_ outcome: QuotaOutcome, _ rooms: QuotaRooms, _ charging: borrowing CallCharges) {
    var over: Int?
    switch outcome {
    case .over(let charge, _), .never(let charge): over = charge
    case .admitted, .queued, .full, .unavailable: break
    }
    for place in charging.charges.indices {
      add(charging.limits[place], of: charging.ledger, charging.charges[place].amount, room: rooms.rooms[place], isOver: over == place)
    }
  }
}
