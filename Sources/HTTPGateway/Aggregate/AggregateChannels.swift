internal import JSON
internal import NIOHTTP1

/// What one member answers, on its way to the client: message by message, with the names that clients know.
final class RelayChannel: ReplyChannel {
  private let outer: HTTPReply
  private let event: String
  private let rewrite: ([UInt8]) -> [UInt8]
  /// Whoever the client's end is told to, for as long as this is under way.
  private let keeper: AnyObject

  /// - Parameter event: before ids of events.
  init(_ outer: HTTPReply, event: String = "", keeping keeper: AnyObject, _ rewrite: @escaping ([UInt8]) -> [UInt8]) {
    self.outer = outer
    self.event = event
    self.keeper = keeper
    self.rewrite = rewrite
  }

  var isWritable: Bool { outer.isWritable }

  func carryOut(_ step: ReplyStep) {
    switch step {
    case .answer(let status, let headers, let body):
      let own = headers.filter { $0.0.lowercased() != "mcp-session-id" }
      outer.carryOut(.answer(status, own, body.isEmpty ? body : rewrite(body)))
    case .write(let bytes): outer.carryOut(.write(EventRelay.rewritten(bytes, event: event, rewrite)))
    case .begin(let headers): outer.carryOut(.begin(headers.filter { $0.0.lowercased() != "mcp-session-id" }))
    case .end, .abort: outer.carryOut(step)
    }
  }
}

/// Tells a member's reply what becomes of the client.
final class RelayLink: ReplyOwner {
  /// Until it is done: then it lets go of its channel, and that of this.
  var inner: HTTPReply?

  func clientGone() { inner?.connectionEnded() }
  func clientTakesMore() { inner?.owner?.clientTakesMore() }
}

/// What one member answers to a request that went to several: the last message counts.
final class CollectingChannel: ReplyChannel {
  private let done: (ReplyStep, [UInt8]?) -> Void
  private var last: [UInt8]?

  init(_ done: @escaping (ReplyStep, [UInt8]?) -> Void) { self.done = done }

  var isWritable: Bool { true }

  func carryOut(_ step: ReplyStep) {
    switch step {
    case .answer(_, _, let body): done(step, body.isEmpty ? nil : body)
    case .begin: break
    case .write(let bytes): for message in EventRelay.messages(bytes) { last = message }
    case .end: done(last.map { .answer(.ok, [("content-type", "application/json")], $0) } ?? .abort, last)
    case .abort: done(step, nil)
    }
  }
}

enum EventRelay {
  static func messages(_ bytes: [UInt8]) -> [[UInt8]] { events(bytes).map(\.data).filter { !$0.isEmpty } }

  private static func events(_ bytes: [UInt8]) -> [ServerEvent] {
    var parser = EventParser(limit: .max)
    var events: [ServerEvent] = []
    try? parser.read(bytes, into: &events)
    return events
  }

  /// Events of a member's stream as they are told to the client.
  ///
  /// - Parameter prefix: before their ids, so that the member is found when the client comes back.
  static func rewritten(_ bytes: [UInt8], event prefix: String, _ rewrite: ([UInt8]) -> [UInt8]) -> [UInt8] {
    let events = events(bytes)
    if events.isEmpty { return bytes }
    return events.flatMap { event in
      let identifier = event.identifier.map { prefix + String(decoding: $0, as: UTF8.self) }
      if event.data.isEmpty { return identifier.map { EventWriter.priming($0) } ?? EventWriter.comment }
      return EventWriter.event(rewrite(event.data), identifier: identifier)
    }
  }
}
