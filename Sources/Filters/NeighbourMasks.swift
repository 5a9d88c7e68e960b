internal import RegularExpressions

/// What may stand beside a literal, as sets of kinds of bytes: one look each.
struct NeighbourMasks: Sendable {
  let before: UInt64
  let beforeThat: UInt64
  let behind: UInt64
  let behindThat: UInt64
  let first: UInt64
  let inner: UInt64

  init(_ neighbours: Neighbours) {
    before = Self.mask(neighbours.before)
    beforeThat = Self.mask(neighbours.beforeThat)
    behind = Self.mask(neighbours.behind)
    behindThat = Self.mask(neighbours.behindThat)
    first = Self.mask(neighbours.first)
    inner = Self.mask(neighbours.inner)
  }

  private static func mask(_ bytes: ByteSet?) -> UInt64 {
    guard let bytes else { return .max }
    return (UInt8.min...UInt8.max).reduce(0) { bytes.contains($1) ? $0 | 1 << UInt64(ByteKinds.kind(of: $1)) : $0 }
  }
}

/// Sixty-four kinds of bytes, of which a set is one word.
struct ByteKinds: Sendable {
  /// By byte.
  let bits = (UInt8.min...UInt8.max).map { UInt64(1) << UInt64(Self.kind(of: $0)) }

  /// What stands where the text has ended or not begun.
  static let outside: UInt64 = 1 << 63
  static let blanks: UInt64 = 1 << 0 | 1 << 1 | 1 << 29

  /// The bit of what stands at a place.
  func bit(_ text: Span<UInt8>, at place: Int) -> UInt64 {
    place >= 0 && place < text.count ? bits[Int(text[place])] : Self.outside
  }

  /// Letters are of one kind in either case, and so are all digits, white space but for the blank and the line feed, and all bytes beyond ASCII with all other control characters.
  static func kind(of byte: UInt8) -> UInt8 {
    switch byte {
    case 0x0A: 0
    case 0x09...0x0D: 1
    case 0x30...0x39: 2
    case 0x61...0x7A: byte - 0x61 + 3
    case 0x41...0x5A: byte - 0x41 + 3
    // Blank and signs before the digits, then those up to `@`, those between the letters, those behind.
    case 0x20...0x2F: byte - 0x20 + 29
    case 0x3A...0x40: byte - 0x3A + 45
    case 0x5B...0x60: byte - 0x5B + 52
    case 0x7B...0x7E: byte - 0x7B + 58
    default: 62
    }
  }
}
