internal import Bytecode
internal import JSON
internal import Messages

// Everything that leaves towards the client, and every record, goes through here.
extension Session {
  mutating func send(_ message: [UInt8], into actions: inout [Action]) {
    if isClientConnected { actions.append(.sendToClient(message)) }
  }

  /// Answers one request, or collects the answer of a batch's member.
  mutating func answer(_ message: [UInt8], batch: Int?, into actions: inout [Action]) {
    guard let batch else { return send(message, into: &actions) }
    if let whole = batches.close(batch, with: message) { send(whole, into: &actions) }
  }

  /// A member of a batch will have no answer.
  mutating func withdraw(batch: Int?, into actions: inout [Action]) {
    guard let batch, let whole = batches.close(batch, with: nil) else { return }
    send(whole, into: &actions)
  }

  mutating func drop(
    _ sender: Party, _ reason: String, method: Method? = nil, bytes: Int, at time: EventTime, into actions: inout [Action]
  ) {
    var record = newRecord(sender, at: time, .dropped, bytes: bytes)
    record.method = method
    record.reason = reason
    noteOther(record)
    actions.append(.record(record))
  }

  /// A message against the protocol: answered with a code of JSON-RPC's or the protocol's own.
  ///
  /// - Parameter identifier: nil when the answer must not bear the request's id, or there is none.
  mutating func refuse(
    _ inbound: Inbound, _ identifier: Identifier?, _ code: ErrorCode, _ message: String, data: Value? = nil, method: Method? = nil,
    into actions: inout [Action]
  ) {
    let reply = Reply.error(to: identifier, code: code.rawValue, message: message, data: data)
    var record = newRecord(.client, at: inbound.time, .refused, bytes: inbound.bytes.count)
    record.method = method
    record.identifier = identifier
    record.answer = .error(code.rawValue)
    record.reason = message
    record.bytesOut = reply.count
    answer(reply, batch: inbound.batch, into: &actions)
    noteOther(record)
    actions.append(.record(record))
  }

  mutating func refuse(_ request: Request, _ code: ErrorCode, _ message: String, into actions: inout [Action]) {
    refuse(request.inbound, request.identifier, code, message, method: request.method, into: &actions)
  }

  /// Answers a request that was not sent to the server with a denial.
  mutating func deny(_ request: Request, _ refusal: Refusal, target: String? = nil, into actions: inout [Action]) {
    if decider.recorder != nil { noteRefused(request, refusal, target: target) }
    var refusal = refusal
    if !refusal.isRetryable, let short = shortened(refusal, at: request.now) {
      refusal = short
    } else if !refusal.isRetryable {
      denials.take(at: request.now.nanoseconds)
      let key = RepeatTable.key(request.document, method: request.method.name, parameters: request.parameters)
      refusal.retryAfterMilliseconds = repeats.note(key)
    }
    var record = openRecord(request, target: target)
    record.shadow = decider.firedShadows() + limitStates.firedShadows
    record.limits = limitStates
    let name = request.method == .toolsCall ? request.text("name") : nil
    let reply = write(
      refusal, to: request.identifier, method: request.method, tool: name ?? [], revision: request.revision, trace: request.trace)
    close(&record, with: refusal, reply)
    answer(reply, batch: request.inbound.batch, into: &actions)
    actions.append(.record(record))
  }

  /// What is said in place of a denial when too many were explained; nil: it is explained.
  private func shortened(_ refusal: Refusal, at time: EventTime) -> Refusal? {
    let wait = denials.wait(at: time.nanoseconds)
    guard wait > 0 else { return nil }
    var short = Refusal(
      .rateLimited, "Too many requests of this connection were refused one after another; this one was refused too, for reasons of its own."
    )
    short.rule = refusal.rule
    short.isConfidential = true
    short.retryAfterMilliseconds = Int64(clamping: (wait + 999_999) / 1_000_000)
    return short
  }

  /// Answers a request that was sent to the server with a denial in place of the server's answer.
  mutating func deny(_ request: PendingRequest, _ refusal: Refusal, at time: EventTime, into actions: inout [Action]) {
    var record = request.record
    defer { noteEnded(request, record, at: time) }
    let reply = write(
      refusal, to: request.identifier, method: request.method, tool: request.tool, revision: request.revision,
      trace: record.trace ?? traces.next())
    record.answered = time.nanoseconds
    close(&record, with: refusal, reply)
    answer(reply, batch: request.batch, into: &actions)
    actions.append(.record(record))
  }

  mutating func answerUnavailable(_ request: PendingRequest, at time: EventTime, into actions: inout [Action]) {
    deny(
      request,
      Refusal(
        .upstreamUnavailable,
        "The MCP server ended before it answered; whether it carried out the request is not known. It is not running now."),
      at: time, into: &actions)
  }

  /// A server that never answers must not fill the table of requests: what has waited for too long is answered, and taken back.
  mutating func giveUpWaiting(at time: EventTime, into actions: inout [Action]) {
    for request in pending.takeExpired(at: time.nanoseconds) {
      pending.noteFailure(of: request)
      actions.append(.sendToServer(Reply.cancellation(of: request.identifier, reason: "no answer came in time")))
      if request.method == .initialize { phase = .opening }
      let message = "The MCP server did not answer in time; whether it carried out the request is not known."
      deny(request, Refusal(.upstreamUnavailable, message), at: time, into: &actions)
    }
  }

  private func write(
    _ refusal: Refusal, to identifier: Identifier, method: Method, tool: [UInt8], revision: Revision, trace: TraceIdentifier
  ) -> [UInt8] {
    guard method == .toolsCall else { return refusal.error(to: identifier, trace: trace) }
    return refusal.toolResult(to: identifier, revision: revision, structured: live.takesStructuredDenial(tool), trace: trace)
  }

  private func close(_ record: inout CallRecord, with refusal: Refusal, _ reply: [UInt8]) {
    record.outcome = .denied
    record.code = refusal.code
    record.answer = record.method == .toolsCall ? .toolError : .error(refusal.code.number)
    record.rule = refusal.rule
    record.patterns = refusal.patterns
    // A rule's own words can be the very value it met; its name says enough.
    if let reason = refusal.loggedReason ?? (refusal.rule == nil ? refusal.message : nil) { record.reason = reason }
    record.approval = refusal.approval.map { $0.identifiers.joined(separator: " ") }
    record.scopes = refusal.scopes
    record.bytesOut = reply.count
  }

  func newRecord(_ sender: Party, at time: EventTime, _ outcome: CallRecord.Outcome, bytes: Int) -> CallRecord {
    var record = CallRecord(sender: sender, time: time, outcome: outcome, bytesIn: bytes)
    record.agent = decider.agentName
    record.origin = decider.origin
    record.policy = decider.program.fingerprint
    return record
  }

  func openRecord(_ request: Request, target: String?) -> CallRecord {
    var record = newRecord(.client, at: request.inbound.time, .allowed, bytes: request.inbound.bytes.count)
    record.method = request.method
    record.target = target
    record.identifier = request.identifier
    record.revision = request.revision
    record.trace = request.trace
    record.span = request.span
    if let arguments = request.parameter("arguments") {
      record.arguments = RecordedArguments(request.document, arguments, decider.recording)
    }
    return record
  }
}
