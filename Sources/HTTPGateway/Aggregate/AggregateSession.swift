internal import Enforcement
internal import JSON
internal import Messages
internal import NIOHTTP1

/// A session from before 2026-07-28 with several upstreams: one session with each, and this one, which joins what they say and parts
/// what the client says. Requests of servers come under ids of their own choice, so they are told to the client under ids that say
/// whose they are.
final class AggregateSession {
  private struct Part {
    let member: AggregateMember
    let session: HandshakeSession
  }

  let name: String
  private let worker: Worker
  private let aggregate: Aggregate
  private(set) var caller: Caller
  private var parts: [Part] = []
  private var revision: String?

  init(_ worker: Worker, _ aggregate: Aggregate, _ caller: Caller, name: String) throws(HTTPRefusal) {
    self.worker = worker
    self.aggregate = aggregate
    self.caller = caller
    self.name = name
    for member in aggregate.members(for: caller) {
      do throws(HTTPRefusal) {
        let session = try member.site.handshakes.open(worker, member.site, aggregate.caller(caller, at: member))
        parts.append(Part(member: member, session: session))
      } catch {
        end()
        throw error
      }
    }
    guard !parts.isEmpty else { throw HTTPRefusal(.forbidden, "there is no server here for this credential") }
  }

  var isOver: Bool { parts.allSatisfy { $0.session.isOver } }

  func check(_ headers: HTTPHeaders, _ caller: Caller) throws(HTTPRefusal) {
    if let stated = headers.first(name: MirroredHeaders.version), let revision, !stated.utf8.elementsEqual(revision.utf8) {
      throw HTTPRefusal(.badRequest, "`MCP-Protocol-Version` is not the revision that this session agreed on")
    }
    self.caller = caller
    for part in parts { part.session.renew(aggregate.caller(caller, at: part.member)) }
  }

  func end() {
    for part in parts { part.session.end() }
    parts = []
  }

  // MARK: From the client

  func post(_ message: [UInt8], _ document: Document?, _ request: ClientRequest, _ reply: HTTPReply) {
    guard let document else { return relay(message, nil, request, reply, to: parts[0]) }
    guard document.kind(document.root) == .object else {
      return reply.send(.badRequest, json: Aggregate.refusal(nil, "batches are not taken here", .invalidRequest))
    }
    switch Envelope(document, document.root) {
    case .request(let identifier, let node, let parameters):
      take(message, document, identifier, Method(document, node), parameters, request, reply)
    case .notification: broadcast(message, document, request, reply)
    case .result(let identifier, _), .failure(let identifier?, _): answer(document, identifier, request, reply)
    case .failure(nil, _), .invalid: relay(message, document, request, reply, to: parts[0])
    }
  }

  private func take(
    _ message: [UInt8], _ document: Document, _ identifier: Identifier, _ method: Method?, _ parameters: Node?, _ request: ClientRequest,
    _ reply: HTTPReply
  ) {
    if let shape = AggregateLists.shape(method), let method {
      let members = parts.map(\.member)
      guard let asked = AggregateExchange.pages(message, document, parameters, method, caller, members, aggregate.cursors) else {
        return reply.send(.ok, json: Aggregate.refusal(identifier, "`cursor` is not one that was given to this caller for this list"))
      }
      return fan(asked, identifier, request, reply) { [aggregate, caller] parts in
        AggregateLists.merge(parts, shape, isPartial: false) { aggregate.cursors.seal($0, method, of: caller) }
      }
    }
    switch method {
    case .initialize: initialize(message, identifier, request, reply)
    case .ping: reply.send(.ok, json: Reply.result(to: identifier, [:]))
    case .setLevel: fan(parts.map { ($0.member, message) }, identifier, request, reply) { _ in [:] }
    default:
      guard let (node, kind) = AggregateNames.place(document, parameters, method) else {
        return relay(message, document, request, reply, to: parts[0])
      }
      var text: [UInt8] = []
      document.decodeString(node, appendingTo: &text)
      guard let (member, rest) = AggregateNames.resolve(text, kind, among: parts.map(\.member)),
        let part = parts.first(where: { $0.member.index == member.index })
      else {
        return reply.send(
          .ok, json: Aggregate.refusal(identifier, "no server here has this name; names begin with that of their server"))
      }
      let renamed = AggregateNames.replacing(document, node, with: rest)
      relay(renamed, try? Document(parsing: renamed, limits: .answer), request, reply, to: part)
    }
  }

