/// Decodes the escapes of JSON and of languages like it: `\u0041`, `\u{41}`, `\x41`, `\n`, `\"`. One level: `\\n` becomes `\n`.
func decodeEscapes(_ view: TextView) -> TextView? {
  view.rewritten(at: .backslash) { _, range, view in
    guard range.upperBound < view.bytes.count else { return .keep }
    switch view.bytes[range.upperBound] {
    case 0x75: return unicodeEscape(view.bytes, range.lowerBound)
    case 0x78: return byteEscapes(view.bytes, range.lowerBound)
    case 0x6E: return .replace(2, with: [0x0A])
    case 0x72: return .replace(2, with: [0x0D])
    case 0x74: return .replace(2, with: [0x09])
    case 0x22, 0x27, 0x2F, 0x5C, 0x60: return .replace(2, with: [view.bytes[range.upperBound]])
    default: return .keep
    }
  }
}

/// `\uhhhh`, two of them for a character beyond the first 65,536, or `\u{h…}`.
private func unicodeEscape(_ bytes: [UInt8], _ start: Int) -> TextView.Rewriting {
  if start + 2 < bytes.count, bytes[start + 2] == 0x7B {
    var value: UInt32 = 0
    for index in start + 3..<min(bytes.count, start + 10) {
      if bytes[index] == 0x7D, index > start + 3, let scalar = Unicode.Scalar(value) {
        return .replace(index + 1 - start, with: Array(String(scalar).utf8))
      }
      guard let digit = hexDigit(bytes[index]) else { return .keep }
      value = value << 4 | UInt32(digit)
    }
    return .keep
  }
  guard let unit = codeUnit(bytes, start) else { return .keep }
  if let scalar = Unicode.Scalar(UInt32(unit)) { return .replace(6, with: Array(String(scalar).utf8)) }
  guard UTF16.isLeadSurrogate(unit), let next = codeUnit(bytes, start + 6), UTF16.isTrailSurrogate(next) else { return .keep }
  return .replace(12, with: Array(String(UTF16.decode(UTF16.EncodedScalar([unit, next]))).utf8))
}

/// The four digits of the `\u` at a place.
private func codeUnit(_ bytes: [UInt8], _ start: Int) -> UInt16? {
  guard start + 6 <= bytes.count, bytes[start] == 0x5C, bytes[start + 1] == 0x75 else { return nil }
  var value: UInt16 = 0
  for index in start + 2..<start + 6 {
    guard let digit = hexDigit(bytes[index]) else { return nil }
    value = value << 4 | UInt16(digit)
  }
  return value
}

/// A run of `\xhh` that is UTF-8.
private func byteEscapes(_ bytes: [UInt8], _ start: Int) -> TextView.Rewriting {
  var decoded: [UInt8] = []
  var index = start
  // A character has four bytes at most, so that a run that is none costs no more.
  while decoded.count < 4, index + 3 < bytes.count, bytes[index] == 0x5C, bytes[index + 1] == 0x78, let high = hexDigit(bytes[index + 2]),
    let low = hexDigit(bytes[index + 3])
  {
    decoded.append(high << 4 | low)
    index += 4
    if String(validating: decoded, as: UTF8.self) != nil { return .replace(index - start, with: decoded) }
  }
  return .keep
}

/// What a hexadecimal digit stands for.
func hexDigit(_ byte: UInt8) -> UInt8? {
  switch byte {
  case 0x30...0x39: byte - 0x30
  case 0x41...0x46: byte - 0x37
  case 0x61...0x66: byte - 0x57
  default: nil
  }
}
