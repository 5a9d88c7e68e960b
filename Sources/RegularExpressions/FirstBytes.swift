/// A set of bytes that costs no allocation to ask.
package struct ByteSet: Hashable, Sendable {
  private var low: SIMD2<UInt64> = .zero
  private var high: SIMD2<UInt64> = .zero

  package init() {}

  package mutating func insert(_ byte: UInt8) {
    let bit: UInt64 = 1 << UInt64(byte & 63)
    if byte < 128 { low[Int(byte >> 6)] |= bit } else { high[Int(byte >> 6) - 2] |= bit }
  }

  package func contains(_ byte: UInt8) -> Bool {
    let word = byte < 128 ? low[Int(byte >> 6)] : high[Int(byte >> 6) - 2]
    return word & (1 << UInt64(byte & 63)) != 0
  }
}

extension RegularExpression {
  /// The bytes a match can start with; nil when a match can be empty. Assertions are taken to hold.
  package var firstBytes: ByteSet? {
    let (scalars, canBeEmpty) = root.first
    guard !canBeEmpty else { return nil }
    var bytes = ByteSet()
    for range in scalars.ranges {
      // The first byte grows with the value, so those of a range are all between the ends'; but from 0x80 to 0xC1 a byte never is a first one.
      guard let low = Self.leadByte(range.lowerBound), let high = Self.leadByte(range.upperBound) else { return nil }
      for byte in low...high where byte < 0x80 || byte > 0xC1 { bytes.insert(byte) }
    }
    return bytes
  }

  private static func leadByte(_ value: UInt32) -> UInt8? { Unicode.Scalar(value).flatMap { String($0).utf8.first } }
}

extension Expression {
  /// The characters a match can start with, and whether it can be without any.
  fileprivate var first: (scalars: ScalarSet, canBeEmpty: Bool) {
    switch self {
    case .empty, .assertion: return (.empty, true)
    case .literal, .characterClass, .any: return (scalars, false)
    case .group(let inner, _): return inner.first
    case .choice(let alternatives):
      let all = alternatives.map(\.first)
      return (ScalarSet(all.flatMap(\.scalars.ranges)), all.contains { $0.canBeEmpty })
    case .sequence(let parts):
      var ranges: [ClosedRange<UInt32>] = []
      for part in parts {
        let (scalars, canBeEmpty) = part.first
        ranges += scalars.ranges
        if !canBeEmpty { return (ScalarSet(ranges), false) }
      }
      return (ScalarSet(ranges), true)
    case .repetition(let inner, let quantifier):
      let (scalars, canBeEmpty) = inner.first
      return quantifier.maximum == 0 ? (.empty, true) : (scalars, canBeEmpty || quantifier.minimum == 0)
    }
  }
}
