internal import JSON
internal import Messages

// What the server sends: answers find their requests, the rest passes only if the client may be sent it now.
extension Session {
  mutating func readFromServer(_ message: [UInt8], at time: EventTime, into actions: inout [Action]) {
    if Line.isBroken(message) { return drop(.server, Line.defect, bytes: message.count, at: time, into: &actions) }
    let document: Document
    do {
      document = try serverReader.read(message)
    } catch {
      if let identifier = SalvagedIdentifier.find(in: message) {
        block(identifier, "The server's answer was not acceptable JSON: \(error.message).", at: time, into: &actions)
      }
      return drop(.server, "not acceptable JSON: \(error.message)", bytes: message.count, at: time, into: &actions)
    }
    guard document.kind(document.root) == .array else { return takeFromServer(message, document, at: time, into: &actions) }
    guard case .handshake(let revision) = phase, revision.hasBatches, (1...Limits.batch).contains(document.count(document.root)) else {
      return drop(.server, "a batch that may not be sent", bytes: message.count, at: time, into: &actions)
    }
    for element in document.elements(document.root) {
      let bytes = Array(message[document.source(element)])
      guard let member = try? Document(parsing: bytes, limits: .message) else { continue }
      takeFromServer(bytes, member, at: time, into: &actions)
    }
  }

  private mutating func takeFromServer(_ message: [UInt8], _ document: Document, at time: EventTime, into actions: inout [Action]) {
    switch Envelope(document, document.root) {
    case .request(let identifier, let method, let parameters):
      takeServerRequest(message, document, identifier, method, parameters, at: time, into: &actions)
    case .notification(let method, let parameters):
      takeServerNotification(message, document, method, parameters, at: time, into: &actions)
    case .result(let identifier, let result):
      if live.reading == identifier { return takeListing(document, result, at: time, into: &actions) }
      guard let request = pending.remove(identifier) else { return dropAnswer(message, identifier, at: time, into: &actions) }
      takeResult(message, document, result, of: answered(request, document), at: time, into: &actions)
    case .failure(let identifier?, let error):
      if live.reading == identifier { return failListing(at: time, into: &actions) }
      guard var request = pending.remove(identifier) else { return dropAnswer(message, identifier, at: time, into: &actions) }
      request.record.answer = .error(error.code)
      takeFailure(message, document, error, of: answered(request, document), at: time, into: &actions)
    case .failure(nil, _):
      drop(.server, "an error that answers no request", bytes: message.count, at: time, into: &actions)
    case .invalid(let defect, let identifier):
      if let identifier, document.member(document.root, "method") == nil {
        block(identifier, "The server's answer was against the protocol: \(defect.rawValue).", at: time, into: &actions)
      }
      drop(.server, defect.rawValue, bytes: message.count, at: time, into: &actions)
    }
  }

  /// The answer to a request cannot be used; without this its sender would wait for ever.
  private mutating func block(_ identifier: Identifier, _ message: String, at time: EventTime, into actions: inout [Action]) {
    if live.reading == identifier { return failListing(at: time, into: &actions) }
    guard let request = pending.remove(identifier) else { return }
    if request.method == .initialize { phase = .opening }
    deny(request, Refusal(.outputBlocked, message), at: time, into: &actions)
  }

  private mutating func dropAnswer(_ message: [UInt8], _ identifier: Identifier, at time: EventTime, into actions: inout [Action]) {
    let reason = pending.forgetCancelled(identifier) ? "the answer to a cancelled request" : "answers no request in flight"
    drop(.server, reason, bytes: message.count, at: time, into: &actions)
  }

  // MARK: Requests

  private mutating func takeServerRequest(
    _ message: [UInt8], _ document: Document, _ identifier: Identifier, _ methodNode: Node, _ parameters: Node?, at time: EventTime,
    into actions: inout [Action]
  ) {
    guard let method = Method(document, methodNode), !method.isNotification else {
      return refuseServer(message, identifier, .methodNotFound, "no such method", nil, at: time, into: &actions)
    }
    switch phase {
    case .handshake(let revision):
      guard method.exists(from: .server, in: revision) else {
        return refuseServer(message, identifier, .methodNotFound, "no such method in this revision", method, at: time, into: &actions)
      }
    case .initializing where method == .ping, .opening where method == .ping: break
    case .initializing, .opening, .stateless:
      // From 2026-07-28 on clients write no answers, so neither does the gate in their place.
      return drop(.server, "servers send no requests here", method: method, bytes: message.count, at: time, into: &actions)
    }
    guard decider.stops.whole == nil else {
      return refuseServer(message, identifier, .invalidRequest, "the client is no longer there", method, at: time, into: &actions)
    }
    guard !serverRequests.contains(identifier) else {
      return drop(.server, "the id is that of another request", method: method, bytes: message.count, at: time, into: &actions)
    }
    guard let metadata = RequestMetadata(document, parameters: parameters) else {
      return refuseServer(message, identifier, .invalidParameters, "`_meta` must be an object", method, at: time, into: &actions)
    }
    let isTask = [.tasksGet, .tasksResult, .tasksList, .tasksCancel].contains(method)
    if !isTask, let defect = ClientTask.defect(document, method: method, parameters: parameters, capabilities: clientCapabilities) {
      return refuseServer(message, identifier, .invalidParameters, defect, method, at: time, into: &actions)
    }
    guard !serverRequests.isFull, isClientConnected else {
      return refuseServer(message, identifier, .invalidRequest, "too many requests wait for the client", method, at: time, into: &actions)
    }
    guard let message = filtered(message, document, parameters.map { .request(method, $0) }, method, at: time, into: &actions) else {
      return actions.append(
        .sendToServer(
          Reply.error(to: identifier, code: ErrorCode.invalidRequest.rawValue, message: "the policy does not let this be asked")))
    }
    let token = metadata.progressToken.flatMap { Identifier(document, $0) }
    serverRequests.insert(ServerRequests.Entry(identifier: identifier, method: method, progressToken: token))
    send(message, into: &actions)
  }

