extension ExpressionParser {
  /// Reads `\` and what follows, outside a class.
  mutating func escape() throws(SyntaxError) -> Expression {
    let start = position
    if let assertion = Self.assertions[peek(1) ?? "\0"] {
      position += 2
      return .assertion(assertion)
    }
    if let named = Self.namedSets[peek(1) ?? "\0"] {
      position += 2
      let item = CharacterClass.Item.named(named.name, negated: named.negated)
      return .characterClass(CharacterClass([item], bare: true, range: bytes(from: start)))
    }
    return .literal(try escapedScalar(), folds: flags.folds)
  }

  private static let assertions: [Unicode.Scalar: Assertion] = [
    "b": .wordBoundary, "B": .notWordBoundary, "A": .textStart, "z": .textEnd,
  ]

  /// `\d` and the like, in and outside classes.
  static let namedSets: [Unicode.Scalar: (name: CharacterClass.Name, negated: Bool)] = [
    "d": (.digits, false), "D": (.digits, true), "w": (.word, false), "W": (.word, true), "s": (.space, false), "S": (.space, true),
    "h": (.horizontalSpace, false), "H": (.horizontalSpace, true), "v": (.verticalSpace, false), "V": (.verticalSpace, true),
  ]

  /// Reads an escape that stands for one character.
  mutating func escapedScalar() throws(SyntaxError) -> Unicode.Scalar {
    let start = position
    position += 1
    guard let scalar = current else { throw error(at: start, "`\\` is the last character", help: "write `\\\\` for the character") }
    position += 1
    switch scalar {
    case "n": return "\n"
    case "r": return "\r"
    case "t": return "\t"
    case "f": return "\u{0C}"
    case "a": return "\u{07}"
    case "e": return "\u{1B}"
    case "x": return try hexadecimal(from: start)
    default: break
    }
    guard scalar.isASCII, scalar.value > 0x20, scalar.value < 0x7F, !scalar.properties.isAlphabetic, scalar.decimalDigit == nil else {
      if scalar == " " { return scalar }
      let refused = Self.refusedEscapes[scalar] ?? ("no such escape: `\\\(printable(scalar))`", "only ASCII punctuation needs a `\\`")
      throw error(at: start, refused.message, help: refused.help)
    }
    return scalar
  }

  private func printable(_ scalar: Unicode.Scalar) -> String {
    scalar.value < 0x20 || scalar.value == 0x7F ? "\\x{\(String(scalar.value, radix: 16))}" : String(scalar)
  }

  /// `\xhh` or `\x{h…}`.
  private mutating func hexadecimal(from start: Int) throws(SyntaxError) -> Unicode.Scalar {
    let braces = accept("{")
    var value: UInt32 = 0
    var digits = 0
    while digits < (braces ? 6 : 2), let digit = current?.hexDigit {
      value = value * 16 + digit
      digits += 1
      position += 1
    }
    guard braces ? digits > 0 && accept("}") : digits == 2 else {
      throw error(at: start, "a character's number is incomplete", help: "write `\\xhh` with two digits or `\\x{h…}` with one to six")
    }
    guard let scalar = Unicode.Scalar(value) else { throw error(at: start, "no character has this number") }
    return scalar
  }

  private static let refusedEscapes: [Unicode.Scalar: (message: String, help: String?)] = {
    var refused: [Unicode.Scalar: (message: String, help: String?)] = [
      "0": ("octal escapes are not accepted", "write `\\x{0}`"), "o": ("octal escapes are not accepted", "write `\\x{…}`"),
      "g": ("back-references are not accepted", nil), "k": ("back-references are not accepted", nil),
      "K": ("`\\K` is not accepted", nil), "G": ("`\\G` is not accepted", nil),
      "C": ("`\\C` is not accepted: it would split characters", "write `.` or `(?s:.)`"), "X": ("`\\X` is not accepted", nil),
      "R": ("`\\R` is not accepted", "write `\\r?\\n`"), "N": ("`\\N` is not accepted", "write `.`"),
      "Z": ("`\\Z` is not accepted: it also matches before a last line feed", "write `\\z`, or `\\n?\\z`"),
      "Q": ("`\\Q` is not accepted", "escape each character"), "E": ("`\\E` is not accepted", "escape each character"),
      "p": ("Unicode properties are not accepted", "write the ranges: `[\\x{400}-\\x{4FF}]`"),
      "P": ("Unicode properties are not accepted", "write the ranges: `[^\\x{400}-\\x{4FF}]`"),
      "u": ("`\\u` is not accepted", "write `\\x{…}`"), "c": ("`\\c` is not accepted", "write `\\x{…}`"),
    ]
    for digit in "123456789".unicodeScalars {
      refused[digit] = ("back-references are not accepted", "write `\\x{…}` for a character by its number")
    }
    return refused
  }()
}

extension Unicode.Scalar {
  var hexDigit: UInt32? {
    switch value {
    case 0x30...0x39: value - 0x30
    case 0x41...0x46: value - 0x41 + 10
    case 0x61...0x66: value - 0x61 + 10
    default: nil
    }
  }
}
