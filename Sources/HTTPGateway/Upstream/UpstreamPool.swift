internal import Gateway
internal import NIOCore
internal import NIOPosix
internal import TLS

/// Nanoseconds of the clock that only goes forward.
func monotonicNanoseconds() -> UInt64 { steadyNanoseconds() }

/// What is sent to an upstream.
struct UpstreamRequest {
  enum Verb: String {
    case post = "POST"
    case get = "GET"
    case delete = "DELETE"
  }

  let verb: Verb
  let headers: [(String, String)]
  let body: [UInt8]
}

/// The kept connections of one event loop to one upstream.
final class UpstreamPool {
  private let address: UpstreamAddress
  private let trust: UpstreamTrust?
  /// What every request has behind its verb.
  private let beginning: String
  private let loop: any EventLoop
  private let limits: HTTPLimits
  /// The latest last: it is the one that the upstream is least likely to close just now.
  private var resting: [UpstreamConnection] = []
  private var active = 0
  /// In the order they came.
  private var queue: [(call: UpstreamCall, bytes: ByteBuffer, since: UInt64)] = []

  init(_ address: UpstreamAddress, trust: UpstreamTrust?, loop: any EventLoop, limits: HTTPLimits) {
    self.address = address
    self.trust = trust
    beginning = " \(address.target) HTTP/1.1\r\nhost: \(address.authority)\r\n"
    self.loop = loop
    self.limits = limits
  }

  /// Sends a request on a kept connection or a new one.
  ///
  /// It is never sent twice: when a connection ends before an answer, nobody knows whether the upstream carried the request out.
  func send(_ request: UpstreamRequest, to receiver: any UpstreamReceiver) -> UpstreamCall {
    let call = UpstreamCall(receiver)
    if active < limits.upstreamRequests {
      start(call, encode(request))
    } else if queue.count < limits.upstreamQueue {
      queue.append((call, encode(request), monotonicNanoseconds()))
    } else {
      call.fail(.tooMany)
    }
    return call
  }

  /// Whether a request would be sent, or wait for its turn.
  var hasRoom: Bool { active < limits.upstreamRequests || queue.count < limits.upstreamQueue }

  private func start(_ call: UpstreamCall, _ bytes: ByteBuffer) {
    active += 1
    call.whenOver = { [weak self] in
      self?.active -= 1
      self?.startNext()
    }
    if let connection = rested() {
      call.start(on: connection, bytes)
    } else {
      connect(for: call, bytes)
    }
  }

  private func startNext() {
    while active < limits.upstreamRequests, !queue.isEmpty {
      let next = queue.removeFirst()
      if !next.call.isOver { start(next.call, next.bytes) }
    }
  }

  /// Once a second: who waited too long is told so.
  func tick(_ now: UInt64) {
    queue.removeAll { $0.call.isOver }
    let late = queue.prefix { now > $0.since &+ limits.queueTime * 1_000_000 }
    queue.removeFirst(late.count)
    for waiting in late { waiting.call.fail(.tooMany) }
    // Connections that would not be used again are not kept open for nothing.
    let old = resting.prefix { now > $0.restingSince &+ limits.reuseTime * 1_000_000 }
    resting.removeFirst(old.count)
    for connection in old { connection.abandon() }
  }

  private func rested() -> UpstreamConnection? {
    let now = monotonicNanoseconds()
    while let connection = resting.popLast() {
      if connection.isUsable, now < connection.restingSince + limits.reuseTime * 1_000_000 { return connection }
      connection.abandon()
    }
    return nil
  }

  func rest(_ connection: UpstreamConnection) {
    if resting.count < limits.restingConnections { resting.append(connection) } else { connection.abandon() }
  }

  func forget(_ connection: UpstreamConnection) { resting.removeAll { $0 === connection } }

  func close() {
    for connection in resting { connection.abandon() }
    resting = []
  }

