internal import Bytecode
internal import JSON
internal import Messages

// What filters of the policy do to what comes from the server, and what its coming does to the session's labels.
extension Session {
  /// Whether anything has to be looked at or marked when a request is answered.
  func isFiltered(_ request: PendingRequest) -> Bool {
    if !request.labels.isEmpty { return true }
    let program = decider.program
    guard !program.filters.isEmpty || !program.labels.isEmpty, let owner = owner(of: request) else { return false }
    switch owner {
    case .tool(let tool): return decider.filters.readers(of: tool).readOutputs || !program.tool(tool).labels.isEmpty
    case .prompt(let prompt): return decider.filters.readers(of: prompt).readOutputs || !program.prompt(prompt).labels.isEmpty
    case .server, .resource, .anyOf: return true
    }
  }

  /// Whom an answer speaks of; nil: nobody whom the policy knows.
  func owner(of request: PendingRequest) -> TextOwner? {
    guard let server = decider.server else { return nil }
    switch request.method {
    case .toolsCall, .tasksGet, .tasksResult, .tasksCancel, .tasksUpdate:
      return decider.tool(named: request.tool).map(TextOwner.tool) ?? .server(server)
    case .promptsGet: return decider.prompt(named: request.subject).map(TextOwner.prompt) ?? .server(server)
    case .resourcesRead, .subscribe, .unsubscribe: return .resource(server, uri: request.subject)
    case .complete:
      // Of a prompt, if there is one of this name; templates have a colon, and a prompt of a template's name is read like both.
      return decider.prompt(named: request.subject).map(TextOwner.prompt) ?? .resource(server, uri: request.subject)
    default: return .server(server)
    }
  }

  mutating func passFiltered(
    _ message: [UInt8], _ document: Document, of request: PendingRequest, at time: EventTime, into actions: inout [Action]
  ) {
    var request = request
    let root = document.root
    let result = document.member(root, "result")
    let carrier = result.map { TextCarrier.result(of: request.method, $0) } ?? document.member(root, "error").map(TextCarrier.failure)
    guard let carrier, let owner = owner(of: request) else { return release(message, of: request, at: time, into: &actions) }
    // What the policy lets pass although it does not fit is not held to fit afterwards.
    let output = request.record.outputMismatch == nil ? request.output : nil
    // The answer to `initialize` is of the revision that it agrees to.
    let revision = if request.method == .initialize, case .handshake(let agreed) = phase { agreed } else { request.revision }
    let filtered = filter.apply(document, carrier, of: owner, in: revision, output: output, validation: &validation)
    note(filtered, in: &request.record)
    request.setLabels = filtered.labels
    // What an answer marks its session with must hold before the model reads it.
    guard let labels = decider.mark(request.session, change(by: request, owner, document, result, filtered)) else {
      if request.method == .initialize { phase = .opening }
      return deny(request, Session.unmarked, at: time, into: &actions)
    }
    request.record.labels = labels
    switch filtered.outcome {
    case .unchanged: release(message, of: request, at: time, into: &actions)
    case .rewritten(let bytes) where bytes.count <= Limits.messageBytes: release(bytes, of: request, at: time, into: &actions)
    case .rewritten:
      let refusal = Refusal(.outputBlocked, "The server's answer was withheld: what filters made of it is too large.")
      deny(request, refusal, at: time, into: &actions)
    case .blocked(let block):
      if request.method == .initialize { phase = .opening }
      deny(request, refusal(of: block, tool: request.tool), at: time, into: &actions)
    }
  }

