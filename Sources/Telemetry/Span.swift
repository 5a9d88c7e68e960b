/// One operation of a trace. Source: opentelemetry-proto, `trace/v1/trace.proto`.
package struct Span: Sendable {
  package enum Kind: UInt8, Sendable {
    case server = 2
    case client = 3
  }

  package var traceHigh: UInt64
  package var traceLow: UInt64
  package var identifier: UInt64
  /// 0: none.
  package var parent: UInt64
  package var name: String
  package var kind: Kind
  /// Nanoseconds since 1970.
  package var start: UInt64
  package var end: UInt64
  package var attributes: [Attribute]
  /// Why it failed; nil: it did not, or nobody knows.
  package var failure: String?

  package init(
    trace: (high: UInt64, low: UInt64), identifier: UInt64, parent: UInt64, name: String, kind: Kind, start: UInt64, end: UInt64,
    attributes: [Attribute], failure: String? = nil
  ) {
    (traceHigh, traceLow) = trace
    self.identifier = identifier
    self.parent = parent
    self.name = name
    self.kind = kind
    self.start = start
    self.end = end
    self.attributes = attributes
    self.failure = failure
  }

  /// `opentelemetry.proto.trace.v1.Span`, without the tag and length that it has in its `ScopeSpans`.
  package func encode(into writer: inout ProtobufWriter) {
    writer.identifier(1, traceHigh, traceLow)
    writer.identifier(2, identifier)
    if parent != 0 { writer.identifier(4, parent) }
    writer.string(5, name)
    writer.varint(6, UInt64(kind.rawValue))
    writer.fixed64(7, start)
    writer.fixed64(8, end)
    for attribute in attributes { writer.attribute(9, attribute) }
    if let failure {
      writer.message(15) { status in
        status.string(2, failure)
        status.varint(3, 2)
      }
    }
    // The trace flags: sampled. Others are not kept.
    writer.fixed32(16, 1)
  }
}

/// Spans that wait for their export. Bounded; what does not fit is counted.
package struct SpanQueue: Sendable {
  package let capacity: Int
  private var spans: [[UInt8]] = []
  package private(set) var dropped: UInt64 = 0

  package init(capacity: Int) { self.capacity = capacity }

  package var count: Int { spans.count }

  package mutating func append(_ span: Span) {
    guard spans.count < capacity else {
      dropped += 1
      return
    }
    var writer = ProtobufWriter()
    span.encode(into: &writer)
    spans.append(writer.bytes)
  }

  /// The oldest, at most so many.
  package mutating func take(_ most: Int) -> [[UInt8]] {
    let batch = Array(spans.prefix(most))
    spans.removeFirst(batch.count)
    return batch
  }

  /// Spans that could not be sent come back; the oldest of them go when there is no room.
  package mutating func giveBack(_ batch: [[UInt8]]) {
    let room = max(0, capacity - spans.count)
    dropped += UInt64(max(0, batch.count - room))
    spans.insert(contentsOf: batch.suffix(room), at: 0)
  }

  package mutating func noteDropped(_ count: Int) { dropped += UInt64(count) }
}
