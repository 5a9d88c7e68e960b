internal import Gateway
internal import NIOCore
internal import NIOPosix

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
  private let loop: any EventLoop
  private let limits: HTTPLimits
  /// The latest last: it is the one that the upstream is least likely to close just now.
  private var resting: [UpstreamConnection] = []
  private var active = 0

  init(_ address: UpstreamAddress, loop: any EventLoop, limits: HTTPLimits) {
    self.address = address
    self.loop = loop
    self.limits = limits
  }

  /// Sends a request on a kept connection or a new one.
  ///
  /// It is never sent twice: when a connection ends before an answer, nobody knows whether the upstream carried the request out.
  func send(_ request: UpstreamRequest, to receiver: any UpstreamReceiver) -> UpstreamCall {
    let call = UpstreamCall(receiver)
    guard active < limits.upstreamRequests else {
      call.fail(.tooMany)
      return call
    }
    active += 1
    call.whenOver = { [weak self] in self?.active -= 1 }
    let bytes = encode(request)
    if let connection = rested() {
      call.start(on: connection, bytes)
    } else {
      connect(for: call, bytes)
    }
    return call
  }

  private func rested() -> UpstreamConnection? {
    let now = monotonicNanoseconds()
    while let connection = resting.popLast() {
      if connection.isUsable, now < connection.restingSince + limits.reuseTime * 1_000_000 { return connection }
      connection.abandon()
    }
    return nil
  }

  func rest(_ connection: UpstreamConnection) { resting.append(connection) }

  func forget(_ connection: UpstreamConnection) { resting.removeAll { $0 === connection } }

  func close() {
    for connection in resting { connection.abandon() }
    resting = []
  }

  private func connect(for call: UpstreamCall, _ bytes: ByteBuffer) {
    let connection = UpstreamConnection(pool: self)
    let bound = NIOLoopBound(connection, eventLoop: loop)
    ClientBootstrap(group: loop)
      .connectTimeout(.milliseconds(Int64(limits.connectTime)))
      .channelOption(.autoRead, value: false)
      .channelOption(.socketOption(.tcp_nodelay), value: 1)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(bound.value) }
      }
      .connect(host: address.host, port: address.port)
      .assumeIsolated()
      .whenComplete { result in
        switch result {
        case .success: call.start(on: connection, bytes)
        case .failure: call.fail(.unreachable)
        }
      }
  }

  private func encode(_ request: UpstreamRequest) -> ByteBuffer {
    var text = "\(request.verb.rawValue) \(address.target) HTTP/1.1\r\nhost: \(address.authority)\r\n"
    for (name, value) in request.headers { text += "\(name): \(value)\r\n" }
    if request.verb == .post { text += "content-length: \(request.body.count)\r\n" }
    text += "\r\n"
    var buffer = ByteBuffer()
    buffer.reserveCapacity(text.utf8.count + request.body.count)
    buffer.writeString(text)
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
