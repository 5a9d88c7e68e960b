/// What normalisation asks of characters outside ASCII, as one look into a table.
struct CharacterKinds: OptionSet {
  let rawValue: UInt8

  /// Without a shape, or a direction, or a tag.
  static let invisible = CharacterKinds(rawValue: 1)
  /// Another shape of ASCII characters.
  static let compatible = CharacterKinds(rawValue: 2)
  /// Combines with the letter before it.
  static let mark = CharacterKinds(rawValue: 4)
  /// A letter of another script that looks like one of ASCII.
  static let lookAlike = CharacterKinds(rawValue: 8)
  /// A control character.
  static let control = CharacterKinds(rawValue: 16)
  /// An ASCII letter with marks, as one character.
  static let accented = CharacterKinds(rawValue: 32)

  static func of(_ scalar: Unicode.Scalar) -> CharacterKinds {
    if scalar.value < UInt32(tables.kinds.count) { return CharacterKinds(rawValue: tables.kinds[Int(scalar.value)]) }
    return scalar.isInvisible ? .invisible : []
  }

  /// The ASCII for a character that is compatible, a look-alike or accented; nil for others.
  static func plain(_ scalar: Unicode.Scalar) -> [UInt8]? {
    guard scalar.value < UInt32(tables.plain.count), case let byte = tables.plain[Int(scalar.value)], byte != 0 else { return nil }
    return byte == Tables.several ? tables.long[scalar.value] : [byte]
  }

  private static let tables = Tables()

  private struct Tables {
    /// In `plain`: the text is in `long`.
    static let several: UInt8 = 1

    var kinds = [UInt8](repeating: 0, count: 0x20000)
    var plain = [UInt8](repeating: 0, count: 0x20000)
    var long: [UInt32: [UInt8]] = [:]

    init() {
      for value in UInt32(0x80)..<UInt32(kinds.count) where Unicode.Scalar(value)?.isInvisible ?? false { add(value, .invisible, "") }
      for value in UInt32(0x80)...0x9F { add(value, .control, "") }
      for range in [0x300...0x36F, 0x483...0x489, 0x1AB0...0x1AFF, 0x1DC0...0x1DFF, 0x20D0...0x20FF, 0xFE20...0xFE2F] {
        for value in range { add(UInt32(value), .mark, "") }
      }
      for (others, plain) in lookAlikes {
        for (other, plain) in zip(others.unicodeScalars, plain.unicodeScalars) { add(other.value, .lookAlike, String(plain)) }
      }
      read(CharacterTables.accented, .accented)
      read(CharacterTables.compatible, .compatible)
      // Letters in circles and squares whose compatibility form is none, or is a letter in parentheses.
      for (start, first, count) in [
        (0x249C, 0x61, 26), (0x1F110, 0x41, 26), (0x1F150, 0x41, 26), (0x1F170, 0x41, 26), (0x1F1E6, 0x41, 26),
      ] {
        for step in 0..<count { add(UInt32(start + step), .compatible, text(UInt32(first + step))) }
      }
    }

    private mutating func read(_ table: String, _ kind: CharacterKinds) {
      for entry in table.split(whereSeparator: \.isWhitespace) {
        guard let sign = entry.firstIndex(of: ">") else { continue }
        let head = entry[..<sign].split(separator: "+")
        let tail = entry[entry.index(after: sign)...]
        guard let start = UInt32(head[0], radix: 16) else { continue }
        let plain = tail == "_" ? " " : tail == "__" ? "_" : String(tail)
        guard head.count == 2, let count = UInt32(head[1]), let first = plain.unicodeScalars.first else {
          add(start, kind, plain)
          continue
        }
        for step in 0..<count { add(start + step, kind, text(first.value + step)) }
      }
    }

    private mutating func add(_ value: UInt32, _ kind: CharacterKinds, _ text: String) {
      guard value < UInt32(kinds.count) else { return }
      // A character that is several things is the last of them, but invisible always.
      if kinds[Int(value)] == CharacterKinds.invisible.rawValue { return }
      kinds[Int(value)] = kind.rawValue
      let bytes = Array(text.utf8)
      plain[Int(value)] = bytes.count > 1 ? Self.several : bytes.first ?? 0
      long[value] = bytes.count > 1 ? bytes : nil
    }

    private func text(_ value: UInt32) -> String { Unicode.Scalar(value).map { String($0) } ?? "" }
  }
}

/// Letters of other scripts and the ASCII letters they are drawn like.
private let lookAlikes: [(String, String)] = [
  // Cyrillic
  ("авеіјкмнорсѕтухһԁԛԝҽӏѵ", "abeijkmhopcstyxhdqwelv"), ("АВЕІЈКМНОРСЅТУХԚԜӀ", "ABEIJKMHOPCSTYXQWI"),
  // Greek
  ("αεικνορτυχγω", "aeiknoptuxyw"), ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX"),
  // Armenian, small capitals and others drawn like Latin
  ("օսհոցզ", "ouhngq"), ("ᴀʙᴄᴅᴇғɢʜɪᴊᴋʟᴍɴᴏᴘʀᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprtuvwyz"), ("ɑɡı", "agi"),
  // Cherokee and Lisu capitals
  ("ᎪᏴᏟᎠᎬᏀᎻᎥᎫᏦᏞᎷᏢᏒᏚᎢᏙᎳᏃ", "ABCDEGHiJKLMPRSTVWZ"), ("ꓐꓚꓓꓰꓝꓖꓧꓲꓙꓗꓡꓟꓠꓳꓑꓣꓢꓔꓴꓦꓪꓫꓬꓜꓮ", "BCDEFGHIJKLMNOPRSTUVWXYZA"),
]