  private func connect(for call: UpstreamCall, _ bytes: ByteBuffer) {
    let connection = UpstreamConnection(pool: self, awaitsTLS: address.isSecure)
    let (address, trust, limits) = (address, trust, limits)
    let bound = NIOLoopBound(connection, eventLoop: loop)
    ClientBootstrap(group: loop)
      .connectTimeout(.milliseconds(Int64(limits.connectTime)))
      .channelOption(.autoRead, value: false)
      .channelOption(.socketOption(.tcp_nodelay), value: 1)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if address.isSecure { try channel.pipeline.syncOperations.addHandler(UpstreamPool.secured(address, trust)) }
          try channel.pipeline.syncOperations.addHandler(bound.value)
        }
      }
      .connect(host: address.host, port: address.port)
      .assumeIsolated()
      .whenComplete { result in
        switch result {
        case .success:
          if address.isSecure { connection.expectTLS(within: limits.connectTime) }
          call.start(on: connection, bytes)
        case .failure: call.fail(.unreachable)
        }
      }
  }

  /// Without anybody to trust, nobody is trusted.
  private static func secured(_ address: UpstreamAddress, _ trust: UpstreamTrust?) throws -> TLSHandler {
    guard let trust else { throw ChannelError.operationUnsupported }
    // An address has no name to ask for; the certificate must then be for the address.
    let isName = (try? SocketAddress(ipAddress: address.host, port: address.port)) == nil
    return TLSHandler(try TLSConnection(trust.context, to: address.host, isAddress: !isName))
  }

  private func encode(_ request: UpstreamRequest) -> ByteBuffer {
    let size = request.headers.reduce(beginning.utf8.count + 64) { $0 + $1.0.utf8.count + $1.1.utf8.count + 4 }
    var buffer = ByteBuffer()
    buffer.reserveCapacity(size + request.body.count)
    buffer.writeString(request.verb.rawValue)
    buffer.writeString(beginning)
    for (name, value) in request.headers {
      buffer.writeString(name)
      buffer.writeString(": ")
      buffer.writeString(value)
      buffer.writeString("\r\n")
    }
    if request.verb == .post {
      buffer.writeString("content-length: ")
      buffer.writeString(String(request.body.count))
      buffer.writeString("\r\n")
    }
    buffer.writeString("\r\n")
    buffer.writeBytes(request.body)
    return buffer
  }
}

/// A request under way: what its sender holds to stop it, and what passes the answer on.
final class UpstreamCall: UpstreamReceiver, UpstreamExchange {
  private var receiver: (any UpstreamReceiver)?
  private var connection: UpstreamConnection?
  fileprivate var whenOver: (() -> Void)?
  /// When anything was last heard, on the clock of `EventTime.nanoseconds`.
  private(set) var lastHeard = monotonicNanoseconds()

  fileprivate init(_ receiver: any UpstreamReceiver) { self.receiver = receiver }

  var isOver: Bool { receiver == nil }

  fileprivate func start(on connection: UpstreamConnection, _ bytes: ByteBuffer) {
    guard receiver != nil else {
      // Given up while it was being connected.
      connection.abandon()
      return
    }
    self.connection = connection
    connection.send(bytes, to: self)
  }

  /// Ends it; the upstream sees the connection close.
  func cancel() {
    guard receiver != nil else { return }
    connection?.abandon()
    finish()
  }

  /// Ends it for whoever waits; the rest of the answer's frame may still come.
  func release() {
    guard receiver != nil else { return }
    connection?.release()
    finish()
  }

  func pause() { connection?.pause() }
  func resume() { connection?.resume() }

  func fail(_ fault: UpstreamFault) {
    guard let waiting = finish() else { return }
    waiting.upstreamFailed(fault)
  }

  @discardableResult
  private func finish() -> (any UpstreamReceiver)? {
    defer {
      receiver = nil
      connection = nil
      whenOver?()
      whenOver = nil
    }
    return receiver
  }

  func upstreamAnswered(_ head: ResponseHead) {
    lastHeard = monotonicNanoseconds()
    receiver?.upstreamAnswered(head)
  }

  func upstreamSent(_ bytes: ByteBuffer) {
    lastHeard = monotonicNanoseconds()
    receiver?.upstreamSent(bytes)
  }

  func upstreamFinished() { finish()?.upstreamFinished() }

  func upstreamFailed(_ fault: UpstreamFault) { finish()?.upstreamFailed(fault) }
}
