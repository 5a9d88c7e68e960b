internal import NIOCore

// A session belongs to the event loop that began it, and any connection may carry its requests. Such a request is answered where the
// session is; what is said goes to the connection's loop step by step, in order, and what becomes of the client comes back the same way.

/// The session's side: a client whose connection another event loop has.
final class DistantClient: ReplyChannel {
  private let desk: NIOLoopBound<ReplyDesk>
  private let loop: any EventLoop
  fileprivate(set) var isWritable = true

  fileprivate init(_ desk: NIOLoopBound<ReplyDesk>, on loop: any EventLoop) {
    self.desk = desk
    self.loop = loop
  }

  func carryOut(_ step: ReplyStep) {
    loop.execute { [desk] in desk.value.carryOut(step) }
  }
}

/// A reply as the other side holds it.
private struct DistantReply {
  let reply: HTTPReply
  let client: DistantClient
}

/// The connection's side.
final class ReplyDesk: ReplyOwner {
  private let reply: HTTPReply
  private var session: NIOLoopBound<DistantReply>?
  private var sessionLoop: (any EventLoop)?
  private var isGone = false

  private init(_ reply: HTTPReply) {
    self.reply = reply
    reply.owner = self
  }

  /// Hands a reply over.
  ///
  /// - Parameters:
  ///   - here: the loop of the connection, on which this is called.
  ///   - there: the loop of whoever answers.
  ///   - answer: called there, with a reply for that loop.
  static func hand(
    _ reply: HTTPReply, from here: any EventLoop, to there: any EventLoop, _ answer: @escaping @Sendable (HTTPReply) -> Void
  ) {
    let desk = NIOLoopBound(ReplyDesk(reply), eventLoop: here)
    there.execute {
      let client = DistantClient(desk, on: here)
      let reply = HTTPReply(client)
      let session = NIOLoopBound(DistantReply(reply: reply, client: client), eventLoop: there)
      here.execute { desk.value.attach(session, on: there) }
      answer(reply)
    }
  }

  private func attach(_ session: NIOLoopBound<DistantReply>, on loop: any EventLoop) {
    self.session = session
    sessionLoop = loop
    if isGone { clientGone() }
  }

  fileprivate func carryOut(_ step: ReplyStep) {
    reply.carryOut(step)
    guard !reply.isWritable, let session else { return }
    sessionLoop?.execute { session.value.client.isWritable = false }
  }

  func clientGone() {
    isGone = true
    guard let session else { return }
    sessionLoop?.execute { session.value.reply.connectionEnded() }
  }

  func clientTakesMore() {
    guard let session else { return }
    sessionLoop?.execute {
      session.value.client.isWritable = true
      session.value.reply.owner?.clientTakesMore()
    }
  }
}
