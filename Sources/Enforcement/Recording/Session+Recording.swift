internal import Bytecode
internal import Digests
internal import JSON
internal import Messages

/// What is kept of the request at hand for the recorder; nothing while nothing is recorded.
struct NotedRequest {
  /// As it came, before the policy's defaults were filled in.
  var document: Document?
  private(set) var identifier: Identifier?
  var isByPolicy = false
  /// Whether the arguments fit the tool's schema; nil: nobody looked.
  var fits: Bool?
  /// Of the request that is taken up again after it waited.
  var resumes: UInt64?

  mutating func begin(_ request: Request) {
    document = request.document
    identifier = request.identifier
    isByPolicy = false
    fits = nil
  }
}

extension Session {
  /// - Parameter number: of the request in the recording.
  private mutating func note(
    _ request: Request, _ outcome: DecidedRequest.Outcome, rule: String?, code: DenialCode?, approval: DecidedRequest.Approval?,
    shadows: [String]
  ) -> UInt64? {
    guard let recorder = decider.recorder else { return nil }
    let number = recorder.nextNumber()
    // A person's refusal, or their silence, is no new decision.
    let isAtHand = noted.identifier == request.identifier
    let document = isAtHand ? noted.document ?? request.document : request.document
    if !isAtHand { _ = decider.enterSession(request.document, request.parameter("arguments")) }
    let parameters = document.member(document.root, "params")
    let subject = subject(of: request)
    recorder.take(
      .decided(
        DecidedRequest(
          number: number, resumes: noted.resumes, program: decider.program, server: decider.serverName, caller: decider.identity,
          time: request.now, method: request.method, subject: subject, document: document,
          arguments: parameters.flatMap { document.member($0, "arguments") }, standing: standing(request, subject), labels: decider.labels,
          fits: isAtHand ? noted.fits : true, outcome: outcome, rule: rule, code: code, isByPolicy: noted.isByPolicy || !isAtHand,
          approval: approval, shadows: shadows,
          argumentLabels: decider.argumentLabels, limits: limitStates,
          agent: decider.agentName, bytes: request.inbound.bytes.count)))
    noted.resumes = nil
    return number
  }

  mutating func noteForwarded(_ request: Request, target: String?) {
    let shadows = decider.firedShadows() + limitStates.firedShadows
    let number = note(
      request, .allowed, rule: decider.grantingRule, code: nil, approval: decider.approved == nil ? nil : .given, shadows: shadows)
    pending.setNumber(number, of: request.identifier)
  }

  mutating func noteRefused(_ request: Request, _ refusal: Refusal, target: String?) {
    let isAsked = decider.isAsked || noted.identifier != request.identifier
    let approval: DecidedRequest.Approval? =
      refusal.code == .approvalRequired ? .pending : isAsked ? (decider.approved == nil ? .refused : .given) : nil
    _ = note(
      request, .denied, rule: refusal.rule, code: refusal.code, approval: approval,
      shadows: decider.firedShadows() + limitStates.firedShadows)
  }

  mutating func noteAsked(_ request: Request, _ record: CallRecord, target: String) {
    _ = note(request, .asked, rule: record.rule, code: nil, approval: .pending, shadows: record.shadow)
  }

  /// - Returns: its number in the recording; nil: nothing is recorded.
  mutating func noteParked(_ request: Request) -> UInt64? {
    guard decider.recorder != nil else { return nil }
    let shadows = decider.firedShadows() + limitStates.firedShadows
    return note(
      request, .waits, rule: decider.grantingRule, code: nil, approval: decider.approved == nil ? nil : .given, shadows: shadows)
  }

  func noteEnded(_ request: PendingRequest, _ record: CallRecord, at time: EventTime) {
    guard let recorder = decider.recorder, let number = request.number else { return }
    let result = request.answer.flatMap { $0.member($0.root, "result") }
    recorder.take(
      .ended(
        EndedRequest(
          number: number, program: decider.program, time: time, record: record, method: request.method, setLabels: request.setLabels,
          isDone: request.answer.map { isDone(request, $0, result) } ?? false, answer: request.answer)))
  }

  /// One that waited gives up its place, or loses it.
  func noteWithdrawn(_ entry: ParkedRequest, at time: EventTime) {
    guard let recorder = decider.recorder, let number = entry.number else { return }
    let record = CallRecord(sender: .client, time: time, outcome: .cancelled, bytesIn: entry.message.bytes.count)
    recorder.take(
      .ended(
        EndedRequest(
          number: number, program: decider.program, time: time, record: record, method: .toolsCall, setLabels: LabelSet(), isDone: false,
          answer: nil)))
  }

  func noteListed(_ list: ListKind, _ document: Document, _ elements: Node, shown: [Node], at time: EventTime) {
    guard let recorder = decider.recorder else { return }
    let entries = document.elements(elements).compactMap { element -> ShownList.Entry? in
      guard let name = document.member(element, list.key).flatMap({ document.string($0) }) else { return nil }
      return ShownList.Entry(name: name, isShown: shown.contains(element))
    }
    recorder.take(
      .listed(
        ShownList(
          program: decider.program, server: decider.serverName, caller: decider.identity, time: time, list: list.method,
          labels: decider.labels, entries: entries)))
  }

  func noteOther(_ record: CallRecord, of number: UInt64? = nil) {
    guard let recorder = decider.recorder else { return }
    recorder.take(
      .noticed(Notice(program: decider.program, server: decider.serverName, caller: decider.identity, record: record, number: number)))
  }

  /// The request, with what came for it while something is recorded.
  func answered(_ request: PendingRequest, _ document: Document) -> PendingRequest {
    guard request.number != nil else { return request }
    var request = request
    request.answer = document
    return request
  }

  /// A request in flight whose session this is.
  func numberInFlight(of session: SessionKey?) -> UInt64? {
    guard let session, decider.recorder != nil else { return nil }
    return pending.entries.first { $0.session == session }?.number
  }

  private func subject(of request: Request) -> [UInt8]? {
    switch request.method {
    case .toolsCall, .promptsGet: request.text("name")
    case .resourcesRead, .subscribe, .unsubscribe: request.text("uri")
    case .tasksGet, .tasksResult, .tasksCancel, .tasksUpdate: request.text("taskId").flatMap { tasks.tool(of: $0) }
    default: nil
    }
  }

  private func standing(_ request: Request, _ subject: [UInt8]?) -> DecidedRequest.Standing {
    guard request.method == .toolsCall, live.isKnown, let tool = subject.flatMap({ decider.tool(named: $0) }) else { return .unknown }
    switch live.standing(of: tool) {
    case .asPinned: return .asPinned
    case .withheld: return .withheld
    case .absent: return .absent
    case .drifted: return .drifted(live.digest(of: tool))
    }
  }
}

extension ListKind {
  var method: Method {
    switch self {
    case .tools: .toolsList
    case .prompts: .promptsList
    case .resources: .resourcesList
    case .resourceTemplates: .resourceTemplatesList
    }
  }
}
