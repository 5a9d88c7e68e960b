internal import Bytecode
internal import Decision
internal import JSON
internal import Messages

// The server's answers on their way to the client: checked for shape, lists filtered, errors scrubbed, everything else byte for byte.
extension Session {
  mutating func takeResult(
    _ message: [UInt8], _ document: Document, _ result: Node, of request: PendingRequest, at time: EventTime, into actions: inout [Action]
  ) {
    if request.method == .initialize { return takeInitialized(message, document, result, of: request, at: time, into: &actions) }
    if request.revision.era == .stateless, let defect = shapeDefect(document, result, of: request) {
      return deny(request, Refusal(.outputBlocked, "The server's answer was withheld: \(defect)."), at: time, into: &actions)
    }
    if request.method == .toolsCall { bindTask(document, result, of: request) }
    var request = request
    if let problems = mismatch(document, result, of: request) {
      request.record.outputMismatch = Session.summary(of: problems)
      guard decider.passesMismatchedOutput else { return blockMismatch(problems, of: request, at: time, into: &actions) }
    }
    if let list = ListKind(request.method) {
      guard let filtered = filter(list, document, result, of: request, at: time) else {
        let refusal = Refusal(.outputBlocked, "The server's list was withheld: it is not of the form that the protocol gives it.")
        return deny(request, refusal, at: time, into: &actions)
      }
      return pass(filtered.isEmpty ? message : filtered.apply(), of: request, at: time, into: &actions)
    }
    if request.method == .tasksList {
      guard let filtered = filterTasks(document, result) else {
        let refusal = Refusal(.outputBlocked, "The server's list was withheld: it is not of the form that the protocol gives it.")
        return deny(request, refusal, at: time, into: &actions)
      }
      return pass(filtered.isEmpty ? message : filtered.apply(), of: request, at: time, into: &actions)
    }
    pass(message, of: request, at: time, into: &actions)
  }

  /// The server's answer goes to the client as it is.
  private mutating func pass(_ message: [UInt8], of request: PendingRequest, at time: EventTime, into actions: inout [Action]) {
    var record = request.record
    record.answered = time.nanoseconds
    record.bytesOut = message.count
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
    pass(message, of: request, at: time, into: &actions)
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
    guard let identifier = document.member(holder, "taskId").flatMap({ document.text($0) }), identifier.count <= Limits.taskIdentifier
    else {
      return nil
    }
    return identifier
  }

  private mutating func bindTask(_ document: Document, _ result: Node, of request: PendingRequest) {
    guard request.revision >= .of2025November, let identifier = taskIdentifier(document, result) else { return }
    tasks.insert(Tasks.Entry(identifier: identifier, tool: request.tool, output: request.output, progressToken: request.progressToken))
  }

  private func filterTasks(_ document: Document, _ result: Node) -> Splices? {
    guard let list = document.member(result, "tasks"), document.kind(list) == .array else { return nil }
    var splices = Splices(of: document)
    for element in document.elements(list) {
      guard let task = document.member(element, "taskId").flatMap({ document.text($0) }), tasks.tool(of: task) != nil else {
        splices.removeElement(element, of: list)
        continue
      }
    }
    return splices
  }

  // MARK: Lists

  /// Takes out what the caller could not use anyway. Nil: the result is no list.
  private mutating func filter(
    _ list: ListKind, _ document: Document, _ result: Node, of request: PendingRequest, at time: EventTime
  ) -> Splices? {
    guard let elements = document.member(result, list.member), document.kind(elements) == .array else { return nil }
    var splices = Splices(of: document)
    for element in document.elements(elements) {
      if !isOpen(list, document, element, at: time) {
        splices.removeElement(element, of: elements)
      } else if list == .tools {
        showNarrowed(document, element, &splices)
      }
    }
    if request.revision.era == .stateless { restrictCaching(&splices, document, result) }
    return splices
  }

