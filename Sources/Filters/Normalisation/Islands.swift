/// Runs of base64 or hexadecimal digits that stand for readable text.
enum Islands {
  /// Digits in the shortest run that is looked at: below, words and numbers are mistaken for it, and no order fits in.
  static let shortest = 16

  /// Bytes of the longest text that is looked for in one run; of a longer run the beginning is judged and decoded alone.
  static let longestText = 64 * 1024

  static func decode(_ view: TextView, base64: Bool, hex: Bool) -> TextView? {
    var edits: [TextView.Edit] = []
    var index = 0
    let bytes = view.bytes
    while index < bytes.count {
      guard digit(bytes[index]) != nil || bytes[index] == 0x5C else {
        index += 1
        continue
      }
      let run = index..<runEnd(bytes, index)
      // Where something was looked at in vain is not looked at again, so that the whole costs time in proportion to the text.
      index = max(run.upperBound, index + 1)
      if hex {
        let (end, text) = hexText(bytes, run.lowerBound)
        index = max(index, end)
        if let text {
          index = end
          edits.append(.init(range: run.lowerBound..<end, replacement: text))
          continue
        }
      }
      guard base64, run.count >= shortest else { continue }
      if let text = base64Text(bytes[run]) {
        edits.append(.init(range: run, replacement: text))
        continue
      }
      // Beside a slash or a hyphen it may be a part of a path.
      for part in bytes[run].split(whereSeparator: { !isASCIILetter($0) && !isASCIIDigit($0) }) where part.count >= shortest {
        if let text = base64Text(part) { edits.append(.init(range: part.startIndex..<part.endIndex, replacement: text)) }
      }
    }
    return view.replacing(edits)
  }

  // MARK: Base64

  /// Both alphabets: `+` and `/`, or `-` and `_`.
  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x41...0x5A: byte - 0x41
    case 0x61...0x7A: byte - 0x61 + 26
    case 0x30...0x39: byte - 0x30 + 52
    case 0x2B, 0x2D: 62
    case 0x2F, 0x5F: 63
    default: nil
    }
  }

  /// Where a run of digits ends, line breaks between long lines included, padding not.
  private static func runEnd(_ bytes: [UInt8], _ start: Int) -> Int {
    var index = start
    var line = start
    while true {
      while index < bytes.count, digit(bytes[index]) != nil { index += 1 }
      guard index - line >= 60, let next = afterLineBreak(bytes, index), next < bytes.count, digit(bytes[next]) != nil else { return index }
      index = next
      line = next
    }
  }

  private static func afterLineBreak(_ bytes: [UInt8], _ index: Int) -> Int? {
    guard index < bytes.count else { return nil }
    if bytes[index] == 0x0A { return index + 1 }
    return bytes[index] == 0x0D && index + 1 < bytes.count && bytes[index + 1] == 0x0A ? index + 2 : nil
  }

  private static func base64Text(_ run: ArraySlice<UInt8>) -> [UInt8]? {
    var text: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    for byte in run {
      guard let digit = digit(byte) else { continue }
      bits = bits << 6 | UInt32(digit)
      count += 6
      guard count >= 8 else { continue }
      count -= 8
      let decoded = UInt8(truncatingIfNeeded: bits >> UInt32(count))
      // What is no text shows it within some bytes, so images and keys cost little.
      guard mayBeText(decoded) else { return nil }
      text.append(decoded)
      if text.count >= longestText { break }
    }
    return readable(text)
  }

  // MARK: Hexadecimal

  /// Pairs of digits one after another, or all parted alike: `69676e`, `69 67 6e`, `0x69, 0x67, 0x6e`. Also says up to where it has looked.
  private static func hexText(_ bytes: [UInt8], _ start: Int) -> (end: Int, text: [UInt8]?) {
    let hasPrefix = hexPrefix(bytes, start)
    guard let first = pair(bytes, hasPrefix ? start + 2 : start), mayBeText(first) else { return (start, nil) }
    var text = [first]
    var index = (hasPrefix ? start + 2 : start) + 2
    var end = index
    var gap: ArraySlice<UInt8>?
    while text.count < longestText {
      let next = index + (gap?.count ?? gapLength(bytes, index))
      guard next <= bytes.count else { break }
      if let gap, !bytes[index..<next].elementsEqual(gap) { break }
      // A prefix may be written once, or before each pair when they are parted.
      let place = next > index && hexPrefix(bytes, next) ? next + 2 : next
      guard let byte = pair(bytes, place) else { break }
      guard mayBeText(byte) else { return (place, nil) }
      gap = gap ?? bytes[index..<next]
      text.append(byte)
      index = place + 2
      end = index
    }
    // Half a pair more, or a letter, and it was something else.
    if end < bytes.count, isASCIILetter(bytes[end]) || isASCIIDigit(bytes[end]) { return (end, nil) }
    return (end, text.count * 2 >= shortest ? readable(text) : nil)
  }

  private static func hexPrefix(_ bytes: [UInt8], _ index: Int) -> Bool {
    index + 1 < bytes.count && (bytes[index] == 0x30 && bytes[index + 1] | 0x20 == 0x78 || bytes[index] == 0x5C && bytes[index + 1] == 0x78)
  }

  private static func pair(_ bytes: [UInt8], _ index: Int) -> UInt8? {
    guard index + 1 < bytes.count, let high = hexDigit(bytes[index]), let low = hexDigit(bytes[index + 1]) else { return nil }
    return high << 4 | low
  }

  /// Blanks, colons, commas or hyphens, two at most.
  private static func gapLength(_ bytes: [UInt8], _ index: Int) -> Int {
    var count = 0
    while count < 2, index + count < bytes.count, [0x20, 0x2C, 0x2D, 0x3A].contains(bytes[index + count]) { count += 1 }
    return count
  }

  // MARK: Text

  private static func mayBeText(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7F || byte == 0x0A || byte == 0x0D || byte == 0x09 }

  /// The text if it is UTF-8, but for a character cut off at its end, and mostly letters, digits and blanks.
  private static func readable(_ text: [UInt8]) -> [UInt8]? {
    var text = text
    for _ in 0..<3 where String(validating: text, as: UTF8.self) == nil && !text.isEmpty { text.removeLast() }
    guard text.count >= shortest / 2, String(validating: text, as: UTF8.self) != nil else { return nil }
    let plain = text.count { isASCIILetter($0) || $0 >= 0x80 || isASCIIDigit($0) || $0 == 0x20 || $0 == 0x0A }
    return plain * 4 >= text.count * 3 ? text : nil
  }
}
