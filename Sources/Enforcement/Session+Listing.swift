internal import Bytecode
internal import JSON
internal import Messages

// The gate's own reading of the tool list. Its ids begin with a prefix that no client id may have, so an answer can only be meant for it.
extension Session {
  mutating func startListing(at time: EventTime, into actions: inout [Action]) {
    guard isServerRunning else { return live.fail() }
    ask(cursor: nil, isFirst: true, at: time, into: &actions)
  }

  private mutating func ask(cursor: [UInt8]?, isFirst: Bool, at time: EventTime, into actions: inout [Action]) {
    let identifier = nextOwnIdentifier()
    var parameters: [Value.Member] = []
    if let cursor { parameters.append(Value.Member("cursor", .string(String(decoding: cursor, as: UTF8.self)))) }
    if case .stateless = phase {
      parameters.append(
        Value.Member(
          "_meta",
          .object([
            Value.Member(MetadataKey.protocolVersion, .string(Revision.of2026July.name)),
            Value.Member(MetadataKey.clientCapabilities, .object([])),
          ])))
    }
    live.asked(identifier, isFirst: isFirst, at: time.nanoseconds)
    actions.append(
      .sendToServer(Reply.request(identifier, method: .toolsList, parameters: parameters.isEmpty ? nil : .object(parameters))))
  }

  mutating func takeListing(_ document: Document, _ result: Node, at time: EventTime, into actions: inout [Action]) {
    switch live.take(document, result, withheld: withheldTools(document, result)) {
    case .done:
      live.finish(with: decider)
      shareTools(at: time)
    case .more(let cursor): ask(cursor: cursor, isFirst: false, at: time, into: &actions)
    case .unusable: failListing(at: time, into: &actions)
    }
  }

  /// Tools whose description a filter blocks: hidden, and so closed.
  private mutating func withheldTools(_ document: Document, _ result: Node) -> [(element: Node, block: FilteredMessage.Block)] {
    guard !decider.program.filters.isEmpty, let server = decider.server else { return [] }
    let revision = if case .handshake(let agreed) = phase { agreed } else { Revision.of2026July }
    return filter.apply(document, .result(of: .toolsList, result), of: .server(server), in: revision, validation: &validation).withheld
  }

  mutating func failListing(at time: EventTime, into actions: inout [Action]) {
    live.fail()
    drop(.server, "the list of tools could not be read", method: .toolsList, bytes: 0, at: time, into: &actions)
  }

  /// The list changed while it was read: what was read may be of either state.
  mutating func restartListing(at time: EventTime, into actions: inout [Action]) {
    guard !live.hasRestartedTooOften else { return failListing(at: time, into: &actions) }
    startListing(at: time, into: &actions)
  }

  /// Nothing came for too long: what waits is answered, and the next call asks again. A late answer meets no request and is dropped.
  mutating func giveUpListing(at time: EventTime, into actions: inout [Action]) {
    guard let identifier = live.reading else { return }
    actions.append(.sendToServer(Reply.cancellation(of: identifier, reason: "the list of tools did not come in time")))
    failListing(at: time, into: &actions)
  }
}
