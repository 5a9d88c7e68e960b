/// One value, or the name of a member, on the tape of a document: 16 bytes, in the order of the text. A container is followed by what it
/// contains; a member is its name, then its value.
@usableFromInline package struct Entry: Sendable {
  /// Offset of the first byte of the value.
  @usableFromInline package internal(set) var start: UInt32

  /// Offset behind the last byte of the value.
  @usableFromInline package internal(set) var end: UInt32

  /// Of a container: the index of the entry behind all that it contains. Of the name of a member: its fingerprint. Otherwise 0.
  /// While a container is being read: the index of the container around it.
  @usableFromInline package internal(set) var link: UInt32

  /// Bits 0 to 2: the kind. Bit 3: `true`, a string with escapes, or a number written without point and exponent. From bit 4: how many
  /// elements or members a container has.
  @usableFromInline package internal(set) var details: UInt32

  @inlinable init(start: Int, end: Int, link: UInt32, details: UInt32) {
    self.start = UInt32(truncatingIfNeeded: start)
    self.end = UInt32(truncatingIfNeeded: end)
    self.link = link
    self.details = details
  }

  @usableFromInline static let flag: UInt32 = 1 << 3
  @usableFromInline static let countShift: UInt32 = 4

  @inlinable var kind: Document.Kind { Document.Kind(bits: details) }
  @inlinable var isFlagged: Bool { details & 8 != 0 }
  @inlinable var count: Int { Int(details >> 4) }
  @inlinable var isString: Bool { details & 7 == 3 }
  /// Of a string: the bytes between the quotes.
  @inlinable var textLength: Int { Int(end) - Int(start) - 2 }
  @inlinable var isContainer: Bool { details & 7 >= 4 }
}

/// 32 bits that are equal for equal names, whatever escapes they are written with, and mostly different for others: a cheap first look.
/// Not keyed: an attacker can make them all equal, so nothing may cost more than linear time when they are.
@inlinable func fingerprint(first: UInt64, last: UInt64, count: Int) -> UInt32 {
  let mixed = (first ^ (last &* 0x9E37_79B9_7F4A_7C15)) &+ UInt64(truncatingIfNeeded: count)
  return UInt32(truncatingIfNeeded: (mixed &* 0xD6E8_FEB8_6659_FD93) >> 32)
}

/// The fingerprint of a name that is not part of a document. The first and the last eight bytes count.
func fingerprint(of name: Span<UInt8>) -> UInt32 {
  var first: UInt64 = 0
  var last: UInt64 = 0
  let count = name.count
  if count >= 8 {
    first = unsafe name.word(at: 0)
    last = unsafe name.word(at: count - 8)
  } else {
    for index in 0..<count { first |= UInt64(name[index]) << UInt64(8 * index) }
  }
  return fingerprint(first: first, last: last, count: count)
}
