internal import Messages

/// Trace identifiers for requests that bring none. Draws randomness in blocks: asking the system for each request would cost more than
/// deciding it.
struct TraceSource {
  private static let block = 512

  private let random: @Sendable (Int) -> [UInt8]
  private var bytes: [UInt8] = []
  private var index = 0

  init(random: @escaping @Sendable (Int) -> [UInt8]) { self.random = random }

  mutating func next() -> TraceIdentifier {
    if index + 16 > bytes.count {
      bytes = random(TraceSource.block)
      index = 0
    }
    return TraceIdentifier(high: word(), low: word())
  }

  /// Identifiers of two spans, neither 0, which stands for none.
  mutating func spans() -> (UInt64, UInt64) {
    let words = next().words
    return (max(words.high, 1), max(words.low, 1))
  }

  /// Unpredictable, for what is no trace.
  mutating func number() -> UInt64 {
    _ = next()
    index -= 16
    return word()
  }

  private mutating func word() -> UInt64 {
    defer { index += 8 }
    return bytes[index..<index + 8].reduce(0) { $0 << 8 | UInt64($1) }
  }
}
