/// A set of bytes that costs no allocation to ask.
package struct ByteSet: Sendable {
  private var words = InlineArray<4, UInt64>(repeating: 0)

  package init() {}

  package mutating func insert(_ byte: UInt8) { words[Int(byte >> 6)] |= 1 << UInt64(byte & 63) }

  package func contains(_ byte: UInt8) -> Bool { words[Int(byte >> 6)] & (1 << UInt64(byte & 63)) != 0 }
}
