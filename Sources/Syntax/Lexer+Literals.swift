internal import Text

// Strings, patterns, numbers and what is written like numbers.
extension Lexer {
  /// `"…"` on one line. Escapes are checked here and resolved by the parser.
  mutating func string(quote: UInt8) -> Token.Kind {
    let start = offset
    offset += 1
    while true {
      switch byte() {
      case quote where !atEnd:
        offset += 1
        checkLength(from: start, "a string")
        return .string
      case UInt8(ascii: "\\"): escape()
      case UInt8(ascii: "\r") where byte(1) == UInt8(ascii: "\n"): return unterminatedString(from: start)
      case UInt8(ascii: "\n"): return unterminatedString(from: start)
      default:
        if atEnd { return unterminatedString(from: start) }
        visible(in: .string)
      }
    }
  }

  private mutating func unterminatedString(from start: Int) -> Token.Kind {
    report(
      .unterminatedString, "the string has no closing quote", range(start, offset), "starts here",
      help: "a string ends on the line where it starts; `\\n` stands for a line break")
    return .string
  }

  private mutating func checkLength(from start: Int, _ subject: String) {
    guard offset - start > limits.stringBytes else { return }
    report(
      .limitExceeded, "\(subject) has at most \(limits.stringBytes) bytes", range(start, start + 1), "this one has \(offset - start)")
  }

  private mutating func escape() {
    let start = offset
    offset += 1
    switch byte() {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"): offset += 1
    case UInt8(ascii: "u") where byte(1) == UInt8(ascii: "{"): unicodeEscape(from: start)
    default:
      // Not past the line's end, and not past the end of the file: those end the string.
      if byte() != UInt8(ascii: "\n"), byte() != UInt8(ascii: "\r"), !atEnd { visible(in: .string) }
      let written = text(start, offset)
      report(
        .invalidEscape, "`\(written)` is no escape", range(start, offset), "unknown escape",
        help: "the escapes are `\\\"`, `\\\\`, `\\n`, `\\r`, `\\t` and `\\u{…}`; a backslash itself is written `\\\\`")
    }
  }

  private mutating func unicodeEscape(from start: Int) {
    offset += 2
    var value: UInt32 = 0
    var digits = 0
    while let digit = byte().hexadecimalValue {
      digits += 1
      if digits <= 6 { value = value << 4 | UInt32(digit) }
      offset += 1
    }
    let closed = byte() == UInt8(ascii: "}")
    if closed { offset += 1 }
    guard closed, (1...6).contains(digits), Unicode.Scalar(value) != nil else {
      report(
        .invalidEscape, "`\(text(start, offset))` is no character", range(start, offset),
        "expected one to six hexadecimal digits in braces",
        help: "`\\u{e9}` is é; surrogates and values above 10FFFF are no characters")
      return
    }
  }

  /// A string in other quotes: reported, and read as the string it is meant to be.
  mutating func foreignString(quote: UInt8) -> Token.Kind {
    let start = offset
    let before = diagnostics.count
    let kind = string(quote: quote)
    guard diagnostics.count == before else { return kind }
    let place = range(start, offset)
    let inner = text(start + 1, offset - 1)
    let fixes: [Diagnostic.Fix] =
      inner.contains("\"") ? [] : [.init(title: "use double quotes", edits: [.init(place, "\"\(inner)\"")])]
    report(.foreignSyntax, "strings stand in double quotes", place, "write `\"` on both sides", fixes: fixes)
    return kind
  }

  /// `/…/flags` on one line. There is no division, so a slash that starts no comment starts a pattern, whatever stands before it.
  mutating func regex() -> Token.Kind {
    let start = offset
    offset += 1
    while true {
      switch byte() {
      case UInt8(ascii: "/") where !atEnd:
        offset += 1
        while byte().isWord { offset += 1 }
        if !atEnd, "/]+*?.\\[{|^$(".utf8.contains(byte()) { return bareSlash(from: start) }
        checkLength(from: start, "a pattern")
        return .regex
      case UInt8(ascii: "\\") where byte(1) >= 0x20 && byte(1) < 0x80: offset += 2
      case UInt8(ascii: "\r") where byte(1) == UInt8(ascii: "\n"): return unterminatedRegex(from: start)
      case UInt8(ascii: "\n"): return unterminatedRegex(from: start)
      default:
        if atEnd { return unterminatedRegex(from: start) }
        visible(in: .regex)
      }
    }
  }

  private mutating func unterminatedRegex(from start: Int) -> Token.Kind {
    report(
      .unterminatedRegex, "the pattern has no closing `/`", range(start, offset), "starts here",
      help: "a pattern stands between slashes on one line; a path is a string: `\"src/lib\"`")
    return .regex
  }

  /// More of a pattern right behind its closing slash, as in `/https?://x/` and `/[^/]+/`: the slash was meant as part of it.
  private mutating func bareSlash(from start: Int) -> Token.Kind {
    while byte() > UInt8(ascii: " ") { offset += byte() < 0x80 ? 1 : decode().length }
    report(
      .unterminatedRegex, "a `/` inside a pattern is written `\\/`", range(start, offset), "the pattern ends at its first bare `/`")
    return .regex
  }

