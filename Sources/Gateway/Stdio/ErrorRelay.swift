/// A server's standard error, passed on in whole lines so that ours never land in the middle of one.
struct ErrorRelay: ~Copyable {
  /// A line longer than this is passed on in pieces, each a line, in bytes.
  private static let longestLine = 1 << 14

  private var buffer = [UInt8](repeating: 0, count: longestLine)
  private var end = 0

  /// Reads once and passes on what is complete; false at the end of the stream.
  mutating func relay(from descriptor: borrowing Descriptor, to stream: LogStream) -> Bool {
    switch descriptor.read(into: &buffer, end..<buffer.count) {
    case .wouldBlock: return true
    case .ended:
      finish(to: stream)
      return false
    case .moved(let count): end += count
    }
    if let newline = buffer[..<end].lastIndex(of: UInt8(ascii: "\n")) {
      stream.write(Array(buffer[...newline]))
      let rest = buffer[(newline + 1)..<end]
      buffer.replaceSubrange(0..<rest.count, with: Array(rest))
      end = rest.count
    } else if end == buffer.count {
      finish(to: stream)
    }
    return true
  }

  /// Passes on a line that has no end.
  mutating func finish(to stream: LogStream) {
    guard end > 0 else { return }
    stream.write(buffer[..<end] + [UInt8(ascii: "\n")])
    end = 0
  }
}
