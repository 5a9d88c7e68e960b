internal import Text

/// Cuts a file into tokens without losing a byte: joined, the tokens are the file.
///
/// Every byte is looked at a bounded number of times, whatever the input. Wrong input becomes tokens too; what is wrong with it is
/// reported once, here, so that the parser need not say it again.
struct Lexer {
  let file: SourceFile
  let limits: ParserLimits
  var offset = 0
  var tokens: [Token] = []
  var diagnostics: [Diagnostic] = []
  private var reportedEncoding = false

  init(_ file: SourceFile, limits: ParserLimits) {
    self.file = file
    self.limits = limits
    tokens.reserveCapacity(file.bytes.count / 3)
  }

  /// Reads the whole file. A file over a limit is one unknown token, reported.
  mutating func run() {
    guard file.bytes.count <= limits.bytes else {
      refuseWhole(
        "the file has \(file.bytes.count) bytes, more than the \(limits.bytes) a policy may have", help: "split it into several files")
      return
    }
    while offset < file.bytes.count {
      let start = offset
      let kind = next()
      assert(offset > start, "every token has at least one byte")
      tokens.append(Token(kind, range(start, offset)))
      if tokens.count > limits.tokens {
        refuseWhole("the file has more than \(limits.tokens) tokens", help: "split it into several files")
        return
      }
    }
  }

  private mutating func refuseWhole(_ message: String, help: String) {
    let whole = range(0, file.bytes.count)
    tokens = [Token(.unknown, whole)]
    offset = file.bytes.count
    diagnostics = [Diagnostic(.limitExceeded, message, at: .init(range(0, 0), "this file"), help: help)]
  }

  // MARK: bytes

  /// The byte at a distance from the current one; 0, which is no text, past the end.
  func byte(_ ahead: Int = 0) -> UInt8 {
    let index = offset + ahead
    return index < file.bytes.count ? file.bytes[index] : 0
  }

  var atEnd: Bool { offset >= file.bytes.count }

  func range(_ lower: Int, _ upper: Int) -> SourceRange {
    SourceRange(file: file.id, lower: UInt32(lower), upper: UInt32(upper))
  }

  func text(_ lower: Int, _ upper: Int) -> String { String(decoding: file.bytes[lower..<upper], as: UTF8.self) }

  mutating func report(
    _ code: Diagnostic.Code, _ message: String, _ place: SourceRange, _ label: String, help: String? = nil, fixes: [Diagnostic.Fix] = []
  ) {
    diagnostics.append(Diagnostic(code, message, at: .init(place, label), help: help, fixes: fixes))
  }

  // MARK: tokens

  private mutating func next() -> Token.Kind {
    // What follows a star without space belongs to its glob, digits and dashes included: `*2`, `*-issue`.
    if offset > 0, file.bytes[offset - 1] == UInt8(ascii: "*"), tokens[tokens.count - 1].kind == .punctuation,
      byte().isWord || (byte() == UInt8(ascii: "-") && byte(1).isWord)
    {
      return word()
    }
    switch byte() {
    case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"): return whitespace()
    case UInt8(ascii: "\r"): return byte(1) == UInt8(ascii: "\n") ? whitespace() : scalar()
    case UInt8(ascii: "\""): return string(quote: UInt8(ascii: "\""))
    case UInt8(ascii: "'"), UInt8(ascii: "`"): return foreignString(quote: byte())
    case UInt8(ascii: "/"): return slash()
    case UInt8(ascii: "0")...UInt8(ascii: "9"): return number()
    case let byte where byte.isWordStart: return word()
    case UInt8(ascii: "-") where byte(1).isDigit: return number()
    default: return punctuation() ?? scalar()
    }
  }

  private mutating func whitespace() -> Token.Kind {
    while true {
      switch byte() {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"): offset += 1
      case UInt8(ascii: "\r") where byte(1) == UInt8(ascii: "\n"): offset += 2
      default: return .whitespace
      }
    }
  }

  /// Letters, digits and `_`; a `-` only between two of them, so that `a->b` and `a -` stay apart.
  private mutating func word() -> Token.Kind {
    let start = offset
    offset += 1
    while byte().isWord || (byte() == UInt8(ascii: "-") && byte(1).isWord) { offset += 1 }
    if byte() >= 0x80, isLetter(decode().scalar) { return foreignWord(from: start) }
    if offset - start > limits.nameBytes {
      report(
        .limitExceeded, "a name has at most \(limits.nameBytes) characters", range(start, offset), "this one has \(offset - start)")
    }
    return .word
  }

