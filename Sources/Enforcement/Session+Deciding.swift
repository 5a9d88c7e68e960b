internal import Bytecode
internal import Decision
internal import JSON
internal import Messages

// What each request of the client asks for, and whether the policy lets it.
extension Session {
  mutating func dispatch(_ request: Request, into actions: inout [Action]) {
    decider.forgetDecision()
    decider.explains = denials.wait(at: request.now.nanoseconds) == 0
    limitStates = LimitStates()
    if decider.recorder != nil { noted.begin(request) }
    if let stop = decider.stops.whole { return deny(request, stop.refusal, into: &actions) }
    if decider.isUnrecordable { return deny(request, Session.unrecordable, into: &actions) }
    var request = request
    if let (reply, rest) = ApprovalReply.take(from: request) {
      request = rest
      request.reply = reply
    }
    guard let opened = opened(request) else { return refuse(request, .invalidParameters, Session.foreignState, into: &actions) }
    request = opened
    guard isServerRunning else {
      return deny(request, Refusal(.upstreamUnavailable, "The MCP server is not running."), into: &actions)
    }
    guard !pending.isFull else { return deny(request, Session.tooMany, into: &actions) }
    if let refusal = decider.enterSession(request.document, request.parameter("arguments")), needsLabels(request.method) {
      return deny(request, refusal, into: &actions)
    }
    switch request.method {
    case .toolsCall: call(request, into: &actions)
    case .resourcesRead, .subscribe, .unsubscribe: readResource(request, into: &actions)
    case .promptsGet: getPrompt(request, into: &actions)
    case .complete: complete(request, into: &actions)
    case .listen: listen(request, into: &actions)
    case .tasksGet, .tasksResult, .tasksCancel, .tasksUpdate: useTask(request, into: &actions)
    case .setLevel:
      guard request.text("level") != nil else { return refuse(request, .invalidParameters, "`level` must be a string", into: &actions) }
      forward(request, target: nil, into: &actions)
    case .initialize: initialize(request, into: &actions)
    default: forward(request, target: nil, into: &actions)
    }
  }

  /// Whether a request is decided by labels, or its answer can mark a session. Lists leave open what they do not know.
  private func needsLabels(_ method: Method) -> Bool {
    switch method {
    case .toolsCall, .promptsGet, .resourcesRead, .complete, .tasksGet, .tasksResult, .tasksCancel, .tasksUpdate: true
    case .subscribe, .listen: true
    default: false
    }
  }

  /// Sends a request to the server, as the very bytes that came.
  mutating func forward(
    _ request: Request, target: String?, tool: [UInt8] = [], subject: [UInt8] = [], output: OutputSchema? = nil,
    subscription: Subscription? = nil, shownTask: [UInt8] = [], reservation: Reservations.Number? = nil, into actions: inout [Action]
  ) {
    var record = openRecord(request, target: target)
    record.rule = decider.grantingRule
    record.shadow = decider.firedShadows() + limitStates.firedShadows
    record.approval = decider.approved?.words
    record.limits = limitStates
    record.forwarded = request.now.nanoseconds
    pending.insert(
      PendingRequest(
        identifier: request.identifier, method: request.method, revision: request.revision, capabilities: request.capabilities,
        progressToken: request.progressToken, wantsLog: request.metadata.logLevel != nil, batch: request.inbound.batch, tool: tool,
        shownTask: shownTask, subject: subject,
        session: decider.currentSession, labels: decider.argumentLabels,
        reservation: reservation, output: output, mayBecomeTask: request.parameter("task") != nil,
        subscription: subscription, record: record))
    lastForwarded = request.identifier
    if decider.recorder != nil { noteForwarded(request, target: target) }
    actions.append(.sendToServer(record.span.map { request.traced($0) } ?? request.inbound.bytes))
  }

  private mutating func initialize(_ request: Request, into actions: inout [Action]) {
    guard request.text("protocolVersion") != nil else {
      return refuse(request, .invalidParameters, "`protocolVersion` must be a string", into: &actions)
    }
    clientCapabilities = request.parameter("capabilities").map { ClientCapabilities(request.document, $0) } ?? []
    phase = .initializing(request.identifier)
    forward(request, target: nil, into: &actions)
  }

