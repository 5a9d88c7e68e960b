internal import JSON
internal import Messages

// What the client sends: from bytes to a request that may be made in this era, or a refusal.
extension Session {
  mutating func readFromClient(_ message: [UInt8], at time: EventTime, into actions: inout [Action]) {
    if Line.isBroken(message) {
      let inbound = Inbound(bytes: message, document: Document(), time: time, batch: nil)
      return refuse(inbound, nil, .parse, Line.defect, into: &actions)
    }
    let document: Document
    do {
      document = try clientReader.read(message)
    } catch {
      return refuseUnreadable(message, error, at: time, into: &actions)
    }
    guard document.kind(document.root) == .array else {
      return take(Inbound(bytes: message, document: document, time: time, batch: nil), now: time, into: &actions)
    }
    readBatch(Inbound(bytes: message, document: document, time: time, batch: nil), now: time, into: &actions)
  }

  private mutating func refuseUnreadable(_ message: [UInt8], _ error: ParseError, at time: EventTime, into actions: inout [Action]) {
    let identifier = SalvagedIdentifier.find(in: message).flatMap { isTaken($0) ? nil : $0 }
    let code: ErrorCode
    switch error.reason {
    case .tooLarge, .tooDeep, .tooManyValues, .tooManyDigits, .exponentTooLarge, .duplicateName: code = .invalidRequest
    default: code = .parse
    }
    let inbound = Inbound(bytes: message, document: Document(), time: time, batch: nil)
    refuse(inbound, identifier, code, "not acceptable JSON: \(error.message)", into: &actions)
  }

  /// One message that is no batch, or a member of one.
  mutating func take(_ inbound: Inbound, now: EventTime, into actions: inout [Action]) {
    switch Envelope(inbound.document, inbound.document.root) {
    case .request(let identifier, let method, let parameters):
      takeRequest(inbound, identifier, method, parameters, now: now, into: &actions)
    case .notification(let method, let parameters):
      takeNotification(inbound, method, parameters, now: now, into: &actions)
    case .result(let identifier, let result): takeAnswer(inbound, identifier, result, now: now, into: &actions)
    case .failure(let identifier?, _): takeAnswer(inbound, identifier, nil, now: now, into: &actions)
    case .failure(nil, _):
      drop(.client, "an error that answers no request", bytes: inbound.bytes.count, at: inbound.time, into: &actions)
    case .invalid(let defect, let identifier) where isAnswer(inbound.document):
      if let identifier, takeApproval(inbound.document, nil, to: identifier, at: now, into: &actions) { return }
      // Answers are never answered.
      drop(.client, defect.rawValue, bytes: inbound.bytes.count, at: inbound.time, into: &actions)
      withdraw(batch: inbound.batch, into: &actions)
    case .invalid(let defect, let identifier):
      let free = identifier.flatMap { isTaken($0) ? nil : $0 }
      refuse(inbound, free, .invalidRequest, defect.rawValue, into: &actions)
    }
  }

  private func isAnswer(_ document: Document) -> Bool {
    let root = document.root
    guard document.member(root, "method") == nil else { return false }
    return document.member(root, "result") != nil || document.member(root, "error") != nil
  }

  /// Whether an id of the client's is in use, so that an answer with it could be taken for that of another request.
  func isTaken(_ identifier: Identifier) -> Bool {
    if pending.isTaken(identifier) || held.contains(where: { $0.identifier == identifier }) { return true }
    if parked.contains(identifier) || questions.contains(identifier) { return true }
    guard case .text(let text) = identifier else { return false }
    return text.decoded.starts(with: ownPrefix.utf8)
  }

  private mutating func takeRequest(
    _ inbound: Inbound, _ identifier: Identifier, _ methodNode: Node, _ parameters: Node?, now: EventTime, into actions: inout [Action]
  ) {
    let document = inbound.document
    guard !isTaken(identifier) else {
      return refuse(inbound, nil, .invalidRequest, "the id is that of another request; ids must be unique", into: &actions)
    }
    guard let metadata = RequestMetadata(document, parameters: parameters) else {
      return refuse(inbound, identifier, .invalidParameters, "`_meta` must be an object", into: &actions)
    }
    if let parameters, let lookalike = names.lookalike(document, parameters) {
      return refuse(
        inbound, identifier, .invalidParameters, "the parameter \(quoted(lookalike)) differs from a known one in letter case only",
        into: &actions)
    }
    let method = Method(document, methodNode).flatMap { $0.isNotification ? nil : $0 }
    switch isServerRunning ? admit(document, method, metadata) : admitWithoutServer(method, metadata) {
    case .hold: return hold(inbound, identifier, into: &actions)
    case .refuse(let code, let message, let data):
      return refuse(inbound, identifier, code, message, data: data, method: method, into: &actions)
    case .admit(let method, let revision, let capabilities):
      var token: Identifier?
      if let node = metadata.progressToken {
        guard let read = Identifier(document, node), !pending.isProgressTokenTaken(read), !questions.isProgressTokenTaken(read) else {
          let message = "`progressToken` must be a string or a whole number that no other request uses"
          return refuse(inbound, identifier, .invalidParameters, message, method: method, into: &actions)
        }
        token = read
      }
      let trace = metadata.traceParent.flatMap { TraceIdentifier(document, traceParent: $0) } ?? traces.next()
      let request = Request(
        inbound: inbound, identifier: identifier, method: method, parameters: parameters, metadata: metadata, revision: revision,
        capabilities: capabilities, progressToken: token, trace: trace, span: nextSpan(metadata.traceParent, of: document), now: now)
      dispatch(request, into: &actions)
    }
  }

