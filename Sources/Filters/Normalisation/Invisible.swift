/// Removes characters that have no shape of their own or only turn the direction of writing, and turns tag characters (U+E0020…U+E007E), with which ASCII is
/// smuggled unseen, into the ASCII they stand for.
///
/// The two joiners stay where they do their work, in emoji and in scripts that join: they go only beside ASCII letters, where they do nothing.
func removeInvisible(_ view: TextView) -> TextView? {
  // The run of joiners last looked at, so that a long one is looked at once.
  var run = 0..<0
  var drops = false
  return view.rewritten { scalar, range, view in
    switch scalar.value {
    case 0xE0020...0xE007E: return .replace(range.count, with: [UInt8(scalar.value - 0xE0000)])
    case 0x200C, 0x200D:
      if !run.contains(range.lowerBound) {
        var last = range.upperBound
        while isJoiner(view.bytes, last) { last += 3 }
        run = range.lowerBound..<last
        drops =
          (range.lowerBound > 0 && isLetter(view.bytes[range.lowerBound - 1])) || (last < view.bytes.count && isLetter(view.bytes[last]))
      }
      return drops ? .replace(range.count, with: []) : .keep
    default: return isInvisible(scalar.value) ? .replace(range.count, with: []) : .keep
    }
  }
}

private func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) }

/// U+200C or U+200D.
private func isJoiner(_ bytes: [UInt8], _ place: Int) -> Bool {
  place + 2 < bytes.count && bytes[place] == 0xE2 && bytes[place + 1] == 0x80 && (bytes[place + 2] == 0x8C || bytes[place + 2] == 0x8D)
}

private func isInvisible(_ value: UInt32) -> Bool {
  switch value {
  // Soft hyphen, grapheme joiner, Arabic letter mark, Hangul and Khmer fillers, Mongolian selectors.
  case 0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B...0x180F, 0x3164, 0xFFA0: true
  // Zero-width space, marks and embeddings of direction, word joiner, invisible operators, isolates, deprecated controls.
  case 0x200B, 0x200E, 0x200F, 0x202A...0x202E, 0x2060...0x206F: true
  // Variation selectors, the byte order mark, interlinear annotation, language tags.
  case 0xFE00...0xFE0F, 0xFEFF, 0xFFF9...0xFFFB, 0xE0000...0xE001F, 0xE007F, 0xE0100...0xE01EF: true
  default: false
  }
}