  private mutating func foreignWord(from start: Int) -> Token.Kind {
    while byte().isWord || (byte() >= 0x80 && isLetter(decode().scalar)) { offset += byte() < 0x80 ? 1 : decode().length }
    report(
      .unknownCharacter, "`\(text(start, offset))` has a letter that names may not have", range(start, offset),
      "only a-z, A-Z, 0-9, `_` and `-`",
      help: "names are ASCII, so that no two different names look alike; other text goes into strings")
    return .unknown
  }

  private mutating func slash() -> Token.Kind {
    switch byte(1) {
    case UInt8(ascii: "/"): return comment()
    case UInt8(ascii: "*"): return blockComment()
    default: return regex()
    }
  }

  private mutating func comment() -> Token.Kind {
    let isDocumentation = byte(2) == UInt8(ascii: "/") && byte(3) != UInt8(ascii: "/")
    skipLine(as: .comment)
    return isDocumentation ? .documentation : .comment
  }

  /// Moves to the end of the line, looking at every character on the way.
  private mutating func skipLine(as place: Place) {
    while !atEnd, byte() != UInt8(ascii: "\n") {
      if byte() == UInt8(ascii: "\r"), byte(1) == UInt8(ascii: "\n") { return }
      visible(in: place)
    }
  }

  private mutating func blockComment() -> Token.Kind {
    let start = offset
    offset += 2
    while !atEnd, !(byte() == UInt8(ascii: "*") && byte(1) == UInt8(ascii: "/")) { offset += 1 }
    offset = min(offset + 2, file.bytes.count)
    report(
      .foreignSyntax, "comments do not start with `/*`", range(start, start + 2), "write `//` before each line",
      help: "a comment reaches from `//` to the end of its line")
    return .unknown
  }

  private mutating func punctuation() -> Token.Kind? {
    for length in [2, 1] where offset + length <= file.bytes.count {
      let mark = text(offset, offset + length)
      if let foreign = ForeignMark(rawValue: mark) {
        let place = range(offset, offset + length)
        report(
          .foreignSyntax, "`\(mark)` is not part of the language", place, foreign.advice, help: nil,
          fixes: [.init(title: foreign.title, edits: [.init(place, foreign.replacement)])])
        if foreign == .hash { skipLine(as: .comment) } else { offset += length }
        return .unknown
      }
      if Punctuation.byText[mark] != nil {
        offset += length
        return .punctuation
      }
    }
    return nil
  }

  /// A character that starts no token, or no character at all.
  private mutating func scalar() -> Token.Kind {
    let start = offset
    guard visible(in: .code) else { return .unknown }
    let mark = text(start, offset)
    if let first = mark.unicodeScalars.first, isLetter(first) { return foreignWord(from: start) }
    if mark == "\u{201C}" || mark == "\u{201D}" || mark == "\u{2018}" || mark == "\u{2019}" { return typographicString(from: start) }
    let help =
      "+%^~?$&".contains(mark) ? "there is no arithmetic and there are no variables: a condition compares one fact with a constant" : nil
    report(.unknownCharacter, "`\(mark)` is not part of the language", range(start, offset), "unknown character", help: help)
    return .unknown
  }

  private mutating func typographicString(from start: Int) -> Token.Kind {
    let line = offset
    while !atEnd, byte() != UInt8(ascii: "\n") {
      let (scalar, length) = decode()
      offset += max(1, length)
      guard let scalar, "\u{201C}\u{201D}\u{2018}\u{2019}".unicodeScalars.contains(scalar) else { continue }
      let inner = text(line, offset - length)
      report(
        .foreignSyntax, "typographic quotes do not delimit strings", range(start, offset), "write `\"` on both sides",
        fixes: [.init(title: "use straight quotes", edits: [.init(range(start, offset), "\"\(inner)\"")])])
      return .unknown
    }
    offset = line
    report(.foreignSyntax, "typographic quotes do not delimit strings", range(start, offset), "write `\"`")
    return .unknown
  }
}

