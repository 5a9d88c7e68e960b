internal import NIOHTTP1

/// The sessions of one upstream's clients from before 2026-07-28, by the ids that the gateway gave them.
///
/// An id of somebody else's is answered like one that never was.
final class HandshakeSessions {
  private let room: Room
  private let names = SessionNames()
  private var sessions: [String: HandshakeSession] = [:]

  /// - Parameter room: of all event loops.
  init(_ room: Room) { self.room = room }

  var isBusy: Bool { sessions.values.contains { $0.isBusy } }

  func open(_ worker: Worker, _ site: UpstreamSite, _ caller: Caller) throws(HTTPRefusal) -> HandshakeSession {
    guard room.enter() else { throw HTTPRefusal(.serviceUnavailable, "too many sessions are open") }
    let name = names.make(worker.number, caller)
    let session = HandshakeSession(worker, site, caller, name: name)
    sessions[name] = session
    session.whenOver = { [weak self, room] in
      room.leave()
      self?.sessions[name] = nil
    }
    return session
  }

  func session(named headers: HTTPHeaders, of caller: Caller) throws(HTTPRefusal) -> HandshakeSession {
    let names = headers["mcp-session-id"]
    guard names.count == 1 else { throw HTTPRefusal(.badRequest, "`Mcp-Session-Id` must be there, once") }
    guard let session = sessions[names[0]], session.caller.principal == caller.principal, self.names.isFor(names[0], caller),
      !session.isOver
    else {
      throw HTTPRefusal(.notFound, "there is no such session; begin another with `initialize`")
    }
    try session.check(headers)
    session.renew(caller)
    return session
  }

  func end(named headers: HTTPHeaders, of caller: Caller, _ reply: HTTPReply) throws(HTTPRefusal) {
    try session(named: headers, of: caller).end()
    reply.sendEmpty(.noContent)
  }

  func tick(_ now: UInt64) { for session in Array(sessions.values) { session.tick(now) } }
  func stopsChanged() { for session in Array(sessions.values) { session.stopsChanged() } }
  func drain() { for session in Array(sessions.values) { session.drain() } }
  func abort() { for session in Array(sessions.values) { session.end() } }
}
