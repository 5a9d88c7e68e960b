package enum Ascii {
  static let slash = UInt8(ascii: "/")
  static let backslash = UInt8(ascii: "\\")
  static let dot = UInt8(ascii: ".")
  static let colon = UInt8(ascii: ":")
  static let percent = UInt8(ascii: "%")

  static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) }
  static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
  static func lowered(_ byte: UInt8) -> UInt8 { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte }

  static func hexadecimal(_ byte: UInt8) -> UInt8? {
    if isDigit(byte) { return byte &- UInt8(ascii: "0") }
    let lower = byte | 0x20
    return (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(lower) ? lower &- UInt8(ascii: "a") &+ 10 : nil
  }

  /// The byte that the percent-escape at an index stands for; nil when it is none.
  static func escaped(_ text: Span<UInt8>, _ index: Int) -> UInt8? {
    guard index &+ 2 < text.count, let high = hexadecimal(text[index &+ 1]), let low = hexadecimal(text[index &+ 2]) else { return nil }
    return high << 4 | low
  }
}

package func hasPrefix(_ text: Span<UInt8>, _ prefix: Span<UInt8>) -> Bool {
  guard text.count >= prefix.count else { return false }
  for index in prefix.indices where text[index] != prefix[index] { return false }
  return true
}

package func hasSuffix(_ text: Span<UInt8>, _ suffix: Span<UInt8>) -> Bool {
  guard text.count >= suffix.count else { return false }
  let start = text.count &- suffix.count
  for index in suffix.indices where text[start &+ index] != suffix[index] { return false }
  return true
}

package func areEqual(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool { left.count == right.count && hasPrefix(left, right) }

/// Whether a text occurs in another; the empty one does everywhere.
package func contains(_ text: Span<UInt8>, _ part: Span<UInt8>) -> Bool {
  guard part.count <= text.count else { return false }
  guard part.count > 0 else { return true }
  let first = part[0]
  var start = 0
  while start <= text.count &- part.count {
    if text[start] == first, hasPrefix(text.extracting(start..<text.count), part) { return true }
    start &+= 1
  }
  return false
}
