internal import Text

// Reporting, and finding the way back to something sure.
extension Parser {
  mutating func report(
    _ code: Diagnostic.Code, _ message: String, _ place: SourceRange, _ label: String, also: [Diagnostic.Label] = [], help: String? = nil,
    fixes: [Diagnostic.Fix] = []
  ) {
    diagnostics.append(Diagnostic(code, message, at: .init(place, label), also: also, help: help, fixes: fixes))
  }

  /// Reports that something else stands where `what` should. Says nothing when the lexer has already reported what stands there.
  mutating func unexpected(_ what: String, help: String? = nil) -> Broken {
    guard current.kind != .unknown else { return Broken() }
    let missing = isMissing
    let place = missing ? end(of: lexemes[position - 1]) : current.range
    let message = "expected \(what), found \(described(current))"
    report(.unexpectedToken, message, place, missing ? "missing here" : "expected \(what)", help: help)
    return Broken()
  }

  /// Whether what was expected is missing at the end of the line before, rather than replaced by what stands here.
  var isMissing: Bool { position > 0 && (atEnd || current.startsLine && (current.keyword != nil || at(.rightBrace) || startsField)) }

  /// The empty range behind a token.
  func end(of lexeme: Lexeme) -> SourceRange {
    SourceRange(file: file.id, lower: lexeme.range.upper, upper: lexeme.range.upper)
  }

  func described(_ lexeme: Lexeme) -> String {
    let text = text(of: lexeme)
    return switch lexeme.kind {
    case .end: "the end of the file"
    case .string: text.utf8.count <= 40 ? "the string `\(text)`" : "a string"
    case .regex: text.utf8.count <= 40 ? "the pattern `\(text)`" : "a pattern"
    case .unknown: "something unknown"
    default: "`\(text)`"
    }
  }

  mutating func misspelt(_ lexeme: Lexeme, as word: String) {
    report(
      .unknownWord, "`\(text(of: lexeme))` means nothing here", lexeme.range, "unknown word", help: "did you mean `\(word)`?",
      fixes: [.init(title: "write `\(word)`", edits: [.init(lexeme.range, word)])])
  }

  /// Whether a declaration starts here, as far as one token and its place tell.
  var startsDeclaration: Bool {
    if at(.annotation) { return true }
    guard let keyword = current.keyword, keyword.startsDeclaration else { return false }
    return next.punctuation != .colon && next.punctuation != .dot
  }

  /// Whether this is surely the next declaration: its word, first on a line that is indented no further than the one being read.
  var startsNextDeclaration: Bool {
    atEnd || (current.startsLine && current.column <= declarationColumn && startsDeclaration)
  }

  /// Goes to the next declaration, or to one of these words at the start of a line.
  mutating func skip(to words: [Keyword] = []) {
    var progress = LoopProgress()
    while !startsNextDeclaration, progress.advances(position) {
      if let keyword = current.keyword, words.contains(keyword), current.startsLine || keyword == .when || keyword == .because { return }
      advance()
    }
  }

  /// Goes to the brace that ends the block being read.
  mutating func skipToBlockEnd() {
    var open = 0
    var progress = LoopProgress()
    while !startsNextDeclaration, progress.advances(position) {
      if at(.leftBrace) { open += 1 }
      if at(.rightBrace) {
        if open == 0 { return }
        open -= 1
      }
      advance()
    }
  }
}

/// Guards a loop that should move forward each time round: traps in debug builds, ends the loop in release builds.
struct LoopProgress {
  private var last: Int?

  init() {}

  mutating func advances(_ position: Int) -> Bool {
    guard position != last else {
      assertionFailure("the parser does not move")
      return false
    }
    last = position
    return true
  }
}
