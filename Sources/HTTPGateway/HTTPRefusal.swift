internal import Enforcement
internal import JSON
internal import Messages
internal import NIOHTTP1

/// A request that is answered before any session sees it. The body is a JSON-RPC error, so that a client of either era can read it.
struct HTTPRefusal: Error, Equatable {
  let status: HTTPResponseStatus
  private(set) var code: Int64
  let message: String
  var identifier: Identifier?
  var data: Value?
  /// Beside those that every answer has.
  var headers: [HeaderField] = []

  struct HeaderField: Equatable {
    let name: String
    let value: String
  }

  init(_ status: HTTPResponseStatus, _ message: String, code: ErrorCode = .invalidRequest, to identifier: Identifier? = nil) {
    self.status = status
    self.code = code.rawValue
    self.message = message
    self.identifier = identifier
  }

  var body: [UInt8] { Reply.error(to: identifier, code: code, message: message, data: data) }

  static func == (left: HTTPRefusal, right: HTTPRefusal) -> Bool {
    left.status == right.status && left.body == right.body && left.headers == right.headers
  }

  /// The request may succeed later, with nothing changed: says so to clients, and to what is between.
  mutating func beRetried(after seconds: Int) {
    code = DenialCode.upstreamUnavailable.number
    data = .object([
      Value.Member("code", .string(DenialCode.upstreamUnavailable.rawValue)), Value.Member("retryable", true),
      Value.Member("retryAfterMs", .number(Number(seconds * 1_000))),
    ])
    headers.append(HeaderField(name: "retry-after", value: "\(seconds)"))
  }

  static func notAllowed(_ methods: String) -> HTTPRefusal {
    var refusal = HTTPRefusal(.methodNotAllowed, "this endpoint takes \(methods)")
    refusal.headers = [HeaderField(name: "allow", value: methods)]
    return refusal
  }

  static func mismatch(_ message: String, to identifier: Identifier?) -> HTTPRefusal {
    HTTPRefusal(.badRequest, message, code: .headerMismatch, to: identifier)
  }
}
