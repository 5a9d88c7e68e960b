internal import NIOHTTP1

/// What one POST of a session is answered with, or what its GET carries: messages in order, on whatever connection the client has for them
/// at the time. A client that goes away has cancelled nothing; it may come back with the last event it saw.
final class ClientStream: ReplyOwner {
  private unowned let session: HandshakeSession
  let number: Int
  /// With the answer, when that begins a session.
  var headers: [(String, String)] = []
  /// Of the answer, where another than its kind has.
  var status: HTTPResponseStatus?
  private(set) var reply: HTTPReply?
  private(set) var isFinished = false
  private var events = 0
  /// The last event that was written to a client.
  private var delivered = 0

  init(_ session: HandshakeSession, number: Int, reply: HTTPReply?) {
    self.session = session
    self.number = number
    self.reply = reply
    reply?.owner = self
  }

  var isAttached: Bool { reply != nil }
  var isWritable: Bool { reply?.isWritable ?? true }

  func write(_ message: [UInt8]) {
    guard !isFinished else { return }
    let identifier = keep(message)
    guard let reply else { return }
    if reply.isWaiting { reply.openStream(headers) }
    reply.write(EventWriter.event(message, identifier: identifier))
    delivered = events
  }

  /// The last message.
  func finish(_ message: [UInt8], _ status: HTTPResponseStatus = .ok) {
    guard !isFinished else { return }
    if let reply, reply.isWaiting {
      reply.send(self.status ?? status, headers, json: message)
    } else {
      write(message)
      reply?.endStream()
    }
    reply = nil
    isFinished = true
  }

  /// Nothing more will come.
  func close(_ refusal: HTTPRefusal?) {
    isFinished = true
    let last = reply
    reply = nil
    if let refusal, last?.isWaiting == true { last?.refuse(refusal) } else { last?.endStream() }
  }

  /// The connection ends; another one may take over.
  func detach() {
    let last = reply
    reply = nil
    last?.endStream()
  }

  private func keep(_ message: [UInt8]) -> String {
    events += 1
    session.replay.append(message, stream: number, number: events)
    return "\(number)-\(events)"
  }

  /// Another connection takes over.
  ///
  /// - Parameter last: the number of the last event that the client has seen; nil: it has seen what it was sent.
  func attach(_ newReply: HTTPReply, after last: Int?) {
    reply?.endStream()
    reply = newReply
    newReply.owner = self
    newReply.openStream()
    // A place to come back to, before anything has come.
    if last == nil { newReply.write(EventWriter.priming("\(number)-\(delivered)")) }
    for event in session.replay.events(of: number, after: last ?? delivered) {
      newReply.write(EventWriter.event(event.message, identifier: "\(number)-\(event.number)"))
    }
    delivered = events
    if isFinished {
      newReply.endStream()
      reply = nil
    }
  }

  func comment(_ now: UInt64, after silence: UInt64) {
    guard let reply, now > reply.lastWritten &+ silence, reply.isWritable else { return }
    reply.openStream(headers)
    reply.write(EventWriter.comment)
  }

  func clientGone() {
    reply = nil
    session.lost(self)
  }

  func clientTakesMore() { session.resumeReading() }
}
