/// A test that a matched text must pass beside its pattern, by the name that policies call it: `valid luhn`.
package enum Check: String, Hashable, CaseIterable, Sendable {
  /// ISO/IEC 7812-1, annex B: payment cards and much else.
  case luhn

  /// Whether the test holds of the bytes of a match; what stands between digits to be read is left aside. Does not allocate.
  package func holds(_ match: Span<UInt8>) -> Bool {
    switch self {
    case .luhn: hasLuhnDigit(match)
    }
  }
}

private func hasLuhnDigit(_ match: Span<UInt8>) -> Bool {
  var sum = 0
  var count = 0
  for index in match.indices.reversed() {
    guard (0x30...0x39).contains(match[index]) else { continue }
    let digit = Int(match[index]) - 0x30
    sum += count % 2 == 0 ? digit : digit > 4 ? 2 * digit - 9 : 2 * digit
    count += 1
  }
  return count > 1 && sum % 10 == 0
}
