/// Removes the control sequences of terminals (ECMA-48): `ESC [ … letter`, `ESC ] … BEL` and other strings, and two-character escapes. Of one that never ends
/// only the introduction goes, so that it cannot swallow what follows.
func removeTerminalSequences(_ view: TextView) -> TextView? {
  view.rewritten(at: .terminal) { scalar, range, view in
    switch scalar {
    case "\u{1B}":
      guard range.upperBound < view.bytes.count else { return .replace(1, with: []) }
      switch view.bytes[range.upperBound] {
      case 0x5B: return .replace(controlEnd(view.bytes, from: range.upperBound + 1) - range.lowerBound, with: [])
      // OSC, DCS, SOS, PM, APC: strings up to BEL or `ESC \`.
      case 0x5D, 0x50, 0x58, 0x5E, 0x5F: return .replace(stringEnd(view.bytes, from: range.upperBound + 1) - range.lowerBound, with: [])
      case 0x20...0x7E: return .replace(2, with: [])
      default: return .replace(1, with: [])
      }
    // The same introduction as a single character.
    case "\u{9B}": return .replace(controlEnd(view.bytes, from: range.upperBound) - range.lowerBound, with: [])
    default: return .keep
    }
  }
}

/// Parameters, intermediates, one final byte.
private func controlEnd(_ bytes: [UInt8], from start: Int) -> Int {
  var index = start
  while index < bytes.count, (0x20...0x3F).contains(bytes[index]) { index += 1 }
  return index < bytes.count && (0x40...0x7E).contains(bytes[index]) ? index + 1 : index
}

/// The longest string that is still read as one; a title or a link is far shorter.
private let longestString = 4096

private func stringEnd(_ bytes: [UInt8], from start: Int) -> Int {
  for index in start..<max(start, min(bytes.count, start + longestString)) {
    if bytes[index] == 0x07 { return index + 1 }
    if bytes[index] == 0x1B { return index + 1 < bytes.count && bytes[index + 1] == 0x5C ? index + 2 : index }
  }
  return start
}