  /// A notification or request of the server, as it may go on; nil: it may not, which has been recorded.
  mutating func filtered(
    _ message: [UInt8], _ document: Document, _ carrier: TextCarrier?, _ method: Method, at time: EventTime, into actions: inout [Action]
  ) -> [UInt8]? {
    guard let carrier, !decider.program.filters.isEmpty, let server = decider.server else { return message }
    let revision = if case .handshake(let agreed) = phase { agreed } else { Revision.of2026July }
    let (owner, session) = subject(of: carrier, document)
    let number = numberInFlight(of: session)
    let filtered = filter.apply(document, carrier, of: owner ?? .server(server), in: revision, validation: &validation)
    var record = newRecord(.server, at: time, .allowed, bytes: message.count)
    record.method = method
    note(filtered, in: &record)
    let labels = decider.mark(session, LabelChange(sets: filtered.labels))
    record.labels = labels ?? []
    var passed: [UInt8]? = message
    switch filtered.outcome {
    case _ where labels == nil:
      passed = nil
      record.reason = "what it marks the session with could not be kept"
    case .unchanged: break
    case .rewritten(let bytes) where bytes.count <= Limits.messageBytes: passed = bytes
    case .rewritten:
      passed = nil
      record.reason = "what filters made of it is too large"
    case .blocked(let block):
      passed = nil
      record.rule = decider.program.filters[block.filter].name
      record.patterns = block.pattern.map { [decider.program.filterPatterns[$0].name] } ?? []
    }
    if passed == nil { record.outcome = .dropped }
    record.bytesOut = passed?.count ?? 0
    if !filtered.findings.isEmpty || !record.labels.isEmpty || passed == nil {
      noteOther(record, of: number)
      actions.append(.record(record))
    }
    return passed
  }

  /// Whom a notification or request speaks of, and whose session it belongs to; nil: nobody in particular.
  private func subject(of carrier: TextCarrier, _ document: Document) -> (TextOwner?, SessionKey?) {
    switch carrier {
    case .notification(.progress, let parameters):
      let token = document.member(parameters, "progressToken").flatMap { Identifier(document, $0) }
      guard let request = pending.entries.first(where: { $0.progressToken != nil && $0.progressToken == token }) else { return (nil, nil) }
      return (owner(of: request), request.session)
    case .notification(.taskStatus, let parameters), .notification(.taskChanged, let parameters):
      let tool = document.member(parameters, "taskId").flatMap { document.text($0) }.flatMap { tasks.tool(of: $0) }
      return (tool.flatMap { decider.tool(named: $0) }.map(TextOwner.tool), nil)
    case .notification(.message, _), .request: return subjectInFlight()
    default: return (nil, nil)
    }
  }

  /// Whom a message may speak of that does not say which call it belongs to: any in flight, so the filters of all of them read it.
  private func subjectInFlight() -> (TextOwner?, SessionKey?) {
    let work: [Method] = [.toolsCall, .promptsGet, .resourcesRead, .tasksResult]
    let requests = pending.entries.filter { work.contains($0.method) }
    guard let server = decider.server, let first = requests.first else { return (nil, nil) }
    let isOneSession = requests.allSatisfy { $0.session == first.session }
    return (.anyOf(requests.compactMap { owner(of: $0) }, of: server), isOneSession ? first.session : nil)
  }

  /// Findings for the log.
  private func note(_ filtered: FilteredMessage, in record: inout CallRecord) {
    guard !filtered.findings.isEmpty else { return }
    let program = decider.program
    record.findings = filtered.findings.entries.map { entry in
      CallRecord.Finding(
        filter: program.filters[entry.filter].name, pattern: entry.pattern.map { program.filterPatterns[$0].name }, count: entry.count,
        isUndecided: entry.isUndecided)
    }
    for entry in filtered.findings.entries where program.filters[entry.filter].isShadow {
      let name = program.filters[entry.filter].name
      if !record.shadow.contains(name) { record.shadow.append(name) }
    }
  }