  // MARK: numbers

  /// A number, or a moment, duration or size, which start as one does.
  mutating func number() -> Token.Kind {
    let start = offset
    if byte() == UInt8(ascii: "-") { offset += 1 }
    digits()
    if byte() == UInt8(ascii: "-"), byte(1).isDigit { return moment(from: start) }
    let whole = offset
    if byte() == UInt8(ascii: "."), byte(1).isDigit {
      offset += 1
      digits()
    }
    let end = offset
    while byte().isWord { offset += 1 }
    checkDigits(start, end)
    guard offset > end else { return .number }
    return unit(number: start, fraction: whole < end, suffix: end)
  }

  private mutating func digits() {
    while byte().isDigit || (byte() == UInt8(ascii: "_") && byte(1).isDigit) { offset += 1 }
  }

  private mutating func checkDigits(_ start: Int, _ end: Int) {
    if end - start > limits.numberBytes {
      report(.limitExceeded, "a number has at most \(limits.numberBytes) characters", range(start, end), "this one has \(end - start)")
      return
    }
    var plain = file.bytes[start..<end].filter { $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-") }[...]
    guard plain.first == UInt8(ascii: "0"), plain.dropFirst().first?.isDigit == true else { return }
    while plain.first == UInt8(ascii: "0"), plain.dropFirst().first?.isDigit == true { plain = plain.dropFirst() }
    let better = (file.bytes[start] == UInt8(ascii: "-") ? "-" : "") + String(decoding: plain, as: UTF8.self)
    report(
      .invalidNumber, "a number does not start with zeros", range(start, end), "write `\(better)`",
      help: "an identifier that is made of digits is a string: `\"\(text(start, end))\"`",
      fixes: [.init(title: "write `\(better)`", edits: [.init(range(start, end), better)])])
  }

  private mutating func unit(number: Int, fraction: Bool, suffix: Int) -> Token.Kind {
    let place = range(number, offset)
    let written = text(suffix, offset)
    guard let unit = Unit(rawValue: written) else {
      let exponent = (written.first == "e" || written.first == "E") && (written.count == 1 || written.dropFirst().allSatisfy(\.isNumber))
      if exponent {
        report(.invalidNumber, "numbers have no exponent", place, "write it out, with `_` between thousands if you like")
      } else if written.allSatisfy({ $0 == "_" }) {
        report(.invalidNumber, "`_` stands between two digits of a number", place, "nothing follows the `_`")
      } else {
        report(
          .invalidUnit, "`\(written)` is no unit", range(suffix, offset), "unknown unit",
          help: nearest(to: written, among: Unit.allCases.map(\.rawValue)).map { "did you mean `\(text(number, suffix))\($0)`?" }
            ?? "durations end in ms, s, m, h or d, sizes in B, KiB, MiB or GiB; a name that starts with a digit is written in quotes")
      }
      return .number
    }
    let kind: Token.Kind = unit.isDuration ? .duration : .size
    if fraction || file.bytes[number] == UInt8(ascii: "-") || suffix - number > 12 {
      report(
        .invalidNumber, "a \(unit.isDuration ? "duration" : "size") is a whole number of its unit", place,
        fraction ? "use a smaller unit" : "out of range", help: fraction && written == "h" ? "`1.5h` is `90m`" : nil)
    }
    return kind
  }

  /// `2027-03-31` or `2026-11-18T10:00:00Z`. Two numbers with a `-` between them are nothing else, so this may be strict.
  private mutating func moment(from start: Int) -> Token.Kind {
    while byte().isWord || (byte() == UInt8(ascii: "-") && byte(1).isDigit)
      || ((byte() == UInt8(ascii: ":") || byte() == UInt8(ascii: "+") || byte() == UInt8(ascii: ".")) && byte(1).isDigit)
    {
      offset += 1
    }
    let written = Array(file.bytes[start..<offset])
    switch MomentLiteral.reading(written) {
    case .success: break
    case .failure(let problem):
      report(.invalidMoment, problem.message, range(start, offset), problem.label, help: problem.help)
    }
    return .moment
  }
}

/// What may stand right behind a whole number.
enum Unit: String, CaseIterable {
  case milliseconds = "ms"
  case seconds = "s"
  case minutes = "m"
  case hours = "h"
  case days = "d"
  case bytes = "B"
  case kibibytes = "KiB"
  case mebibytes = "MiB"
  case gibibytes = "GiB"

  var isDuration: Bool {
    switch self {
    case .milliseconds, .seconds, .minutes, .hours, .days: true
    case .bytes, .kibibytes, .mebibytes, .gibibytes: false
    }
  }

  /// Milliseconds for a duration, bytes for a size.
  var factor: Int64 {
    switch self {
    case .milliseconds, .bytes: 1
    case .seconds: 1000
    case .minutes: 60_000
    case .hours: 3_600_000
    case .days: 86_400_000
    case .kibibytes: 1 << 10
    case .mebibytes: 1 << 20
    case .gibibytes: 1 << 30
    }
  }
}

extension UInt8 {
  fileprivate var hexadecimalValue: UInt8? {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
