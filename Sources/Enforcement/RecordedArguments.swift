internal import JSON

/// Names of a call's arguments and the sizes of their values, without a copy of either: places in the message that the request was.
///
/// A message that is large, or that spells a name with escapes, is not kept for them: the few names are copied out of it.
package struct RecordedArguments: Sendable {
  /// Offsets of a name in `names`, and the bytes of JSON that its value has.
  private struct Place {
    var start: UInt32 = 0
    var end: UInt32 = 0
    var size: UInt32 = 0
    /// Where the value begins in a message that is kept.
    var value: UInt32 = 0

    init() {}

    init(_ range: Range<Int>, size: Int, value: Int = 0) {
      start = UInt32(range.lowerBound)
      end = UInt32(range.upperBound)
      self.size = UInt32(size)
      self.value = UInt32(value)
    }
  }

  /// How many are named: a call may have any number, and a log line stays one write.
  package static let named = 8
  /// Bytes of a message that waits for its answer anyway and is kept as it is.
  private static let keptMessage = 1 << 14

  /// How many arguments there are.
  package private(set) var count = 0
  private var names: [UInt8] = []
  private var places = InlineArray<8, Place>(repeating: Place())
  /// Whether `names` is the message, so that values can be looked at; only where somebody is to.
  private var hasValues = false
  /// Of the values of a message that is too large to be kept.
  private var digests: [[UInt8]] = []

  init() {}

  init(_ document: Document, _ arguments: Node, _ recording: Recording = .nothing) {
    guard document.kind(arguments) == .object else { return }
    count = document.count(arguments)
    let isKept = document.bytes.count <= Self.keptMessage
    if isKept { names = document.bytes }
    hasValues = isKept && recording.keepsArguments
    var index = 0
    var next = document.firstChild(arguments)
    while let key = next, index < Self.named {
      let value = document.value(of: key)
      if isKept, !document.hasEscapes(key), let range = document.stringBytes(key) {
        places[index] = Place(range, size: document.source(value).count, value: document.source(value).lowerBound)
      } else {
        let start = names.count
        names += (document.text(key) ?? []).prefix(Limits.quotedBytes + 1)
        places[index] = Place(start..<names.count, size: document.source(value).count, value: document.source(value).lowerBound)
      }
      if !isKept, recording.keepsArguments, let digest = recording.digest {
        digests.append(digest(document.bytes.span.extracting(document.source(value))))
      }
      index += 1
      next = document.sibling(after: value, in: arguments)
    }
  }

  /// Those that are named.
  package var indices: Range<Int> { 0..<min(count, Self.named) }

  /// UTF-8; of a name that is very long, more than its beginning need not be there.
  @_lifetime(borrow self)
  package func name(_ index: Int) -> Span<UInt8> { names.span.extracting(Int(places[index].start)..<Int(places[index].end)) }

  /// Bytes of JSON that the value has.
  package func size(_ index: Int) -> Int { Int(places[index].size) }

  /// The JSON of the value as it was sent; empty when it was not kept.
  @_lifetime(borrow self)
  package func value(_ index: Int) -> Span<UInt8> {
    guard hasValues else { return names.span.extracting(0..<0) }
    let start = Int(places[index].value)
    return names.span.extracting(start..<start + size(index))
  }

  /// Of a value that was not kept.
  package func digest(_ index: Int) -> [UInt8]? { index < digests.count ? digests[index] : nil }
}