  private mutating func refuseServer(
    _ message: [UInt8], _ identifier: Identifier, _ code: ErrorCode, _ reason: String, _ method: Method?, at time: EventTime,
    into actions: inout [Action]
  ) {
    if case .stateless = phase {
    } else {
      actions.append(.sendToServer(Reply.error(to: identifier, code: code.rawValue, message: reason)))
    }
    drop(.server, reason, method: method, bytes: message.count, at: time, into: &actions)
  }

  // MARK: Notifications

  private mutating func takeServerNotification(
    _ message: [UInt8], _ document: Document, _ methodNode: Node, _ parameters: Node?, at time: EventTime, into actions: inout [Action]
  ) {
    guard let method = Method(document, methodNode), method.isNotification else {
      return drop(.server, "no such notification", bytes: message.count, at: time, into: &actions)
    }
    // Even where the client must not see it: the gate has to know.
    if method == .toolsListChanged {
      shared?.forget()
      if live.invalidate() { restartListing(at: time, into: &actions) }
    }
    if let reason = defect(ofServer: method, document, parameters, at: time) {
      return drop(.server, reason, method: method, bytes: message.count, at: time, into: &actions)
    }
    if method == .taskChanged, let problems = mismatch(document, taskChanged: parameters) {
      var record = newRecord(.server, at: time, .allowed, bytes: message.count)
      record.method = method
      record.outputMismatch = Session.summary(of: problems)
      if !decider.passesMismatchedOutput {
        record.outcome = .dropped
        record.reason = "the task's result does not fit the tool's output schema"
      }
      actions.append(.record(record))
      if record.outcome == .dropped { return }
    }
    guard let message = filtered(message, document, parameters.map { .notification(method, $0) }, method, at: time, into: &actions) else {
      return
    }
    if method == .cancelled {
      let identifier = parameters.flatMap { document.member($0, "requestId") }.flatMap { Identifier(document, $0) }
      if let identifier, serverRequests.remove(identifier) != nil { return send(message, into: &actions) }
      // From 2026-07-28 on a server ends a subscription so; the request needs no other answer.
      if let identifier, pending.request(identifier)?.method == .listen, let request = pending.cancel(identifier) {
        var record = request.record
        record.outcome = .cancelled
        record.answered = time.nanoseconds
        actions.append(.record(record))
        return send(message, into: &actions)
      }
      return drop(.server, "cancels nothing that is in flight", method: method, bytes: message.count, at: time, into: &actions)
    }
    send(method == .taskChanged ? shown(message) : message, into: &actions)
  }

  /// Why a notification of the server must not reach the client now, or nil.
  private mutating func defect(ofServer method: Method, _ document: Document, _ parameters: Node?, at time: EventTime) -> String? {
    if let stop = decider.stops.whole { return stop.logged }
    let revision: Revision
    switch phase {
    case .handshake(let agreed): revision = agreed
    case .stateless: revision = .of2026July
    case .initializing: revision = .of2024November
    case .opening: return "before the handshake"
    }
    guard method.exists(from: .server, in: revision) else { return "not of this revision" }
    guard let metadata = RequestMetadata(document, parameters: parameters) else { return "`_meta` must be an object" }
    switch method {
    case .progress:
      guard let token = parameters.flatMap({ document.member($0, "progressToken") }).flatMap({ Identifier(document, $0) }),
        pending.isProgressTokenTaken(token) || tasks.hasProgressToken(token)
      else { return "progress of nothing that is in flight" }
    case .resourceUpdated:
      guard let uri = parameters.flatMap({ document.member($0, "uri") }).flatMap({ document.text($0) }),
        decider.mayAllowResource(uri, time)
      else { return "of a resource that is not open to the caller" }
    case .message where revision.era == .stateless:
      guard pending.entries.contains(where: \.wantsLog) else { return "no request in flight asked for a log" }
    case .taskChanged, .taskStatus:
      guard let task = parameters.flatMap({ document.member($0, "taskId") }).flatMap({ document.text($0) }), let tool = tasks.tool(of: task)
      else { return "of a task that no call made" }
      if let stop = decider.stops.reason(tool: tool) { return stop.logged }
    default: break
    }
    return revision.era == .stateless ? subscriptionDefect(method, document, metadata) : nil
  }

  /// From 2026-07-28 on changes are told on a subscription only, and only those that were asked for.
  private func subscriptionDefect(_ method: Method, _ document: Document, _ metadata: RequestMetadata) -> String? {
    let wanted: KeyPath<Subscription, Bool>?
    switch method {
    case .toolsListChanged: wanted = \.toolsListChanged
    case .promptsListChanged: wanted = \.promptsListChanged
    case .resourcesListChanged: wanted = \.resourcesListChanged
    case .resourceUpdated: wanted = \.resources
    case .taskChanged: wanted = \.tasks
    case .acknowledged: wanted = nil
    default: return nil
    }
    guard let identifier = metadata.subscription.flatMap({ Identifier(document, $0) }),
      let subscription = pending.request(identifier)?.subscription
    else { return "belongs to no subscription in flight" }
    if let wanted, !subscription[keyPath: wanted] { return "the subscription did not ask for it" }
    return nil
  }
}
