import Testing

@Suite struct HouseRuleTests {
  @Test func filesAreReadInOneSitting() {
    for file in SourceTree.files {
      #expect(file.lines.count <= 600, "\(file.path) has \(file.lines.count) lines; more than one subject?")
    }
  }

  @Test func functionsAreShort() {
    for file in SourceTree.sources {
      for function in functions(of: file) {
        #expect(function.length <= 70, "\(file.path):\(function.line) \(function.name) has \(function.length) lines")
      }
    }
  }

  @Test func nothingIsLeftForLater() {
    let marks = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]
    for file in SourceTree.files {
      for (number, line) in file.lines.enumerated() {
        for mark in marks where line.contains(mark) { Issue.record("\(file.path):\(number + 1) says \(mark)") }
      }
    }
  }

  /// Only the tool talks to people; a library that prints would write into a protocol stream.
  @Test func onlyTheToolPrints() {
    for file in SourceTree.sources where file.target != "Tool" {
      for (number, line) in file.lines.enumerated() where line.contains("print(") {
        let words = code(of: line).split(whereSeparator: { !$0.isLetter && !$0.isNumber && $0 != "_" && $0 != "(" })
        #expect(!words.contains { $0.hasPrefix("print(") }, "\(file.path):\(number + 1) prints")
      }
    }
  }

  /// `unsafe` is where a reviewer looks twice, so it may be in few places.
  @Test func unsafeCodeIsInWrappers() {
    let wrappers: Set<String> = [
      "Patterns", "Digests", "Signatures", "JSON", "StateStore", "Audit", "Gateway", "Fetching", "Authentication", "RedisStore", "Gzip",
      "Recording", "Replaying", "TLS",
    ]
    for file in SourceTree.sources where !wrappers.contains(file.target) {
      for (number, line) in file.lines.enumerated() where line.contains("unsafe") {
        let words = code(of: line).split(whereSeparator: { !$0.isLetter && $0 != "_" })
        #expect(!words.contains("unsafe"), "\(file.path):\(number + 1) is unsafe")
      }
    }
  }

  /// Swift holds canonically equivalent strings equal; peers do not, so a map of decisions keyed by `String` would join rules or names.
  @Test func decisionsAreKeyedByExactTexts() {
    let deciding: Set<String> = ["Compilation", "Bytecode", "Decision", "Enforcement"]
    // Names that a message may repeat; nothing is decided by them.
    let harmless: Set<String> = ["Sources/Enforcement/OutputSchema.swift"]
    for file in SourceTree.sources where deciding.contains(file.target) && !harmless.contains(file.path) {
      for (number, line) in file.lines.enumerated() {
        let words = code(of: line)
        for key in ["[String:", "[[String]:", "Set<String>", "Dictionary<String"] where words.contains(key) {
          Issue.record("\(file.path):\(number + 1) keys by \(key); use ExactText")
        }
      }
    }
  }

  @Test func nobodyOverrulesTheCompiler() {
    for file in SourceTree.sources where file.target != "Patterns" {
      for (number, line) in file.lines.enumerated() {
        for word in ["@unchecked", "nonisolated(unsafe)", "try!", "as!"] where line.contains(word) && code(of: line).contains(word) {
          Issue.record("\(file.path):\(number + 1) says \(word)")
        }
      }
    }
  }

  /// The synchronous core never waits: a decision is a function of its arguments.
  @Test func theCoreIsSynchronous() {
    let core: Set<String> = [
      "Text", "JSON", "Syntax", "Formatting", "Semantics", "RegularExpressions", "Patterns", "Digests", "Bytecode", "Compilation",
      "Decision", "Schemas", "Filters", "Quotas", "Approvals", "Signatures", "Credentials", "Messages", "Enforcement",
    ]
    for file in SourceTree.sources where core.contains(file.target) {
      for (number, line) in file.lines.enumerated() where line.contains("async") || line.contains("await") {
        let words = code(of: line).split(whereSeparator: { !$0.isLetter })
        #expect(!words.contains("async") && !words.contains("await"), "\(file.path):\(number + 1) waits")
      }
    }
  }
}

private struct FunctionLength {
  let name: String
  let line: Int
  let length: Int
}

/// Functions and initialisers by their braces, which `swift format` puts where this can find them: a body opens at the end of a line and
/// closes alone on one, indented as its first line.
private func functions(of file: SourceTree.File) -> [FunctionLength] {
  var found: [FunctionLength] = []
  for (index, line) in file.lines.enumerated() where line.contains("func ") || line.contains("init") {
    let text = code(of: line)
    let words = text.split(whereSeparator: { !$0.isLetter && !$0.isNumber && $0 != "_" && $0 != "`" })
    let declares = words.contains("func") || (words.contains("init") && text.contains("init(") && !text.contains(".init("))
    guard declares, !line.hasSuffix("}") else { continue }
    let indent = line.prefix { $0 == " " }
    guard let end = file.lines[(index + 1)...].firstIndex(where: { $0 == indent + "}" }) else { continue }
    let opensHere = file.lines[index..<end].contains { $0.hasSuffix("{") && $0.prefix { $0 == " " } == indent }
    guard opensHere else { continue }
    found.append(FunctionLength(name: text.trimmingPrefix { $0 == " " }.description, line: index + 1, length: end - index))
  }
  return found
}
