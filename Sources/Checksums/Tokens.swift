/// Check digits and shapes of tokens that their issuers describe.
enum Tokens {
  private static let algorithmName = Array("\"alg\"".utf8)

  /// The last six characters are the CRC-32 of the part between the prefix's `_` and them, in base 62: tokens of GitHub (but the fine-grained ones)
  /// and npm, after "Behind GitHub's new authentication token formats" (2021).
  static func crc32(_ match: Span<UInt8>) -> Bool {
    var start = match.count
    while start > 0, match[start - 1].isAlphanumeric { start -= 1 }
    guard match.count - start > 6 else { return false }
    let end = match.count - 6
    let expected = checkCharacters(of: match.extracting(start..<end))
    for index in expected.indices where match[end + index] != expected[index] { return false }
    return true
  }

  /// A token of RFC 7519: its first part is, in base64url, an object that names an algorithm.
  static func jwt(_ match: Span<UInt8>) -> Bool {
    guard var index = start(match) else { return false }
    var bits: UInt32 = 0
    var held = 0
    var decoded = 0
    var matched = 0
    while index < match.count, let value = sextet(match[index]) {
      bits = bits << 6 | value
      held += 6
      if held >= 8 {
        held -= 8
        let byte = UInt8(truncatingIfNeeded: bits >> UInt32(held))
        guard decoded > 0 || byte == 0x7B else { return false }
        decoded += 1
        // No proper prefix of the name is also its suffix but the quotation mark.
        matched = matched == 5 ? 5 : byte == algorithmName[matched] ? matched + 1 : byte == 0x22 ? 1 : 0
      }
      index += 1
    }
    return matched == 5 && index < match.count && match[index] == 0x2E
  }

  /// Where the token begins, behind words such as "Bearer".
  private static func start(_ match: Span<UInt8>) -> Int? {
    guard match.count > 2 else { return nil }
    for index in 0..<match.count - 1
    where match[index] == 0x65 && match[index + 1] == 0x79 && (index == 0 || !match[index - 1].isAlphanumeric) {
      return index
    }
    return nil
  }

  private static func sextet(_ byte: UInt8) -> UInt32? {
    switch byte {
    case 0x41...0x5A: UInt32(byte) - 0x41
    case 0x61...0x7A: UInt32(byte) - 0x61 + 26
    case 0x30...0x39: UInt32(byte) - 0x30 + 52
    case 0x2D: 62
    case 0x5F: 63
    default: nil
    }
  }
}

/// The CRC-32 of a token's part (ISO/IEC 13239, as in zip) in base 62: what the tokens that `Check.crc32` knows end with.
package func checkCharacters(of part: Span<UInt8>) -> InlineArray<6, UInt8> {
  var remainder = UInt32.max
  for index in part.indices {
    remainder ^= UInt32(part[index])
    for _ in 0..<8 { remainder = remainder >> 1 ^ (remainder & 1 == 1 ? 0xEDB8_8320 : 0) }
  }
  remainder = ~remainder
  var characters = InlineArray<6, UInt8>(repeating: 0x30)
  // 62^6 is more than 2^32.
  for index in characters.indices.reversed() {
    let digit = UInt8(remainder % 62)
    characters[index] = digit < 10 ? 0x30 + digit : digit < 36 ? 0x41 + digit - 10 : 0x61 + digit - 36
    remainder /= 62
  }
  return characters
}
