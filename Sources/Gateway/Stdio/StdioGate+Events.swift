internal import Enforcement
internal import Glibc
internal import Logging

extension StdioGate {
  mutating func readClient() {
    guard let outcome = fromClient.fill(fromOpen: clientInput) else { return }
    while let line = fromClient.next() { receiveFromClient(line) }
    guard outcome == .ended else { return }
    // A last message may come without its newline.
    if let line = fromClient.finish() { receiveFromClient(line) }
    clientInput = nil
    endServer(.endOfInput)
  }

  mutating func readServer() {
    guard let outcome = fromServer.fill(fromOpen: server.output) else { return }
    while let line = fromServer.next() { receiveFromServer(line) }
    if isEnding, case .moved = outcome {
      ladder?.heardFromServer(at: .now)
      inputDeadline = .now + patience.beforeClose
    }
    if outcome == .ended { serverOutputEnded() }
  }

  mutating func relayErrors() {
    guard let goesOn = errors.relay(fromOpen: server.errors, to: stream) else { return }
    if !goesOn { server.errors = nil }
  }

  mutating func writeServer(brokenPipe: Bool) {
    if server.input != nil, !brokenPipe, toServer.flush(toOpen: server.input) {
      if mayCloseInput { server.input = nil }
      return
    }
    toServer.removeAll()
    guard server.input != nil else { return }
    server.input = nil
    endServer(.endOfInput)
  }

  mutating func writeClient(brokenPipe: Bool) {
    if clientOutput != nil, !brokenPipe, toClient.flush(toOpen: clientOutput) { return }
    toClient.removeAll()
    guard clientOutput != nil else { return }
    // A client that reads no answers is gone, whatever it still sends.
    clientOutput = nil
    clientInput = nil
    endServer(.endOfInput)
  }

  mutating func takeSignals() {
    for event in signals.drain() {
      switch event {
      case .childChanged: noticeExit()
      case .end(let number):
        clientInput = nil
        if signal == nil {
          signal = number
          logger.notice("ending", metadata: ["signal": "\(number)"])
          endServer(.signal)
          ladder?.hurry(.signal, at: .now)
        } else if let step = ladder?.climb(at: .now) {
          server.signal(step)
        }
      }
    }
  }

  /// Carries out what is due.
  mutating func passTime() {
    let now = ContinuousClock.now
    if server.isRunning, let step = ladder?.step(at: now) {
      logger.warning("the server does not end by itself", metadata: ["sent": step == .terminate ? "SIGTERM" : "SIGKILL"])
      server.signal(step)
    }
    if let outputDeadline, now >= outputDeadline {
      self.outputDeadline = nil
      serverOutputEnded()
      errors.finish(to: stream)
      server.errors = nil
      server.collect()
    }
    if clientInput == nil, !server.isRunning, server.output == nil, !toClient.isEmpty, writeDeadline == nil {
      writeDeadline = now + patience.lastWrites
    }
    if let writeDeadline, now >= writeDeadline {
      self.writeDeadline = nil
      toClient.removeAll()
    }
  }

  mutating func takeStops() {
    stops.drain()
    session.stopsChanged(at: .now(), into: &actions)
    carryOut()
  }

  mutating func passSessionTime() {
    session.timePassed(at: .now(), into: &actions)
    carryOut()
  }

  /// Everything the client said has been passed on, and answered: the session may hold a call back until it knows the server's tools,
  /// and many servers drop what they are doing at the end of their input.
  private var mayCloseInput: Bool {
    guard isEnding, toServer.isEmpty else { return false }
    return signal != nil || session.isIdle || inputDeadline.map { $0 <= .now } ?? true
  }

  private var patience: ShutdownLadder.Patience { signal == nil ? .endOfInput : .signal }

