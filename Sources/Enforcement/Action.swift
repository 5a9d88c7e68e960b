package import Approvals

/// What the transport has to do after an event, in this order. Messages carry no line end: stdio adds it.
package enum Action: Sendable {
  case sendToServer([UInt8])
  case sendToClient([UInt8])
  /// People have to be told that somebody waits for their approval.
  case ask(Approval)
  /// One request is finished, or something was dropped: a log line.
  case record(CallRecord)
}
