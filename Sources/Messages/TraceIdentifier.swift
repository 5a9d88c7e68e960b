package import JSON

/// The trace a request belongs to: 16 bytes, written as 32 lower-case hexadecimal digits (W3C Trace Context, `trace-id`).
package struct TraceIdentifier: Hashable, Sendable, CustomStringConvertible {
  private let high: UInt64
  private let low: UInt64

  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// The `trace-id` of a `traceparent` value: version `00` is exact, later versions may only add to its end. Nil for anything else,
  /// and for the trace or parent of zeros, which stand for nothing.
  package init?(_ document: Document, traceParent node: Node) {
    guard let range = document.stringBytes(node), !document.hasEscapes(node), range.count >= 55 else { return nil }
    let base = range.lowerBound
    let bytes = document.bytes
    guard bytes[base + 2] == TraceIdentifier.dash, bytes[base + 35] == TraceIdentifier.dash, bytes[base + 52] == TraceIdentifier.dash,
      let version = TraceIdentifier.number(bytes, base..<base + 2), version != 0xFF,
      let high = TraceIdentifier.number(bytes, base + 3..<base + 19), let low = TraceIdentifier.number(bytes, base + 19..<base + 35),
      let parent = TraceIdentifier.number(bytes, base + 36..<base + 52), parent != 0, high | low != 0,
      TraceIdentifier.number(bytes, base + 53..<base + 55) != nil
    else { return nil }
    guard range.count == 55 || (version != 0 && bytes[base + 55] == TraceIdentifier.dash) else { return nil }
    self.init(high: high, low: low)
  }

  /// What a `traceparent` that has a trace says beside it: the span that asks, and whether it is sampled.
  package static func parent(_ document: Document, traceParent node: Node) -> (span: UInt64, isSampled: Bool)? {
    guard TraceIdentifier(document, traceParent: node) != nil, let range = document.stringBytes(node) else { return nil }
    let base = range.lowerBound
    guard let span = TraceIdentifier.number(document.bytes, base + 36..<base + 52),
      let flags = TraceIdentifier.number(document.bytes, base + 53..<base + 55)
    else { return nil }
    return (span, flags & 1 != 0)
  }

  /// Of 8 bytes each, in the order in which they are written.
  package var words: (high: UInt64, low: UInt64) { (high, low) }

  package var description: String {
    String(decoding: Array(capacity: TraceIdentifier.digits) { write(to: &$0) }, as: UTF8.self)
  }

  /// How many digits it is written with.
  package static let digits = 32

  package func write(to output: inout OutputSpan<UInt8>) {
    write(high, to: &output)
    write(low, to: &output)
  }

  private func write(_ half: UInt64, to output: inout OutputSpan<UInt8>) {
    for shift in stride(from: 60, through: 0, by: -4) {
      let digit = UInt8(truncatingIfNeeded: half >> shift & 15)
      output.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit)
    }
  }

  private static let dash = UInt8(ascii: "-")

  /// Lower-case digits only, as the format demands.
  private static func number(_ bytes: [UInt8], _ range: Range<Int>) -> UInt64? {
    var value: UInt64 = 0
    for index in range {
      let byte = bytes[index]
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
      default: return nil
      }
      value = value << 4 | UInt64(digit)
    }
    return value
  }
}
