/// The first and the last eight bytes of a text, and its length: the whole of a text of up to sixteen bytes.
package struct NameWords: Hashable, Sendable {
  /// The first byte is the lowest; short texts are filled up with noughts.
  package let first: UInt64
  /// 0 for texts of less than eight bytes.
  package let last: UInt64
  /// In bytes.
  package let count: Int

  @inlinable package init(first: UInt64, last: UInt64, count: Int) {
    self.first = first
    self.last = last
    self.count = count
  }

  package init(_ text: Span<UInt8>) {
    var first: UInt64 = 0
    var last: UInt64 = 0
    for index in 0..<min(8, text.count) { first |= UInt64(text[index]) << UInt64(8 * index) }
    if text.count >= 8 {
      for index in 0..<8 { last |= UInt64(text[text.count - 8 + index]) << UInt64(8 * index) }
    }
    self.init(first: first, last: last, count: text.count)
  }

  /// Equal for equal texts, and the same that documents hold for the names of members. Not keyed: whoever relies on different
  /// fingerprints bounds the work for equal ones.
  @inlinable package var fingerprint: UInt32 { JSON.fingerprint(first: first, last: last, count: count) }
}
