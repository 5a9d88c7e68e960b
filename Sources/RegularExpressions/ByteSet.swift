/// A set of bytes that costs no allocation to ask.
package struct ByteSet: Sendable, Hashable {
  private var words = SIMD4<UInt64>(repeating: 0)

  package init() {}

  package init(_ range: ClosedRange<UInt8>) { for byte in range { insert(byte) } }

  package var isEmpty: Bool { words == SIMD4(repeating: 0) }

  package mutating func insert(_ byte: UInt8) { words[Int(byte >> 6)] |= 1 << UInt64(byte & 63) }

  package mutating func formUnion(_ other: ByteSet) { words |= other.words }

  package func contains(_ byte: UInt8) -> Bool { words[Int(byte >> 6)] & (1 << UInt64(byte & 63)) != 0 }
}
