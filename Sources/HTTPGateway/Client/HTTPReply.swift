internal import NIOHTTP1

/// Whoever answers one HTTP request, and is told how its client fares. Calls come on the event loop.
protocol ReplyOwner: AnyObject {
  /// The client closed its connection before the answer was complete.
  func clientGone()
  /// There is room again for what is written.
  func clientTakesMore()
}

/// The way back to the sender of one HTTP request: one answer whole, or a stream of events.
///
/// It may outlive its request; what is written then goes nowhere.
final class HTTPReply {
  private enum State { case waiting, streaming, done }

  private weak var connection: ClientConnection?
  weak var owner: (any ReplyOwner)?
  private var state = State.waiting
  /// When anything was last written, on the clock of `EventTime.nanoseconds`.
  private(set) var lastWritten = monotonicNanoseconds()

  init(_ connection: ClientConnection) { self.connection = connection }

  var isWaiting: Bool { state == .waiting }
  var isStreaming: Bool { state == .streaming }
  var isDone: Bool { state == .done }
  var isWritable: Bool { connection?.isWritable ?? true }

  func send(_ status: HTTPResponseStatus, _ headers: [(String, String)] = [], json body: [UInt8]) {
    guard state == .waiting else { return }
    state = .done
    let all = headers + [("content-type", "application/json"), ("cache-control", "no-store")]
    connection?.answer(status, all, body)
  }

  func sendEmpty(_ status: HTTPResponseStatus, _ headers: [(String, String)] = []) {
    guard state == .waiting else { return }
    state = .done
    connection?.answer(status, headers, [])
  }

  func refuse(_ refusal: HTTPRefusal) {
    send(refusal.status, refusal.headers.map { ($0.name, $0.value) }, json: refusal.body)
  }

  func openStream(_ headers: [(String, String)] = []) {
    guard state == .waiting else { return }
    state = .streaming
    lastWritten = monotonicNanoseconds()
    let own = [
      ("content-type", "text/event-stream"), ("cache-control", "no-cache, no-transform"), ("x-accel-buffering", "no"),
    ]
    connection?.beginStream(headers + own)
  }

  func write(_ event: [UInt8]) {
    guard state == .streaming else { return }
    lastWritten = monotonicNanoseconds()
    connection?.writeStream(event)
  }

  func endStream() {
    guard state == .streaming else { return }
    state = .done
    connection?.endStream()
  }

  /// Nothing more is wanted, by nobody: the connection ends without a complete answer.
  func abort() {
    guard state != .done else { return }
    state = .done
    connection?.abort()
  }

  func connectionEnded() {
    guard state != .done else { return }
    state = .done
    owner?.clientGone()
  }
}
