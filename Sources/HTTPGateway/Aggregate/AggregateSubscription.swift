internal import JSON
internal import Messages
internal import NIOHTTP1

/// One subscription of 2026-07-28 to several members: acknowledged once, as what all of them will tell; over when all are.
final class AggregateSubscription {
  private let reply: HTTPReply
  private let keeper: AnyObject
  /// Members that have neither acknowledged nor refused.
  private var unsettled = 0
  private var open = 0
  private var acknowledgements: [(member: AggregateMember, message: [UInt8])] = []
  /// What came before all had acknowledged.
  private var early: [[UInt8]] = []
  private var refusal: ReplyStep?
  private var last: [UInt8]?

  init(_ reply: HTTPReply, keeping keeper: AnyObject) {
    self.reply = reply
    self.keeper = keeper
  }

  func expect(_ count: Int) {
    unsettled = count
    open = count
  }

  /// The part of a subscription that is one member's. Nil: nothing of it is.
  static func message(
    _ document: Document, _ parameters: Node?, for member: AggregateMember, among members: [AggregateMember]
  ) -> [UInt8]? {
    guard let wanted = parameters.flatMap({ document.member($0, "notifications") }), document.kind(wanted) == .object else {
      return Array(document.bytes)
    }
    var splices = Splices(of: document)
    var isWanted = false
    for (key, value) in document.members(wanted) {
      let kind: AggregateNames.Kind
      if document.stringEquals(key, "resourceSubscriptions") {
        kind = .uri
      } else if document.stringEquals(key, "taskIds") {
        kind = .name
      } else {
        if document.boolean(value) == true { isWanted = true }
        continue
      }
      guard document.kind(value) == .array else {
        isWanted = true
        continue
      }
      let own = document.elements(value).compactMap { element -> Value? in
        guard document.kind(element) == .string else { return nil }
        var text: [UInt8] = []
        document.decodeString(element, appendingTo: &text)
        guard let (owner, rest) = AggregateNames.resolve(text, kind, among: members), owner.index == member.index else { return nil }
        return .string(String(decoding: rest, as: UTF8.self))
      }
      if own.isEmpty {
        splices.removeMember(key, of: wanted)
      } else {
        isWanted = true
        splices.replace(value, with: write(.array(own)))
      }
    }
    return isWanted ? splices.apply() : nil
  }

  func channel(for member: AggregateMember) -> any ReplyChannel { Part(self, member) }

  private final class Part: ReplyChannel {
    private let whole: AggregateSubscription
    private let member: AggregateMember
    private var isSettled = false

    init(_ whole: AggregateSubscription, _ member: AggregateMember) {
      self.whole = whole
      self.member = member
    }

    var isWritable: Bool { whole.reply.isWritable }

    func carryOut(_ step: ReplyStep) {
      switch step {
      case .begin: break
      case .write(let bytes): for message in EventRelay.messages(bytes) { take(message) }
      case .answer(_, _, let body):
        // A member whose gate refuses takes nothing from the others.
        if !body.isEmpty { whole.refusal = whole.refusal ?? step }
        end()
      case .end, .abort: end()
      }
    }

    private func take(_ message: [UInt8]) {
      guard let document = try? Document(parsing: message, limits: .answer) else { return }
      switch Envelope(document, document.root) {
      case .notification(let method, _):
        if Method(document, method) == .acknowledged {
          whole.acknowledgements.append((member, message))
          settle()
        } else {
          whole.pass(AggregateNames.shown(message, of: member))
        }
      case .result, .failure: whole.last = message
      case .request, .invalid: break
      }
    }

    private func settle() {
      guard !isSettled else { return }
      isSettled = true
      whole.unsettled -= 1
      whole.acknowledge()
    }

    private func end() {
      whole.open -= 1
      settle()
      whole.endIfDone()
    }
  }

  private func pass(_ message: [UInt8]) {
    guard unsettled == 0 else { return early.append(message) }
    reply.write(EventWriter.event(message))
  }

  private func acknowledge() {
    guard unsettled == 0, let first = acknowledgements.first, let value = try? Value(parsing: first.message) else { return }
    reply.openStream()
    reply.write(EventWriter.event(write(merged(value), .compact)))
    for message in early { reply.write(EventWriter.event(message)) }
    early = []
  }

  private func merged(_ first: Value) -> Value {
    var told: [Value.Member] = []
    for (member, message) in acknowledgements {
      for own in (try? Value(parsing: message))?["params"]?["notifications"]?.members ?? [] {
        let prefix = String(decoding: own.name == "resourceSubscriptions" ? member.scheme : member.prefix, as: UTF8.self)
        var value = own.value
        if let names = own.value.elements {
          value = .array(names.map { name in name.string.map { Value.string(prefix + $0) } ?? name })
        }
        guard let place = told.firstIndex(where: { $0.name == own.name }) else {
          told.append(Value.Member(own.name, value))
          continue
        }
        if let more = value.elements { told[place].value = .array((told[place].value.elements ?? []) + more) }
        if value == true { told[place].value = true }
      }
    }
    guard let members = first.members else { return first }
    return .object(
      members.map { member in
        guard member.name == "params", let parameters = member.value.members else { return member }
        return Value.Member("params", .object(parameters.map { $0.name == "notifications" ? Value.Member($0.name, .object(told)) : $0 }))
      })
  }

  private func endIfDone() {
    guard open == 0 else { return }
    if reply.isStreaming {
      if let last { reply.write(EventWriter.event(last)) }
      reply.endStream()
    } else {
      reply.carryOut(refusal ?? .abort)
    }
  }
}
