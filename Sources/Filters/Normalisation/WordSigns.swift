/// Ways of spelling that a text shows, found in one pass over it.
struct WordSigns: OptionSet {
  let rawValue: UInt8

  /// Letters one by one, parted by blanks, hyphens or the like.
  static let spaced = WordSigns(rawValue: 1)
  /// Digits, signs or accents in the place of letters.
  static let leet = WordSigns(rawValue: 2)
  /// Words with one wrong letter.
  static let typos = WordSigns(rawValue: 4)
  /// Punctuation between words where a blank should stand.
  static let punctuated = WordSigns(rawValue: 8)
  static let rot13 = WordSigns(rawValue: 16)
  static let reversed = WordSigns(rawValue: 32)

  /// What a text shows of `wanted`; it may stop once it has seen all of it.
  static func find(_ wanted: WordSigns, in text: Span<UInt8>) -> WordSigns {
    var reader = WordReader()
    var seen: WordSigns = []
    // Letters alone, telling words behind punctuation, and words turned or from their end, so far.
    var singles = 0
    var punctuated = 0
    var tellingPunctuated = false
    var turned = 0
    var backwards = 0
    while let word = reader.next(in: text) {
      singles = word.range.count == 1 && word.gap == 1 ? singles + 1 : word.range.count == 1 ? 1 : 0
      if singles >= 4 { seen.insert(.spaced) }
      guard word.range.count > 1 else { continue }
      let kinds = word.range.count <= Vocabulary.longest ? Vocabulary.english.kinds(of: word.key) : []
      if word.isOdd {
        if word.hasLetter, kinds.contains(.plain) { seen.insert(.leet) }
      } else if kinds.contains(.rot13) {
        turned += word.range.count
      } else if kinds.contains(.reversed) {
        backwards += word.range.count
      } else if wanted.contains(.typos), !kinds.contains(.plain), word.range.count >= 5, !word.hasMarks,
        Vocabulary.english.corrected(text.extracting(word.range)) != nil
      {
        seen.insert(.typos)
      }
      punctuated = word.gapIsPunctuation ? punctuated + 1 : 0
      tellingPunctuated = (punctuated > 0 && tellingPunctuated) || kinds.isSuperset(of: [.plain, .telling])
      if punctuated >= 2, tellingPunctuated { seen.insert(.punctuated) }
    }
    // Two short words or one long one: a single short one is an abbreviation.
    if turned >= 6 { seen.insert(.rot13) }
    if backwards >= 6 { seen.insert(.reversed) }
    return seen.intersection(wanted)
  }
}

/// Goes over the words of a text: runs of letters, and of what is written in their place.
struct WordReader {
  struct Word {
    /// Bytes of the text.
    var range: Range<Int>
    /// The number `Vocabulary` knows it by, if it is short enough.
    var key: UInt64
    /// Whether a digit, sign or accent stands for a letter.
    var isOdd: Bool
    var hasLetter: Bool
    /// Whether it has letters outside ASCII.
    var hasMarks: Bool
    /// Bytes since the word before.
    var gap: Int
    /// Whether these are some punctuation, and blanks perhaps.
    var gapIsPunctuation: Bool
  }

  private var index = 0
  private var lastEnd = 0

  mutating func next(in text: Span<UInt8>) -> Word? {
    let letters = WordBytes.table
    let table = letters.span
    var punctuation = false
    var otherwise = lastEnd == 0
    while index < text.count, table[Int(text[index])] == 0, accent(text, index) == nil {
      let byte = text[index]
      if byte < 0x80, byte > 0x20, byte != 0x27 { punctuation = true } else if byte != 0x20 { otherwise = true }
      index += 1
    }
    guard index < text.count else { return nil }
    let start = index
    var key: UInt64 = 0
    var odd: UInt8 = 0
    var hasLetter = false
    var hasMarks = false
    while index < text.count {
      var folded = table[Int(text[index])]
      if folded == 0 {
        if let (letter, length) = accent(text, index) {
          folded = table[Int(letter)] | WordBytes.odd
          hasMarks = true
          index += length - 1
        } else if isStroke(text, index, after: start) {
          folded = table[0x69] | WordBytes.odd
        } else {
          break
        }
      }
      key = key << 5 | UInt64(folded & 31)
      odd |= folded
      if folded & WordBytes.odd == 0 { hasLetter = true }
      index += 1
    }
    defer { lastEnd = index }
    let gap = start - lastEnd
    return Word(
      range: start..<index, key: key, isOdd: odd & WordBytes.odd != 0, hasLetter: hasLetter || hasMarks, hasMarks: hasMarks, gap: gap,
      gapIsPunctuation: punctuation && !otherwise && gap <= 3)
  }

  /// The letter under an accented one, and its bytes' number.
  private func accent(_ text: Span<UInt8>, _ index: Int) -> (UInt8, Int)? {
    guard text[index] >= 0xC3 else { return nil }
    let (scalar, length) = text.scalar(at: index)
    guard CharacterKinds.of(scalar).contains(.accented), let letter = CharacterKinds.plain(scalar)?.first else { return nil }
    return (letter, length)
  }

  /// Whether an exclamation mark or a bar stands inside a word, for an `i`.
  private func isStroke(_ text: Span<UInt8>, _ index: Int, after start: Int) -> Bool {
    guard text[index] == 0x21 || text[index] == 0x7C, index > start, index + 1 < text.count else { return false }
    return WordBytes.table[Int(text[index + 1])] != 0
  }
}
