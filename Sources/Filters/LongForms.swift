/// Rewrites the two characters outside ASCII that are other cases of ASCII letters (U+017F, U+212A), so that folding is one byte for one. They are so rare
/// that a text with one may cost a copy.
struct LongForms {
  /// A text rewritten, with the place in the original of each of its bytes.
  struct Rewritten {
    var bytes: [UInt8] = []
    var places: [UInt32] = []
  }

  private var buffer = Rewritten()

  static func areIn(_ text: Span<UInt8>) -> Bool {
    var high: UInt8 = 0
    for index in 0..<text.count { high |= text[index] }
    guard high >= 0x80 else { return false }
    for index in 0..<text.count where text[index] >= 0xC5 && length(text, index) > 0 { return true }
    return false
  }

  /// Bytes of the long form that begins at a place; nought for none.
  private static func length(_ text: Span<UInt8>, _ index: Int) -> Int {
    if text[index] == 0xC5 && index + 1 < text.count && text[index + 1] == 0xBF { return 2 }
    if text[index] == 0xE2 && index + 2 < text.count && text[index + 1] == 0x84 && text[index + 2] == 0xAA { return 3 }
    return 0
  }

  mutating func rewrite(_ text: Span<UInt8>) {
    buffer.bytes.removeAll(keepingCapacity: true)
    buffer.places.removeAll(keepingCapacity: true)
    var index = 0
    while index < text.count {
      let length = Self.length(text, index)
      buffer.bytes.append(length == 2 ? 0x73 : length == 3 ? 0x6B : text[index])
      buffer.places.append(UInt32(index))
      index += max(1, length)
    }
  }

  /// Hands the buffer out without a copy.
  mutating func take() -> Rewritten {
    var taken = Rewritten()
    swap(&taken, &buffer)
    return taken
  }

  mutating func giveBack(_ rewritten: consuming Rewritten) { buffer = rewritten }
}
