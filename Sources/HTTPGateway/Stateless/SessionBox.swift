internal import Enforcement

/// A session and what it said to do: a reference, because a request's session moves between those who hear of events.
final class SessionBox {
  private var session: Session

  init(_ session: consuming Session) { self.session = session }

  /// Feeds one event, and gives back what is to be done, in order.
  func feed(_ event: (inout Session, inout [Action]) -> Void) -> [Action] {
    var actions: [Action] = []
    event(&session, &actions)
    return actions
  }

  func carriedOut() { session.carriedOut(at: monotonicNanoseconds()) }

  var isStopped: Bool { session.isStopped }
  var isIdle: Bool { session.isIdle }
  var nextDeadline: UInt64? { session.nextDeadline }

  func mirrors(ofTool name: [UInt8]) -> [ParameterMirror]? { session.mirrors(ofTool: name) }
}
