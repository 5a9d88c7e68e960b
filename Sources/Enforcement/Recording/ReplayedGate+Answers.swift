internal import Bytecode
internal import Decision
package import JSON
package import Messages
internal import Quotas

/// An answer as a recording has it.
package struct ReplayedAnswer: Sendable {
  package enum Content: Sendable {
    /// The message, whole.
    case whole(Document)
    /// What filters found in it, which were the ones that read it now: the one that blocked it, and the labels that they set.
    case read(blockedBy: String?, labels: [String])
    /// Nothing that filters of now could be asked about.
    case unknown
  }

  package var number: UInt64
  package var time: EventTime
  /// False: it was cancelled, or withheld for what no filter said.
  package var isReleased: Bool
  package var isDone: Bool
  package var content: Content

  package init(number: UInt64, time: EventTime, isReleased: Bool, isDone: Bool, content: Content) {
    self.number = number
    self.time = time
    self.isReleased = isReleased
    self.isDone = isDone
    self.content = content
  }
}

/// What an answer comes to.
package struct ReplayedEnding: Sendable {
  /// The filter that withholds it.
  package var blockedBy: String?
  /// Names of the labels of its session when something was done to them.
  package var labels: [String] = []
  package var findings: [CallRecord.Finding] = []
  package var missing: RecalledFacts.Missing?
}

extension ReplayedGate {
  /// - Returns: nil: the request did not go to the server in this replay.
  package mutating func end(_ answer: ReplayedAnswer) -> ReplayedEnding? {
    guard let request = open.removeValue(forKey: answer.number) else { return nil }
    var ending = ReplayedEnding()
    if answer.isReleased { release(answer, request, &ending) }
    if let ticket = request.ticket, let number = request.reservation {
      // It still waits.
      if let served = decider.charging.ledger.quotas.withdraw(ticket) {
        reservations.take(number, at: served)
        reservations.refund(number, to: decider.charging.ledger.quotas, at: QuotaTime(answer.time))
      } else {
        reservations.forget(number)
      }
    } else if let number = request.reservation {
      reservations.release(number, from: decider.charging.ledger.quotas, at: QuotaTime(answer.time))
    }
    return ending
  }

  /// A request that waits is given up: it gives back what it took.
  package mutating func withdraw(_ number: UInt64, at time: EventTime) {
    guard let request = open.removeValue(forKey: number), let reservation = request.reservation else { return }
    let quotas = decider.charging.ledger.quotas
    if let ticket = request.ticket {
      guard let served = quotas.withdraw(ticket) else { return reservations.forget(reservation) }
      reservations.take(reservation, at: served)
    }
    reservations.refund(reservation, to: quotas, at: QuotaTime(time))
  }

  private mutating func release(_ answer: ReplayedAnswer, _ request: Open, _ ending: inout ReplayedEnding) {
    var sets = request.labels
    if readsAnswer(of: request) {
      switch answer.content {
      case .whole(let document): read(document, request, &sets, &ending)
      case .read(let filter, let labels):
        ending.blockedBy = filter
        sets.formUnion(labelSet(labels))
      case .unknown: ending.missing = .answer
      }
    }
    var change = LabelChange(sets: sets)
    switch request.owner {
    case .tool(let tool):
      if [.toolsCall, .tasksGet, .tasksResult].contains(request.method) { change.formUnion(program.tool(tool).labels) }
    case .prompt(let prompt): change.formUnion(program.prompt(prompt).labels)
    case .resource(let server, let uri):
      if request.method == .resourcesRead { change.formUnion(program.servers[Int(server.index)].labels(afterReading: uri)) }
    case .server, .anyOf: break
    }
    if !answer.isDone || ending.blockedBy != nil { change.clears = LabelSet() }
    ending.labels = decider.mark(request.session, change) ?? []
  }

  private func readsAnswer(of request: Open) -> Bool {
    if program.filters.isEmpty { return false }
    switch request.owner {
    case .tool(let tool): return decider.filters.readers(of: tool).readOutputs
    case .prompt(let prompt): return decider.filters.readers(of: prompt).readOutputs
    case .resource, .server, .anyOf: return true
    }
  }

  private mutating func read(_ document: Document, _ request: Open, _ sets: inout LabelSet, _ ending: inout ReplayedEnding) {
    let result = document.member(document.root, "result").map { TextCarrier.result(of: request.method, $0) }
    guard let carrier = result ?? document.member(document.root, "error").map(TextCarrier.failure) else { return }
    let filtered = filter.apply(
      document, carrier, of: request.owner, in: .of2025November, output: request.tool.flatMap { tools.tools[Int($0.index)].output },
      validation: &validation)
    sets.formUnion(filtered.labels)
    ending.findings = filtered.findings.entries.map { entry in
      CallRecord.Finding(
        filter: program.filters[entry.filter].name, pattern: entry.pattern.map { program.filterPatterns[$0].name }, count: entry.count,
        isUndecided: entry.isUndecided)
    }
    if case .blocked(let block) = filtered.outcome { ending.blockedBy = program.filters[block.filter].name }
  }

  // MARK: What belongs to no answer

  /// A message of the server's marked a session.
  ///
  /// - Parameter number: of a request whose session it is; nil: all sessions of the caller.
  package mutating func mark(_ labels: [String], of number: UInt64?) {
    if labels.isEmpty { return }
    _ = decider.mark(number.flatMap { open[$0]?.session }, LabelChange(sets: labelSet(labels)))
  }

  /// Whether a tool or prompt is in the list that the caller sees.
  package mutating func isShown(_ name: [UInt8], in list: Method, at time: EventTime) -> Bool {
    _ = decider.enterSession(Document(), nil)
    if list == .promptsList { return decider.prompt(named: name).map { decider.mayAllow(.prompt($0), time) } ?? false }
    guard let tool = decider.tool(named: name), tools.tools[Int(tool.index)].withheldBy == nil else { return false }
    return decider.mayAllow(.tool(tool), time)
  }

  private func labelSet(_ names: [String]) -> LabelSet {
    LabelSet(program.allLabels.labels.filter { names.contains(program.labels[Int($0.index)].name) })
  }
}
