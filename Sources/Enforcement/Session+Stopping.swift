internal import JSON
internal import Messages

// What operators stop ends here: nothing new is let through, and what is under way is taken back.
extension Session {
  /// First of all in every event.
  mutating func heedStops(at time: EventTime, into actions: inout [Action]) {
    guard decider.refreshStops(at: time) else { return }
    if let reason = decider.stops.whole {
      endEverything(reason, at: time, into: &actions)
    } else {
      for request in pending.entries where !request.tool.isEmpty {
        guard let reason = decider.stops.reason(tool: request.tool) else { continue }
        end(request.identifier, reason, at: time, into: &actions)
      }
    }
  }

  /// Every request has its answer, and there is nobody to whom the server may say anything more.
  private mutating func endEverything(_ reason: StopView.Reason, at time: EventTime, into actions: inout [Action]) {
    for identifier in pending.entries.map(\.identifier) { end(identifier, reason, at: time, into: &actions) }
    for request in serverRequests.removeAll() {
      send(Reply.cancellation(of: request.identifier, reason: "the caller was stopped"), into: &actions)
      if isServerRunning {
        actions.append(
          .sendToServer(
            Reply.error(to: request.identifier, code: ErrorCode.invalidRequest.rawValue, message: "the client is no longer there")))
      }
    }
    // They meet the stop.
    giveUpParked(at: time, into: &actions)
    withdrawQuestions("the caller was stopped", at: time, into: &actions)
    takeHeld(at: time, into: &actions)
  }

  /// The answer that may still come is that to a cancelled request.
  private mutating func end(_ identifier: Identifier, _ reason: StopView.Reason, at time: EventTime, into actions: inout [Action]) {
    guard let request = pending.cancel(identifier) else { return }
    if request.method == .initialize {
      // Which cannot be cancelled.
      phase = .opening
    } else if isServerRunning {
      actions.append(.sendToServer(Reply.cancellation(of: identifier, reason: "stopped by an operator")))
    }
    deny(request, reason.refusal, at: time, into: &actions)
  }
}
