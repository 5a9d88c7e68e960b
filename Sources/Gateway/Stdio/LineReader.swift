internal import Glibc

/// Splits a byte stream into messages, one a line, in bounded memory.
///
/// A line that is too long is thrown away up to its newline; what is needed to answer it is picked out on the way. A carriage return
/// before the newline is dropped. One anywhere else is refused: JSON takes it for white space, but servers that read text with
/// universal newlines would see two lines, and the second could be a call that nobody checked.
package struct LineReader: ~Copyable {
  package enum Line: Equatable {
    case message([UInt8])
    case unreadable(Unreadable, Outline)
  }

  package enum Unreadable: Equatable, Sendable {
    case tooLong(limit: Int)
    case carriageReturn
  }

  /// Longest line, without its newline, in bytes.
  private let limit: Int
  private var buffer: [UInt8]
  /// The line being read starts at `start`; no newline before `searched`; bytes are valid up to `end`.
  private var start = 0
  private var searched = 0
  private var end = 0
  /// Set while a line that is too long goes by.
  private var skipped: OutlineScanner?

  /// What one read asks for at least, in bytes: the capacity of a pipe.
  private static let chunk = 1 << 16

  /// Bytes of memory held.
  var capacity: Int { buffer.count }

  package init(limit: Int) {
    self.limit = limit
    self.buffer = [UInt8](repeating: 0, count: Self.chunk * 2)
  }

  mutating func fill(from descriptor: borrowing Descriptor) -> Descriptor.Transfer {
    makeRoom()
    let outcome = descriptor.read(into: &buffer, end..<buffer.count)
    if case .moved(let count) = outcome { end += count }
    return outcome
  }

  /// The same from memory, for tests and fuzzing.
  package mutating func fill(with bytes: ArraySlice<UInt8>) {
    var rest = bytes
    while !rest.isEmpty {
      makeRoom()
      let part = rest.prefix(buffer.count - end)
      buffer.replaceSubrange(end..<(end + part.count), with: part)
      end += part.count
      rest = rest.dropFirst(part.count)
    }
  }

  /// The next complete line, if there is one. Empty lines are passed over.
  package mutating func next() -> Line? {
    while true {
      guard let newline = index(of: UInt8(ascii: "\n"), in: searched..<end) else {
        searched = end
        if skipped != nil || end - start > limit { skip(upTo: end) }
        return nil
      }
      let line = take(upTo: newline)
      start = newline + 1
      searched = start
      if let line { return line }
    }
  }

  /// What is left at the end of the stream: a last line without a newline.
  package mutating func finish() -> Line? {
    guard end > start || skipped != nil else { return nil }
    let line = take(upTo: end)
    start = end
    searched = end
    return line
  }

  private mutating func take(upTo newline: Int) -> Line? {
    if skipped != nil || newline - start > limit {
      skip(upTo: newline)
      defer { skipped = nil }
      return .unreadable(.tooLong(limit: limit), skipped?.outline ?? .unknown)
    }
    var last = newline
    if last > start, buffer[last - 1] == UInt8(ascii: "\r") { last -= 1 }
    if last == start { return nil }
    let line = Array(buffer[start..<last])
    if index(of: UInt8(ascii: "\r"), in: start..<last) != nil {
      var scanner = OutlineScanner()
      scanner.read(line[...])
      return .unreadable(.carriageReturn, scanner.outline)
    }
    return .message(line)
  }

  private mutating func skip(upTo limit: Int) {
    var scanner = skipped ?? OutlineScanner()
    scanner.read(buffer[start..<limit])
    skipped = scanner
    if limit == end {
      start = 0
      searched = 0
      end = 0
    } else {
      start = limit
    }
  }

  private func index(of byte: UInt8, in range: Range<Int>) -> Int? {
    unsafe buffer.withUnsafeBytes { bytes in
      let part = unsafe UnsafeRawBufferPointer(rebasing: bytes[range])
      guard let base = part.baseAddress, let found = unsafe memchr(base, Int32(byte), part.count) else { return nil }
      return unsafe range.lowerBound + (UnsafeRawPointer(found) - base)
    }
  }

  private mutating func makeRoom() {
    if start == end {
      start = 0
      searched = 0
      end = 0
    }
    if buffer.count - end >= Self.chunk { return }
    if start > 0 {
      buffer.replaceSubrange(0..<(end - start), with: Array(buffer[start..<end]))
      searched -= start
      end -= start
      start = 0
    }
    if buffer.count - end < Self.chunk { grow(to: buffer.count * 2) }
  }

  private mutating func grow(to count: Int) {
    var larger = [UInt8](repeating: 0, count: count)
    larger.replaceSubrange(0..<end, with: buffer[0..<end])
    buffer = larger
  }
}