  private func relay(_ message: [UInt8], _ document: Document?, _ request: ClientRequest, _ reply: HTTPReply, to part: Part) {
    part.session.post(message, document, aggregate.request(request, body: message, for: part.member), linked(reply, part))
  }

  /// A reply whose steps go to the client, and which is told of the client's end.
  private func linked(_ reply: HTTPReply, _ part: Part) -> HTTPReply {
    let link = RelayLink()
    let own = HTTPReply(channel(reply, part, keeping: link))
    link.inner = own
    reply.owner = link
    return own
  }

  private func channel(_ reply: HTTPReply, _ part: Part, keeping keeper: AnyObject) -> RelayChannel {
    RelayChannel(reply, event: "\(part.member.index).", keeping: keeper) { message in
      AggregateSession.asked(AggregateNames.shown(message, of: part.member), by: part.member)
    }
  }

  private func fan(
    _ asked: [(member: AggregateMember, message: [UInt8])], _ identifier: Identifier, _ request: ClientRequest, _ reply: HTTPReply,
    headers: [(String, String)] = [], _ done: @escaping ([AggregatePart]) -> Value
  ) {
    let fan = AggregateFan(asked.count) { parts in
      guard parts.contains(where: { $0.response != nil }) else { return reply.carryOut(parts.first?.step ?? .abort) }
      reply.send(.ok, headers, json: Reply.result(to: identifier, done(parts)))
    }
    for (member, message) in asked {
      guard let part = parts.first(where: { $0.member.index == member.index }) else { continue }
      part.session.post(
        message, try? Document(parsing: message, limits: .answer), aggregate.request(request, body: message, for: member),
        fan.reply(from: member))
    }
  }

  /// Those that cannot begin a session have no part in this one.
  private func initialize(_ message: [UInt8], _ identifier: Identifier, _ request: ClientRequest, _ reply: HTTPReply) {
    fan(parts.map { ($0.member, message) }, identifier, request, reply, headers: [("mcp-session-id", name)]) { answers in
      let good = answers.filter { $0.response != nil }
      let revisions = good.compactMap { $0.response?["result"]?["protocolVersion"]?.string }
      // The oldest that any of them speaks: names of revisions are dates.
      let agreed = revisions.min { $0.utf8.lexicographicallyPrecedes($1.utf8) } ?? ""
      self.revision = agreed
      for part in self.parts where !good.contains(where: { $0.member.index == part.member.index }) { part.session.end() }
      self.parts.removeAll { part in !good.contains { $0.member.index == part.member.index } }
      var members = [
        Value.Member("protocolVersion", .string(agreed)), Value.Member("capabilities", AggregateLists.capabilities(good)),
        Value.Member("serverInfo", ["name": "sallyport", "version": "1"]),
      ]
      if let instructions = AggregateLists.instructions(good) { members.append(instructions) }
      return .object(members)
    }
  }

  private func broadcast(_ message: [UInt8], _ document: Document, _ request: ClientRequest, _ reply: HTTPReply) {
    let fan = AggregateFan(parts.count) { _ in reply.sendEmpty(.accepted) }
    for part in parts {
      part.session.post(message, document, aggregate.request(request, body: message, for: part.member), fan.reply(from: part.member))
    }
  }

  // MARK: Requests of servers

  private static let mark = "sallyport-of-"

  /// A server's request under an id that says whose it is; everything else as it is.
  private static func asked(_ message: [UInt8], by member: AggregateMember) -> [UInt8] {
    guard let document = try? Document(parsing: message, limits: .answer),
      case .request = Envelope(document, document.root), let node = document.member(document.root, "id")
    else { return message }
    let own = String(decoding: document.bytes[document.source(node)], as: UTF8.self)
    return AggregateNames.replacing(document, node, with: Array("\(mark)\(member.index)-\(own)".utf8))
  }