  private mutating func nextSpan(_ parent: Node?, of document: Document) -> SpanMarks? {
    guard decider.recording.continuesTraces else { return nil }
    let stated = parent.flatMap { TraceIdentifier.parent(document, traceParent: $0) }
    let (own, client) = traces.spans()
    // A trace that begins here is sampled; of others it is for those to say who began them.
    return SpanMarks(parent: stated?.span ?? 0, own: own, client: client, isSampled: stated?.isSampled ?? true)
  }

  func canHold(_ inbound: Inbound) -> Bool {
    held.count < Limits.held && heldBytes + inbound.bytes.count <= Limits.heldBytes
  }

  /// Keeps a message until the handshake is done or the tools are known. Cheap refusals were made before.
  mutating func hold(_ inbound: Inbound, _ identifier: Identifier?, into actions: inout [Action]) {
    guard canHold(inbound) else {
      let isNotification = identifier == nil && inbound.document.kind(inbound.document.root) == .object
      if isNotification {
        return drop(.client, "too many messages wait", bytes: inbound.bytes.count, at: inbound.time, into: &actions)
      }
      return refuse(inbound, identifier, .invalidRequest, "too many messages wait for the server to start", into: &actions)
    }
    held.append(Held(bytes: inbound.bytes, time: inbound.time, batch: inbound.batch, identifier: identifier))
    heldBytes += inbound.bytes.count
  }

  /// Takes up what was held, in its order, once there is nothing to wait for.
  mutating func drainIfPossible(at time: EventTime, into actions: inout [Action]) {
    releaseEnded(at: time)
    guard canTakeUp else { return }
    resumeParked(at: time, into: &actions)
    defer { live.permitRetry() }
    takeHeld(at: time, into: &actions)
  }

  mutating func takeHeld(at time: EventTime, into actions: inout [Action]) {
    let messages = held
    held = []
    heldBytes = 0
    for message in messages { takeAgain(message, at: time, into: &actions) }
  }

  /// Whether there is nothing that all other requests wait for.
  var canTakeUp: Bool {
    if case .initializing = phase { return false }
    return !live.isReading
  }

  /// A message that has waited. It was parsed when it came; the document was not kept so that what waits takes its bytes and no more.
  mutating func takeAgain(_ message: Held, at time: EventTime, into actions: inout [Action]) {
    guard let document = try? Document(parsing: message.bytes, limits: .message) else { return }
    let inbound = Inbound(bytes: message.bytes, document: document, time: message.time, batch: message.batch)
    if document.kind(document.root) == .array {
      readBatch(inbound, now: time, into: &actions)
    } else {
      take(inbound, now: time, into: &actions)
    }
  }

  // MARK: Batches

  private mutating func readBatch(_ inbound: Inbound, now: EventTime, into actions: inout [Action]) {
    if case .initializing = phase { return hold(inbound, nil, into: &actions) }
    guard case .handshake(let revision) = phase, revision.hasBatches else {
      return refuse(inbound, nil, .invalidRequest, "batches exist in revision 2025-03-26 only", into: &actions)
    }
    let document = inbound.document
    let count = document.count(document.root)
    guard (1...Limits.batch).contains(count) else {
      return refuse(inbound, nil, .invalidRequest, "a batch has 1 to \(Limits.batch) messages", into: &actions)
    }
    let ranges = document.elements(document.root).map { document.source($0) }
    // Everything but notifications and answers to the server gets an answer, if only a refusal.
    let requests = document.elements(document.root).count { element in
      switch Envelope(document, element) {
      case .request, .invalid: true
      case .notification, .result, .failure: false
      }
    }
    let batch = requests > 0 ? batches.open(requests: requests) : nil
    for range in ranges {
      let bytes = Array(inbound.bytes[range])
      guard let member = try? Document(parsing: bytes, limits: .message) else { continue }
      take(Inbound(bytes: bytes, document: member, time: inbound.time, batch: batch), now: now, into: &actions)
    }
  }

