/// Whether a text was drawn by a machine: what tells a key from a word, an example or a place to put one.
enum Randomness {
  /// Judges the value at the end of a match, behind what announces it (`password = "…"`).
  static func holds(_ match: Span<UInt8>) -> Bool {
    let value = self.value(match)
    guard value.count >= 8 else { return false }
    return !isPlaceholder(match, value) && isMixed(match, value) && !runs(match, value) && !isWordy(match, value)
  }

  /// The last run of characters that keys are made of, without quotes, brackets and the padding of base64.
  private static func value(_ match: Span<UInt8>) -> Range<Int> {
    var end = match.count
    while end > 0, !isKeyCharacter(match[end - 1]) { end -= 1 }
    var start = end
    while start > 0, isKeyCharacter(match[start - 1]) { start -= 1 }
    return start..<end
  }

  private static func isKeyCharacter(_ byte: UInt8) -> Bool {
    if byte.isAlphanumeric || byte >= 0x80 { return true }
    switch byte {
    case 0x21, 0x23, 0x24, 0x25, 0x26, 0x2A, 0x2B, 0x2D, 0x2E, 0x2F, 0x3F, 0x40, 0x5E, 0x5F, 0x7C, 0x7E: return true  // !#$%&*+-./?@^_|~
    default: return false
    }
  }

  // MARK: Placeholders

  /// What people write where a key will stand.
  private static let placeholders: [[UInt8]] = [
    "changeme", "change-me", "change_me", "dummy", "example", "foobar", "fakekey", "insert", "placeholder", "password", "redacted",
    "replace",
    "sample", "xxxx", "your",
  ].map { Array($0.utf8) }

  private static func isPlaceholder(_ match: Span<UInt8>, _ value: Range<Int>) -> Bool {
    for word in placeholders {
      for index in value where match[index].small == word[0] && has(word, match, index, value) { return true }
    }
    return false
  }

  private static func has(_ word: [UInt8], _ match: Span<UInt8>, _ start: Int, _ value: Range<Int>) -> Bool {
    guard start + word.count <= value.upperBound else { return false }
    for index in word.indices where match[start + index].small != word[index] { return false }
    return true
  }

  // MARK: Distribution

  /// Characters must not repeat more often than in random hexadecimal digits; a short value must hold more than letters, a long one more than digits.
  private static func isMixed(_ match: Span<UInt8>, _ value: Range<Int>) -> Bool {
    var times = InlineArray<256, UInt16>(repeating: 0)
    var pairs = 0
    var distinct = 0
    var digits = 0
    var letters = 0
    // What is longer is no more random for it, and the counts stay small.
    let judged = value.prefix(512)
    for index in judged {
      let byte = match[index]
      let before = times[Int(byte)]
      pairs += Int(before)
      distinct += before == 0 ? 1 : 0
      times[Int(byte)] = before + 1
      digits += byte.isDigit ? 1 : 0
      letters += byte.isLetter ? 1 : 0
    }
    let count = judged.count
    guard digits < count || count > 40 else { return false }
    guard letters < count || count >= 16 else { return false }
    // The chance that two places hold the same character: a sixteenth in hexadecimal digits, and more in words.
    return count < 16 ? distinct * 2 > count : pairs * 2 * 1_000 <= count * (count - 1) * 130
  }

  /// Half of the value or more is one character repeated, or characters that follow each other: `aaaa1111`, `abcdef123456`.
  private static func runs(_ match: Span<UInt8>, _ value: Range<Int>) -> Bool {
    var covered = 0
    for step in -1...1 {
      var length = 1
      for index in value.dropFirst() {
        if Int(match[index]) - Int(match[index - 1]) == step {
          length += 1
          if length == 4 { covered += 4 } else if length > 4 { covered += 1 }
        } else {
          length = 1
        }
      }
    }
    return covered * 2 >= value.count
  }

  // MARK: Words

  /// For each first letter the letters that follow it in English words more often than by chance, as bits; nine in ten pairs in words are among
  /// these, and one in four of random letters. Counted in manuals and source code.
  private static let followers: InlineArray<26, UInt32> = [
    0x13E_B94E, 0x010_0811, 0x01A_4D91, 0x000_4111, 0x0AF_B83D, 0x000_4901, 0x000_0110, 0x008_4111, 0x02E_F87D, 0x010_4001,
    0x000_0010, 0x11C_4939, 0x100_C111, 0x00C_617D, 0x05E_F82C, 0x01E_C911, 0x010_0000, 0x13E_715D, 0x01C_C195, 0x11E_C191,
    0x00E_B919, 0x000_0111, 0x000_0180, 0x008_0000, 0x000_8000, 0x000_0010,
  ]

  /// Most letters follow each other as in words: `my-service-account`, `getClientSecret`.
  private static func isWordy(_ match: Span<UInt8>, _ value: Range<Int>) -> Bool {
    var pairs = 0
    var common = 0
    var isHexadecimal = true
    for index in value {
      isHexadecimal = isHexadecimal && match[index].isHexadecimal
      guard index > value.lowerBound, match[index].isLetter, match[index - 1].isLetter else { continue }
      // Where a capital begins the next word.
      if match[index].isCapital && match[index - 1].isSmall { continue }
      pairs += 1
      let follows = followers[Int(match[index - 1].small) - 0x61] >> (UInt32(match[index].small) - 0x61) & 1
      common += Int(follows)
    }
    return !isHexadecimal && pairs >= 5 && common * 10 >= pairs * 7
  }
}
