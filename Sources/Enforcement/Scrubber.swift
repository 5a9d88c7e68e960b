/// Takes out of a server's error what is about the server's inside: stack traces, absolute paths, SQL.
///
/// Only `error` objects go through here. The text of an `isError` result is the tool's own word to the model, and filters of the policy
/// deal with it. The scrubber is conservative: what it cannot place it takes for inside.
enum Scrubber {
  /// What was found in a text.
  enum Finding {
    case clean
    /// Paths only; the rest of the sentence is of use.
    case paths(cleaned: String)
    /// A text that is inside all through.
    case withheld(reason: String)
  }

  static func examine(_ text: String) -> Finding {
    let bytes = Array(text.utf8)
    if isStackTrace(bytes) { return .withheld(reason: "it contained a stack trace") }
    if isSQL(text) { return .withheld(reason: "it contained a database statement") }
    let cleaned = withoutPaths(text)
    return cleaned.utf8.elementsEqual(text.utf8) ? .clean : .paths(cleaned: cleaned)
  }

  private static let traceMarks = [
    "Traceback (most recent call last)", "\n    at ", "\n\tat ", "\n  at ", "stack backtrace:", "Stack trace:", "goroutine ", "panic: ",
    "Fatal error: ", "Caused by: ", "\n  File \"", "  File \"", "SIGSEGV", "core::panicking", ".java:", ".py\", line ",
    "Exception in thread",
  ].map { Array($0.utf8) }

  private static func isStackTrace(_ bytes: [UInt8]) -> Bool { traceMarks.contains { contains(bytes, $0) } }

  /// A verb and the word that only a statement has after it, whatever their case. `folded` has a space at both ends.
  private static let statements: [(verb: [UInt8], word: [UInt8])] = [
    (" select ", " from "), (" insert into ", " values "), (" insert into ", " select "), (" update ", " set "), (" delete from ", ""),
    (" create table ", ""), (" alter table ", ""), (" drop table ", ""), (" merge into ", " using "),
  ].map { (Array($0.0.utf8), Array($0.1.utf8)) }

  private static func isSQL(_ text: String) -> Bool {
    if text.lowercased().contains("[sql:") { return true }
    return isStatement(folded(withoutComments(text))) || isStatement(folded(text))
  }

  private static func isStatement(_ folded: [UInt8]) -> Bool {
    statements.contains { statement in
      guard let start = find(statement.verb, in: folded, from: 0) else { return false }
      return statement.word.isEmpty || find(statement.word, in: folded, from: start + statement.verb.count - 1) != nil
    }
  }

  /// Words in lower case, one space between them, whatever stood there.
  private static func folded(_ text: String) -> [UInt8] {
    var folded = [UInt8(ascii: " ")]
    for scalar in text.unicodeScalars {
      switch scalar {
      case "A"..."Z": folded.append(UInt8(scalar.value) + 32)
      case "a"..."z", "0"..."9", "_": folded.append(UInt8(scalar.value))
      case _ where scalar.properties.isDefaultIgnorableCodePoint: continue
      case _ where scalar.value >= 0x80 && scalar.properties.isAlphabetic: folded += String(scalar).utf8
      default: if folded.last != UInt8(ascii: " ") { folded.append(UInt8(ascii: " ")) }
      }
    }
    return folded.last == UInt8(ascii: " ") ? folded : folded + [UInt8(ascii: " ")]
  }

  /// `/*…*/` and `--…` are white space to a database, and could stand between any two words.
  private static func withoutComments(_ text: String) -> String {
    var output = ""
    var rest = text[...]
    while let mark = [rest.firstRange(of: "/*"), rest.firstRange(of: "--")].compactMap(\.self).min(by: { $0.lowerBound < $1.lowerBound }) {
      output += rest[..<mark.lowerBound] + " "
      let isLine = rest[mark] == "--"
      let end = isLine ? rest[mark.upperBound...].firstIndex(where: \.isNewline) : rest[mark.upperBound...].firstRange(of: "*/")?.upperBound
      rest = end.map { rest[$0...] } ?? ""
    }
    return output + rest
  }