  /// LANGUAGE.md section 3: resolve, type, decide. A tool that is not pinned, or not as it was pinned, is closed whatever rules say.
  private mutating func call(_ request: Request, into actions: inout [Action]) {
    guard let nameNode = request.parameter("name"), request.document.kind(nameNode) == .string else {
      return refuse(request, .invalidParameters, "`name` must be a string", into: &actions)
    }
    if let arguments = request.parameter("arguments"), request.document.kind(arguments) != .object {
      return refuse(request, .invalidParameters, "`arguments` must be an object", into: &actions)
    }
    // The text itself is needed only for those that are not let through.
    var name: [UInt8] { request.document.text(nameNode) ?? [] }
    guard let tool = decider.tool(request.document, named: nameNode) else {
      noted.isByPolicy = true
      return deny(request, decider.unknownTool(name, live, request.now), target: quoted(name), into: &actions)
    }
    adoptTools(at: request.now)
    if live.hasFailed {
      let message = "The server did not tell its tools, so they cannot be held against what was pinned."
      return deny(request, Refusal(.upstreamUnavailable, message), target: quoted(name), into: &actions)
    }
    guard live.isKnown else {
      guard canHold(request.inbound) else {
        return deny(request, Session.tooMany, target: quoted(name), into: &actions)
      }
      if live.isUnread { startListing(at: request.now, into: &actions) }
      return hold(request.inbound, request.identifier, into: &actions)
    }
    let target = decider.name(of: tool)
    if let stop = decider.stops.reason(tool: target), decider.mayKnow(.tool(tool), request.now) {
      return deny(request, stop.refusal, target: target, into: &actions)
    }
    guard let request = filled(request, tool) else {
      return deny(request, Refusal(.invalidArgument, "The arguments of `\(target)` are too large."), target: target, into: &actions)
    }
    let arguments = request.parameter("arguments")
    // Again, because a default can say whose session it is.
    if let refusal = decider.enterSession(request.document, arguments) { return deny(request, refusal, target: target, into: &actions) }
    noted.isByPolicy = true
    let unusable = unusable(tool, target, request, arguments)
    noted.fits = live.standing(of: tool) == .asPinned ? unusable == nil : nil
    if let refusal = unusable {
      // What a tool takes, and that there is one, is told only to those who may know of it.
      let isHidden = !decider.mayAllow(.tool(tool), request.now)
      return deny(request, isHidden ? decider.unknownTool(name, live, request.now) : refusal, target: target, into: &actions)
    }
    let use = Call.tool(tool, request.document, arguments: arguments)
    guard mayPass(request, use, target: target, into: &actions) else { return }
    switch reserve(use, for: request, into: &actions) {
    case .goes(let reservation):
      forward(
        request, target: target, tool: live.name(of: tool), output: live.output(of: tool), reservation: reservation, into: &actions)
    case .refused(let refusal): deny(request, refusal, target: target, into: &actions)
    case .parked: return
    }
  }

  /// The call with the policy's defaults in it: what is decided on is what the server gets. Nil: it would be too large a message.
  private func filled(_ request: Request, _ tool: ToolID) -> Request? {
    guard live.standing(of: tool) == .asPinned, let refinement = decider.program.tool(tool).refinement, let parameters = request.parameters,
      let bytes = refinement.filled(request.document, request.parameter("arguments"), of: parameters)
    else { return request }
    guard let document = try? Document(parsing: bytes, limits: .message) else { return nil }
    return request.replacing(Inbound(bytes: bytes, document: document, time: request.inbound.time, batch: request.inbound.batch))
  }

  /// Why a call cannot be made whatever the rules say, or nil.
  private mutating func unusable(_ tool: ToolID, _ name: String, _ request: Request, _ arguments: Node?) -> Refusal? {
    switch live.standing(of: tool) {
    case .absent: return Refusal(.toolDrifted, "The tool `\(name)` is closed: the server no longer offers it.")
    case .drifted:
      return Refusal(
        .toolDrifted,
        "The tool `\(name)` is closed: what the server offers under this name is not what was pinned when the policy was written. "
          + "Someone has to review the change and pin it again.")
    case .withheld: return live.blocks[Int(tool.index)].map { closing(name, $0) }
    case .asPinned:
      guard let problems = live.problems(of: tool, request.document, arguments, scratch: &validation) else { return nil }
      var refusal = Refusal(.invalidArgument, "The arguments of `\(name)` do not fit its input schema.")
      refusal.violations = problems
      return refusal
    }
  }

