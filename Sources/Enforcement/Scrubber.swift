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
    if isSQL(bytes) { return .withheld(reason: "it contained a database statement") }
    let cleaned = withoutPaths(bytes)
    return cleaned == bytes ? .clean : .paths(cleaned: String(decoding: cleaned, as: UTF8.self))
  }

  private static let traceMarks = [
    "Traceback (most recent call last)", "\n    at ", "\n\tat ", "\n  at ", "stack backtrace:", "Stack trace:", "goroutine ", "panic: ",
    "Fatal error: ", "Caused by: ", "\n  File \"", "  File \"", "SIGSEGV", "core::panicking", ".java:", ".py\", line ",
    "Exception in thread",
  ].map { Array($0.utf8) }

  private static func isStackTrace(_ bytes: [UInt8]) -> Bool { traceMarks.contains { contains(bytes, $0) } }

  /// A verb and the word that only a statement has after it, whatever their case.
  private static let statements: [(verb: [UInt8], word: [UInt8])] = [
    ("select ", " from "), ("insert into ", " values"), ("insert into ", " select "), ("update ", " set "), ("delete from ", ""),
    ("create table ", ""), ("alter table ", ""), ("drop table ", ""), ("merge into ", " using "), ("[sql:", ""),
  ].map { (Array($0.0.utf8), Array($0.1.utf8)) }

  private static func isSQL(_ bytes: [UInt8]) -> Bool {
    var folded: [UInt8] = []
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): folded.append(byte + 32)
      case 0x09, 0x0A, 0x0D, 0x20: if folded.last != 0x20 { folded.append(0x20) }
      default: folded.append(byte)
      }
    }
    return statements.contains { statement in
      guard let start = find(statement.verb, in: folded, from: 0) else { return false }
      return statement.word.isEmpty || find(statement.word, in: folded, from: start + statement.verb.count - 1) != nil
    }
  }

  private static let replacement = Array("[path withheld]".utf8)

  private static func withoutPaths(_ bytes: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if index == 0 || isBoundary(bytes[index - 1]), let end = endOfPath(bytes, index) {
        output += replacement
        index = end
      } else if bytes[index...].starts(with: "://".utf8) {
        // The path of a URL is the caller's business, or public: the whole URL passes.
        while index < bytes.count, !isEnd(bytes[index]) {
          output.append(bytes[index])
          index += 1
        }
      } else {
        output.append(bytes[index])
        index += 1
      }
    }
    return output
  }

  /// Behind an absolute path of at least two names (`/etc/passwd`, `~/.ssh/id`, `C:\Users\x`, `\\host\share`), or nil.
  private static func endOfPath(_ bytes: [UInt8], _ start: Int) -> Int? {
    var index = start
    let slash = UInt8(ascii: "/")
    let backslash = UInt8(ascii: "\\")
    let separators: Int
    if bytes[start] == slash {
      separators = 2
    } else if bytes[start] == UInt8(ascii: "~"), start + 1 < bytes.count, bytes[start + 1] == slash {
      separators = 1
    } else if start + 2 < bytes.count, bytes[start + 1] == UInt8(ascii: ":"), bytes[start + 2] == backslash || bytes[start + 2] == slash {
      separators = 1
    } else if bytes[start] == backslash, start + 1 < bytes.count, bytes[start + 1] == backslash {
      separators = 3
    } else {
      return nil
    }
    var seen = 0
    while index < bytes.count, !isEnd(bytes[index]) {
      if bytes[index] == slash || bytes[index] == backslash { seen += 1 }
      index += 1
    }
    return seen >= separators ? index : nil
  }

  private static func isBoundary(_ byte: UInt8) -> Bool { isEnd(byte) || "=:([{<,;|@".utf8.contains(byte) }

  private static func isEnd(_ byte: UInt8) -> Bool { byte <= 0x20 || "\"'`)]}>,;|".utf8.contains(byte) }

  private static func contains(_ bytes: [UInt8], _ mark: [UInt8]) -> Bool { find(mark, in: bytes, from: 0) != nil }

  private static func find(_ mark: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    guard let first = mark.first, bytes.count >= mark.count, start <= bytes.count - mark.count else { return nil }
    for index in start...bytes.count - mark.count where bytes[index] == first {
      if bytes[index..<index + mark.count].elementsEqual(mark) { return index }
    }
    return nil
  }
}
