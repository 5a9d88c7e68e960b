/// Words by which a text that is spelled in an odd way gives itself away: the commonest words of English and those that orders to a model are made of. Which
/// words stand here decides only when a text is read a second time, never what is found in it.
///
/// A word is looked up as a number, five bits a letter, in which `i` and `l` are the same, because `1` stands for both.
struct Vocabulary {
  struct Kinds: OptionSet {
    let rawValue: UInt8

    /// The word as it is.
    static let plain = Kinds(rawValue: 1)
    /// Turned by thirteen letters.
    static let rot13 = Kinds(rawValue: 2)
    /// From its end.
    static let reversed = Kinds(rawValue: 4)
    /// One of those that orders are made of.
    static let telling = Kinds(rawValue: 8)
  }

  static let english = Vocabulary()

  /// Letters in the longest word that has a number.
  static let longest = 12

  /// By the upper bits of the number times a constant, then the next free places; nought is empty.
  private var keys = [UInt64](repeating: 0, count: 1 << tableBits)
  private var kinds = [UInt8](repeating: 0, count: 1 << tableBits)
  /// Words as they are spelled.
  private var spellings: [UInt64: [UInt8]] = [:]
  /// Words in which one wrong letter is looked for, by their length.
  private let longWords: [[[UInt8]]]

  private static let tableBits = 11

  private init() {
    var long = [[[UInt8]]](repeating: [], count: Self.longest + 1)
    for (words, isTelling) in [(common, false), (telling, true)] {
      for word in words.split(whereSeparator: \.isWhitespace).map({ Array($0.utf8) }) {
        spellings[Self.key(word)] = word
        if isTelling, word.count >= 5 { long[word.count].append(word) }
      }
    }
    longWords = long
    for (words, isTelling) in [(common, false), (telling, true)] {
      for word in words.split(whereSeparator: \.isWhitespace).map({ Array($0.utf8) }) {
        let kind: Kinds = isTelling ? .telling : []
        add(Self.key(word), kind.union(.plain))
        // A word that is one of English itself says nothing.
        for (turned, sign) in [(word.map(rot13), Kinds.rot13), (word.reversed(), .reversed)] where spellings[Self.key(turned)] == nil {
          add(Self.key(turned), kind.union(sign))
        }
      }
    }
  }

  /// Small letters only.
  private static func key(_ word: [UInt8]) -> UInt64 { word.reduce(0) { $0 << 5 | UInt64(WordBytes.table[Int($1)] & 31) } }

  private static func slot(_ key: UInt64) -> Int { Int((key &* 0x9E37_79B9_7F4A_7C15) >> UInt64(64 - tableBits)) }

  private mutating func add(_ key: UInt64, _ new: Kinds) {
    var slot = Self.slot(key)
    while keys[slot] != 0, keys[slot] != key { slot = (slot + 1) & (keys.count - 1) }
    keys[slot] = key
    kinds[slot] |= new.rawValue
  }

  func kinds(of key: UInt64) -> Kinds {
    var slot = Self.slot(key)
    while keys[slot] != 0 {
      if keys[slot] == key { return Kinds(rawValue: kinds[slot]) }
      slot = (slot + 1) & (keys.count - 1)
    }
    return []
  }

  func spelling(of key: UInt64) -> [UInt8]? { spellings[key] }

  /// The word that one wrong, missing, additional or exchanged letter away is spelled like this; nil for an ending of its own, as of `prompts`.
  func corrected(_ word: Span<UInt8>) -> [UInt8]? {
    guard word.count >= 5, word.count <= Self.longest + 1 else { return nil }
    for length in max(5, word.count - 1)...min(Self.longest, word.count + 1) {
      for other in longWords[length] where differsOnce(word, other) { return other }
    }
    return nil
  }

  private func differsOnce(_ word: Span<UInt8>, _ other: [UInt8]) -> Bool {
    var start = 0
    while start < min(word.count, other.count), word[start] | 0x20 == other[start] { start += 1 }
    var end = 0
    while end < min(word.count, other.count) - start, word[word.count - 1 - end] | 0x20 == other[other.count - 1 - end] { end += 1 }
    // At the very end it is another form of the word.
    if start + 1 >= max(word.count, other.count) { return false }
    let rest = word.count - start - end
    if rest <= 1, other.count - start - end <= 1 { return rest + other.count - start - end > 0 }
    return rest == 2 && word.count == other.count && word[start] | 0x20 == other[start + 1] && word[start + 1] | 0x20 == other[start]
  }
}

/// The letter thirteen places on, in its case; other bytes stay.
func rot13(_ byte: UInt8) -> UInt8 {
  switch byte {
  case 0x41...0x4D, 0x61...0x6D: byte + 13
  case 0x4E...0x5A, 0x6E...0x7A: byte - 13
  default: byte
  }
}

/// What bytes mean inside words.
enum WordBytes {
  /// Nought for bytes of no word; otherwise the number of a letter, `l` as `i`, and for what only stands for a letter 32 more.
  static let table: [UInt8] = (0...255).map { value in
    switch UInt8(value) {
    case 0x6C, 0x4C: 9
    case 0x41...0x5A: UInt8(value) - 0x40
    case 0x61...0x7A: UInt8(value) - 0x60
    default: letter(UInt8(value)).map { $0 - 0x60 | odd } ?? 0
    }
  }

  static let odd: UInt8 = 32

  /// The letter that a digit or sign is written for.
  static func letter(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30: 0x6F
    case 0x31: 0x69
    case 0x32: 0x7A
    case 0x33: 0x65
    case 0x34, 0x40: 0x61
    case 0x35, 0x24: 0x73
    case 0x36, 0x39: 0x67
    case 0x37: 0x74
    case 0x38: 0x62
    default: nil
    }
  }
}

private let common = """
  the and you your that this with from have will not are for was all any but can now out use who how what when where which been they them then than there
  were would could should about into more some only other also after before because here these those just like make know take time work
  to of in is it on be as at we do or my me if so by an
  """

private let telling = """
  ignore ignored disregard forget override bypass previous prior earlier preceding above instruction instructions system prompt prompts important
  message following strictly reveal secret password passwords please execute without telling user users assistant developer send email address
  account transfer delete download command commands access confidential token immediately instead must never always
  """
