internal import Approvals
internal import Bytecode
internal import Decision
internal import JSON
internal import Messages

// Requests that a person has to approve. An approval opens the way once; the request then goes the way of every other.
extension Session {
  /// Decides a request, and takes it to whoever has to approve it.
  ///
  /// - Returns: whether it may go on. If not, it was answered, or waits.
  mutating func mayPass(_ request: Request, _ call: Call, target: String, into actions: inout [Action]) -> Bool {
    switch decider.decide(call, live, request.now) {
    case .refused(let refusal):
      deny(request, refusal, target: target, into: &actions)
      return false
    // Before a person is asked, or an approval is used up.
    case .allowed where decider.isUnrecordable(call), .asked where decider.isUnrecordable(call):
      deny(request, Session.unrecordable, target: target, into: &actions)
      return false
    case .allowed: return true
    case .asked(let asked): return isApproved(request, asked, call, target: target, into: &actions)
    }
  }

  static let unrecordable = Refusal(
    .storeUnavailable, "The request may be made, but the record that has to be kept of it cannot be written now.")

  private mutating func isApproved(
    _ request: Request, _ asked: Asked, _ call: Call, target: String, into actions: inout [Action]
  ) -> Bool {
    guard let desk = decider.desk else {
      deny(request, decider.refusal(of: call, asked), target: target, into: &actions)
      return false
    }
    let subject = decider.subject(of: request)
    let moment = request.now.unixMilliseconds
    // What had to wait for room under a limit is decided again, and was approved before that.
    if let resumedApproval, resumedApproval.covers(subject, asked) {
      decider.approved = resumedApproval
      return true
    }
    do throws(ApprovalFault) {
      if let reply = request.reply, !(try settle(request, reply, asked, target: target, into: &actions)) { return false }
      if let used = try desk.store.use(subject, groups: asked.names, at: moment) {
        decider.approved = Approved(used, subject)
        if decider.mark(decider.currentSession, decider.program.approvalLabels) != nil { return true }
        deny(request, Decider.withoutLabels, target: target, into: &actions)
        return false
      }
      // Sent a second time, it would ask a second time.
      guard request.reply == nil else {
        refuse(request, .invalidParameters, Session.staleState, into: &actions)
        return false
      }
      var filed: [FiledApproval] = []
      for group in asked.groups {
        filed.append(try desk.store.file(decider.request(for: subject, group, asked, call, target), at: moment))
      }
      deliver(filed, request, asked, call, target: target, into: &actions)
    } catch {
      noted.isByPolicy = false
      deny(request, decider.refusal(of: call, asked, error), target: target, into: &actions)
    }
    return false
  }

  /// Tells whoever can decide: the person at the client, if they may; else everybody else.
  private mutating func deliver(
    _ filed: [FiledApproval], _ request: Request, _ asked: Asked, _ call: Call, target: String, into actions: inout [Action]
  ) {
    let approvals = filed.map(\.approval)
    let moment = request.now.unixMilliseconds
    if let denied = approvals.first(where: { $0.state(at: moment) == .denied }) {
      return deny(request, decider.refusal(of: call, asked, deniedBy: denied), target: target, into: &actions)
    }
    if let desk = decider.desk, desk.isForClient(asked), request.capabilities.contains(.forms) {
      if request.revision.era == .stateless { return askInResult(approvals, request, asked, desk, target: target, into: &actions) }
      if request.revision >= .of2025June, !approvals.contains(where: { questions.concern($0.identifier) }), questions.hasRoom(for: request)
      {
        return askInRequest(approvals, request, asked, target: target, into: &actions)
      }
    } else {
      for entry in filed where entry.isNew { actions.append(.ask(entry.approval)) }
    }
    deny(request, decider.refusal(of: call, asked, waitingFor: approvals, at: moment), target: target, into: &actions)
  }

  // MARK: In the result (2026-07-28)

  private mutating func askInResult(
    _ approvals: [Approval], _ request: Request, _ asked: Asked, _ desk: ApprovalDesk, target: String, into actions: inout [Action]
  ) {
    let state = desk.seal.seal(
      approvals.map(\.identifier), for: decider.subject(of: request), until: approvals.map(\.deadline).min() ?? 0)
    let result: Value = [
      "resultType": "input_required", "requestState": .string(state),
      "inputRequests": [ApprovalForm.key: ApprovalForm.inputRequest(approvals, asked)],
    ]
    let reply = Reply.result(to: request.identifier, result)
    answer(reply, batch: request.inbound.batch, into: &actions)
    recordAsking(request, asked, approvals, target: target, bytesOut: reply.count, into: &actions)
  }