  /// The first rung, once: no more input for the server as soon as what waits for it is written.
  private mutating func endServer(_ patience: ShutdownLadder.Patience) {
    guard !isEnding else { return }
    isEnding = true
    ladder = ShutdownLadder(patience, at: .now)
    inputDeadline = .now + patience.beforeClose
  }

  private mutating func noticeExit() {
    let wasRunning = server.isRunning
    server.notice()
    guard wasRunning, let status = server.status else { return }
    outputDeadline = .now + patience.afterExit
    if clientInput == nil {
      logger.debug("the server ended", metadata: ["how": "\(status)"])
    } else {
      earlyEnd = status
      logger.error("the server ended while the client was connected", metadata: ["how": "\(status)"])
    }
    endServer(.endOfInput)
  }

  /// No answer can come any more: the session answers what is in flight.
  private mutating func serverOutputEnded() {
    if let line = fromServer.finish() { receiveFromServer(line) }
    server.output = nil
    server.input = nil
    toServer.removeAll()
    guard !sessionKnowsServerIsGone else { return }
    sessionKnowsServerIsGone = true
    session.serverExited(at: .now(), into: &actions)
    carryOut()
    endServer(.endOfInput)
  }

  private mutating func receiveFromClient(_ line: LineReader.Line) {
    switch line {
    case .message(let message): session.receiveFromClient(message, at: .now(), into: &actions)
    case .unreadable(let reason, let outline): refuseFromClient(reason, outline)
    }
    carryOut()
  }

  private mutating func receiveFromServer(_ line: LineReader.Line) {
    switch line {
    case .message(let message): session.receiveFromServer(message, at: .now(), into: &actions)
    case .unreadable(let reason, let outline): refuseFromServer(reason, outline)
    }
    carryOut()
  }

  /// A request is answered in the session's place, which never sees it. A response becomes an error of the same id: the server must not
  /// wait for ever.
  private mutating func refuseFromClient(_ reason: LineReader.Unreadable, _ outline: Outline) {
    logger.warning("a message of the client was refused", metadata: ["reason": "\(reason)"])
    let answer = errorResponse(to: outline, reason)
    switch outline.kind {
    case .notification: break
    case .response where outline.id != nil: session.receiveFromClient(answer, at: .now(), into: &actions)
    case .request, .response, .unknown: toClient.append(answer)
    }
  }

  private mutating func refuseFromServer(_ reason: LineReader.Unreadable, _ outline: Outline) {
    logger.warning("a message of the server was refused", metadata: ["reason": "\(reason)"])
    let answer = errorResponse(to: outline, reason)
    switch outline.kind {
    case .response where outline.id != nil: session.receiveFromServer(answer, at: .now(), into: &actions)
    case .request: toServer.append(answer)
    case .notification, .response, .unknown: break
    }
  }

  mutating func carryOut() {
    for action in actions {
      switch action {
      case .sendToServer(let message): if server.input != nil { toServer.append(message) }
      case .sendToClient(let message): if clientOutput != nil { toClient.append(message) }
      case .ask(let approval): askPeople(approval)
      case .record(let record): calls.write(record)
      }
    }
    actions.removeAll(keepingCapacity: true)
    session.carriedOut(at: steadyNanoseconds())
  }
}

extension LineReader {
  /// Nil when the stream is closed already.
  mutating func fill(fromOpen descriptor: borrowing Descriptor?) -> Descriptor.Transfer? {
    switch descriptor {
    case .none: nil
    case .some(let descriptor): fill(from: descriptor)
    }
  }
}

extension OutputQueue {
  mutating func flush(toOpen descriptor: borrowing Descriptor?) -> Bool {
    switch descriptor {
    case .none: false
    case .some(let descriptor): flush(to: descriptor)
    }
  }
}

extension ErrorRelay {
  mutating func relay(fromOpen descriptor: borrowing Descriptor?, to stream: LogStream) -> Bool? {
    switch descriptor {
    case .none: nil
    case .some(let descriptor): relay(from: descriptor, to: stream)
    }
  }
}