/// Marks that people bring from other languages, with what to write instead.
enum ForeignMark: String {
  case conjunction = "&&"
  case disjunction = "||"
  case negation = "!"
  case semicolon = ";"
  case hash = "#"

  var replacement: String {
    switch self {
    case .conjunction: "and"
    case .disjunction: "or"
    case .negation: "not "
    case .semicolon: ""
    case .hash: "//"
    }
  }

  var title: String { self == .semicolon ? "remove it" : "write `\(replacement.split(separator: " ").joined())`" }

  var advice: String {
    switch self {
    case .conjunction: "write `and`"
    case .disjunction: "write `or`"
    case .negation: "write `not`"
    case .semicolon: "nothing separates declarations"
    case .hash: "comments start with `//`"
    }
  }
}

// MARK: characters

extension Lexer {
  enum Place { case code, string, regex, comment }

  /// Decodes the character at the offset; nil and 1 where the bytes are not UTF-8.
  func decode() -> (scalar: Unicode.Scalar?, length: Int) {
    let first = byte()
    if first < 0x80 { return (Unicode.Scalar(first), 1) }
    let length: Int
    switch first {
    case 0xC2...0xDF: length = 2
    case 0xE0...0xEF: length = 3
    case 0xF0...0xF4: length = 4
    default: return (nil, 1)
    }
    var value = UInt32(first) & (0xFF >> UInt32(length + 1))
    for ahead in 1..<length {
      let next = byte(ahead)
      guard next & 0xC0 == 0x80 else { return (nil, 1) }
      value = value << 6 | UInt32(next & 0x3F)
    }
    let least: UInt32 = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000
    guard value >= least, let scalar = Unicode.Scalar(value) else { return (nil, 1) }
    return (scalar, length)
  }

  /// Takes one character; false when it is none or one that a reader cannot see, which has then been reported.
  @discardableResult
  mutating func visible(in place: Place) -> Bool {
    let start = offset
    let (scalar, length) = decode()
    offset += length
    guard let scalar else {
      // Said once: a file in another encoding would otherwise fill the screen.
      if !reportedEncoding {
        reportedEncoding = true
        report(
          .invalidUTF8, "the file is not valid UTF-8", range(start, offset), "byte 0x\(hexadecimal(UInt32(file.bytes[start])))",
          help: "save the file as UTF-8")
      }
      return false
    }
    guard isHidden(scalar, in: place) else { return true }
    let name = "U+" + hexadecimal(scalar.value, digits: 4)
    let escape = place == .string ? "\\u{\(hexadecimal(scalar.value))}" : place == .regex ? "\\x{\(hexadecimal(scalar.value))}" : ""
    report(
      .hiddenCharacter, "the invisible character \(name) could make the policy read differently from what it says", range(start, offset),
      escape.isEmpty ? "remove it" : "write it as `\(escape)`",
      fixes: [.init(title: escape.isEmpty ? "remove it" : "write it as an escape", edits: [.init(range(start, offset), escape)])])
    return false
  }

  /// Controls, line separators and format characters; joiners may stand inside strings and comments, where scripts and emoji need them.
  private func isHidden(_ scalar: Unicode.Scalar, in place: Place) -> Bool {
    switch scalar.value {
    case 0x20..<0x7F: return false
    case 0x09: return false
    case 0x0A: return place != .code
    case 0x200C, 0x200D: return place == .code || place == .regex
    // Letters by category, blank by shape: Hangul fillers and the Braille blank.
    case 0x115F, 0x1160, 0x3164, 0xFFA0, 0x2800: return true
    default: break
    }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: return true
    case .spaceSeparator: return place == .code
    default: return false
    }
  }

  func isLetter(_ scalar: Unicode.Scalar?) -> Bool { scalar.map { $0.value >= 0x80 && $0.properties.isAlphabetic } ?? false }
}

func hexadecimal(_ value: UInt32, digits: Int = 1) -> String {
  let text = String(value, radix: 16, uppercase: true)
  return String(repeating: "0", count: max(0, digits - text.count)) + text
}

extension UInt8 {
  var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }

  var isWordStart: Bool { (self | 0x20) >= UInt8(ascii: "a") && (self | 0x20) <= UInt8(ascii: "z") || self == UInt8(ascii: "_") }

  var isWord: Bool { isWordStart || isDigit }
}
