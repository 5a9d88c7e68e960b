internal import Glibc
internal import Gzip

/// The lines of a recording, one after another: from a file or standard input, plain or gzip, in memory that does not grow with it.
package struct LineSource: ~Copyable {
  package struct Failed: Error {
    package let reason: String
  }

  /// In bytes; a longer line is none of ours.
  private static let longestLine = 16 << 20
  private static let portion = 1 << 20

  private let descriptor: Int32
  private var gzip: GzipReader?
  private var isFirst = true
  private var isAtEnd = false
  private var buffer: [UInt8] = []
  private var position = 0
  /// Bytes of the file that were read, and its size; 0 when that is not known.
  package private(set) var consumed = 0
  package let size: Int
  /// Lines that were given, the empty ones too.
  package private(set) var number = 0

  /// - Parameter path: `-` is standard input.
  package init(_ path: String) throws(Failed) {
    if path == "-" {
      descriptor = STDIN_FILENO
      size = 0
      return
    }
    let descriptor = unsafe path.withCString { unsafe open($0, O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw Failed(reason: unsafe String(cString: strerror(errno))) }
    self.descriptor = descriptor
    size = max(0, Int(lseek(descriptor, 0, SEEK_END)))
    lseek(descriptor, 0, SEEK_SET)
  }

  deinit { if descriptor != STDIN_FILENO { close(descriptor) } }

  /// The next line without its end, or nil. What a file breaks off with is a line too, and is marked as torn.
  package mutating func next(isTorn: inout Bool) throws(Failed) -> [UInt8]? {
    isTorn = false
    var searched = position
    while true {
      if let end = lineEnd(from: searched) {
        defer { position = end + 1 }
        number += 1
        return Array(buffer[position..<end])
      }
      searched = buffer.count
      guard !isAtEnd else {
        guard position < buffer.count else { return nil }
        defer { position = buffer.count }
        number += 1
        isTorn = true
        return Array(buffer[position...])
      }
      guard buffer.count - position <= LineSource.longestLine else { throw Failed(reason: "line \(number + 1) is too long") }
      if position > 0 {
        searched -= position
        buffer.removeFirst(position)
        position = 0
      }
      try fill()
    }
  }

  private func lineEnd(from start: Int) -> Int? {
    unsafe buffer.withUnsafeBytes { bytes in
      guard start < bytes.count, let base = bytes.baseAddress else { return nil }
      // Bounded by what is left of the buffer.
      return unsafe memchr(base + start, Int32(UInt8(ascii: "\n")), bytes.count - start).map { unsafe UnsafeRawPointer($0) - base }
    }
  }

  private mutating func fill() throws(Failed) {
    var portion = [UInt8](repeating: 0, count: LineSource.portion)
    let count = unsafe portion.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
    guard count >= 0 else { throw Failed(reason: unsafe String(cString: strerror(errno))) }
    consumed += count
    isAtEnd = count == 0
    portion.removeLast(portion.count - count)
    if isFirst, count > 0 {
      isFirst = false
      if GzipReader.isGzip(portion) { gzip = GzipReader() }
    }
    guard gzip != nil else {
      buffer += portion
      return
    }
    do {
      try gzip?.decompress(portion, into: &buffer)
    } catch {
      throw Failed(reason: "it is no whole gzip file")
    }
  }
}