  private mutating func readResource(_ request: Request, into actions: inout [Action]) {
    guard let uri = request.text("uri") else { return refuse(request, .invalidParameters, "`uri` must be a string", into: &actions) }
    let target = quoted(uri: uri)
    noted.isByPolicy = true
    guard let server = decider.server else { return deny(request, decider.notGranted(resource: uri), target: target, into: &actions) }
    let use = Call.resource(server, uri: uri)
    guard mayPass(request, use, target: target, into: &actions) else { return }
    // Subscriptions bring no contents; what they tell of has to be read.
    guard request.method == .resourcesRead else { return forward(request, target: target, subject: uri, into: &actions) }
    switch reserve(use, for: request, into: &actions) {
    case .goes(let reservation): forward(request, target: target, subject: uri, reservation: reservation, into: &actions)
    case .refused(let refusal): deny(request, refusal, target: target, into: &actions)
    case .parked: return
    }
  }

  private mutating func getPrompt(_ request: Request, into actions: inout [Action]) {
    guard let name = request.text("name") else {
      return refuse(request, .invalidParameters, "`name` must be a string", into: &actions)
    }
    let arguments = request.parameter("arguments")
    if let arguments, request.document.kind(arguments) != .object {
      return refuse(request, .invalidParameters, "`arguments` must be an object", into: &actions)
    }
    noted.isByPolicy = true
    guard let prompt = decider.prompt(named: name) else {
      return deny(request, decider.notGranted(name, "prompt"), target: quoted(name), into: &actions)
    }
    let use = Call.prompt(prompt, request.document, arguments: arguments)
    guard mayPass(request, use, target: quoted(name), into: &actions) else { return }
    switch reserve(use, for: request, into: &actions) {
    case .goes(let reservation):
      forward(request, target: quoted(name), subject: name, reservation: reservation, into: &actions)
    case .refused(let refusal): deny(request, refusal, target: quoted(name), into: &actions)
    case .parked: return
    }
  }

  /// Completions tell values of a prompt's or template's arguments: only where some use of it could be allowed.
  private mutating func complete(_ request: Request, into actions: inout [Action]) {
    let document = request.document
    guard let reference = request.parameter("ref"), let type = document.member(reference, "type") else {
      return refuse(request, .invalidParameters, "`ref` must name a prompt or a resource template", into: &actions)
    }
    guard document.member(reference, "name") == nil || document.member(reference, "uri") == nil else {
      return refuse(request, .invalidParameters, "`ref` must not have both a `name` and a `uri`", into: &actions)
    }
    noted.isByPolicy = true
    if document.stringEquals(type, "ref/prompt"), let name = document.member(reference, "name").flatMap({ document.text($0) }) {
      guard let prompt = decider.prompt(named: name), decider.mayAllow(.prompt(prompt), request.now) else {
        return deny(request, decider.notGranted(name, "prompt"), target: quoted(name), into: &actions)
      }
      // What is typed so far goes to the server as well, with the arguments already given.
      for typed in [request.parameter("argument"), request.parameter("context")] {
        if let refusal = decider.filter(.prompt(prompt, document, arguments: typed)) {
          return deny(request, refusal, target: quoted(name), into: &actions)
        }
      }
      return forward(request, target: quoted(name), subject: name, into: &actions)
    }
    if document.stringEquals(type, "ref/resource"), let uri = document.member(reference, "uri").flatMap({ document.text($0) }) {
      let filled = TemplateFilling(request).fill(uri)
      guard decider.mayAllowTemplate(uri, request.now), decider.mayAllowTemplate(filled, request.now) else {
        return deny(request, decider.notGranted(resource: uri), target: quoted(uri: uri), into: &actions)
      }
      return forward(request, target: quoted(uri: uri), subject: uri, into: &actions)
    }
    refuse(request, .invalidParameters, "`ref` must be `ref/prompt` with a `name` or `ref/resource` with a `uri`", into: &actions)
  }

