/// Removes characters that have no shape of their own or only turn the direction of writing, and turns tag characters (U+E0020…U+E007E), with which ASCII is
/// smuggled unseen, into the ASCII they stand for.
func removeInvisible(_ view: TextView) -> TextView? {
  var joiners = Joiners()
  return view.rewritten(at: .beyondASCII) { scalar, range, view in
    switch scalar.value {
    case 0xE0020...0xE007E: .replace(range.count, with: [UInt8(scalar.value - 0xE0000)])
    case 0x200C, 0x200D: joiners.areIdle(view.bytes.span, range) ? .replace(range.count, with: []) : .keep
    default: CharacterKinds.of(scalar).contains(.invisible) ? .replace(range.count, with: []) : .keep
    }
  }
}

/// Looks at the two joiners, U+200C and U+200D. They stay where they do their work, in emoji and in scripts that join: they go only beside ASCII letters, where
/// they do nothing.
struct Joiners {
  /// The run of joiners last looked at, so that a long one is looked at once.
  private var run = 0..<0
  private var isIdle = false

  /// Whether the joiner at a place does nothing. Places must be asked for in order.
  mutating func areIdle(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    if run.contains(range.lowerBound) { return isIdle }
    var last = range.upperBound
    while Self.isJoiner(bytes, last) { last += 3 }
    run = range.lowerBound..<last
    isIdle = (range.lowerBound > 0 && isASCIILetter(bytes[range.lowerBound - 1])) || (last < bytes.count && isASCIILetter(bytes[last]))
    return isIdle
  }

  private static func isJoiner(_ bytes: Span<UInt8>, _ place: Int) -> Bool {
    place + 2 < bytes.count && bytes[place] == 0xE2 && bytes[place + 1] == 0x80 && (bytes[place + 2] == 0x8C || bytes[place + 2] == 0x8D)
  }
}

func isASCIILetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) }

func isASCIIDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

extension Unicode.Scalar {
  /// Whether it has no shape wherever it stands; the joiners are left to `Joiners`.
  var isInvisible: Bool {
    switch value {
    // Soft hyphen, grapheme joiner, Arabic letter mark, Hangul and Khmer fillers, Mongolian selectors.
    case 0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B...0x180F, 0x3164, 0xFFA0: true
    // Zero-width space, marks and embeddings of direction, word joiner, invisible operators, isolates, deprecated controls.
    case 0x200B, 0x200E, 0x200F, 0x202A...0x202E, 0x2060...0x206F: true
    // Variation selectors, the byte order mark, interlinear annotation, shorthand and musical controls, tags.
    case 0xFE00...0xFE0F, 0xFEFF, 0xFFF0...0xFFFB, 0x1BCA0...0x1BCA3, 0x1D173...0x1D17A, 0xE0000...0xE0FFF: true
    default: false
    }
  }
}