  func refusal(of block: FilteredMessage.Block, tool: [UInt8]) -> Refusal {
    let program = decider.program
    let filter = program.filters[block.filter]
    let pattern = block.pattern.map { program.filterPatterns[$0].name }
    var sentence = "The server's answer was withheld by the policy."
    if !filter.isConfidential {
      switch block.cause {
      case .found:
        sentence =
          "The server's answer was withheld: the policy's filter `\(filter.name)` found \(pattern.map { "`\($0)`" } ?? "too much") in it."
      case .undecided:
        sentence = "The server's answer was withheld: it is too long or too intricate for the policy's filter `\(filter.name)` to search."
      case .unfit:
        let whole = tool.isEmpty ? "" : " of \(quoted(tool))"
        sentence = "The server's answer was withheld: without what the policy takes out of it, it does not fit the output schema\(whole)."
      case .binary(let content):
        let what = content.type.map { "`\($0)`, " } ?? ""
        let permission = filter.binaries[content.clause].permission
        sentence =
          "The server's answer was withheld: it holds binary content (\(what)\(content.bytes) bytes) that the policy's filter "
          + "`\(filter.name)` does not let pass. It lets pass: \(permission ?? "none")."
      case .unusable: sentence = "The server's answer was withheld: the policy's filter `\(filter.name)` cannot be used."
      }
    }
    var refusal = Refusal(.outputBlocked, sentence)
    refusal.rule = filter.name
    refusal.isConfidential = filter.isConfidential
    refusal.because = filter.because(block)
    if let pattern { refusal.patterns = [pattern] }
    return refusal
  }

  /// Of a tool whose description must not be shown.
  func closing(_ tool: String, _ block: FilteredMessage.Block) -> Refusal {
    let filter = decider.program.filters[block.filter]
    let what = filter.isConfidential ? "The policy closes it." : "The policy's filter `\(filter.name)` withholds its description."
    var refusal = Refusal(.permissionDenied, "The tool `\(tool)` is closed. \(what)")
    refusal.rule = filter.name
    refusal.isConfidential = filter.isConfidential
    refusal.because = filter.because(block)
    return refusal
  }

  // MARK: Labels

  /// What an answer does to its session's labels. Marks are set whatever came back; they are taken away only by a result that is one.
  private func change(
    by request: PendingRequest, _ owner: TextOwner, _ document: Document, _ result: Node?, _ filtered: FilteredMessage
  ) -> LabelChange {
    let program = decider.program
    var change = LabelChange(sets: filtered.labels.union(request.labels))
    switch owner {
    case .tool(let tool): if tellsOfWork(request.method) { change.formUnion(program.tool(tool).labels) }
    case .prompt(let prompt): if request.method == .promptsGet { change.formUnion(program.prompt(prompt).labels) }
    case .resource(let server, let uri):
      if request.method == .resourcesRead { change.formUnion(program.servers[Int(server.index)].labels(afterReading: uri)) }
    case .server, .anyOf: break
    }
    if !isDone(request, document, result) || filtered.isBlocked { change.clears = LabelSet() }
    return change
  }

  private static let unmarked = Refusal(
    .outputBlocked, "The server's answer was withheld: what it marks the session with could not be kept. The call was carried out.")

  private func tellsOfWork(_ method: Method) -> Bool { [.toolsCall, .tasksGet, .tasksResult].contains(method) }

  /// Whether a result is that of the work itself, and no failure of it.
  func isDone(_ request: PendingRequest, _ document: Document, _ result: Node?) -> Bool {
    guard var result else { return false }
    if request.method == .tasksGet {
      guard let inner = document.member(result, "result") else { return false }
      result = inner
    }
    if document.member(result, "isError").flatMap({ document.boolean($0) }) == true { return false }
    if document.member(result, "task") != nil || document.member(result, "taskId") != nil { return false }
    if case .complete = ResultShape(document, result) { return true }
    return false
  }
}

extension FilteredMessage {
  var isBlocked: Bool { if case .blocked = outcome { true } else { false } }
}

extension FilterInfo {
  func because(_ block: FilteredMessage.Block) -> String? {
    if case .binary(let content) = block.cause { return binaries[content.clause].because }
    return because(block.pattern)
  }

  /// The policy's own words on a pattern, or on texts that are too long.
  func because(_ pattern: Int?) -> String? {
    guard let pattern else { return longest?.because }
    return clauses.first { $0.because != nil && $0.patterns.contains(pattern) }?.because
  }
}
