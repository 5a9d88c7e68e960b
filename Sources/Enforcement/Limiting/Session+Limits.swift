internal import Bytecode
internal import Decision
internal import JSON
internal import Messages
internal import Quotas

// Between the decision and the server: a call takes all that limits count, or none of it, and gives back what it has to.
extension Session {
  /// What becomes of a call that the rules allow.
  enum Passage {
    /// With what it took; nil: nothing.
    case goes(Reservations.Number?)
    /// It waits, and will be taken up again.
    case parked
    case refused(Refusal)
  }

  /// A request that has waited, while it is decided again.
  enum Resumption {
    case holds(Reservations.Number, LimitStates)
    case lost(Refusal, LimitStates)
  }

  /// Takes what a call that was just allowed needs. In this one place, so that nothing reaches the server uncounted.
  mutating func reserve(_ call: Call, for request: Request, into actions: inout [Action]) -> Passage {
    if let resumed = resumption {
      resumption = nil
      switch resumed {
      case .holds(let number, let states):
        limitStates = states
        return .goes(number)
      case .lost(let refusal, let states):
        limitStates = states
        return .refused(refusal)
      }
    }
    if decider.program.limits.isEmpty { return .goes(nil) }
    if let limit = decider.prepareCharges(call) {
      return .refused(Refusal(uncountable: decider.program.limits[limit], subject: decider.subject(call)))
    }
    if decider.charging.isEmpty { return .goes(nil) }
    let time = QuotaTime(request.now)
    var rooms = QuotaRooms()
    let quotas = decider.charging.ledger.quotas
    let outcome =
      decider.charging.charges.isEmpty
      ? .admitted(at: time) : quotas.reserve(decider.charging.charges.span, at: time, rooms: &rooms)
    note(outcome, rooms)
    switch outcome {
    case .admitted(let moment):
      let number = reservations.insert(decider.charging.charges, takeShadows(at: time), taken: moment)
      if moment.nanoseconds <= time.nanoseconds { return .goes(number) }
      return park(request, .turn(number, at: UInt64(moment.nanoseconds)), Session.tooMany, into: &actions)
    case .queued(let ticket):
      let number = reservations.insert(decider.charging.charges, takeShadows(at: time), taken: time)
      let refusal = Refusal(
        .over(charge: decider.charging.placeCharge, retryAfter: nil), decider.charging, rooms, subject: decider.subject(call))
      let until = time.nanoseconds &+ decider.charging.patience
      return park(request, .place(number, ticket, until: UInt64(until)), refusal, into: &actions)
    case .over, .never, .full, .unavailable:
      switch outcome {
      case .full, .unavailable: noted.isByPolicy = false
      default: break
      }
      return .refused(Refusal(outcome, decider.charging, rooms, subject: decider.subject(call)))
    }
  }

  private mutating func note(_ outcome: QuotaOutcome, _ rooms: QuotaRooms) {
    var over: Int?
    switch outcome {
    case .over(let charge, _), .never(let charge): over = charge
    case .admitted, .queued, .full, .unavailable: break
    }
    for place in decider.charging.charges.indices {
      limitStates.add(
        decider.charging.limits[place], of: decider.charging.ledger, decider.charging.charges[place].amount, room: rooms.rooms[place],
        isOver: over == place)
    }
  }

  /// Shadow limits are counted each for itself, and hold nobody up.
  ///
  /// - Returns: what was taken from them.
  private mutating func takeShadows(at time: QuotaTime) -> [Charge] {
    if decider.charging.shadows.isEmpty { return [] }
    var taken: [Charge] = []
    for place in decider.charging.shadows.indices {
      let charge = decider.charging.shadows[place]
      let charges = [charge]
      var rooms = QuotaRooms()
      let outcome = decider.charging.ledger.quotas.reserve(charges.span, at: time, rooms: &rooms)
      var isOver = true
      if case .admitted = outcome {
        taken.append(charge)
        isOver = false
      }
      limitStates.add(
        decider.charging.shadowLimits[place], of: decider.charging.ledger, charge.amount, room: rooms.rooms[0], isOver: isOver)
    }
    return taken
  }