  private static let replacement = "[path withheld]".unicodeScalars
  private static let user = "[user withheld]".unicodeScalars

  private static func withoutPaths(_ text: String) -> String {
    let scalars = Array(text.unicodeScalars)
    var output = String.UnicodeScalarView()
    var index = 0
    while index < scalars.count {
      if index == 0 || isBoundary(scalars[index - 1]), let end = endOfPath(scalars, index) {
        output += replacement
        index = end
      } else if scalars[index...].starts(with: "://".unicodeScalars) {
        appendAddress(scalars, &index, to: &output)
      } else {
        output.append(scalars[index])
        index += 1
      }
    }
    return String(output)
  }

  /// From `://` on: the path of a URL is the caller's business, or public, but for a file of this machine; who is asked for is not.
  private static func appendAddress(_ scalars: [Unicode.Scalar], _ index: inout Int, to output: inout String.UnicodeScalarView) {
    let start = index + 3
    var end = start
    while end < scalars.count, !isEnd(scalars[end]) { end += 1 }
    let scheme = String(String.UnicodeScalarView(scalars[..<index].suffix(4))).lowercased()
    let authority = scalars[start..<end].prefix { !"/?#\\".unicodeScalars.contains($0) }
    output += "://".unicodeScalars
    if scheme == "file", authority.isEmpty || String(String.UnicodeScalarView(authority)).lowercased() == "localhost",
      authority.endIndex < end
    {
      output += replacement
    } else if let at = authority.lastIndex(of: "@") {
      output += user
      output += scalars[at..<end]
    } else {
      output += scalars[start..<end]
    }
    index = end
  }

  /// Behind an absolute path of at least two names (`/etc/passwd`, `~/.ssh/id`, `C:\Users\x`, `\\host\share`), or nil.
  private static func endOfPath(_ scalars: [Unicode.Scalar], _ start: Int) -> Int? {
    func at(_ offset: Int) -> Unicode.Scalar? { start + offset < scalars.count ? scalars[start + offset] : nil }
    let separators: Int
    if at(0) == "/" {
      separators = 2
    } else if at(0) == "~", at(1) == "/" {
      separators = 1
    } else if at(1) == ":", at(2) == "\\" || at(2) == "/" {
      separators = 1
    } else if at(0) == "\\", at(1) == "\\" {
      separators = 3
    } else {
      return nil
    }
    var index = start
    var seen = 0
    while index < scalars.count, !isEnd(scalars[index]) {
      if scalars[index] == "/" || scalars[index] == "\\" { seen += 1 }
      index += 1
    }
    return seen >= separators ? index : nil
  }

  /// What can stand before a path: anything that no name goes on behind.
  private static func isBoundary(_ scalar: Unicode.Scalar) -> Bool {
    isEnd(scalar) || "=:([{<,;|@>!?*#&+".unicodeScalars.contains(scalar) || (scalar.value >= 0x80 && !isPartOfName(scalar))
  }

  private static func isEnd(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value <= 0x20 || "\"'`)]}>,;|".unicodeScalars.contains(scalar) || (scalar.value >= 0x80 && !isPartOfName(scalar))
  }

  /// Letters, digits and marks of any script; quotation marks, arrows and spaces beyond ASCII are none.
  private static func isPartOfName(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark, .spacingMark, .enclosingMark,
      .decimalNumber, .letterNumber, .otherNumber, .connectorPunctuation:
      true
    default: false
    }
  }

  private static func contains(_ bytes: [UInt8], _ mark: [UInt8]) -> Bool { find(mark, in: bytes, from: 0) != nil }

  private static func find(_ mark: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    guard let first = mark.first, bytes.count >= mark.count, start <= bytes.count - mark.count else { return nil }
    for index in start...bytes.count - mark.count where bytes[index] == first {
      if bytes[index..<index + mark.count].elementsEqual(mark) { return index }
    }
    return nil
  }
}
