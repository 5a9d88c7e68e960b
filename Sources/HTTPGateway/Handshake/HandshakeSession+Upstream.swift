internal import Enforcement
internal import Gateway
internal import JSON
internal import Messages
internal import NIOHTTP1

// The side of a session that faces its upstream.
extension HandshakeSession: UpstreamStreamOwner {
  func enqueue(_ message: [UInt8], acknowledging reply: HTTPReply?) {
    guard !isOver, let document = try? Document(parsing: message), outbox.count < HandshakeSession.mostOutgoing else {
      reply?.sendEmpty(.accepted)
      return
    }
    var identifier: Identifier?
    var method: Method?
    switch Envelope(document, document.root) {
    case .request(let own, let node, _):
      identifier = own
      method = Method(document, node)
    case .notification(let node, _): method = Method(document, node)
    case .result, .failure, .invalid: break
    }
    if site.command != nil {
      reply?.sendEmpty(.accepted)
      return sendToProcess(message, identifier)
    }
    // An answer that opens the way for a request has arrived where it was meant for.
    if identifier != nil { reply?.sendEmpty(.accepted) }
    outbox.append(
      Outgoing(
        message: message, document: document, identifier: identifier, method: method, acknowledges: identifier == nil ? reply : nil))
  }

  /// Sends what may go now. Requests may overtake one another; what is no request has arrived before the next message is sent, as a client
  /// itself would wait: a call must not come before `notifications/initialized`.
  func pump() {
    while blocking == nil, !isOver, !outbox.isEmpty {
      let outgoing = outbox.removeFirst()
      let stream = UpstreamStream(request: outgoing.message, owner: self, limit: worker.limits.message, memory: worker.memory)
      uplinks.append(
        Uplink(
          stream: stream, origin: outgoing.identifier.flatMap { waiting[$0] }, identifier: outgoing.identifier,
          isInitialize: outgoing.method == .initialize))
      if outgoing.identifier == nil { blocking = (stream, outgoing.acknowledges) }
      if outgoing.method == .initialized { listenerDue = monotonicNanoseconds() }
      site.post(outgoing.message, upstreamHeaders, of: caller, for: stream)
    }
  }

  private var upstreamHeaders: [(String, String)] {
    [("mcp-session-id", upstreamName), (MirroredHeaders.version, revision)].compactMap { name, value in value.map { (name, $0) } }
  }

  // MARK: From the upstream

  func takesMore(_ stream: UpstreamStream) -> Bool {
    uplinks.first { $0.stream === stream }?.origin?.isWritable ?? true
  }

  func resumeReading() {
    process?.resume()
    for uplink in uplinks { uplink.stream.resume() }
    listener?.resume()
  }

  func stream(_ stream: UpstreamStream, began head: ResponseHead) {
    if uplinks.first(where: { $0.stream === stream })?.isInitialize == true {
      let names = head.values("mcp-session-id")
      if names.count == 1, names[0].utf8.count <= 1_024, names[0].utf8.allSatisfy({ (0x21...0x7E).contains($0) }) {
        upstreamName = names[0]
      }
    } else if head.status == 404, upstreamName != nil, stream !== listener {
      isLost = true
    }
  }

  func stream(_ stream: UpstreamStream, sent message: [UInt8]) {
    guard !isOver else { return }
    if stream === listener { listenerFailures = 0 }
    let origin = uplinks.first { $0.stream === stream }?.origin
    carryOut(box.feed { $0.receiveFromServer(message, at: .now(), into: &$1) }, origin: origin)
    pump()
  }

  func stream(_ stream: UpstreamStream, ended: UpstreamStream.Ending) {
    guard !isOver else { return }
    if stream === listener { return listenerEnded(stream, ended) }
    guard let place = uplinks.firstIndex(where: { $0.stream === stream }) else { return }
    let uplink = uplinks.remove(at: place)
    if ended != .complete { worker.note(site, ended) }
    if let blocked = blocking, blocked.stream === stream {
      blocking = nil
      // Nothing can be said of it to whoever sent it: notifications have no answer.
      blocked.reply?.sendEmpty(.accepted)
    } else if let identifier = uplink.identifier, isUnanswered(identifier), let position = stream.lastIdentifier, canResume(ended) {
      interruptions.append(
        Interruption(
          due: monotonicNanoseconds() + UInt64(min(stream.retry ?? 1_000, 60_000)) * 1_000_000, lastIdentifier: position,
          origin: uplink.origin, identifier: identifier, message: stream.request))
    } else if let message = stream.request {
      carryOut(box.feed { $0.deliveryFailed(message, at: .now(), into: &$1) }, origin: uplink.origin)
    }
    // The client never learnt of the session.
    if isLost || uplink.isInitialize && revision == nil { return end() }
    pump()
  }

  private func isUnanswered(_ identifier: Identifier) -> Bool { waiting[identifier] != nil }

  /// From 2025-11-25 a server may end a stream before the answer, and is asked again for the rest.
  private func canResume(_ ending: UpstreamStream.Ending) -> Bool {
    ending == .complete || ending == .fault(.closed)
  }

  // MARK: Streams that are opened

  private func listenerEnded(_ stream: UpstreamStream, _ ended: UpstreamStream.Ending) {
    listener = nil
    // Most servers that have nothing to say without being asked have no such stream.
    if case .status = ended { return }
    if isLost { return end() }
    listenerFailures += 1
    let wait = UInt64(min(stream.retry ?? 1_000, 60_000)) << UInt64(min(listenerFailures - 1, 5))
    listenerDue = monotonicNanoseconds() + wait * 1_000_000
  }

  /// Opens what is due.
  func resumeInterrupted(_ now: UInt64) {
    guard !isOver else { return }
    if let due = listenerDue, now >= due, blocking == nil {
      listenerDue = nil
      openListener()
    }
    for interruption in interruptions where now >= interruption.due {
      let stream = UpstreamStream(request: interruption.message, owner: self, limit: worker.limits.message, memory: worker.memory)
      uplinks.append(
        Uplink(stream: stream, origin: interruption.origin, identifier: interruption.identifier, isInitialize: false))
      let position = ("last-event-id", String(decoding: interruption.lastIdentifier, as: UTF8.self))
      site.open(upstreamHeaders + [position], for: stream)
    }
    interruptions.removeAll { now >= $0.due }
  }

  /// Changes of the tools are told on it, so it is opened whether the client listens or not.
  private func openListener() {
    let stream = UpstreamStream(request: nil, owner: self, limit: worker.limits.message, memory: worker.memory)
    listener = stream
    site.open(upstreamHeaders, for: stream)
  }

  func endUpstream() {
    process?.close()
    process = nil
    guard upstreamName != nil, !isLost else { return }
    // Nobody waits for the answer.
    site.delete(upstreamHeaders, for: UpstreamStream(request: nil, owner: self, limit: worker.limits.message, memory: worker.memory))
  }
}
