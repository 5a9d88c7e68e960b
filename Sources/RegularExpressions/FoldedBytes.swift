/// The coarser bytes in which literals are looked for: ASCII letters in lower case, every ASCII digit as `0`, every ASCII white space as a blank, and of the inner
/// bytes of characters beyond ASCII those alike whose last four bits are.
///
/// Literals also have one blank for any run of white space, so that `you\s+are` is one literal, and so must the text be read that they are looked for in.
///
/// Coarser is safe: whatever a match holds, its folded bytes hold the folded literal. It lets one pass over the text serve patterns with and without
/// `(?i)`, and makes `\d{3}-\d{2}` the literal `000-00`.
///
/// Two characters outside ASCII are other cases of ASCII letters: U+017F folds to `s` and U+212A to `k`. They take more bytes than what they fold to,
/// so a text that holds one must be rewritten before its bytes can be folded one by one (`longForms`).
package enum FoldedBytes {
  /// What each byte folds to, one byte for one.
  package static let table: [UInt8] = (0...255).map { byte in
    switch UInt8(byte) {
    case 0x41...0x5A: UInt8(byte) + 32
    case 0x30...0x39: 0x30
    case 0x09...0x0D: 0x20
    case 0x80...0xBF: 0x80 | UInt8(byte) & 0x0F
    default: UInt8(byte)
    }
  }

  /// UTF-8 of U+017F, then of U+212A, with what they fold to.
  package static let longForms: [(bytes: [UInt8], folded: UInt8)] = [([0xC5, 0xBF], 0x73), ([0xE2, 0x84, 0xAA], 0x6B)]

  /// A character's bytes, folded.
  package static func fold(_ scalar: Unicode.Scalar) -> [UInt8] {
    let bytes = Array(String(scalar).utf8)
    if let long = longForms.first(where: { $0.bytes == bytes }) { return [long.folded] }
    return bytes.map { table[Int($0)] }
  }

  /// What runs of white space become.
  package static let blank: UInt8 = 0x20

  /// Two folded texts one after the other.
  private static func join(_ first: [UInt8], _ second: [UInt8]) -> [UInt8] {
    first.last == blank && second.first == blank ? first + second.dropFirst() : first + second
  }

  /// A text's bytes, folded and with its runs of white space drawn together; for tests, not for the hot path.
  package static func fold(_ text: String) -> [UInt8] { text.unicodeScalars.reduce([]) { join($0, fold($1)) } }
}