  private func answer(_ document: Document, _ identifier: Identifier, _ request: ClientRequest, _ reply: HTTPReply) {
    guard let node = document.member(document.root, "id"), let text = document.string(node), text.hasPrefix(AggregateSession.mark) else {
      // It answers nothing of ours, and answers are never answered.
      return reply.sendEmpty(.accepted)
    }
    let parts = text.dropFirst(AggregateSession.mark.count).split(separator: "-", maxSplits: 1)
    guard parts.count == 2, let index = Int(parts[0]), let part = self.parts.first(where: { $0.member.index == index }),
      (try? Value(parsing: Array(parts[1].utf8))) != nil
    else { return reply.sendEmpty(.accepted) }
    var splices = Splices(of: document)
    splices.replace(node, with: Array(parts[1].utf8))
    let message = splices.apply()
    relay(message, try? Document(parsing: message, limits: .answer), request, reply, to: part)
  }

  // MARK: GET

  /// What comes unasked from all of them on one connection, or the rest of a stream of one of them.
  func listen(_ request: ClientRequest, _ reply: HTTPReply) throws(HTTPRefusal) {
    guard MediaTypes.accepts(request.head.headers["accept"], "text/event-stream") else {
      throw HTTPRefusal(.notAcceptable, "`Accept` must list text/event-stream")
    }
    var resumed: Part?
    var head = request.head
    if let position = head.headers.first(name: "last-event-id") {
      let pieces = position.split(separator: ".", maxSplits: 1)
      guard pieces.count == 2, let index = Int(pieces[0]), let part = parts.first(where: { $0.member.index == index }) else {
        throw HTTPRefusal(.badRequest, "`Last-Event-ID` names no event that is still known")
      }
      resumed = part
      head.headers.replaceOrAdd(name: "last-event-id", value: String(pieces[1]))
    }
    let position = ClientRequest(head: head, body: [], caller: request.caller)
    if let resumed, head.headers.first(name: "last-event-id")?.hasPrefix("0-") != true {
      // A stream of one request.
      return try resumed.session.listen(position, linked(reply, resumed))
    }
    let gathering = AggregateGathering(reply, parts.count)
    reply.owner = gathering
    head.headers.remove(name: "last-event-id")
    let plain = ClientRequest(head: head, body: [], caller: request.caller)
    for part in parts {
      let own = HTTPReply(gathering.channel(relaying: channel(reply, part, keeping: gathering)))
      gathering.replies.append(own)
      try part.session.listen(part.member.index == resumed?.member.index ? position : plain, own)
    }
  }
}

/// One connection that carries the unasked of several sessions: it begins with the first and ends with the last.
final class AggregateGathering: ReplyOwner {
  private let reply: HTTPReply
  private var open: Int
  var replies: [HTTPReply] = []

  init(_ reply: HTTPReply, _ count: Int) {
    self.reply = reply
    open = count
  }

  func clientGone() {
    for reply in replies { reply.connectionEnded() }
    replies = []
  }

  func clientTakesMore() { for reply in replies { reply.owner?.clientTakesMore() } }

  func channel(relaying inner: RelayChannel) -> any ReplyChannel { Part(self, inner) }

  private final class Part: ReplyChannel {
    private let whole: AggregateGathering
    private let inner: RelayChannel

    init(_ whole: AggregateGathering, _ inner: RelayChannel) {
      self.whole = whole
      self.inner = inner
    }

    var isWritable: Bool { inner.isWritable }

    func carryOut(_ step: ReplyStep) {
      switch step {
      case .begin: if whole.reply.isWaiting { inner.carryOut(step) }
      case .write: inner.carryOut(step)
      case .answer, .end, .abort:
        whole.open -= 1
        guard whole.open == 0 else { return }
        if whole.reply.isStreaming { whole.reply.endStream() } else { inner.carryOut(step) }
      }
    }
  }
}