  // MARK: Waiting

  private mutating func park(
    _ request: Request, _ reason: ParkedRequest.Reason, _ refusal: Refusal, into actions: inout [Action]
  ) -> Passage {
    let inbound = request.inbound
    let message = Held(bytes: inbound.bytes, time: inbound.time, batch: inbound.batch, identifier: request.identifier)
    var entry = ParkedRequest(message: message, reason: reason, approved: decider.approved, states: limitStates, refusal: refusal)
    guard parked.hasRoom(for: inbound.bytes) else {
      withdraw(entry, at: request.now)
      noted.isByPolicy = false
      return .refused(Session.tooMany)
    }
    entry.number = noteParked(request)
    parked.insert(entry, at: request.now.nanoseconds)
    return .parked
  }

  /// A parked request will not go: it gives back what it has.
  mutating func withdraw(_ entry: ParkedRequest, at time: EventTime) {
    let now = QuotaTime(time)
    noteWithdrawn(entry, at: time)
    switch entry.reason {
    case .turn(let number, _): reservations.refund(number, to: quotas, at: now)
    case .place(let number, let ticket, _):
      if let served = quotas.withdraw(ticket) {
        reservations.take(number, at: served)
        reservations.refund(number, to: quotas, at: now)
      } else {
        reservations.forget(number)
      }
    }
  }

  /// Takes up the requests that have waited long enough, in the order in which they came.
  mutating func resumeParked(at time: EventTime, into actions: inout [Action]) {
    if parked.isEmpty { return }
    let quotas = quotas
    let now = QuotaTime(time)
    var reservations = reservations
    let ready = parked.take(at: time.nanoseconds) { entry in
      if case .place(let number, let ticket, let until) = entry.reason {
        let served = time.nanoseconds >= until ? quotas.withdraw(ticket) : quotas.turn(of: ticket, at: now)
        guard let served else { return time.nanoseconds >= until }
        reservations.take(number, at: served)
        entry.reason = .turn(number, at: UInt64(served.nanoseconds))
      }
      return entry.deadline(now: time.nanoseconds) <= time.nanoseconds
    }
    self.reservations = reservations
    for entry in ready { resume(entry, at: time, into: &actions) }
  }

  private mutating func resume(_ entry: ParkedRequest, at time: EventTime, into actions: inout [Action]) {
    switch entry.reason {
    case .place(let number, _, _):
      reservations.forget(number)
      resumption = .lost(entry.refusal, entry.states)
    case .turn(let number, _) where entry.states.ledger === decider.charging.ledger: resumption = .holds(number, entry.states)
    // Other limits are in force now: it is counted by them, as if it had just come.
    case .turn: withdraw(entry, at: time)
    }
    resumedApproval = entry.approved
    noted.resumes = entry.number
    takeAgain(entry.message, at: time, into: &actions)
    resumedApproval = nil
    noted.resumes = nil
    // It was not let through after all.
    if case .holds(let number, _) = resumption { reservations.refund(number, to: quotas, at: QuotaTime(time)) }
    resumption = nil
  }

  /// The server is gone: nothing that waits reaches it any more.
  mutating func giveUpParked(at time: EventTime, into actions: inout [Action]) {
    for entry in parked.removeAll() {
      withdraw(entry, at: time)
      takeAgain(entry.message, at: time, into: &actions)
    }
  }

  // MARK: Giving back

  /// Requests that are over leave their places. Every way out of the table of requests in flight ends here.
  mutating func releaseEnded(at time: EventTime) {
    guard pending.hasEnded else { return }
    let now = QuotaTime(time)
    for number in pending.failed { reservations.fail(number, to: quotas, at: now) }
    for number in pending.ended { reservations.release(number, from: quotas, at: now) }
    pending.forgetEnded()
  }

  var quotas: QuotaStore { decider.charging.ledger.quotas }
}

extension QuotaTime {
  init(_ time: EventTime) {
    self.init(nanoseconds: Int64(clamping: time.nanoseconds), unixMilliseconds: time.unixMilliseconds)
  }
}
