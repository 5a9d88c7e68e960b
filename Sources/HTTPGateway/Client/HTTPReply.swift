internal import NIOHTTP1

/// Whoever answers one HTTP request, and is told how its client fares. Calls come on the event loop.
protocol ReplyOwner: AnyObject {
  /// The client closed its connection before the answer was complete.
  func clientGone()
  /// There is room again for what is written.
  func clientTakesMore()
}

/// What becomes of one HTTP request, step by step.
enum ReplyStep: Sendable {
  /// The whole of it.
  case answer(HTTPResponseStatus, [(String, String)], [UInt8])
  /// The head of a stream of events.
  case begin([(String, String)])
  case write([UInt8])
  case end
  /// The connection ends without a complete answer.
  case abort
}

/// Where a reply's steps go: the client's connection, or another event loop that has it.
protocol ReplyChannel: AnyObject {
  var isWritable: Bool { get }
  func carryOut(_ step: ReplyStep)
}

/// The way back to the sender of one HTTP request: one answer whole, or a stream of events.
///
/// It may outlive its request; what is written then goes nowhere.
final class HTTPReply {
  private enum State { case waiting, streaming, done }

  /// Nil as soon as nothing more can be said, so that the two do not keep each other.
  private var channel: (any ReplyChannel)?
  weak var owner: (any ReplyOwner)?
  private var state = State.waiting
  /// When anything was last written, on the clock of `EventTime.nanoseconds`.
  private(set) var lastWritten = monotonicNanoseconds()

  init(_ channel: any ReplyChannel) { self.channel = channel }

  var isWaiting: Bool { state == .waiting }
  var isStreaming: Bool { state == .streaming }
  var isDone: Bool { state == .done }
  var isWritable: Bool { channel?.isWritable ?? true }

  func send(_ status: HTTPResponseStatus, _ headers: [(String, String)] = [], json body: [UInt8]) {
    carryOut(.answer(status, headers + [("content-type", "application/json"), ("cache-control", "no-store")], body))
  }

  func sendEmpty(_ status: HTTPResponseStatus, _ headers: [(String, String)] = []) { carryOut(.answer(status, headers, [])) }

  func refuse(_ refusal: HTTPRefusal) {
    send(refusal.status, refusal.headers.map { ($0.name, $0.value) }, json: refusal.body)
  }

  func openStream(_ headers: [(String, String)] = []) {
    guard state == .waiting else { return }
    let own = [
      ("content-type", "text/event-stream"), ("cache-control", "no-cache, no-transform"), ("x-accel-buffering", "no"),
    ]
    carryOut(.begin(headers + own))
  }

  func write(_ event: [UInt8]) { carryOut(.write(event)) }

  func endStream() { carryOut(.end) }

  /// Nothing more is wanted, by nobody.
  func abort() { carryOut(.abort) }

  /// A step that is not in its place changes nothing.
  func carryOut(_ step: ReplyStep) {
    switch (step, state) {
    case (.answer, .waiting), (.end, .streaming), (.abort, .waiting), (.abort, .streaming): state = .done
    case (.begin, .waiting): state = .streaming
    case (.write, .streaming): break
    default: return
    }
    lastWritten = monotonicNanoseconds()
    let channel = channel
    if state == .done { self.channel = nil }
    channel?.carryOut(step)
  }

  func connectionEnded() {
    guard state != .done else { return }
    state = .done
    channel = nil
    owner?.clientGone()
  }
}