  // MARK: Notifications and answers

  private mutating func takeNotification(
    _ inbound: Inbound, _ methodNode: Node, _ parameters: Node?, now: EventTime, into actions: inout [Action]
  ) {
    let document = inbound.document
    let size = inbound.bytes.count
    guard let method = Method(document, methodNode), method.isNotification else {
      return drop(.client, "no such notification", bytes: size, at: inbound.time, into: &actions)
    }
    if let reason = defect(of: method, document, parameters) {
      return drop(.client, reason, method: method, bytes: size, at: inbound.time, into: &actions)
    }
    switch method {
    case .cancelled: cancel(inbound, parameters, into: &actions)
    case .initialized:
      if case .initializing = phase { return hold(inbound, nil, into: &actions) }
      actions.append(.sendToServer(inbound.bytes))
      // As early as the protocol permits, so that the first call need not wait.
      if live.isUnread { startListing(at: now, into: &actions) }
    default: actions.append(.sendToServer(inbound.bytes))
    }
  }

  /// Why a notification of the client cannot pass now, or nil.
  private mutating func defect(of method: Method, _ document: Document, _ parameters: Node?) -> String? {
    guard isServerRunning else { return "the server is gone" }
    if let stop = decider.stops.whole { return stop.logged }
    if let parameters, names.lookalike(document, parameters) != nil { return "a parameter differs in letter case only" }
    switch phase {
    case .opening:
      if method != .cancelled { return "before the handshake" }
    case .initializing:
      if method != .initialized && method != .cancelled { return "before the handshake" }
    case .handshake(let revision):
      if !method.exists(from: .client, in: revision) { return "not of this revision" }
    case .stateless:
      if !method.exists(from: .client, in: .of2026July) { return "not of this revision" }
    }
    if method == .progress {
      guard let token = parameters.flatMap({ document.member($0, "progressToken") }).flatMap({ Identifier(document, $0) }),
        serverRequests.entries.contains(where: { $0.progressToken == token })
      else { return "progress of nothing that the server asked for" }
    }
    return nil
  }

  /// The client takes a request back. What was not sent needs no word to the server; `initialize` cannot be taken back.
  private mutating func cancel(_ inbound: Inbound, _ parameters: Node?, into actions: inout [Action]) {
    let document = inbound.document
    let size = inbound.bytes.count
    guard let identifier = parameters.flatMap({ document.member($0, "requestId") }).flatMap({ Identifier(document, $0) }) else {
      return drop(.client, "a cancellation needs a `requestId`", method: .cancelled, bytes: size, at: inbound.time, into: &actions)
    }
    if let place = held.firstIndex(where: { $0.identifier == identifier }) {
      let message = held.remove(at: place)
      heldBytes -= message.bytes.count
      withdraw(batch: message.batch, into: &actions)
      return recordCancelled(message, into: &actions)
    }
    if let request = parked.remove(identifier) {
      withdraw(request, at: inbound.time)
      withdraw(batch: request.message.batch, into: &actions)
      return recordCancelled(request.message, into: &actions)
    }
    if pending.request(identifier)?.method == .initialize {
      return drop(.client, "`initialize` cannot be cancelled", method: .cancelled, bytes: size, at: inbound.time, into: &actions)
    }
    if cancelQuestioned(identifier, into: &actions) { return }
    guard let request = pending.cancel(identifier) else {
      return drop(.client, "cancels nothing that is in flight", method: .cancelled, bytes: size, at: inbound.time, into: &actions)
    }
    actions.append(.sendToServer(inbound.bytes))
    withdraw(batch: request.batch, into: &actions)
    var record = request.record
    record.outcome = .cancelled
    noteEnded(request, record, at: inbound.time)
    actions.append(.record(record))
  }

  /// A request that was taken back before the server had it.
  func recordCancelled(_ message: Held, into actions: inout [Action]) {
    var record = newRecord(.client, at: message.time, .cancelled, bytes: message.bytes.count)
    record.identifier = message.identifier
    actions.append(.record(record))
  }

  /// The client's answer to a request of the server's, or of the gate's.
  ///
  /// - Parameter result: nil when it is an error.
  private mutating func takeAnswer(
    _ inbound: Inbound, _ identifier: Identifier, _ result: Node?, now: EventTime, into actions: inout [Action]
  ) {
    if takeApproval(inbound.document, result, to: identifier, at: now, into: &actions) { return }
    guard isServerRunning, serverRequests.remove(identifier) != nil else {
      return drop(.client, "answers no request of the server", bytes: inbound.bytes.count, at: inbound.time, into: &actions)
    }
    actions.append(.sendToServer(inbound.bytes))
  }
}
