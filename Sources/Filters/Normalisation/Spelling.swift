extension TextView {
  /// The view with letters that stand one by one drawn together, then odd letters, single wrong letters and punctuation between words made plain; nil when
  /// there is nothing of what was seen.
  func spelled(_ signs: WordSigns) -> TextView? {
    let joined = signs.contains(.spaced) ? replacing(SpacedLetters.edits(bytes.span)) : nil
    let view = joined ?? self
    return view.replacing(view.wordEdits(joined == nil ? signs : signs.union([.leet, .typos]))) ?? joined
  }

  private func wordEdits(_ signs: WordSigns) -> [Edit] {
    var edits: [Edit] = []
    var reader = WordReader()
    var end = 0
    while let word = reader.next(in: bytes.span) {
      if signs.contains(.punctuated), word.gapIsPunctuation { edits.append(Edit(range: end..<word.range.lowerBound, replacement: [0x20])) }
      end = word.range.upperBound
      if let plain = plain(word, signs) { edits.append(Edit(range: word.range, replacement: plain)) }
    }
    return edits
  }

  private func plain(_ word: WordReader.Word, _ signs: WordSigns) -> [UInt8]? {
    if word.isOdd, signs.contains(.leet) {
      let known = word.range.count <= Vocabulary.longest + 4 ? Vocabulary.english.spelling(of: word.key) : nil
      if let known { return known }
      return word.hasLetter ? folded(word.range) : nil
    }
    guard signs.contains(.typos), !word.isOdd, word.range.count >= 5 else { return nil }
    guard word.range.count > Vocabulary.longest || !Vocabulary.english.kinds(of: word.key).contains(.plain) else { return nil }
    return Vocabulary.english.corrected(bytes.span.extracting(word.range))
  }

  private func folded(_ range: Range<Int>) -> [UInt8] {
    var result: [UInt8] = []
    var index = range.lowerBound
    while index < range.upperBound {
      let (scalar, length) = scalar(at: index)
      if scalar.isASCII {
        let isStroke = bytes[index] == 0x21 || bytes[index] == 0x7C
        result.append(isStroke ? 0x69 : WordBytes.letter(bytes[index]) ?? bytes[index])
      } else {
        result += CharacterKinds.plain(scalar) ?? Array(bytes[index..<index + length])
      }
      index += length
    }
    return result
  }
}

/// Letters that stand one by one: `i g n o r e   a l l`, `i-g-n-o-r-e a-l-l`.
enum SpacedLetters {
  /// Letters of the shortest word that is drawn together by itself; behind one, two are enough.
  private static let shortest = 4

  static func edits(_ bytes: Span<UInt8>) -> [TextView.Edit] {
    var edits: [TextView.Edit] = []
    var index = 0
    // Where the last run ended, and what parted its letters.
    var last: (end: Int, separator: UInt8)?
    while index + 2 < bytes.count {
      guard isLetter(bytes, index), index == 0 || index == last?.end || !isLetter(bytes, index - 1), isSeparator(bytes[index + 1]) else {
        index += 1
        continue
      }
      let separator = bytes[index + 1]
      let (end, places) = run(bytes, index, separator)
      let continues = last.map { index - $0.end <= 6 && $0.separator == separator } ?? false
      guard places.count + 1 >= (continues ? 2 : shortest) else {
        // A word of one letter between two others.
        index += 1
        continue
      }
      for place in places { edits.append(.init(range: place..<place + 1, replacement: [])) }
      last = (end, separator)
      index = max(end, index + 1)
    }
    return edits
  }

  /// Where a run of single characters ends, and the places of what parts them. What stands between two of these may be anything, a blank too, which then parts
  /// words.
  private static func run(_ bytes: Span<UInt8>, _ start: Int, _ separator: UInt8) -> (end: Int, separators: [Int]) {
    var places: [Int] = []
    var index = start + 1
    while index + 1 < bytes.count, bytes[index] == separator {
      let (_, length) = bytes.scalar(at: index + 1)
      let end = index + 1 + length
      // A separator between two blanks ends a word; a letter with another behind it begins one that is written together.
      if end < bytes.count, isLetter(bytes, index + 1), isLetter(bytes, end) { break }
      if bytes[index + 1] == separator, end < bytes.count, bytes[end] != separator { break }
      places.append(index)
      index = end
    }
    return (index, places)
  }

  private static func isLetter(_ bytes: Span<UInt8>, _ index: Int) -> Bool { WordBytes.table[Int(bytes[index])] != 0 }

  private static func isSeparator(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x20, 0x2D, 0x5F, 0x2E, 0x2A, 0x7C, 0x2F, 0x7E, 0x2B, 0x2C, 0x3A, 0x0A: true
    default: false
    }
  }
}
