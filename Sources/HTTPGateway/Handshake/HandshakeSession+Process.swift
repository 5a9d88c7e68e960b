internal import Enforcement
internal import Gateway
internal import JSON
internal import Messages

// A session whose upstream is a stdio server: a process of its own. In these revisions a connection is a session, so a server may keep what it
// knows of its client in its memory, and asks things of it under ids that say nothing of which client; two sessions in one process could not
// be told apart.
extension HandshakeSession: ServerLineOwner {
  /// - Parameter identifier: nil: it is no request.
  func sendToProcess(_ message: [UInt8], _ identifier: Identifier?) {
    if process == nil, !hadProcess {
      hadProcess = true
      process = worker.startProcess(of: site, for: self)
    }
    if process?.send(message) ?? false { return }
    guard identifier != nil else { return }
    carryOut(box.feed { $0.deliveryFailed(message, at: .now(), into: &$1) }, origin: nil)
  }

  func takesMore(_ line: ServerLine) -> Bool { areClientsReading }

  func line(_ line: ServerLine, received message: [UInt8]) {
    guard !isOver else { return }
    carryOut(box.feed { $0.receiveFromServer(message, at: .now(), into: &$1) }, origin: origin(of: message))
  }

  /// Everything in flight is answered; a client that goes on begins another session, with another process.
  func lineEnded(_ line: ServerLine) {
    guard !isOver else { return }
    process = nil
    carryOut(box.feed { $0.serverExited(at: .now(), into: &$1) }, origin: nil)
    end()
  }

  /// A process does not say of which request a message is. What servers send while they work on one goes with the oldest that waits, so
  /// that clients which open no stream of their own can be asked; what is of no request goes with none.
  private func origin(of message: [UInt8]) -> ClientStream? {
    guard let document = try? Document(parsing: message) else { return nil }
    switch Envelope(document, document.root) {
    case .request: return oldestWaiting
    case .notification(let method, _):
      switch Method(document, method) {
      case .progress, .message, .cancelled: return oldestWaiting
      default: return nil
      }
    case .result, .failure, .invalid: return nil
    }
  }
}
