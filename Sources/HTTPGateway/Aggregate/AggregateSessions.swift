internal import Approvals
internal import Digests
internal import NIOHTTP1

/// The sessions of an aggregate, by ids that are made and bound as those of one upstream are.
final class AggregateSessions {
  private let room: Room
  private let names = SessionNames()
  private var sessions: [String: AggregateSession] = [:]

  /// - Parameter room: of all event loops.
  init(_ room: Room) { self.room = room }

  func open(_ worker: Worker, _ aggregate: Aggregate, _ caller: Caller) throws(HTTPRefusal) -> AggregateSession {
    forgetEnded()
    guard room.enter() else { throw HTTPRefusal(.serviceUnavailable, "too many sessions are open") }
    let name = names.make(worker.number, caller)
    do throws(HTTPRefusal) {
      let session = try AggregateSession(worker, aggregate, caller, name: name)
      sessions[name] = session
      return session
    } catch {
      room.leave()
      throw error
    }
  }

  func session(named headers: HTTPHeaders, of caller: Caller) throws(HTTPRefusal) -> AggregateSession {
    let given = headers["mcp-session-id"]
    guard given.count == 1 else { throw HTTPRefusal(.badRequest, "`Mcp-Session-Id` must be there, once") }
    guard let session = sessions[given[0]], session.caller.principal == caller.principal, names.isFor(given[0], caller), !session.isOver
    else {
      throw HTTPRefusal(.notFound, "there is no such session; begin another with `initialize`")
    }
    try session.check(headers, caller)
    return session
  }

  func end(named headers: HTTPHeaders, of caller: Caller, _ reply: HTTPReply) throws(HTTPRefusal) {
    let session = try session(named: headers, of: caller)
    session.end()
    forgetEnded()
    reply.sendEmpty(.noContent)
  }

  /// The sessions of the members end by themselves; nothing is left then.
  func forgetEnded() {
    for (name, session) in sessions where session.isOver {
      sessions[name] = nil
      room.leave()
    }
  }

  func abort() {
    for session in sessions.values { session.end() }
    forgetEnded()
  }
}

/// Ids of sessions: random, sealed to the caller who opened the session, so that nobody else can use one, whether it was guessed or
/// overheard. The first byte is the number of the event loop that has the session, so that a request on any connection finds it.
struct SessionNames {
  private let key = randomBytes(32)
  private static let randomLength = 16
  private static let sealLength = 16

  func make(_ loop: Int, _ caller: Caller) -> String {
    let random = [UInt8(loop)] + randomBytes(SessionNames.randomLength - 1)
    return Hexadecimal.text(random + seal(random, caller))
  }

  /// The number of the event loop that has a session, by its name alone: anybody can make one up.
  static func number(in name: String) -> Int? {
    guard name.utf8.count == 2 * (randomLength + sealLength) else { return nil }
    return Int(name.prefix(2), radix: 16)
  }

  func isFor(_ name: String, _ caller: Caller) -> Bool {
    guard let bytes = Hexadecimal.bytes(name.utf8), bytes.count == SessionNames.randomLength + SessionNames.sealLength else { return false }
    let random = Array(bytes.prefix(SessionNames.randomLength))
    return areEqualInConstantTime(seal(random, caller), Array(bytes.dropFirst(SessionNames.randomLength)))
  }

  private func seal(_ random: [UInt8], _ caller: Caller) -> [UInt8] {
    Array(hmacSHA256(key: key, (random + caller.principal.bytes).span).prefix(SessionNames.sealLength))
  }
}
