/// A text rewritten for matching, with the place in the original of each of its bytes: patterns read the view, actions act on the original.
package struct TextView: Equatable, Sendable {
  /// Valid UTF-8.
  package private(set) var bytes: [UInt8] = []
  /// One more than bytes: for each, where in the original that begins which it was made of; the last is the original's length. Never descends.
  private var places: [UInt32] = [0]

  private init() {}

  /// A text as it is. It must be valid UTF-8.
  package init(_ text: Span<UInt8>) {
    places.removeAll(keepingCapacity: true)
    for index in 0..<text.count {
      bytes.append(text[index])
      places.append(UInt32(index))
    }
    places.append(UInt32(text.count))
  }

  /// The bytes of the original that a range of the view was made of: whole characters, with what was left out inside and after it.
  package func original(of range: Range<Int>) -> Range<Int> {
    let lower = Int(places[range.lowerBound])
    guard !range.isEmpty else { return lower..<lower }
    // Several bytes may come of one character; the range then takes in the character.
    var end = range.upperBound
    while end < bytes.count, places[end] == places[range.upperBound - 1] { end += 1 }
    return lower..<Int(places[end])
  }

  /// Goes over the view's characters and makes another view of it: `body` gets each character's place in the view and says what becomes of how many bytes.
  ///
  /// Nil when nothing changed.
  func rewritten(_ body: (_ scalar: Unicode.Scalar, _ range: Range<Int>, _ view: TextView) -> Rewriting) -> TextView? {
    var result = TextView()
    result.places.removeAll()
    var changed = false
    var index = 0
    while index < bytes.count {
      let (scalar, length) = scalar(at: index)
      switch body(scalar, index..<index + length, self) {
      case .keep:
        for place in index..<index + length {
          result.bytes.append(bytes[place])
          result.places.append(places[place])
        }
        index += length
      case .replace(let count, let replacement):
        changed = true
        for byte in replacement {
          result.bytes.append(byte)
          result.places.append(places[index])
        }
        index += count
      }
    }
    result.places.append(places[bytes.count])
    return changed ? result : nil
  }

  /// What becomes of the bytes at a place.
  enum Rewriting {
    /// The character stays.
    case keep
    /// So many bytes, whole characters and at least one, become these, which are UTF-8 or nothing.
    case replace(Int, with: [UInt8])
  }

  /// The character that begins at a place, and its bytes' number.
  func scalar(at index: Int) -> (Unicode.Scalar, Int) {
    let first = UInt32(bytes[index])
    if first < 0x80 { return (Unicode.Scalar(bytes[index]), 1) }
    let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
    var value = first & (0x7F >> UInt32(length))
    for place in index + 1..<index + length { value = value << 6 | UInt32(bytes[place] & 0x3F) }
    // The text is valid UTF-8, so this is a character.
    return (Unicode.Scalar(value) ?? "\u{FFFD}", length)
  }
}
