internal import Digests
internal import NIOHTTP1

/// The sessions of one upstream's clients from before 2026-07-28, by the ids that the gateway gave them.
///
/// An id is random and sealed to the caller who opened the session, so that nobody else can use it, whether it was guessed or
/// overheard; an id of somebody else's is answered like one that never was. Its first byte is the number of the event loop that has the
/// session, so that a request on any connection finds it.
final class HandshakeSessions {
  private let limits: HTTPLimits
  private let key = randomBytes(32)
  private var sessions: [String: HandshakeSession] = [:]
  private static let randomLength = 16
  private static let sealLength = 16

  init(_ limits: HTTPLimits) { self.limits = limits }

  var isBusy: Bool { sessions.values.contains { $0.isBusy } }

  func open(_ worker: Worker, _ site: UpstreamSite, _ caller: Caller) throws(HTTPRefusal) -> HandshakeSession {
    if sessions.count >= limits.sessions { throw HTTPRefusal(.serviceUnavailable, "too many sessions are open") }
    let random = [UInt8(worker.number)] + randomBytes(HandshakeSessions.randomLength - 1)
    let name = HandshakeSessions.digits(random + seal(random, caller))
    let session = HandshakeSession(worker, site, caller, name: name)
    sessions[name] = session
    session.whenOver = { [weak self] in self?.sessions[name] = nil }
    return session
  }

  /// The number of the event loop that has a session, by its name alone: anybody can make one up.
  static func number(in name: String) -> Int? {
    guard name.utf8.count == 2 * (randomLength + sealLength) else { return nil }
    return Int(name.prefix(2), radix: 16)
  }

  func session(named headers: HTTPHeaders, of caller: Caller) throws(HTTPRefusal) -> HandshakeSession {
    let names = headers["mcp-session-id"]
    guard names.count == 1 else { throw HTTPRefusal(.badRequest, "`Mcp-Session-Id` must be there, once") }
    guard let session = sessions[names[0]], session.caller.mark == caller.mark, isSealed(names[0], caller), !session.isOver else {
      throw HTTPRefusal(.notFound, "there is no such session; begin another with `initialize`")
    }
    try session.check(headers)
    return session
  }

  func end(named headers: HTTPHeaders, of caller: Caller, _ reply: HTTPReply) throws(HTTPRefusal) {
    try session(named: headers, of: caller).end()
    reply.sendEmpty(.noContent)
  }

  private func seal(_ random: [UInt8], _ caller: Caller) -> [UInt8] {
    Array(hmacSHA256(key: key, (random + caller.mark.bytes).span).prefix(HandshakeSessions.sealLength))
  }

  private static func digits(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  private func isSealed(_ name: String, _ caller: Caller) -> Bool {
    guard let digest = Digest(hex: name) else { return false }
    let random = Array(digest.bytes.prefix(HandshakeSessions.randomLength))
    return areEqualInConstantTime(seal(random, caller), Array(digest.bytes.dropFirst(HandshakeSessions.randomLength)))
  }

  func tick(_ now: UInt64) { for session in Array(sessions.values) { session.tick(now) } }
  func stopsChanged() { for session in Array(sessions.values) { session.stopsChanged() } }
  func drain() { for session in Array(sessions.values) { session.drain() } }
  func abort() { for session in Array(sessions.values) { session.end() } }
}
