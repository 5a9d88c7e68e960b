internal import Digests
internal import JSON
internal import Logging
internal import Messages

/// One stdio server for all requests of 2026-07-28 of an event loop: each stands alone, so one process can serve them all. Their ids and
/// progress tokens, which are their senders' own and may meet, become ours on the way in and theirs again on the way out.
///
/// It is started with the first request and again when it has ended, not sooner than after a while that doubles.
final class SharedProcess: ServerLineOwner {
  /// A request that the process has not answered.
  private struct Flight {
    let stream: UpstreamStream
    /// As JSON.
    let identifier: [UInt8]
    let progressToken: [UInt8]?
    let principal: Digest
    let wantsLog: Bool
    let isSubscription: Bool
    let exchange: ProcessExchange
  }

  private static let mostFlights = 4_096
  private static let longestPause: UInt64 = 60
  /// A server that has run for this long was no failure, in nanoseconds.
  private static let longEnough: UInt64 = 10_000_000_000

  private let begin: (any ServerLineOwner) throws -> ServerLine
  private let logger: Logger
  private let name: String
  private var process: ServerLine?
  private var flights: [Int: Flight] = [:]
  private var last = 0
  private var failures: UInt64 = 0
  private var notBefore: UInt64 = 0
  private var isDraining = false
  /// Of the request that was answered last: what the server logs after that may still be of it.
  private var lastPrincipal: Digest?

  init(_ name: String, logger: Logger, begin: @escaping (any ServerLineOwner) throws -> ServerLine) {
    self.name = name
    self.logger = logger
    self.begin = begin
  }

  // MARK: To the server

  func send(_ message: [UInt8], for stream: UpstreamStream, of principal: Digest) {
    guard flights.count < SharedProcess.mostFlights else { return stream.upstreamFailed(.tooMany) }
    guard let document = try? Document(parsing: message, limits: .answer),
      case .request(_, let method, let parameters) = Envelope(document, document.root),
      let identifier = document.member(document.root, "id"), let metadata = RequestMetadata(document, parameters: parameters)
    else { return stream.upstreamFailed(.unreachable) }
    guard let process = running() else { return stream.upstreamFailed(.unreachable) }
    last += 1
    var splices = Splices(of: document)
    splices.replace(identifier, with: Array("\(last)".utf8))
    if let token = metadata.progressToken { splices.replace(token, with: Array("\(last)".utf8)) }
    guard process.send(splices.apply()) else { return stream.upstreamFailed(.tooMany) }
    let exchange = ProcessExchange(self, number: last)
    flights[last] = Flight(
      stream: stream, identifier: source(document, identifier), progressToken: metadata.progressToken.map { source(document, $0) },
      principal: principal, wantsLog: metadata.logLevel != nil, isSubscription: Method(document, method) == .listen, exchange: exchange)
    stream.start(exchange)
  }

  private func running() -> ServerLine? {
    if let process { return process }
    let now = monotonicNanoseconds()
    guard now >= notBefore else { return nil }
    do {
      process = try begin(self)
    } catch {
      logger.error("a server cannot be started", metadata: ["upstream": "\(name)", "reason": "\(error)"])
      pause(now)
    }
    return process
  }

  private func pause(_ now: UInt64) {
    notBefore = now &+ min(1 << min(failures, 6), SharedProcess.longestPause) * 1_000_000_000
    failures += 1
  }

