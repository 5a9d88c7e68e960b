package import NIOCore

/// How an upstream's bytes are no acceptable HTTP/1.1 answer.
package enum FramingFault: Error, Equatable {
  case statusLine
  case header
  case tooManyHeaders
  /// No length, two lengths, or two ways to say it.
  case length
  case chunk
  /// Bytes beyond the answer: the next answer on this connection could be somebody else's.
  case surplus
  /// The connection ended inside an answer.
  case cutShort
}

/// The head of an upstream's answer.
package struct ResponseHead: Equatable {
  package struct Field: Equatable {
    /// In lower case.
    package let name: String
    package let value: String
  }

  package let status: Int
  package let fields: [Field]
  /// The upstream does not want another request on this connection.
  package let closes: Bool

  func values(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }
}

/// Cuts an upstream's bytes into answers, strictly: what two readers could cut differently is refused, and the connection with it.
///
/// Not taken, though HTTP has it: answers without a length that end with the connection, folded header lines, bare newlines, HTTP/1.0.
package struct ResponseParser {
  package enum Part: Equatable {
    case head(ResponseHead)
    case body(ByteBuffer)
    case end
  }

  private enum State: Equatable {
    case statusLine
    case fields
    case fixed(left: Int)
    case chunkSize
    case chunk(left: Int)
    case chunkEnd
    case trailer
    /// The last part was given; nothing more may come before `expectAnswer`.
    case idle
  }

  private static let longestLine = 16 << 10
  private static let mostFields = 128
  private static let longestSection = 64 << 10
  /// Answers that come before the real one (1xx).
  private static let mostInterim = 8

  private var state = State.idle
  private var status = 0
  private var fields: [ResponseHead.Field] = []
  private var sectionBytes = 0
  private var interim = 0

  package init() {}

  /// A request was sent.
  package mutating func expectAnswer() {
    precondition(state == .idle, "one request at a time is on a connection")
    state = .statusLine
    interim = 0
    sectionBytes = 0
  }

  var isIdle: Bool { state == .idle }

  /// The next part of what has come; nil: more bytes are needed.
  package mutating func next(_ buffer: inout ByteBuffer) throws(FramingFault) -> Part? {
    while true {
      switch state {
      case .idle:
        if buffer.readableBytes > 0 { throw .surplus }
        return nil
      case .statusLine:
        guard let line = try line(&buffer) else { return nil }
        try readStatus(line)
      case .fields:
        guard let line = try line(&buffer) else { return nil }
        if line.isEmpty {
          if let head = try finishHead() { return .head(head) }
        } else {
          try readField(line)
        }
      case .fixed(0):
        state = .idle
        return .end
      case .fixed(let left):
        guard let part = take(left, of: &buffer) else { return nil }
        state = .fixed(left: left - part.readableBytes)
        return .body(part)
      case .chunkSize:
        guard let line = try line(&buffer) else { return nil }
        let size = try chunkSize(line)
        state = size == 0 ? .trailer : .chunk(left: size)
        sectionBytes = 0
      case .chunk(let left):
        guard let part = take(left, of: &buffer) else { return nil }
        let rest = left - part.readableBytes
        state = rest == 0 ? .chunkEnd : .chunk(left: rest)
        return .body(part)
      case .chunkEnd:
        guard let line = try line(&buffer) else { return nil }
        guard line.isEmpty else { throw .chunk }
        state = .chunkSize
        sectionBytes = 0
      case .trailer:
        guard let line = try line(&buffer) else { return nil }
        guard line.isEmpty else { continue }
        state = .idle
        return .end
      }
    }
  }

  private func take(_ most: Int, of buffer: inout ByteBuffer) -> ByteBuffer? {
    let count = min(most, buffer.readableBytes)
    return count > 0 ? buffer.readSlice(length: count) : nil
  }

  /// A line without its end, which is CR LF and nothing else.
  private mutating func line(_ buffer: inout ByteBuffer) throws(FramingFault) -> [UInt8]? {
    let view = buffer.readableBytesView.prefix(Self.longestLine)
    guard let newline = view.firstIndex(of: 0x0A) else {
      if buffer.readableBytes >= Self.longestLine { throw .header }
      return nil
    }
    let length = newline - view.startIndex
    guard let bytes = buffer.readBytes(length: length + 1), length >= 1, bytes[length - 1] == 0x0D else { throw .header }
    sectionBytes += length + 1
    guard sectionBytes <= Self.longestSection else { throw .tooManyHeaders }
    let line = Array(bytes[..<(length - 1)])
    guard line.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else { throw .header }
    return line
  }

  private mutating func readStatus(_ line: [UInt8]) throws(FramingFault) {
    let prefix = Array("HTTP/1.1 ".utf8)
    guard line.starts(with: prefix), line.count >= 12, line.count == 12 || line[12] == 0x20 else { throw .statusLine }
    let digits = line[9..<12]
    guard digits.allSatisfy({ (0x30...0x39).contains($0) }), digits[9] != 0x30 else { throw .statusLine }
    status = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    guard (100...599).contains(status), status != 101 else { throw .statusLine }
    fields = []
    state = .fields
  }

  private mutating func readField(_ line: [UInt8]) throws(FramingFault) {
    guard fields.count < Self.mostFields else { throw .tooManyHeaders }
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0 else { throw .header }
    let name = line[..<colon]
    let symbols = Array("!#$%&'*+-.^_`|~".utf8)
    let isToken = name.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || symbols.contains(byte)
    }
    guard isToken else { throw .header }
    var value = line[(colon + 1)...]
    while value.first == 0x20 || value.first == 0x09 { value.removeFirst() }
    while value.last == 0x20 || value.last == 0x09 { value.removeLast() }
    fields.append(
      ResponseHead.Field(name: String(decoding: name, as: UTF8.self).lowercased(), value: String(decoding: value, as: UTF8.self)))
  }

  /// - Returns: nil for an interim answer.
  private mutating func finishHead() throws(FramingFault) -> ResponseHead? {
    if status < 200 {
      interim += 1
      guard interim <= Self.mostInterim else { throw .statusLine }
      state = .statusLine
      return nil
    }
    let connection = values("connection").joined(separator: ",").lowercased()
    let closes = connection.split(whereSeparator: { $0 == "," || $0 == " " }).contains("close")
    let lengths = values("content-length")
    let codings = values("transfer-encoding")
    if status == 204 || status == 304 {
      state = .fixed(left: 0)
    } else if codings.count == 1, lengths.isEmpty {
      guard codings[0].lowercased() == "chunked" else { throw .length }
      state = .chunkSize
    } else {
      guard codings.isEmpty, lengths.count == 1, (1...15).contains(lengths[0].utf8.count),
        lengths[0].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let length = Int(lengths[0])
      else { throw .length }
      state = .fixed(left: length)
    }
    sectionBytes = 0
    return ResponseHead(status: status, fields: fields, closes: closes)
  }

  private func values(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

  /// Hexadecimal digits, perhaps an extension behind a semicolon, which nobody needs.
  private func chunkSize(_ line: [UInt8]) throws(FramingFault) -> Int {
    let digits = line.prefix { $0 != UInt8(ascii: ";") }
    guard (1...8).contains(digits.count), let size = Int(String(decoding: digits, as: UTF8.self), radix: 16),
      digits.allSatisfy({ (0x30...0x39).contains($0) || (0x41...0x46).contains($0) || (0x61...0x66).contains($0) })
    else { throw .chunk }
    return size
  }
}
