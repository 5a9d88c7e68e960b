/// Decodes runs of `%hh` that are UTF-8; others stay.
func decodePercent(_ view: TextView) -> TextView? {
  // Where the last run ended that was no UTF-8: its rest is not tried again.
  var refused = 0
  return view.rewritten { scalar, range, view in
    guard scalar == "%", range.lowerBound >= refused else { return .keep }
    var decoded: [UInt8] = []
    var index = range.lowerBound
    while index + 2 < view.bytes.count, view.bytes[index] == 0x25, let high = nibble(view.bytes[index + 1]),
      let low = nibble(view.bytes[index + 2])
    {
      decoded.append(high << 4 | low)
      index += 3
    }
    guard !decoded.isEmpty, String(validating: decoded, as: UTF8.self) != nil else {
      refused = max(index, range.upperBound)
      return .keep
    }
    return .replace(index - range.lowerBound, with: decoded)
  }
}

private func nibble(_ byte: UInt8) -> UInt8? {
  switch byte {
  case 0x30...0x39: byte - 0x30
  case 0x41...0x46: byte - 0x37
  case 0x61...0x66: byte - 0x57
  default: nil
  }
}
