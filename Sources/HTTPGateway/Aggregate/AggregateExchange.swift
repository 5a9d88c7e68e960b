internal import Enforcement
internal import JSON
internal import Messages
internal import NIOHTTP1

/// One request of 2026-07-28 to an aggregate.
final class AggregateExchange: ReplyOwner {
  private let worker: Worker
  private let aggregate: Aggregate
  private let members: [AggregateMember]
  private let request: ClientRequest
  private let reply: HTTPReply
  private var inner: [HTTPReply] = []

  init(_ worker: Worker, _ aggregate: Aggregate, _ request: ClientRequest, _ reply: HTTPReply) {
    self.worker = worker
    self.aggregate = aggregate
    self.request = request
    self.reply = reply
    members = aggregate.members(for: request.caller)
  }

  func clientGone() { for reply in inner { reply.connectionEnded() } }

  func clientTakesMore() { for reply in inner { reply.owner?.clientTakesMore() } }

  /// - Parameter document: of the body; nil when it is none, which the gate of any member says best.
  func start(_ message: [UInt8], _ document: Document?) {
    reply.owner = self
    guard let document, case .request(let identifier, let node, let parameters) = Envelope(document, document.root) else {
      guard let member = members.first else { return refuse(nil, "there is no server here for this credential") }
      return relay(message, document, to: member)
    }
    let method = Method(document, node)
    if let shape = AggregateLists.shape(method), let method { return list(message, document, identifier, method, shape, parameters) }
    switch method {
    case .discover: discover(message, document, identifier)
    case .listen: listen(document, identifier, parameters)
    default:
      guard let (node, kind) = AggregateNames.place(document, parameters, method) else {
        // It is for nobody in particular: what there is no such thing of, any gate can say.
        guard let member = members.first else { return refuse(identifier, "there is no server here for this credential") }
        return relay(message, document, to: member)
      }
      var text: [UInt8] = []
      document.decodeString(node, appendingTo: &text)
      guard let (member, rest) = AggregateNames.resolve(text, kind, among: members) else {
        return refuse(identifier, "no server here has this name; names begin with that of their server")
      }
      let renamed = AggregateNames.replacing(document, node, with: rest)
      relay(renamed, try? Document(parsing: renamed, limits: .answer), to: member)
    }
  }

  private func refuse(_ identifier: Identifier?, _ message: String) {
    reply.send(.badRequest, json: Aggregate.refusal(identifier, message))
  }

  private func relay(_ message: [UInt8], _ document: Document?, to member: AggregateMember) {
    let channel = RelayChannel(reply, keeping: self) { AggregateNames.shown($0, of: member) }
    send(message, document, to: member, HTTPReply(channel))
  }

  private func send(_ message: [UInt8], _ document: Document?, to member: AggregateMember, _ own: HTTPReply) {
    inner.append(own)
    let request = aggregate.request(request, body: message, for: member)
    StatelessExchange(worker, member.site, request, message, document, own).start()
  }

  // MARK: To several

  private func fan(
    _ asked: [(member: AggregateMember, message: [UInt8])], _ identifier: Identifier, _ done: @escaping ([AggregatePart]) -> Value
  ) {
    guard !asked.isEmpty else { return refuse(identifier, "there is no server here for this credential") }
    let fan = AggregateFan(asked.count) { parts in
      let good = parts.filter { $0.response != nil }
      // When nobody can say anything, one of them says why.
      guard !good.isEmpty else {
        return self.reply.carryOut(parts.first?.step ?? .abort)
      }
      self.reply.send(.ok, json: Reply.result(to: identifier, done(parts)))
    }
    for (member, message) in asked {
      send(message, try? Document(parsing: message, limits: .answer), to: member, fan.reply(from: member))
    }
  }

  private func list(
    _ message: [UInt8], _ document: Document, _ identifier: Identifier, _ method: Method,
    _ shape: (list: String, name: String, kind: AggregateNames.Kind), _ parameters: Node?
  ) {
    let caller = request.caller
    guard let asked = AggregateExchange.pages(message, document, parameters, method, caller, members, aggregate.cursors) else {
      return reply.send(.ok, json: Aggregate.refusal(identifier, "`cursor` is not one that was given to this caller for this list"))
    }
    fan(asked, identifier) { parts in
      AggregateLists.merge(parts, shape, isPartial: parts.contains { $0.response == nil }) { [aggregate = self.aggregate] in
        aggregate.cursors.seal($0, method, of: caller)
      }
    }
  }

  /// Whom a page of a list is asked of, and with which words: of all at first, then of those that have more. Nil: the cursor is not ours.
  static func pages(
    _ message: [UInt8], _ document: Document, _ parameters: Node?, _ method: Method, _ caller: Caller, _ members: [AggregateMember],
    _ cursors: AggregateCursors
  ) -> [(member: AggregateMember, message: [UInt8])]? {
    guard let node = parameters.flatMap({ document.member($0, "cursor") }) else { return members.map { ($0, message) } }
    guard let text = document.string(node), let own = cursors.open(text, method, of: caller) else { return nil }
    var asked: [(member: AggregateMember, message: [UInt8])] = []
    for member in members {
      guard let next = own[member.site.upstream.name] else { continue }
      asked.append((member, AggregateNames.replacing(document, node, with: Array(next.utf8))))
    }
    return asked
  }

  private func discover(_ message: [UInt8], _ document: Document, _ identifier: Identifier) {
    fan(members.map { ($0, message) }, identifier) { parts in
      var members: [Value.Member] = [
        Value.Member("resultType", "complete"), Value.Member("supportedVersions", [.string(Revision.of2026July.name)]),
        Value.Member("capabilities", AggregateLists.capabilities(parts)), Value.Member("ttlMs", 0),
        Value.Member("cacheScope", "private"),
      ]
      if let instructions = AggregateLists.instructions(parts) { members.append(instructions) }
      return .object(members)
    }
  }

  private func listen(_ document: Document, _ identifier: Identifier, _ parameters: Node?) {
    let subscription = AggregateSubscription(reply, keeping: self)
    var asked: [(AggregateMember, [UInt8])] = []
    for member in members {
      if let message = AggregateSubscription.message(document, parameters, for: member, among: members) { asked.append((member, message)) }
    }
    guard !asked.isEmpty else { return refuse(identifier, "the subscription is for nothing that is here") }
    subscription.expect(asked.count)
    for (member, message) in asked {
      send(message, try? Document(parsing: message, limits: .answer), to: member, HTTPReply(subscription.channel(for: member)))
    }
  }
}
