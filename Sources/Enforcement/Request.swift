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
  let now: EventTime

  var document: Document { inbound.document }

  /// The same request in other words; nil when they are none.
  func replacing(_ inbound: Inbound) -> Request? {
    let parameters = inbound.document.member(inbound.document.root, "params")
    guard let metadata = RequestMetadata(inbound.document, parameters: parameters) else { return nil }
    return Request(
      inbound: inbound, identifier: identifier, method: method, parameters: parameters, metadata: metadata, revision: revision,
      capabilities: capabilities, progressToken: progressToken, trace: trace, now: now)
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

/// Servers written in some languages match the names of members without regard to case, and take the last match. A parameter that
/// differs from a known one in case only would be read there and not here.
enum ParameterNames {
  private static let known = [
    "_meta", "name", "arguments", "uri", "ref", "argument", "context", "cursor", "inputResponses", "requestState", "taskId", "task",
    "notifications", "level", "protocolVersion", "capabilities", "clientInfo", "requestId", "reason", "progressToken", "progress", "total",
    "message", "type", "value", "resourceSubscriptions", "taskIds", "toolsListChanged", "promptsListChanged", "resourcesListChanged",
  ]
  private static let objects = ["_meta", "ref", "argument", "context", "notifications", "task"]
  private static let folded = known.map { fold(Array($0.utf8)) }

  /// The first parameter that is a known one in other letters, or a name anywhere below that an object has in other letters, too.
  static func lookalike(_ document: Document, _ parameters: Node) -> [UInt8]? {
    if let name = respelled(document, parameters) { return name }
    for name in objects {
      if let object = document.member(parameters, name), document.kind(object) == .object, let name = respelled(document, object) {
        return name
      }
    }
    return twin(document, parameters)
  }

  /// The second of two names of one object that are the same without letter case.
  private static func twin(_ document: Document, _ node: Node) -> [UInt8]? {
    switch document.kind(node) {
    case .object:
      var seen: Set<[UInt8]> = []
      for (key, value) in document.members(node) {
        guard let text = document.text(key), seen.insert(fold(text)).inserted else { return document.text(key) ?? [] }
        if let name = twin(document, value) { return name }
      }
    case .array:
      for element in document.elements(node) {
        if let name = twin(document, element) { return name }
      }
    case .null, .boolean, .number, .string: break
    }
    return nil
  }

  private static func respelled(_ document: Document, _ parameters: Node) -> [UInt8]? {
    var next = document.firstChild(parameters)
    while let key = next {
      if !known.contains(where: { document.stringEquals(key, $0) }), let text = document.text(key), folded.contains(fold(text)) {
        return text
      }
      next = document.sibling(after: document.value(of: key), in: parameters)
    }
    return nil
  }

  /// ASCII letters in lower case, and the two other characters that fold to ASCII letters: U+017F (s) and U+212A (k).
  static func fold(_ text: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var index = 0
    while index < text.count {
      let byte = text[index]
      if byte == 0xC5, index + 1 < text.count, text[index + 1] == 0xBF {
        result.append(UInt8(ascii: "s"))
        index += 2
      } else if byte == 0xE2, index + 2 < text.count, text[index + 1] == 0x84, text[index + 2] == 0xAA {
        result.append(UInt8(ascii: "k"))
        index += 3
      } else {
        result.append((UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte + 32 : byte)
        index += 1
      }
    }
    return result
  }
}
