/// One event of a stream of server-sent events.
package struct ServerEvent: Equatable {
  /// Empty: `message`.
  package var type: [UInt8] = []
  package var data: [UInt8] = []
  /// The last id that the stream has named, this event's included; nil: none yet.
  package var identifier: [UInt8]?

  package init(type: [UInt8] = [], data: [UInt8] = [], identifier: [UInt8]? = nil) {
    self.type = type
    self.data = data
    self.identifier = identifier
  }
}

/// Reads server-sent events as they come. Source: WHATWG HTML, section 9.2, "Server-sent events".
///
/// Memory is bounded by one event; a stream that goes over is refused, because nothing of an event can be passed on before its end.
package struct EventParser {
  package struct TooLarge: Error, Equatable {}

  private let limit: Int
  private var line: [UInt8] = []
  private var event = ServerEvent()
  private var hasData = false
  private var lastIdentifier: [UInt8]?
  /// A carriage return ended the last line: a newline right after it belongs to it.
  private var skipsNewline = false
  private var isFirstLine = true
  /// What the stream asks to wait before its reader comes back, in milliseconds.
  private(set) var retry: Int?

  /// Bytes of the event that is not complete.
  var pendingBytes: Int { line.count + event.data.count }

  /// - Parameter limit: bytes of one event.
  package init(limit: Int) { self.limit = limit }

  /// Takes the next bytes; complete events are appended, in order.
  package mutating func read(_ bytes: some Collection<UInt8>, into events: inout [ServerEvent]) throws(TooLarge) {
    var rest = bytes[...]
    if skipsNewline, let first = rest.first {
      if first == 0x0A { rest = rest.dropFirst() }
      skipsNewline = false
    }
    while let end = rest.firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) {
      try append(rest[..<end])
      take(into: &events)
      let isReturn = rest[end] == 0x0D
      rest = rest[rest.index(after: end)...]
      guard isReturn else { continue }
      if rest.isEmpty {
        skipsNewline = true
      } else if rest.first == 0x0A {
        rest = rest.dropFirst()
      }
    }
    try append(rest)
  }

  private mutating func append(_ part: some Collection<UInt8>) throws(TooLarge) {
    guard line.count + event.data.count + part.count <= limit else { throw TooLarge() }
    line.append(contentsOf: part)
  }

  private mutating func take(into events: inout [ServerEvent]) {
    defer { line.removeAll(keepingCapacity: line.capacity <= 1 << 16) }
    if isFirstLine {
      isFirstLine = false
      if line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
    }
    if line.isEmpty { return dispatch(into: &events) }
    let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
    let name = line[..<colon]
    var value = line[min(colon + 1, line.endIndex)...]
    if value.first == 0x20 { value = value.dropFirst() }
    if name.elementsEqual("data".utf8) {
      if hasData { event.data.append(0x0A) }
      hasData = true
      event.data.append(contentsOf: value)
    } else if name.elementsEqual("event".utf8) {
      event.type = Array(value)
    } else if name.elementsEqual("id".utf8) {
      if !value.contains(0), value.count <= 1024 { lastIdentifier = Array(value) }
    } else if name.elementsEqual("retry".utf8) {
      if value.count <= 7, let milliseconds = Int(String(decoding: value, as: UTF8.self)), milliseconds >= 0 { retry = milliseconds }
    }
  }

  private mutating func dispatch(into events: inout [ServerEvent]) {
    defer {
      event = ServerEvent()
      hasData = false
    }
    event.identifier = lastIdentifier
    // One without data only moves the stream's position; its reader has to know that.
    if hasData || lastIdentifier != nil { events.append(event) }
  }
}

/// Writes server-sent events.
package enum EventWriter {
  package static let comment = Array(":\n\n".utf8)

  /// - Parameter message: one line.
  package static func event(_ message: [UInt8], identifier: String? = nil) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(message.count + 64)
    bytes += "event: message\n".utf8
    if let identifier { bytes += "id: \(identifier)\n".utf8 }
    bytes += "data: ".utf8
    bytes += message
    bytes += "\n\n".utf8
    return bytes
  }

  /// So that a client can come back for what follows although nothing has come yet (2025-11-25).
  package static func priming(_ identifier: String) -> [UInt8] { Array("id: \(identifier)\ndata:\n\n".utf8) }
}
