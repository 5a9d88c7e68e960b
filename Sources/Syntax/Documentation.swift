internal import Text

/// Finds the `///` lines of declarations and those that document nothing.
struct DocumentationReader {
  private let tokens: [Token]
  private let file: SourceFile
  private var index = 0
  private var significant = 0
  private(set) var diagnostics: [Diagnostic] = []

  init(tokens: [Token], file: SourceFile) {
    self.tokens = tokens
    self.file = file
  }

  /// The documentation that ends right before a declaration at this offset.
  mutating func comments(before offset: UInt32) -> [String] {
    var lines: [String] = []
    while index < tokens.count, tokens[index].range.lower < offset {
      defer { index += 1 }
      guard tokens[index].kind == .documentation else { continue }
      if !startsLine(index) { refuse(tokens[index].range) } else { lines.append(text(tokens[index])) }
    }
    return lines
  }

  /// Passes over a declaration. Inside one, documentation may stand on lines of its own before the items of a body, nowhere else.
  mutating func pass(_ range: SourceRange, itemStarts: [UInt32]) {
    var starts = itemStarts[...]
    while index < tokens.count, tokens[index].range.lower < range.upper {
      defer { index += 1 }
      guard tokens[index].kind == .documentation else { continue }
      while let start = starts.first, start < tokens[index].range.lower { starts.removeFirst() }
      if !startsLine(index) || nextSignificant() != starts.first { refuse(tokens[index].range) }
    }
  }

  /// The offset of the first token behind the current one that is no comment. Remembered, or a long comment would be searched once a line.
  private mutating func nextSignificant() -> UInt32? {
    significant = max(significant, index)
    while significant < tokens.count, tokens[significant].kind.isTrivia { significant += 1 }
    return significant < tokens.count ? tokens[significant].range.lower : nil
  }

  /// Whatever is left stands before no declaration.
  mutating func finish() {
    for token in tokens[index...] where token.kind == .documentation { refuse(token.range) }
  }

  private mutating func refuse(_ range: SourceRange) {
    diagnostics.append(
      Diagnostic(
        .misplacedDocumentation, "this `///` comment documents nothing", at: .init(range, "no declaration follows"),
        help: "documentation stands on lines of its own right before a declaration; other comments start with `//`"))
  }

  private func startsLine(_ index: Int) -> Bool {
    guard index > 0 else { return true }
    let before = tokens[index - 1]
    return before.kind == .whitespace && file.bytes[Int(before.range.lower)..<Int(before.range.upper)].contains(UInt8(ascii: "\n"))
      || (before.kind == .whitespace && index == 1)
  }

  private func text(_ token: Token) -> String {
    let text = file.text(in: token.range).dropFirst(3)
    return String(text.first == " " ? text.dropFirst() : text)
  }
}
