/// Whether a text was drawn by a machine: what tells a key from a word, an example or a place to put one.
enum Randomness {
  /// Judges the value at the end of a match, behind what announces it (`token = "…"`).
  static func holds(_ match: Span<UInt8>) -> Bool {
    let value = self.value(match)
    guard value.count >= 8 else { return false }
    return !isPlaceholder(match, value) && !has(passwordWord, match, value) && isMixed(match, value) && !runs(match, value)
      && !isWordy(match, value)
  }

  /// Whether the value at the end of a match only stands for a secret to be put there. A password of someone's may be anything else.
  static func isPlaceholder(_ match: Span<UInt8>) -> Bool {
    let value = self.value(match)
    guard value.count >= 4, !isPlaceholder(match, value) else { return true }
    var digits = 0
    var changes = 0
    for index in value {
      digits += match[index].isDigit ? 1 : 0
      changes += index > value.lowerBound && match[index] != match[index - 1] ? 1 : 0
    }
    return changes < 2 || (digits == 0 && standIns.contains { has($0, match, value) })
  }

  /// What stands between the quotes that end a match; without them the last run of characters that keys are made of. Without the brackets, padding
  /// and blanks around it.
  private static func value(_ match: Span<UInt8>) -> Range<Int> {
    var end = match.count
    var quote: UInt8?
    while end > 0, endsValue(match[end - 1]) || isTrailing(match[end - 1]) {
      end -= 1
      if quote == nil, isQuote(match[end]) { quote = match[end] }
    }
    var start = end
    while start > 0, quote.map({ $0 != match[start - 1] }) ?? !endsValue(match[start - 1]) { start -= 1 }
    while start < end, match[start] <= 0x20 { start += 1 }
    // Quotes that were never opened.
    if start == 0, quote != nil {
      start = end
      while start > 0, !endsValue(match[start - 1]) { start -= 1 }
    }
    return start..<end
  }

  private static func isQuote(_ byte: UInt8) -> Bool { byte == 0x22 || byte == 0x27 || byte == 0x60 }

  private static func endsValue(_ byte: UInt8) -> Bool {
    switch byte {
    case 0...0x20, 0x22, 0x27, 0x60, 0x3D, 0x3A, 0x3B, 0x2C, 0x3C, 0x3E, 0x28, 0x5B, 0x7B: true  // white space, quotes, =:;,<>([{
    default: false
    }
  }

  /// `)`, `]`, `}`, `/` and `@`.
  private static func isTrailing(_ byte: UInt8) -> Bool { byte == 0x29 || byte == 0x5D || byte == 0x7D || byte == 0x2F || byte == 0x40 }

  // MARK: Placeholders

  /// What people write where a key will stand.
  private static let placeholders: [[UInt8]] = [
    "changeme", "change-me", "change_me", "dummy", "example", "foobar", "fakekey", "insert", "placeholder", "redacted",
    "replace",
    "sample", "xxxx", "your",
  ].map { Array($0.utf8) }

  /// Words that stand for a password when no digit is with them.
  private static let standIns: [[UInt8]] = ["pass", "secret", "user", "string", "pwd", "null", "none", "test", "foo"].map { Array($0.utf8) }

  private static func isPlaceholder(_ match: Span<UInt8>, _ value: Range<Int>) -> Bool {
    placeholders.contains { has($0, match, value) }
  }

  private static let passwordWord = Array("password".utf8)

  private static func has(_ word: [UInt8], _ match: Span<UInt8>, _ value: Range<Int>) -> Bool {
    for index in value where match[index].small == word[0] && has(word, match, index, value) { return true }
    return false
  }

  private static func has(_ word: [UInt8], _ match: Span<UInt8>, _ start: Int, _ value: Range<Int>) -> Bool {
    guard start + word.count <= value.upperBound else { return false }
    for index in word.indices where match[start + index].small != word[index] { return false }
    return true
  }

  // MARK: Distribution

  /// Characters must not repeat much more often than in random hexadecimal digits; a long value must hold more than digits, and a
  /// short one must go from small letters to capitals, digits or signs and back, as words with a year behind them do not.
  private static func isMixed(_ match: Span<UInt8>, _ value: Range<Int>) -> Bool {
    var times = InlineArray<256, UInt16>(repeating: 0)
    var pairs = 0
    var distinct = 0
    var digits = 0
    var changes = 0
    // What is longer is no more random for it, and the counts stay small.
    let judged = value.prefix(512)
    for index in judged {
      let byte = match[index]
      let before = times[Int(byte)]
      pairs += Int(before)
      distinct += before == 0 ? 1 : 0
      times[Int(byte)] = before + 1
      digits += byte.isDigit ? 1 : 0
      changes += index > judged.lowerBound && kind(byte) != kind(match[index - 1]) ? 1 : 0
    }
    let count = judged.count
    guard digits < count || count > 40 else { return false }
    guard count >= 16 || changes * 5 >= count * 2 else { return false }
    // The chance that two places hold the same character: a sixteenth in hexadecimal digits.
    return count < 16 ? distinct * 2 > count : pairs * 2 * 1_000 <= count * (count - 1) * 200
  }

  private static func kind(_ byte: UInt8) -> Int { byte.isDigit ? 0 : byte.isCapital ? 1 : byte.isSmall ? 2 : 3 }

  /// Half of the value or more is one character repeated, or characters that follow each other: `aaaa1111`, `abc123xyz`.
  private static func runs(_ match: Span<UInt8>, _ value: Range<Int>) -> Bool {
    var covered = 0
    for step in -1...1 {
      var length = 1
      for index in value.dropFirst() {
        if Int(match[index]) - Int(match[index - 1]) == step {
          length += 1
          if length == 3 { covered += 3 } else if length > 3 { covered += 1 }
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
    var hasDigit = false
    for index in value {
      isHexadecimal = isHexadecimal && (match[index].isHexadecimal || match[index] == 0x2D)
      hasDigit = hasDigit || match[index].isDigit
      guard index > value.lowerBound, match[index].isLetter, match[index - 1].isLetter else { continue }
      // Where a capital begins the next word.
      if match[index].isCapital && match[index - 1].isSmall { continue }
      pairs += 1
      let follows = followers[Int(match[index - 1].small) - 0x61] >> (UInt32(match[index].small) - 0x61) & 1
      common += Int(follows)
    }
    // Few keys have no digit, so less is asked of those to be words.
    return !isHexadecimal && pairs >= 5 && common * 10 >= pairs * (hasDigit ? 7 : 5)
  }
}