  /// Takes the answer to a question that was sealed for this very request.
  ///
  /// - Returns: whether the request may go on. If not, it was answered.
  private mutating func settle(
    _ request: Request, _ reply: ApprovalReply, _ asked: Asked, target: String, into actions: inout [Action]
  ) throws(ApprovalFault) -> Bool {
    let moment = request.now.unixMilliseconds
    guard let desk = decider.desk, desk.isForClient(asked),
      let identifiers = try? desk.seal.open(reply.state, for: decider.subject(of: request), at: moment)
    else {
      refuse(request, .invalidParameters, Session.staleState, into: &actions)
      return false
    }
    do throws(ApprovalFault) {
      for identifier in identifiers {
        _ = try desk.store.decide(identifier, reply.approves ? .approve : .deny, by: decider.personAtClient, at: moment)
      }
    } catch {
      // Somebody else was faster; what they decided holds.
      if case .unavailable = error { throw error }
    }
    guard reply.approves else {
      deny(request, decider.refusalAtClient(target, asked), target: target, into: &actions)
      return false
    }
    return true
  }

  private static let staleState = "`requestState` is not one that was given for this request, was used before, or is too old"

  // MARK: By a request of the gate's own (before 2026-07-28)

  private mutating func askInRequest(
    _ approvals: [Approval], _ request: Request, _ asked: Asked, target: String, into actions: inout [Action]
  ) {
    let question = nextOwnIdentifier()
    let wait = (approvals.map(\.deadline).min() ?? 0) - request.now.unixMilliseconds
    let (nanoseconds, isForEver) = UInt64(max(0, wait)).multipliedReportingOverflow(by: 1_000_000)
    let (deadline, isTooLate) = request.now.nanoseconds.addingReportingOverflow(isForEver ? .max : nanoseconds)
    questions.insert(
      OpenQuestion(
        request: request, target: target, question: question, asked: asked, approvals: approvals.map(\.identifier),
        deadline: isTooLate ? .max : deadline))
    let parameters = ApprovalForm.parameters(approvals, asked, withMode: request.revision >= .of2025November)
    send(Reply.request(question, method: .elicit, parameters: parameters), into: &actions)
    recordAsking(request, asked, approvals, target: target, bytesOut: 0, into: &actions)
  }

  /// - Parameter answer: nil when it was an error, or is no answer at all.
  /// - Returns: false when no question of ours has this id.
  mutating func takeApproval(
    _ document: Document, _ answer: Node?, to question: Identifier, at time: EventTime, into actions: inout [Action]
  ) -> Bool {
    guard let entry = questions.remove(askedWith: question) else { return false }
    let approves = ApprovalForm.approves(document, answer)
    let request = entry.request.at(time)
    // Who was in the group when they were asked may have left it since: the credential that came last counts.
    guard let desk = decider.desk, desk.isForClient(entry.asked) else {
      deny(request, decider.refusalAtClient(entry.target, entry.asked), target: entry.target, into: &actions)
      return true
    }
    do throws(ApprovalFault) {
      for identifier in entry.approvals {
        _ = try desk.store.decide(
          identifier, approves ? .approve : .deny, by: decider.personAtClient, at: time.unixMilliseconds)
      }
    } catch {
      if case .unavailable = error {
        deny(request, decider.refusal(of: entry.target, entry.asked, error), target: entry.target, into: &actions)
        return true
      }
    }
    if approves {
      dispatch(request, into: &actions)
    } else {
      deny(request, decider.refusalAtClient(entry.target, entry.asked), target: entry.target, into: &actions)
    }
    return true
  }

  /// Nobody answered in time.
  mutating func giveUpAsking(at time: EventTime, into actions: inout [Action]) {
    for entry in questions.takeExpired(at: time.nanoseconds) {
      withdrawQuestion(of: entry, "nobody answered in time", into: &actions)
      deny(entry.request.at(time), decider.refusalTooLate(entry.target, entry.asked), target: entry.target, into: &actions)
    }
  }

  /// The client takes back a request that waits.
  ///
  /// - Returns: false when none of this id does.
  mutating func cancelQuestioned(_ identifier: Identifier, into actions: inout [Action]) -> Bool {
    guard let entry = questions.remove(identifier) else { return false }
    withdrawQuestion(of: entry, "the request was cancelled", into: &actions)
    withdraw(batch: entry.request.inbound.batch, into: &actions)
    var record = openRecord(entry.request, target: entry.target)
    record.outcome = .cancelled
    actions.append(.record(record))
    return true
  }

  /// Nobody has to answer any more: the requests go on to whatever refuses them now.
  mutating func withdrawQuestions(_ reason: String, at time: EventTime, into actions: inout [Action]) {
    for entry in questions.removeAll() {
      withdrawQuestion(of: entry, reason, into: &actions)
      dispatch(entry.request.at(time), into: &actions)
    }
  }

  private mutating func withdrawQuestion(of entry: OpenQuestion, _ reason: String, into actions: inout [Action]) {
    send(Reply.cancellation(of: entry.question, reason: reason), into: &actions)
  }

  private mutating func recordAsking(
    _ request: Request, _ asked: Asked, _ approvals: [Approval], target: String, bytesOut: Int, into actions: inout [Action]
  ) {
    var record = openRecord(request, target: target)
    record.outcome = .asked
    record.rule = asked.rule
    record.approval = approvals.map(\.identifier).joined(separator: " ")
    record.shadow = decider.firedShadows()
    record.bytesOut = bytesOut
    noteAsked(request, record, target: target)
    actions.append(.record(record))
  }
}
