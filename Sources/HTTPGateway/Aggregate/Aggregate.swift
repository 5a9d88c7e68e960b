internal import Digests
internal import Enforcement
internal import JSON
internal import Messages
internal import NIOHTTP1

/// Several upstreams at one path, as one event loop serves them. Every request goes through the gates of the upstreams it is for: here
/// names are joined and parted, and nothing is decided.
final class Aggregate {
  let path: String
  let members: [AggregateMember]
  /// Nil: no access tokens are taken.
  let tokens: TokenDoor?
  let cursors: AggregateCursors
  let sessions: AggregateSessions

  init(path: String, _ members: [AggregateMember], tokens: TokenDoor?, key: [UInt8], sessions: AggregateSessions) {
    self.path = path
    self.members = members
    self.tokens = tokens
    cursors = AggregateCursors(key: key)
    self.sessions = sessions
  }

  /// Those that a caller's credential is for.
  func members(for caller: Caller) -> [AggregateMember] {
    guard let servers = caller.servers else { return members }
    return members.filter { servers.contains($0.site.upstream.name) }
  }

  /// A caller as one member sees them: who knows its tools by longer names, and where more scopes are had.
  func caller(_ caller: Caller, at member: AggregateMember) -> Caller {
    caller.coming(through: tokens, naming: String(decoding: member.prefix, as: UTF8.self))
  }

  /// A request as one member gets it.
  func request(_ request: ClientRequest, body: [UInt8], for member: AggregateMember) -> ClientRequest {
    ClientRequest(head: request.head, body: body, caller: caller(request.caller, at: member))
  }

  static func refusal(_ identifier: Identifier?, _ message: String, _ code: ErrorCode = .invalidParameters) -> [UInt8] {
    Reply.error(to: identifier, code: code.rawValue, message: message)
  }
}

/// Asks several members the same, and gives on what they say together.
final class AggregateFan {
  private let done: ([AggregatePart]) -> Void
  private var parts: [AggregatePart] = []
  private var waiting: Int

  /// - Parameter done: called once, when all have answered; parts are in the order of the members.
  init(_ count: Int, _ done: @escaping ([AggregatePart]) -> Void) {
    waiting = count
    self.done = done
    if count == 0 { done([]) }
  }

  func reply(from member: AggregateMember) -> HTTPReply {
    HTTPReply(
      CollectingChannel { step, body in
        let value = body.flatMap { try? Value(parsing: $0, limits: .answer) }
        self.parts.append(AggregatePart(member: member, response: value?["result"] == nil ? nil : value, step: step))
        self.waiting -= 1
        if self.waiting == 0 { self.done(self.parts.sorted { $0.member.index < $1.member.index }) }
      })
  }
}
