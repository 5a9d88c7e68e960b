package import Text

/// Reads a policy: never throws, never loops, and returns what it understood along with everything that is wrong.
package func parse(_ file: SourceFile, limits: ParserLimits = .standard) -> Diagnosed<SyntaxTree> {
  var lexer = Lexer(file, limits: limits)
  lexer.run()
  var parser = Parser(file, tokens: lexer.tokens, limits: limits)
  // A file that is too large or in another encoding is not read at all: whatever else could be said of it would be noise.
  let refused = lexer.diagnostics.first { $0.code == .invalidUTF8 || ($0.code == .limitExceeded && $0.primary.range.upper == 0) }
  if let refused { return Diagnosed(SyntaxTree(file: file, tokens: lexer.tokens, declarations: [], lost: .any), [refused]) }
  let declarations = parser.parseFile()
  let tree = SyntaxTree(file: file, tokens: lexer.tokens, declarations: declarations, outline: parser.outline, lost: parser.lost)
  // A token that is wrong in itself is one mistake, however it also misfits where it stands.
  let wrong = lexer.diagnostics.map(\.primary.range)
  let misfits = parser.diagnostics.filter { diagnostic in
    !(diagnostic.code == .unexpectedToken || diagnostic.code == .wrongLiteral) || !contains(wrong, diagnostic.primary.range)
  }
  return Diagnosed(tree, capped(lexer.diagnostics + misfits, limits: limits))
}

/// Whether one of the ranges, which are in order, overlaps a range that is not empty.
private func contains(_ ordered: [SourceRange], _ range: SourceRange) -> Bool {
  var low = 0
  var high = ordered.count
  while low < high {
    let middle = (low + high) / 2
    if ordered[middle].upper <= range.lower { low = middle + 1 } else { high = middle }
  }
  return low < ordered.count && ordered[low].lower < range.upper
}

/// In order of place, and not more than a person would read.
private func capped(_ diagnostics: [Diagnostic], limits: ParserLimits) -> [Diagnostic] {
  let ordered = diagnostics.enumerated().sorted { ($0.element.primary.range, $0.offset) < ($1.element.primary.range, $1.offset) }.map(
    \.element)
  guard ordered.count > limits.diagnostics else { return ordered }
  let last = ordered[limits.diagnostics].primary.range
  let note = Diagnostic(
    .tooManyErrors, "\(ordered.count - limits.diagnostics) more problems are not shown", at: .init(last, "the next one is here"),
    help: "mend some of those above first; one mistake can cause many")
  return ordered.prefix(limits.diagnostics) + [note]
}

/// Thrown inside the parser where a part cannot be made sense of. Whoever throws has reported it; whoever catches goes on at the next
/// place that is sure, so that one mistake is reported once.
struct Broken: Error {}

/// Recursive descent with one token of look-ahead. The grammar is `grammar/sally.ebnf`; each function reads one rule of it.
struct Parser {
  let file: SourceFile
  let limits: ParserLimits
  let tokens: [Token]
  let lexemes: [Lexeme]
  var position = 0
  var diagnostics: [Diagnostic] = []
  var outline = Outline()
  var lost = LostNames.none
  /// Where the items of the current declaration's bodies start, in order: documentation may stand before them.
  var itemStarts: [UInt32] = []
  /// The outline node of the declaration's head while it is open.
  var headNode: Int?
  private var depth = 0
  /// Column and place of the declaration being read: recovery looks for one that starts no further to the right.
  var declarationColumn: UInt32 = 0
  /// Whether a row of a table is being read.
  var isInRow = false

  init(_ file: SourceFile, tokens: [Token], limits: ParserLimits) {
    self.file = file
    self.limits = limits
    self.tokens = tokens
    lexemes = Syntax.lexemes(of: tokens, in: file)
  }

  // MARK: the current token

  var current: Lexeme { lexemes[position] }
  var next: Lexeme { lexemes[min(position + 1, lexemes.count - 1)] }
  var previous: Lexeme? { position > 0 ? lexemes[position - 1] : nil }
  var atEnd: Bool { current.kind == .end }

  func at(_ keyword: Keyword) -> Bool { current.keyword == keyword }
  func at(_ mark: Punctuation) -> Bool { current.punctuation == mark }

  func text(of lexeme: Lexeme) -> String { file.text(in: lexeme.range) }

  mutating func advance() {
    if position + 1 < lexemes.count { position += 1 }
  }

  mutating func accept(_ keyword: Keyword) -> SourceRange? {
    guard at(keyword) else { return nil }
    defer { advance() }
    return current.range
  }

  mutating func accept(_ mark: Punctuation) -> SourceRange? {
    guard at(mark) else { return nil }
    defer { advance() }
    return current.range
  }

  @discardableResult
  mutating func expect(_ keyword: Keyword, _ what: String? = nil, help: String? = nil) throws(Broken) -> SourceRange {
    if let range = accept(keyword) { return range }
    if current.kind == .word, current.keyword?.startsDeclaration != true || !current.startsLine,
      nearest(to: text(of: current), among: CollectionOfOne(keyword.rawValue)) != nil
    {
      misspelt(current, as: keyword.rawValue)
      defer { advance() }
      return current.range
    }
    throw unexpected(what ?? "`\(keyword.rawValue)`", help: help)
  }

  @discardableResult
  mutating func expect(_ mark: Punctuation, _ what: String? = nil, help: String? = nil) throws(Broken) -> SourceRange {
    guard let range = accept(mark) else { throw unexpected(what ?? "`\(mark.rawValue)`", help: help) }
    return range
  }

  /// The range from a token to the last one taken.
  func range(from start: Int) -> SourceRange {
    let last = max(position - 1, start)
    return lexemes[start].range.union(lexemes[last].range)
  }

  // MARK: the outline

  /// Reads a part and notes where it stood. A part that is broken leaves no trace in the outline.
  mutating func grouped<Value>(
    _ kind: Outline.Kind, _ read: (inout Self) throws(Broken) -> Value
  ) throws(Broken) -> Value {
    let node = outline.open(kind, at: position)
    do {
      let value = try read(&self)
      outline.close(node, at: position)
      return value
    } catch {
      outline.drop(from: node)
      throw error
    }
  }

  mutating func stop() { outline.close(outline.open(.stop, at: position), at: position) }

  // MARK: nesting

  /// Reads something that may contain its own kind.
  mutating func nested<Value>(_ read: (inout Self) throws(Broken) -> Value) throws(Broken) -> Value {
    guard depth < limits.nesting else {
      report(
        .nestedTooDeeply, "nested more than \(limits.nesting) levels deep", current.range, "this level is too deep",
        help: "name parts of a long condition by splitting the rule")
      throw Broken()
    }
    depth += 1
    defer { depth -= 1 }
    return try read(&self)
  }

  // MARK: lists

  /// One or more, separated by commas.
  mutating func list<Element>(_ read: (inout Self) throws(Broken) -> Element) throws(Broken) -> [Element] {
    var elements = [try read(&self)]
    while let comma = accept(.comma) {
      try refuseTrailing(comma)
      elements.append(try read(&self))
    }
    return elements
  }

  private mutating func refuseTrailing(_ comma: SourceRange) throws(Broken) {
    // `label` may be the next action of a filter, wherever its line starts.
    let ends = at(.rightBrace) || at(.rightBracket) || at(.rightParenthesis) || startsNextDeclaration && !at(.label)
    guard ends else { return }
    report(
      .unexpectedToken, "nothing follows the comma", comma, "remove it, or write what follows",
      fixes: [.init(title: "remove the comma", edits: [.init(comma, "")])])
    throw Broken()
  }
}