  /// Its sender wants no answer any more.
  fileprivate func cancel(_ number: Int) {
    guard flights.removeValue(forKey: number) != nil else { return }
    _ = process?.send(Array(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":\#(number)}}"#.utf8))
    closeIfDone()
  }

  fileprivate func resume() { process?.resume() }

  // MARK: From the server

  func takesMore(_ line: ServerLine) -> Bool { true }

  func line(_ line: ServerLine, received message: [UInt8]) {
    guard let document = try? Document(parsing: message, limits: .answer) else {
      return logger.warning("a server sent what is no message", metadata: ["upstream": "\(name)"])
    }
    switch Envelope(document, document.root) {
    case .result, .failure: answer(message, document)
    case .notification(let method, let parameters): pass(message, document, Method(document, method), parameters)
    case .request:
      // Servers send none in this revision, and nobody could say whose it is.
      logger.warning("a server's request was dropped", metadata: ["upstream": "\(name)"])
    case .invalid: answer(message, document)
    }
  }

  private func answer(_ message: [UInt8], _ document: Document) {
    guard let node = document.member(document.root, "id"), let number = number(document, node),
      let flight = flights.removeValue(forKey: number)
    else { return }
    lastPrincipal = flight.principal
    flight.exchange.hear()
    _ = flight.stream.deliver(replacing(document, node, with: flight.identifier))
    flight.stream.upstreamFinished()
    closeIfDone()
  }

  private func pass(_ message: [UInt8], _ document: Document, _ method: Method?, _ parameters: Node?) {
    if let node = RequestMetadata(document, parameters: parameters)?.subscription {
      guard let flight = flight(document, node) else { return }
      return deliver(replacing(document, node, with: flight.identifier), to: flight)
    }
    switch method {
    case .progress:
      guard let node = parameters.flatMap({ document.member($0, "progressToken") }), let flight = flight(document, node),
        let token = flight.progressToken
      else { return }
      deliver(replacing(document, node, with: token), to: flight)
    case .cancelled:
      guard let node = parameters.flatMap({ document.member($0, "requestId") }), let number = number(document, node),
        let flight = flights[number], flight.isSubscription
      else { return }
      flights[number] = nil
      _ = flight.stream.deliver(replacing(document, node, with: flight.identifier))
      flight.stream.upstreamFinished()
    case .message:
      // It does not say of which request it is: where there are several, it could be another caller's.
      guard flights.count == 1, let flight = flights.values.first, flight.wantsLog,
        lastPrincipal == nil || lastPrincipal == flight.principal
      else { return }
      deliver(message, to: flight)
    case .toolsListChanged:
      // Of nobody, but the gate has to know; its session lets none of it through.
      if let flight = flights.values.first { deliver(message, to: flight) }
    default: break
    }
  }

  private func deliver(_ message: [UInt8], to flight: Flight) {
    flight.exchange.hear()
    if flight.stream.deliver(message) { return }
    guard flight.exchange.lag(message.count) else { return }
    // The process is everybody's, so nobody waits for the one who does not read.
    cancel(flight.exchange.number)
    flight.stream.upstreamFailed(.tooMany)
  }

  func lineEnded(_ line: ServerLine) {
    let now = monotonicNanoseconds()
    if now > line.begun &+ SharedProcess.longEnough { failures = 0 }
    process = nil
    pause(now)
    logger.error("a server ended while it was needed", metadata: ["upstream": "\(name)", "requests": "\(flights.count)"])
    let lost = flights.values
    flights = [:]
    lastPrincipal = nil
    for flight in lost { flight.stream.upstreamFailed(.closed) }
  }

  /// It ends with what is under way.
  func drain() {
    isDraining = true
    closeIfDone()
  }

  private func closeIfDone() { if isDraining, flights.isEmpty { close() } }

  func close() {
    process?.close()
    process = nil
  }

  // MARK: Parts

  private func flight(_ document: Document, _ node: Node) -> Flight? { number(document, node).flatMap { flights[$0] } }

  private func number(_ document: Document, _ node: Node) -> Int? {
    guard document.kind(node) == .number else { return nil }
    return Int(String(decoding: source(document, node), as: UTF8.self))
  }

  private func source(_ document: Document, _ node: Node) -> [UInt8] { Array(document.bytes[document.source(node)]) }

  private func replacing(_ document: Document, _ node: Node, with text: [UInt8]) -> [UInt8] {
    var splices = Splices(of: document)
    splices.replace(node, with: text)
    return splices.apply()
  }
}

/// A request to a shared process, as whoever sent it holds it.
final class ProcessExchange: UpstreamExchange {
  /// Bytes that may come for a client that does not read.
  private static let mostLag = 4 << 20

  let number: Int
  private weak var process: SharedProcess?
  private(set) var lastHeard = monotonicNanoseconds()
  private var unread = 0

  init(_ process: SharedProcess, number: Int) {
    self.process = process
    self.number = number
  }

  func hear() { lastHeard = monotonicNanoseconds() }

  /// - Returns: whether it is too much.
  func lag(_ count: Int) -> Bool {
    unread += count
    return unread > ProcessExchange.mostLag
  }

  func cancel() { process?.cancel(number) }
  /// What it asked for was answered, or its answer will meet nobody.
  func release() { process?.cancel(number) }
  func pause() {}
  func resume() { unread = 0 }
  func fail(_ fault: UpstreamFault) { process?.cancel(number) }
}
