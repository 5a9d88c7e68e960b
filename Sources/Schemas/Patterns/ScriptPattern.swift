/// A regular expression as JSON Schema has them, ECMA-262 in its unicode mode, rewritten for PCRE2.
///
/// The two disagree on `.`, `\s`, the empty classes, classes inside classes, names of properties and much that only one of them has. What
/// is rewritten here can mean to PCRE2 only what it means to ECMA-262: every literal leaves as an escape, every construct is one of a short
/// list. Two liberties that real schemas take are allowed: escapes before punctuation that needs none, and lone braces and brackets.
struct ScriptPattern {
  struct Problem: Error, Equatable {
    let problem: String
  }

  /// The same expression in PCRE2's syntax.
  private(set) var rewritten = ""
  private var rest: Substring.UnicodeScalarView
  private var depth = 0
  /// Whether what was read last can be repeated.
  private var isRepeatable = false

  /// Groups inside one another; PCRE2's own limit is 250.
  private static let maximumDepth = 200

  init(_ source: String) throws(Problem) {
    rest = source[...].unicodeScalars
    while let scalar = rest.popFirst() { try read(scalar) }
    if depth > 0 { throw Problem(problem: "a group is not closed") }
  }

  private mutating func read(_ scalar: Unicode.Scalar) throws(Problem) {
    switch scalar {
    case "\\": try readEscape()
    case "[": try readClass()
    case "(": try openGroup()
    case ")":
      depth -= 1
      if depth < 0 { throw Problem(problem: "`)` without `(`") }
      emit(")", isRepeatable: true)
    case "|", "^", "$": emit(String(scalar), isRepeatable: false)
    case ".": emit(#"[^\n\r\x{2028}\x{2029}]"#, isRepeatable: true)
    case "*", "+", "?": try repeatLast(String(scalar))
    case "{":
      if let bounds = try readBounds() { try repeatLast(bounds) } else { emit(#"\{"#, isRepeatable: true) }
    default: emit(Self.literal(scalar), isRepeatable: true)
    }
  }

  private mutating func emit(_ text: String, isRepeatable: Bool) {
    rewritten += text
    self.isRepeatable = isRepeatable
  }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard rest.first == scalar else { return false }
    rest.removeFirst()
    return true
  }

  private mutating func repeatLast(_ quantifier: String) throws(Problem) {
    guard isRepeatable else { throw Problem(problem: "nothing to repeat before `\(quantifier)`") }
    emit(quantifier, isRepeatable: false)
    if take("?") { rewritten += "?" }
  }

  /// What stands in braces after the opening one, when it is a quantifier; otherwise nothing is consumed.
  private mutating func readBounds() throws(Problem) -> String? {
    guard let end = rest.firstIndex(of: "}") else { return nil }
    let parts = String(rest[..<end]).split(separator: ",", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), !parts[0].isEmpty, parts.allSatisfy({ $0.utf8.allSatisfy(\.isDigit) }) else { return nil }
    let numbers = parts.map { $0.isEmpty ? Int?.none : Int($0) ?? .max }
    if numbers.compactMap(\.self).contains(where: { $0 > 65_535 }) { throw Problem(problem: "a repetition above 65535") }
    if numbers.count == 2, let lower = numbers[0], let upper = numbers[1], lower > upper {
      throw Problem(problem: "a repetition whose bounds are in the wrong order")
    }
    rest = rest[rest.index(after: end)...]
    return "{" + parts.joined(separator: ",") + "}"
  }

  private mutating func openGroup() throws(Problem) {
    depth += 1
    if depth > Self.maximumDepth { throw Problem(problem: "groups nest more than \(Self.maximumDepth) deep") }
    guard take("?") else { return emit("(?:", isRepeatable: false) }
    for kind in [":", "=", "!", "<=", "<!"] where rest.starts(with: kind.unicodeScalars) {
      rest.removeFirst(kind.unicodeScalars.count)
      return emit("(?" + kind, isRepeatable: false)
    }
    guard take("<"), let end = rest.firstIndex(of: ">"), end != rest.startIndex else {
      throw Problem(problem: "a group of a kind that ECMA-262 does not have")
    }
    // Nothing can refer to the name.
    rest = rest[rest.index(after: end)...]
    emit("(?:", isRepeatable: false)
  }

  // MARK: Escapes

  private mutating func readEscape() throws(Problem) {
    guard let scalar = rest.popFirst() else { throw Problem(problem: "a backslash at the end") }
    switch scalar {
    case "b", "B": emit("\\" + String(scalar), isRepeatable: false)
    case "1"..."9", "k": throw Problem(problem: "back references are not supported")
    default:
      if let members = try classEscape(scalar) {
        emit("[" + members + "]", isRepeatable: true)
      } else {
        emit(Self.literal(try characterEscape(scalar)), isRepeatable: true)
      }
    }
  }

  /// An escape that stands for a set, as it is written between brackets.
  private mutating func classEscape(_ scalar: Unicode.Scalar) throws(Problem) -> String? {
    switch scalar {
    case "d": return #"\d"#
    case "D": return #"\D"#
    case "w": return #"\w"#
    case "W": return #"\W"#
    case "s": return Self.space
    case "S": return Self.notSpace
    case "p", "P":
      guard take("{"), let end = rest.firstIndex(of: "}") else { throw Problem(problem: "`\\\(scalar)` without a property") }
      let name = String(rest[..<end])
      rest = rest[rest.index(after: end)...]
      return "\\" + String(scalar) + "{" + (try PropertyNames.short(name)) + "}"
    default: return nil
    }
  }

  /// An escape that stands for one character.
  private mutating func characterEscape(_ scalar: Unicode.Scalar) throws(Problem) -> Unicode.Scalar {
    switch scalar {
    case "t": return "\t"
    case "n": return "\n"
    case "v": return "\u{B}"
    case "f": return "\u{C}"
    case "r": return "\r"
    case "0":
      if let next = rest.first, ("0"..."9").contains(next) { throw Problem(problem: "an octal escape") }
      return "\0"
    case "c":
      guard let letter = rest.popFirst(), letter.isASCII, UInt8(ascii: letter).isLetter else {
        throw Problem(problem: "`\\c` without a letter")
      }
      return Unicode.Scalar(UInt8(ascii: letter) & 0x1F)
    case "x": return try self.scalar(try hexadecimal(2))
    case "u": return try unicodeEscape()
    default:
      if scalar.isASCII, !UInt8(ascii: scalar).isLetter, !UInt8(ascii: scalar).isDigit { return scalar }
      throw Problem(problem: "`\\\(scalar)` is not an escape of ECMA-262")
    }
  }

  private mutating func unicodeEscape() throws(Problem) -> Unicode.Scalar {
    if take("{") {
      var value: UInt32 = 0
      while let next = rest.popFirst(), next != "}" {
        guard next.isASCII, let digit = hexValue(UInt8(ascii: next)), value < 0x11_0000 else {
          throw Problem(problem: "`\\u{…}` is not a character")
        }
        value = value << 4 | UInt32(digit)
      }
      return try scalar(value)
    }
    let high = try hexadecimal(4)
    guard high & 0xFC00 == 0xD800, take("\\"), take("u") else { return try scalar(high) }
    let low = try hexadecimal(4)
    guard low & 0xFC00 == 0xDC00 else { throw Problem(problem: "half of a surrogate pair") }
    return try scalar(0x10000 + (high & 0x3FF) << 10 + low & 0x3FF)
  }

  private func scalar(_ value: UInt32) throws(Problem) -> Unicode.Scalar {
    guard let scalar = Unicode.Scalar(value) else { throw Problem(problem: "an escape that is not a character") }
    return scalar
  }

  private mutating func hexadecimal(_ count: Int) throws(Problem) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<count {
      guard let next = rest.popFirst(), next.isASCII, let digit = hexValue(UInt8(ascii: next)) else {
        throw Problem(problem: "an escape with too few hexadecimal digits")
      }
      value = value << 4 | UInt32(digit)
    }
    return value
  }

  /// A character as PCRE2 takes it for itself anywhere.
  private static func literal(_ scalar: Unicode.Scalar) -> String {
    if scalar.isASCII, UInt8(ascii: scalar).isLetter || UInt8(ascii: scalar).isDigit { return String(scalar) }
    return scalar.isASCII ? "\\x{" + String(scalar.value, radix: 16) + "}" : String(scalar)
  }

  // MARK: Classes

  private mutating func readClass() throws(Problem) {
    let isNegated = take("^")
    var members = ""
    var isEmpty = true
    while !take("]") {
      guard let scalar = rest.popFirst() else { throw Problem(problem: "a class is not closed") }
      isEmpty = false
      let first = try classAtom(scalar)
      guard rest.first == "-", let after = rest.dropFirst().first, after != "]" else {
        members += first.text
        continue
      }
      rest.removeFirst()
      guard let scalar = rest.popFirst() else { throw Problem(problem: "a class is not closed") }
      let last = try classAtom(scalar)
      if let low = first.scalar, let high = last.scalar {
        if low > high { throw Problem(problem: "a range whose ends are in the wrong order") }
        members += first.text + "-" + last.text
      } else {
        // `[\w-.]`: not a range, so the hyphen is one.
        members += first.text + #"\x{2d}"# + last.text
      }
    }
    if isEmpty {
      emit(isNegated ? #"[\x{0}-\x{10ffff}]"# : "(?!)", isRepeatable: true)
    } else {
      emit("[" + (isNegated ? "^" : "") + members + "]", isRepeatable: true)
    }
  }

  private mutating func classAtom(_ scalar: Unicode.Scalar) throws(Problem) -> (text: String, scalar: Unicode.Scalar?) {
    guard scalar == "\\" else { return (Self.literal(scalar), scalar) }
    guard let escaped = rest.popFirst() else { throw Problem(problem: "a backslash at the end") }
    if let members = try classEscape(escaped) { return (members, nil) }
    let character: Unicode.Scalar = escaped == "b" ? "\u{8}" : try characterEscape(escaped)
    return (Self.literal(character), character)
  }

  private static let space =
    #"\x{9}-\x{d}\x{20}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}"#
  private static let notSpace =
    #"\x{0}-\x{8}\x{e}-\x{1f}\x{21}-\x{9f}\x{a1}-\x{167f}\x{1681}-\x{1fff}\x{200b}-\x{2027}\x{202a}-\x{202e}"#
    + #"\x{2030}-\x{205e}\x{2060}-\x{2fff}\x{3001}-\x{fefe}\x{ff00}-\x{10ffff}"#
}

/// Names of Unicode properties. PCRE2 knows general categories by their short names only.
enum PropertyNames {
  static func short(_ name: String) throws(ScriptPattern.Problem) -> String {
    var value = name[...]
    for prefix in ["General_Category=", "gc="] where name.hasPrefix(prefix) { value = name.dropFirst(prefix.count) }
    guard !value.isEmpty, value.utf8.allSatisfy({ $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "=") })
    else { throw ScriptPattern.Problem(problem: "`\(name)` is not the name of a property") }
    for prefix in ["Script=", "Script_Extensions="] where value.hasPrefix(prefix) {
      return (prefix == "Script=" ? "sc:" : "scx:") + value.dropFirst(prefix.count)
    }
    return categories[String(value)] ?? String(value)
  }

  private static let categories = [
    "Letter": "L", "Cased_Letter": "L&", "LC": "L&", "Uppercase_Letter": "Lu", "Lowercase_Letter": "Ll", "Titlecase_Letter": "Lt",
    "Modifier_Letter": "Lm", "Other_Letter": "Lo", "Mark": "M", "Combining_Mark": "M", "Nonspacing_Mark": "Mn", "Spacing_Mark": "Mc",
    "Enclosing_Mark": "Me", "Number": "N", "Decimal_Number": "Nd", "digit": "Nd", "Letter_Number": "Nl", "Other_Number": "No",
    "Punctuation": "P", "punct": "P", "Connector_Punctuation": "Pc", "Dash_Punctuation": "Pd", "Open_Punctuation": "Ps",
    "Close_Punctuation": "Pe", "Initial_Punctuation": "Pi", "Final_Punctuation": "Pf", "Other_Punctuation": "Po", "Symbol": "S",
    "Math_Symbol": "Sm", "Currency_Symbol": "Sc", "Modifier_Symbol": "Sk", "Other_Symbol": "So", "Separator": "Z",
    "Space_Separator": "Zs", "Line_Separator": "Zl", "Paragraph_Separator": "Zp", "Other": "C", "Control": "Cc", "cntrl": "Cc",
    "Format": "Cf", "Surrogate": "Cs", "Private_Use": "Co", "Unassigned": "Cn",
  ]
}
