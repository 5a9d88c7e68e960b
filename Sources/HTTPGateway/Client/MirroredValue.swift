/// A header's value that repeats text of the body. Source: 2026-07-28, `basic/transports/streamable-http`, "Header encoding".
///
/// What a header cannot hold as it is, stands in base64 between `=?base64?` and `?=`; so does what looks like that.
package enum MirroredValue {
  private static let opening = Array("=?base64?".utf8)
  private static let closing = Array("?=".utf8)
  /// Longest value that is decoded, in bytes.
  static let longest = 8 << 10

  /// The text that a value stands for; nil: it stands for none.
  package static func decode(_ value: String) -> [UInt8]? {
    let bytes = Array(value.utf8)
    guard bytes.count <= longest else { return nil }
    guard looksEncoded(bytes) else {
      // Leading and trailing blanks are not the value's.
      return bytes.allSatisfy { (0x20...0x7E).contains($0) || $0 == 0x09 } ? bytes : nil
    }
    guard let decoded = decodeBase64(bytes[opening.count..<(bytes.count - closing.count)]), isUTF8(decoded) else { return nil }
    return decoded
  }

  package static func encode(_ text: [UInt8]) -> String {
    let blank: (UInt8?) -> Bool = { $0 == 0x20 || $0 == 0x09 }
    let isPlain = text.allSatisfy { (0x20...0x7E).contains($0) } && !blank(text.first) && !blank(text.last) && !looksEncoded(text)
    return String(decoding: isPlain && !text.isEmpty ? text : opening + encodeBase64(text) + closing, as: UTF8.self)
  }

  private static func looksEncoded(_ bytes: [UInt8]) -> Bool {
    bytes.count >= opening.count + closing.count && bytes.starts(with: opening) && bytes.suffix(closing.count).elementsEqual(closing)
  }

  private static func isUTF8(_ bytes: [UInt8]) -> Bool { String(validating: bytes, as: UTF8.self) != nil }

  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  private static func encodeBase64(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
      let group = bytes[index..<min(index + 3, bytes.count)]
      let word = group.enumerated().reduce(UInt32(0)) { $0 | UInt32($1.element) << UInt32(16 - 8 * $1.offset) }
      for place in 0..<4 {
        result.append(place <= group.count ? alphabet[Int(word >> UInt32(18 - 6 * place) & 63)] : UInt8(ascii: "="))
      }
      index += 3
    }
    return result
  }

  /// Canonical only: padded, and no bits beyond the text, so that a text has one spelling.
  private static func decodeBase64(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    guard text.count % 4 == 0 else { return nil }
    var padding = 0
    var bits: UInt32 = 0
    var count = 0
    var result: [UInt8] = []
    for byte in text {
      if byte == UInt8(ascii: "=") {
        padding += 1
        continue
      }
      guard padding == 0, let digit = alphabet.firstIndex(of: byte) else { return nil }
      bits = bits << 6 | UInt32(digit)
      count += 6
      if count >= 8 {
        count -= 8
        result.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
        bits &= (1 << UInt32(count)) - 1
      }
    }
    guard padding <= 2, bits == 0, encodeBase64(result).elementsEqual(text) else { return nil }
    return result
  }
}
