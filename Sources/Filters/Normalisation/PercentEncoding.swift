/// Decodes runs of `%hh` that are UTF-8; others stay.
func decodePercent(_ view: TextView) -> TextView? {
  // Where the last run ended that was no UTF-8: its rest is not tried again.
  var refused = 0
  return view.rewritten(at: .percentSign) { _, range, view in
    guard range.lowerBound >= refused else { return .keep }
    var decoded: [UInt8] = []
    var index = range.lowerBound
    while index + 2 < view.bytes.count, view.bytes[index] == 0x25, let high = hexDigit(view.bytes[index + 1]),
      let low = hexDigit(view.bytes[index + 2])
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
