internal import JSON
internal import Messages

/// One message of the client on its way through the gate.
struct Inbound {
  let bytes: [UInt8]
  let document: Document
  /// When it came; a held message keeps this while `now` moves on.
  let time: EventTime
  let batch: Int?
}

/// A request that is well formed and may be made in the era of the connection; whether it is allowed is still to be decided.
struct Request {
  let inbound: Inbound
  let identifier: Identifier
  let method: Method
  let parameters: Node?
  let metadata: RequestMetadata
  let revision: Revision
  let capabilities: ClientCapabilities
  let progressToken: Identifier?
  let trace: TraceIdentifier
  /// Nil: nobody continues traces.
  let span: SpanMarks?
  let now: EventTime
  /// What came back to a question of the gate's.
  var reply: ApprovalReply?

  var document: Document { inbound.document }

  /// The same request in other words; nil when they are none.
  func replacing(_ inbound: Inbound) -> Request? {
    let parameters = inbound.document.member(inbound.document.root, "params")
    guard let metadata = RequestMetadata(inbound.document, parameters: parameters) else { return nil }
    return Request(
      inbound: inbound, identifier: identifier, method: method, parameters: parameters, metadata: metadata, revision: revision,
      capabilities: capabilities, progressToken: progressToken, trace: trace, span: span, now: now,
      reply: reply)
  }

  /// The same request, taken up again later.
  func at(_ now: EventTime) -> Request {
    Request(
      inbound: inbound, identifier: identifier, method: method, parameters: parameters, metadata: metadata, revision: revision,
      capabilities: capabilities, progressToken: progressToken, trace: trace, span: span, now: now,
      reply: reply)
  }

  func parameter(_ name: String) -> Node? { parameters.flatMap { document.member($0, name) } }

  /// A parameter that must be a string; its text in UTF-8.
  func text(_ name: String) -> [UInt8]? { parameter(name).flatMap { document.text($0) } }
}

extension Document {
  /// The text of a string in UTF-8, escapes resolved; nil: not a string.
  func text(_ node: Node) -> [UInt8]? {
    guard kind(node) == .string else { return nil }
    var decoded: [UInt8] = []
    decodeString(node, appendingTo: &decoded)
    return decoded
  }
}

/// A text of the caller's for the log: as much of it as a name may be long.
func shortened(_ text: [UInt8]) -> String {
  text.count <= Limits.quotedBytes
    ? String(decoding: text, as: UTF8.self) : String(decoding: text.prefix(Limits.quotedBytes), as: UTF8.self) + "…"
}

/// A name or URI as it appears in sentences: shortened, in backticks, without anything that could end them or break the line.
func quoted(_ text: [UInt8]) -> String {
  let shortened = text.prefix(Limits.quotedBytes)
  var result = String(decoding: shortened, as: UTF8.self).unicodeScalars.map { scalar in
    scalar.value < 0x20 || scalar.value == 0x7F || scalar == "`" || scalar.properties.isDefaultIgnorableCodePoint ? "?" : String(scalar)
  }.joined()
  if text.count > shortened.count { result += "…" }
  return "`\(result)`"
}

/// The URI of a resource as it appears in sentences and in the log: without user and password, and without the query, where secrets are
/// wont to be. What was left out is marked.
func quoted(uri: [UInt8]) -> String {
  let colon = UInt8(ascii: ":")
  let slash = UInt8(ascii: "/")
  var shown = Array(uri.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") })
  let isCut = shown.count < uri.count
  // Some readers take a backslash for a slash, and any number of them for two.
  if let scheme = shown.firstIndex(of: colon) {
    let start = shown[(scheme + 1)...].firstIndex { $0 != slash && $0 != UInt8(ascii: "\\") } ?? shown.endIndex
    let end = start > scheme + 1 ? shown[start...].firstIndex { $0 == slash || $0 == UInt8(ascii: "\\") } ?? shown.endIndex : start
    if let at = shown[start..<end].lastIndex(of: UInt8(ascii: "@")) { shown.replaceSubrange(start..<at, with: "…".utf8) }
  }
  return quoted(isCut ? shown + "?…".utf8 : shown)
}
