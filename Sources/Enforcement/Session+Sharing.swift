internal import JSON
internal import Messages

// What a session over HTTP has in common with others, and what its transport tells it beside messages.
extension Session {
  /// Every request says its revision, as the transport has found out already: there is nothing to agree on.
  package mutating func beginStateless() { phase = .stateless }

  /// The same caller shows another credential, a renewed token say: what it may do from now on is what that one says.
  package mutating func renew(_ configuration: GateConfiguration, at time: EventTime, into actions: inout [Action]) {
    lastForwarded = nil
    decider.renew(configuration)
    heedStops(at: time, into: &actions)
  }

  /// Whether operators have stopped all that this caller could do here, or its credential has ended.
  package var isStopped: Bool { decider.stops.whole != nil }

  /// What was learnt of the server's tools by another request holds for this one too.
  mutating func adoptTools(at time: EventTime) {
    guard let shared, !live.isReading, !live.hasFailed else { return }
    switch shared.offer(unlike: live.isKnown ? adopted : 0, for: decider.program, at: time.nanoseconds) {
    case .same: break
    case .tools(let tools, let version):
      live = tools
      adopted = version
    case .none: live.forget()
    }
  }

  mutating func shareTools(at time: EventTime) {
    guard let shared else { return }
    adopted = shared.publish(live, for: decider.program, at: time.nanoseconds)
  }

  /// A message for the server could not be delivered, or its answer did not come: whoever waits for it is told.
  ///
  /// - Parameter message: as the action gave it.
  package mutating func deliveryFailed(_ message: [UInt8], at time: EventTime, into actions: inout [Action]) {
    guard let document = try? Document(parsing: message, limits: .message),
      case .request(let identifier, _, _) = Envelope(document, document.root)
    else { return }
    lastForwarded = nil
    if live.reading == identifier {
      failListing(at: time, into: &actions)
    } else if let request = pending.remove(identifier) {
      pending.noteFailure(of: request)
      if request.method == .initialize { phase = .opening }
      let message = "The MCP server could not be reached, or failed before it answered; whether it carried out the request is not known."
      deny(request, Refusal(.upstreamUnavailable, message), at: time, into: &actions)
    }
    drainIfPossible(at: time, into: &actions)
  }

  /// Headers by which the server wants arguments of this tool repeated (2026-07-28, `x-mcp-header`). Nil: the tools are not known.
  package func mirrors(ofTool name: [UInt8]) -> [ParameterMirror]? {
    live.isKnown ? live.mirrors(ofTool: name) : nil
  }
}