  /// Every resource named must be readable; refusing the whole tells the client which one is not, where leaving one out would not.
  private mutating func listen(_ request: Request, into actions: inout [Action]) {
    let document = request.document
    var request = request
    guard let notifications = request.parameter("notifications"), document.kind(notifications) == .object else {
      return refuse(request, .invalidParameters, "`notifications` must be an object", into: &actions)
    }
    noted.isByPolicy = true
    var subscription = Subscription()
    subscription.toolsListChanged = isTrue(document, notifications, "toolsListChanged")
    subscription.promptsListChanged = isTrue(document, notifications, "promptsListChanged")
    subscription.resourcesListChanged = isTrue(document, notifications, "resourcesListChanged")
    if let resources = document.member(notifications, "resourceSubscriptions") {
      guard document.kind(resources) == .array, document.count(resources) <= Limits.subscriptions else {
        let message = "`resourceSubscriptions` must be an array of at most \(Limits.subscriptions) URIs"
        return refuse(request, .invalidParameters, message, into: &actions)
      }
      for element in document.elements(resources) {
        guard let uri = document.text(element) else {
          return refuse(request, .invalidParameters, "`resourceSubscriptions` must hold strings", into: &actions)
        }
        if let refusal = decider.refusal(ofResource: uri, live, request.now) {
          return deny(request, refusal, target: quoted(uri: uri), into: &actions)
        }
      }
      subscription.resources = true
    }
    if let identifiers = document.member(notifications, "taskIds") {
      guard document.kind(identifiers) == .array, document.count(identifiers) <= Limits.subscriptions else {
        let message = "`taskIds` must be an array of at most \(Limits.subscriptions) ids"
        return refuse(request, .invalidParameters, message, into: &actions)
      }
      guard let opened = openedTasks(of: request, identifiers) else { return deny(request, Session.unknownTask, into: &actions) }
      let names = opened.parameter("notifications").flatMap { opened.document.member($0, "taskIds") } ?? identifiers
      request = opened
      for element in opened.document.elements(names) {
        guard let task = opened.document.text(element), let name = tasks.tool(of: task) else {
          return deny(request, Session.unknownTask, into: &actions)
        }
        guard let tool = decider.tool(named: name), decider.mayAllow(.tool(tool), request.now) else {
          return deny(request, decider.notGranted(name, "tool"), target: quoted(name), into: &actions)
        }
      }
      subscription.tasks = true
    }
    forward(request, target: nil, subscription: subscription, into: &actions)
  }

  private func isTrue(_ document: Document, _ object: Node, _ name: String) -> Bool {
    document.member(object, name).flatMap { document.boolean($0) } ?? false
  }

  /// A task is as open as the tool whose call made it.
  private mutating func useTask(_ request: Request, into actions: inout [Action]) {
    if let seal = decider.handles, request.revision.era == .stateless { return useSealedTask(request, seal, into: &actions) }
    guard let task = request.text("taskId") else {
      return refuse(request, .invalidParameters, "`taskId` must be a string", into: &actions)
    }
    guard let name = tasks.tool(of: task) else { return deny(request, Session.unknownTask, into: &actions) }
    if let stop = decider.stops.reason(tool: name) { return deny(request, stop.refusal, target: quoted(name), into: &actions) }
    noted.isByPolicy = true
    guard let tool = decider.tool(named: name), decider.mayAllow(.tool(tool), request.now) else {
      return deny(request, decider.notGranted(name, "tool"), target: quoted(name), into: &actions)
    }
    forward(request, target: decider.name(of: tool), tool: name, output: tasks.output(of: task), into: &actions)
  }

  /// Of requests in flight, or of calls that wait for the tools to be read.
  static var tooMany: Refusal {
    var refusal = Refusal(.rateLimited, "Too many requests are in flight on this connection; wait for answers.")
    refusal.retryAfterMilliseconds = Limits.firstRetryMilliseconds
    return refusal
  }

  static let unknownTask = Refusal(.permissionDenied, "No call on this connection made a task of this id.")
}