  /// What a tool takes here is what the policy has made of it.
  private func showNarrowed(_ document: Document, _ element: Node, _ splices: inout Splices) {
    guard let name = document.member(element, "name").flatMap({ document.text($0) }), let tool = decider.tool(named: name),
      let refinement = decider.program.tool(tool).refinement
    else { return }
    let schema = write(refinement.inputSchema)
    if let own = document.member(element, "inputSchema") {
      splices.replace(own, with: schema)
    } else {
      splices.insertMember("inputSchema", schema, atEndOf: element)
    }
  }

  private mutating func isOpen(_ list: ListKind, _ document: Document, _ element: Node, at time: EventTime) -> Bool {
    guard let key = document.member(element, list.key).flatMap({ document.text($0) }) else { return false }
    switch list {
    case .tools:
      guard let tool = decider.tool(named: key) else { return false }
      guard decider.program.tool(tool).digest == ToolDigest.digest(document, element) else {
        live.noteDrift(of: tool)
        return false
      }
      if live.isKnown, live.standing(of: tool) != .asPinned { return false }
      return decider.mayAllow(.tool(tool), time)
    case .prompts:
      guard let prompt = decider.prompt(named: key) else { return false }
      return decider.mayAllow(.prompt(prompt), time)
    case .resources: return decider.mayAllowResource(key, time)
    case .resourceTemplates: return decider.mayAllowTemplate(key, time)
    }
  }

  /// A list that was filtered for one caller must not be kept for others, nor for long.
  private func restrictCaching(_ splices: inout Splices, _ document: Document, _ result: Node) {
    if let scope = document.member(result, "cacheScope") {
      if !document.stringEquals(scope, "private") { splices.replace(scope, with: Array(#""private""#.utf8)) }
    } else {
      splices.insertMember("cacheScope", Array(#""private""#.utf8), atEndOf: result)
    }
    guard let lifetime = document.member(result, "ttlMs") else { return }
    let longest = Number(Limits.listLifetimeMilliseconds)
    guard let number = document.number(lifetime), number <= longest else {
      return splices.replace(lifetime, with: Array(longest.description.utf8))
    }
  }

  // MARK: Errors

  /// Errors of the server pass, but for what they tell about its inside.
  mutating func takeFailure(
    _ message: [UInt8], _ document: Document, _ error: ErrorObject, of request: PendingRequest, at time: EventTime,
    into actions: inout [Action]
  ) {
    if request.method == .initialize { phase = .opening }
    var splices = Splices(of: document)
    switch Scrubber.examine(document.string(error.message) ?? "") {
    case .clean: break
    case .paths(let cleaned): splices.replace(error.message, with: JSON.write(.string(cleaned)))
    case .withheld(let reason):
      splices.replace(error.message, with: JSON.write(.string("The server reported an error; its text was withheld because \(reason).")))
    }
    if let data = error.data, holdsInside(document, data) { splices.removeMember(named: "data", of: error.node) }
    var record = request.record
    record.reason = "the server answered with the error \(error.code)"
    let reply = splices.isEmpty ? message : splices.apply()
    record.answered = time.nanoseconds
    record.bytesOut = reply.count
    answer(reply, batch: request.batch, into: &actions)
    actions.append(.record(record))
  }

  /// Whether any text in a value would not pass the scrubber as it is.
  private func holdsInside(_ document: Document, _ node: Node) -> Bool {
    switch document.kind(node) {
    case .string:
      if case .clean = Scrubber.examine(document.string(node) ?? "") { return false }
      return true
    case .array: return document.elements(node).contains { holdsInside(document, $0) }
    case .object:
      return document.members(node).contains { member in
        holdsInside(document, member.key) || holdsInside(document, member.value)
          || ["stack", "stacktrace", "traceback", "trace"].contains((document.string(member.key) ?? "").lowercased())
      }
    case .null, .boolean, .number: return false
    }
  }
}
