internal import JSON
internal import Messages

// The server's answers on their way to the client: checked for shape, lists filtered, errors scrubbed, everything else byte for byte.
extension Session {
  mutating func takeResult(
    _ message: [UInt8], _ document: Document, _ result: Node, of request: PendingRequest, at time: EventTime, into actions: inout [Action]
  ) {
    if request.method == .initialize { return takeInitialized(message, document, result, of: request, at: time, into: &actions) }
    guard let sealed = sealed(document, result, of: request, at: time) else {
      return takeSealed(message, document, result, of: request, at: time, into: &actions)
    }
    guard let document = try? Document(parsing: sealed, limits: .message), case .result(_, let result) = Envelope(document, document.root)
    else {
      return deny(request, Refusal(.outputBlocked, "The server's answer was withheld: it is too large."), at: time, into: &actions)
    }
    takeSealed(sealed, document, result, of: request, at: time, into: &actions)
  }

  /// What it names of the server's is sealed by now, if that is done here.
  private mutating func takeSealed(
    _ message: [UInt8], _ document: Document, _ result: Node, of request: PendingRequest, at time: EventTime, into actions: inout [Action]
  ) {
    if request.revision.era == .stateless, let defect = shapeDefect(document, result, of: request) {
      return deny(request, Refusal(.outputBlocked, "The server's answer was withheld: \(defect)."), at: time, into: &actions)
    }
    if request.method == .toolsCall, document.member(result, "isError").flatMap({ document.boolean($0) }) == true {
      pending.noteFailure(of: request)
    }
    if request.method == .toolsCall, decider.handles == nil || request.revision.era != .stateless {
      bindTask(document, result, of: request)
    }
    var request = request
    if request.method == .toolsCall, let flag = document.member(result, "isError"),
      document.boolean(flag) == true
    {
      request.record.answer = .toolError
    }
    if let problems = mismatch(document, result, of: request) {
      request.record.outputMismatch = Session.summary(of: problems)
      guard decider.passesMismatchedOutput else { return blockMismatch(problems, of: request, at: time, into: &actions) }
    }
    let list = ListKind(request.method)
    if list != nil || request.method == .tasksList {
      guard let filtered = list.map({ filter($0, document, result, of: request, at: time) }) ?? filterTasks(document, result) else {
        let refusal = Refusal(.outputBlocked, "The server's list was withheld: it is not of the form that the protocol gives it.")
        return deny(request, refusal, at: time, into: &actions)
      }
      return pass(filtered.isEmpty ? message : filtered.apply(), filtered.isEmpty ? document : nil, of: request, at: time, into: &actions)
    }
    pass(message, document, of: request, at: time, into: &actions)
  }

  /// The server's answer goes to the client, as the filters of the policy leave it.
  ///
  /// - Parameter document: of the message; nil when it has to be read again, because it was changed.
  mutating func pass(
    _ message: [UInt8], _ document: Document?, of request: PendingRequest, at time: EventTime, into actions: inout [Action]
  ) {
    guard isFiltered(request) else { return release(message, of: request, at: time, into: &actions) }
    guard let document = document ?? (try? Document(parsing: message, limits: .message)) else {
      let refusal = Refusal(.outputBlocked, "The server's answer was withheld: what is left of it is too large.")
      return deny(request, refusal, at: time, into: &actions)
    }
    passFiltered(message, document, of: request, at: time, into: &actions)
  }

  /// The answer goes out as it stands.
  mutating func release(_ message: [UInt8], of request: PendingRequest, at time: EventTime, into actions: inout [Action]) {
    if request.batch != nil, !batches.hasRoom(for: message) {
      let refusal = Refusal(
        .outputBlocked, "The server's answer was withheld: the answers to the batches in flight are too large to be held.")
      return deny(request, refusal, at: time, into: &actions)
    }
    var record = request.record
    record.answered = time.nanoseconds
    record.bytesOut = message.count
    noteEnded(request, record, at: time)
    answer(message, batch: request.batch, into: &actions)
    actions.append(.record(record))
  }

  // MARK: Handshake

  private mutating func takeInitialized(
    _ message: [UInt8], _ document: Document, _ result: Node, of request: PendingRequest, at time: EventTime, into actions: inout [Action]
  ) {
    guard let version = document.member(result, "protocolVersion"), let revision = Revision(document, version), revision.era == .handshake
    else {
      phase = .opening
      let refusal = Refusal(.unsupported, "The server answered with a protocol revision that this gate does not know.")
      return deny(request, refusal, at: time, into: &actions)
    }
    phase = .handshake(revision)
    pass(message, document, of: request, at: time, into: &actions)
  }

  // MARK: Results of 2026-07-28

  /// Why a result cannot be passed on, or nil. An unknown type is never passed: what it asks of the client is not known.
  private func shapeDefect(_ document: Document, _ result: Node, of request: PendingRequest) -> String? {
    switch ResultShape(document, result) {
    case .complete: return nil
    case .unknown: return "its `resultType` does not exist"
    case .task:
      guard request.method == .toolsCall, request.capabilities.contains(.tasks) else {
        return "the request did not offer to wait for a task"
      }
      guard taskIdentifier(document, result) != nil else { return "it names no task" }
      return nil
    case .inputRequired:
      guard [.toolsCall, .resourcesRead, .promptsGet].contains(request.method) else { return "this request cannot need input" }
      return inputDefect(document, result, request.capabilities)
    }
  }

  /// A server asks through a result only what the request said its client can do.
  private func inputDefect(_ document: Document, _ result: Node, _ capabilities: ClientCapabilities) -> String? {
    let state = document.member(result, "requestState")
    if let state, document.kind(state) != .string { return "`requestState` must be a string" }
    guard let inputs = document.member(result, "inputRequests") else {
      return state == nil ? "it needs `inputRequests` or `requestState`" : nil
    }
    guard document.kind(inputs) == .object else { return "`inputRequests` must be an object" }
    for (_, input) in document.members(inputs) {
      guard let name = document.member(input, "method"), let method = Method(document, name), method != .ping else {
        return "it asks for something that does not exist"
      }
      let parameters = document.member(input, "params")
      if let defect = ClientTask.defect(document, method: method, parameters: parameters, capabilities: capabilities) { return defect }
    }
    return nil
  }

  // MARK: Tasks

  /// In 2025-11-25 the result of a call has a `task`, in the extension of 2026-07-28 the task's fields stand in `task` or in the result.
  private func taskIdentifier(_ document: Document, _ result: Node) -> [UInt8]? {
    let holder = document.member(result, "task") ?? result
    guard let identifier = document.member(holder, "taskId").flatMap({ document.text($0) }),
      identifier.count <= (decider.handles == nil ? Limits.taskIdentifier : Limits.sealedTaskIdentifier)
    else {
      return nil
    }
    return identifier
  }

  private mutating func bindTask(_ document: Document, _ result: Node, of request: PendingRequest) {
    guard request.revision >= .of2025November, let identifier = taskIdentifier(document, result) else { return }
    tasks.insert(Tasks.Entry(identifier: identifier, tool: request.tool, output: request.output, progressToken: request.progressToken))
  }
}
