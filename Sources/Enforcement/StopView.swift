internal import JSON

/// What of the stops concerns one connection. Looked at with every event, before anything else: a message that comes after a stop meets it.
struct StopView {
  /// Why something is stopped.
  struct Reason {
    enum Cause {
      case stopped(Stops.Kind, Stops.Entry)
      /// Revoked, expired or no longer in the store.
      case keyNotGood
      case expired
      /// What is stopped cannot be told.
      case unknown
    }

    let cause: Cause
    let name: String
  }

  private let revocations: Revocations
  private let configuration: GateConfiguration
  /// Nil: never looked.
  private var generation: UInt64?
  /// Of the last event.
  private var time: EventTime?
  private var wasExpired = false
  /// Why this caller can use nothing here; nil: it can.
  private(set) var whole: Reason?
  /// Tools of this server.
  private var tools: [ExactText: Stops.Entry] = [:]

  init(_ revocations: Revocations, _ configuration: GateConfiguration) {
    self.revocations = revocations
    self.configuration = configuration
  }

  /// The same for another credential.
  func of(_ configuration: GateConfiguration) -> StopView { StopView(revocations, configuration) }

  /// The caller may be another agent than before.
  mutating func forget() { generation = nil }

  /// Whether anything may have been stopped or resumed, or the credential has ended, since the last time. Then `refresh` is to be called.
  mutating func isStale(at time: EventTime) -> Bool {
    self.time = time
    return revocations.generation != generation || isExpired(at: time) != wasExpired
  }

  /// - Parameter agents: names of all that the caller is.
  mutating func refresh(agents: [String], at time: EventTime) {
    // The number first: what changes between the two is looked at again.
    generation = revocations.generation
    wasExpired = isExpired(at: time)
    let stops = revocations.stops
    whole = reason(stops, agents)
    tools = stops.tools(of: configuration.server)
  }

  private func isExpired(at time: EventTime) -> Bool {
    guard let expires = configuration.credential?.expires else { return false }
    return time.unixMilliseconds >= expires
  }

  /// When the credential ends, on the clock of `EventTime.nanoseconds`; nil: never, or it has.
  var deadline: UInt64? {
    guard let expires = configuration.credential?.expires, let time, expires > time.unixMilliseconds else { return nil }
    let (left, isFar) = UInt64(expires - time.unixMilliseconds).multipliedReportingOverflow(by: 1_000_000)
    return isFar ? nil : time.nanoseconds &+ left
  }

  /// Of a tool by its name without the server.
  func reason(tool name: String) -> Reason? {
    guard !tools.isEmpty, let entry = tools[name.exact] else { return nil }
    return Reason(cause: .stopped(.tool, entry), name: name)
  }

  func reason(tool name: [UInt8]) -> Reason? {
    tools.isEmpty ? nil : reason(tool: String(decoding: name, as: UTF8.self))
  }

  private func reason(_ stops: Stops, _ agents: [String]) -> Reason? {
    guard stops.isCurrent else { return Reason(cause: .unknown, name: "") }
    func stopped(_ kind: Stops.Kind, _ name: String?) -> Reason? {
      name.flatMap { name in stops[kind, name].map { Reason(cause: .stopped(kind, $0), name: name) } }
    }
    if let credential = configuration.credential {
      if let reason = stopped(.key, credential.key) ?? stopped(.token, credential.token) ?? stopped(.subject, credential.subject) {
        return reason
      }
      if wasExpired { return Reason(cause: .expired, name: credential.key ?? "") }
      if let key = credential.key, !stops.isGood(key: key) { return Reason(cause: .keyNotGood, name: key) }
    }
    for agent in agents { if let reason = stopped(.agent, agent) { return reason } }
    return stopped(.server, configuration.server)
  }
}

extension StopView.Reason {
  var refusal: Refusal {
    var refusal: Refusal
    switch cause {
    case .stopped(.key, _), .keyNotGood:
      refusal = Refusal(.unauthenticated, "The key that this connection was opened with is no longer valid.")
    case .stopped(.token, _), .stopped(.subject, _):
      refusal = Refusal(.unauthenticated, "The token that this connection was opened with is no longer valid.")
    case .expired: refusal = Refusal(.unauthenticated, "The credential that this connection was opened with has expired.")
    case .stopped(.agent, _): refusal = Refusal(.permissionDenied, "An operator has stopped the agent that is calling.")
    case .stopped(.tool, _): refusal = Refusal(.permissionDenied, "An operator has stopped the tool \(quoted(Array(name.utf8))).")
    case .stopped(.server, _): refusal = Refusal(.permissionDenied, "An operator has stopped this server.")
    case .unknown:
      refusal = Refusal(.upstreamUnavailable, "What operators have stopped cannot be read now, so nothing is let through.")
      refusal.retryAfterMilliseconds = Limits.firstRetryMilliseconds
    }
    refusal.loggedReason = logged
    return refusal
  }

  /// For the log: what, by whom and why.
  var logged: String {
    switch cause {
    case .stopped(let kind, let entry):
      "stopped: \(kind.rawValue) \(name), by \(entry.actor)" + (entry.because.map { ": \($0)" } ?? "")
    case .keyNotGood: "the key \(name) was revoked or has expired"
    case .expired: "the credential has expired" + (name.isEmpty ? "" : ": key \(name)")
    case .unknown: "the state that says what is stopped cannot be read"
    }
  }
}
