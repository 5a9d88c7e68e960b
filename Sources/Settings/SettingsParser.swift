package import Text

/// Reads the part of TOML 1.0 that settings need: `[table]` and `[[table]]` headers of one name, `name = value` with texts, whole numbers,
/// `true` and `false`, and lists of them, comments. Every file that is read here means the same to any reader of TOML; what is left out is
/// refused, not read differently.
package func parseSettings(_ source: SourceFile) -> (file: SettingsFile?, diagnostics: [Diagnostic]) {
  var parser = SettingsParser(source)
  do {
    return (try parser.file(), [])
  } catch {
    return (nil, [error.diagnostic])
  }
}

private struct SettingsProblem: Error { let diagnostic: Diagnostic }

private struct SettingsParser {
  private let source: SourceFile
  private let bytes: [UInt8]
  private var place = 0

  private static let mostBytes = 1 << 20

  init(_ source: SourceFile) {
    self.source = source
    bytes = source.bytes
  }

  mutating func file() throws(SettingsProblem) -> SettingsFile {
    guard bytes.count <= SettingsParser.mostBytes else { throw problem("the file has more than a megabyte", 0..<0, "too long") }
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw problem("the file is not valid UTF-8", 0..<0, "from here on, or later")
    }
    var tables: [SettingsTable] = []
    while true {
      skipBlanks(lines: true)
      guard let byte = peek else { return SettingsFile(source: source, tables: tables) }
      if byte == UInt8(ascii: "[") {
        let table = try header()
        if !table.isRepeated, let first = tables.first(where: { $0.name == table.name }) {
          throw problem("the table `\(table.name)` stands twice", table.range, "again", also: .init(first.range, "first"))
        }
        tables.append(table)
      } else {
        let entry = try entry()
        guard let last = tables.indices.last else {
          throw problem(
            "`\(entry.name)` stands in no table", entry.nameRange, "before the first header",
            help: "write a header like `[resource]` above it")
        }
        if let first = tables[last].entries.first(where: { $0.name == entry.name }) {
          throw problem("`\(entry.name)` stands twice in one table", entry.nameRange, "again", also: .init(first.nameRange, "first"))
        }
        tables[last].entries.append(entry)
      }
      try endLine()
    }
  }

  // MARK: Lines

  private mutating func header() throws(SettingsProblem) -> SettingsTable {
    let start = place
    let isRepeated = bytes[place...].starts(with: "[[".utf8)
    place += isRepeated ? 2 : 1
    skipBlanks(lines: false)
    let (name, _) = try name("a table's header is `[NAME]` or `[[NAME]]`")
    skipBlanks(lines: false)
    let close = isRepeated ? "]]" : "]"
    guard bytes[place...].starts(with: close.utf8) else {
      throw problem(
        "the header does not end", range(start..<place), "expected `\(close)` behind it", help: "names with dots are not used here")
    }
    place += close.utf8.count
    return SettingsTable(name: name, range: range(start..<place), isRepeated: isRepeated, entries: [])
  }

  private mutating func entry() throws(SettingsProblem) -> SettingsTable.Entry {
    let (name, nameRange) = try name("a setting is `NAME = VALUE`")
    skipBlanks(lines: false)
    guard peek == UInt8(ascii: "=") else { throw problem("`\(name)` has no value", nameRange, "expected `=` behind it") }
    place += 1
    skipBlanks(lines: false)
    return SettingsTable.Entry(name: name, nameRange: nameRange, setting: try value(depth: 0))
  }

  private mutating func endLine() throws(SettingsProblem) {
    skipBlanks(lines: false)
    guard let byte = peek, byte != UInt8(ascii: "\n") else { return }
    throw problem("the line goes on after its value", place..<endOfLine, "one setting a line")
  }

  private mutating func name(_ help: String) throws(SettingsProblem) -> (String, SourceRange) {
    let start = place
    while let byte = peek, isNameByte(byte) { place += 1 }
    guard place > start else { throw problem("expected a name", place..<max(place, endOfLine), "no name begins like this", help: help) }
    return (String(decoding: bytes[start..<place], as: UTF8.self), range(start..<place))
  }

  // MARK: Values

  private mutating func value(depth: Int) throws(SettingsProblem) -> Setting {
    let start = place
    let value: Setting.Value
    switch peek {
    case UInt8(ascii: "\"")?: value = .text(try text())
    case UInt8(ascii: "'")?: value = .text(try literalText())
    case UInt8(ascii: "[")? where depth == 0: value = .list(try list())
    default: value = try word()
    }
    return Setting(value: value, range: range(start..<place))
  }

  private mutating func list() throws(SettingsProblem) -> [Setting] {
    let start = place
    place += 1
    var elements: [Setting] = []
    while true {
      skipBlanks(lines: true)
      if peek == UInt8(ascii: "]") { break }
      guard peek != nil else { throw problem("the list does not end", start..<start + 1, "opened here") }
      elements.append(try value(depth: 1))
      skipBlanks(lines: true)
      if peek == UInt8(ascii: "]") { break }
      guard peek == UInt8(ascii: ",") else {
        throw problem("the list does not go on", place..<min(place + 1, bytes.count), "expected `,` or `]`")
      }
      place += 1
    }
    place += 1
    return elements
  }

  private mutating func text() throws(SettingsProblem) -> String {
    let start = place
    guard !bytes[place...].starts(with: "\"\"\"".utf8) else { throw unsupported(start, "texts of several lines") }
    place += 1
    var text: [UInt8] = []
    while let byte = peek, byte != UInt8(ascii: "\n") {
      place += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): text += try escape()
      case 0..<0x20 where byte != UInt8(ascii: "\t"), 0x7F:
        throw problem("a control character stands in a text", place - 1..<place, "write it as an escape")
      default: text.append(byte)
      }
    }
    throw problem("the text does not end on its line", start..<place, "expected `\"`")
  }

  private mutating func escape() throws(SettingsProblem) -> [UInt8] {
    let start = place - 1
    let simple: [UInt8: UInt8] = [
      UInt8(ascii: "\""): 0x22, UInt8(ascii: "\\"): 0x5C, UInt8(ascii: "n"): 0x0A, UInt8(ascii: "t"): 0x09, UInt8(ascii: "r"): 0x0D,
      UInt8(ascii: "b"): 0x08, UInt8(ascii: "f"): 0x0C,
    ]
    let byte = peek ?? 0
    place = min(place + 1, bytes.count)
    if let character = simple[byte] { return [character] }
    let length = byte == UInt8(ascii: "u") ? 4 : byte == UInt8(ascii: "U") ? 8 : 0
    let digits = bytes[place..<min(place + length, bytes.count)]
    let number = digits.allSatisfy(isHexadecimal) ? UInt32(String(decoding: digits, as: UTF8.self), radix: 16) : nil
    guard length > 0, digits.count == length, let scalar = number.flatMap(Unicode.Scalar.init) else {
      throw problem(
        "this is no escape", start..<place, "not known", help: "escapes are `\\\"`, `\\\\`, `\\n`, `\\t` and `\\u` with four digits")
    }
    place += length
    return Array(String(Character(scalar)).utf8)
  }

  private mutating func literalText() throws(SettingsProblem) -> String {
    let start = place
    guard !bytes[place...].starts(with: "'''".utf8) else { throw unsupported(start, "texts of several lines") }
    place += 1
    while let byte = peek, byte != UInt8(ascii: "\n") {
      place += 1
      if byte == UInt8(ascii: "'") { return String(decoding: bytes[start + 1..<place - 1], as: UTF8.self) }
      guard byte >= 0x20 || byte == UInt8(ascii: "\t"), byte != 0x7F else {
        throw problem("a control character stands in a text", place - 1..<place, "not allowed")
      }
    }
    throw problem("the text does not end on its line", start..<place, "expected `'`")
  }

  /// `true`, `false` or a whole number.
  private mutating func word() throws(SettingsProblem) -> Setting.Value {
    let start = place
    while let byte = peek, isNameByte(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: ":") {
      place += 1
    }
    let word = String(decoding: bytes[start..<place], as: UTF8.self)
    switch word {
    case "true": return .boolean(true)
    case "false": return .boolean(false)
    case "":
      if peek == UInt8(ascii: "{") { throw unsupported(start, "tables in braces") }
      if peek == UInt8(ascii: "[") { throw unsupported(start, "lists in lists") }
      throw problem("expected a value", start..<max(start, endOfLine), "none here", help: SettingsParser.values)
    default: break
    }
    let digits = word.drop { $0 == "-" || $0 == "+" }
    let groups = digits.split(separator: "_", omittingEmptySubsequences: false)
    let isNumber =
      word.count - digits.count <= 1 && groups.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(isDigit) }
      && (digits == "0" || !digits.hasPrefix("0"))
    guard isNumber, let number = Int64(word.replacing("_", with: "")) else {
      throw problem("`\(word)` is no value", start..<place, "a text needs quotation marks", help: SettingsParser.values)
    }
    return .whole(number)
  }

  private static let values = "values are texts in quotation marks, whole numbers, `true`, `false`, and lists of them in brackets"

  // MARK: Bytes

  private var peek: UInt8? { place < bytes.count ? bytes[place] : nil }

  private var endOfLine: Int { bytes[place...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count }

  /// Also passes over comments. A carriage return counts only before the end of its line.
  private mutating func skipBlanks(lines: Bool) {
    while let byte = peek {
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\t"): place += 1
      case UInt8(ascii: "#"): place = endOfLine
      case UInt8(ascii: "\r") where place + 1 < bytes.count && bytes[place + 1] == UInt8(ascii: "\n"): place += 1
      case UInt8(ascii: "\n") where lines: place += 1
      default: return
      }
    }
  }

  private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  private func isHexadecimal(_ byte: UInt8) -> Bool { isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20) }

  private func isNameByte(_ byte: UInt8) -> Bool {
    isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
  }

  private func range(_ range: Range<Int>) -> SourceRange {
    SourceRange(file: source.id, lower: UInt32(range.lowerBound), upper: UInt32(range.upperBound))
  }

  private func unsupported(_ start: Int, _ what: String) -> SettingsProblem {
    problem("\(what) are not used here", start..<max(start, endOfLine), "not read", help: SettingsParser.values)
  }

  private func problem(_ message: String, _ range: Range<Int>, _ label: String, help: String? = nil) -> SettingsProblem {
    problem(message, self.range(range), label, help: help)
  }

  private func problem(
    _ message: String, _ range: SourceRange, _ label: String, also second: Diagnostic.Label? = nil, help: String? = nil
  ) -> SettingsProblem {
    SettingsProblem(
      diagnostic: Diagnostic(.malformedSetting, message, at: .init(range, label), also: second.map { [$0] } ?? [], help: help))
  }
}
