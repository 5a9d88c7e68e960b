internal import Text

// The file, its declarations, and what is common to all of them.
extension Parser {
  mutating func parseFile() -> [Declaration] {
    var declarations: [Declaration] = []
    var documentation = DocumentationReader(tokens: tokens, file: file)
    var progress = LoopProgress()
    while !atEnd, progress.advances(position) {
      declarationColumn = current.column
      let comments = documentation.comments(before: current.range.lower)
      let start = position
      let node = outline.open(.declaration(.shadow), at: position)
      do {
        let declaration = try declaration(documentation: comments)
        outline.close(node, at: position)
        declarations.append(declaration)
      } catch {
        outline.drop(from: node)
        if position == start { advance() }
        skip()
        noteLost(from: start)
      }
      documentation.pass(range(from: start), itemStarts: itemStarts)
      itemStarts.removeAll(keepingCapacity: true)
    }
    documentation.finish()
    diagnostics += documentation.diagnostics
    return declarations
  }

  /// Notes what the declaration that starts at a token and was given up would have declared: the name behind its word.
  private mutating func noteLost(from start: Int) {
    let words = lexemes[start..<position]
    let head = words.firstIndex { $0.keyword.map(Keyword.declarations.contains) ?? false } ?? start
    if lexemes[head].keyword == .use { lost = .any }
    var name = ""
    for part in lexemes[(head + 1)...] {
      guard part.kind == .word || part.punctuation == .dot, name.isEmpty || part.isGlued else { break }
      name += text(of: part)
    }
    if !name.isEmpty { lost.insert(name) }
  }

  private mutating func declaration(documentation: [String]) throws(Broken) -> Declaration {
    let start = position
    let node = outline.nodes.count - 1
    var annotations: [Annotation] = []
    while at(.annotation) { annotations.append(try annotation()) }
    let headNode = outline.open(.head, at: position)
    let shadow = accept(.shadow)
    let keyword = try declarationKeyword()
    let keywordRange = lexemes[position - 1].range
    outline.become(.declaration(keyword), node)
    if let shadow { checkShadow(shadow, keyword) }
    if let first = annotations.first { checkAnnotations(first, keyword) }
    self.headNode = headNode
    let kind = try declaration(keyword)
    endHead()
    return Declaration(
      documentation: documentation, annotations: annotations, shadow: shadow, keyword: keywordRange, kind: kind, range: range(from: start))
  }

  /// Ends the outline's head where the first clause or body starts, or the declaration ends.
  mutating func endHead() {
    guard let node = headNode else { return }
    outline.close(node, at: position)
    headNode = nil
  }

  private mutating func annotation() throws(Broken) -> Annotation {
    let start = position
    return try grouped(.annotation) { parser throws(Broken) in
      try parser.expect(.annotation)
      guard parser.current.isGlued else { throw parser.unexpected("an annotation's name right behind the `@`") }
      let name = try parser.identifier("an annotation's name")
      var arguments: [Literal] = []
      if let open = parser.accept(.leftParenthesis) {
        arguments = try parser.list { parser throws(Broken) in try parser.literal("a value") }
        guard parser.accept(.rightParenthesis) != nil else { throw parser.unclosed(open, "(", ")") }
      }
      return Annotation(name: name, arguments: arguments, range: parser.range(from: start))
    }
  }

  /// The word that says what is declared. A misspelt one is reported and read as what it was meant to be.
  private mutating func declarationKeyword() throws(Broken) -> Keyword {
    if let keyword = current.keyword, Keyword.declarations.contains(keyword) {
      advance()
      return keyword
    }
    guard current.kind == .word else {
      throw unexpected("a declaration", help: "a declaration starts with a word such as `grant` or `deny`")
    }
    let written = text(of: current)
    if let foreign = Self.foreignDeclarations[written] {
      report(.unknownDeclaration, "`\(written)` declares nothing", current.range, "no declaration", help: foreign)
      throw Broken()
    }
    let meant = nearest(to: written, among: Keyword.declarations.map(\.rawValue)).flatMap { Keyword.byText[$0] }
    guard let meant else {
      report(
        .unknownDeclaration, "`\(written)` declares nothing", current.range, "no declaration",
        help: "declarations are \(Keyword.declarations.map(\.rawValue).joined(separator: ", "))")
      throw Broken()
    }
    report(
      .unknownDeclaration, "`\(written)` declares nothing", current.range, "no declaration", help: "did you mean `\(meant.rawValue)`?",
      fixes: [.init(title: "write `\(meant.rawValue)`", edits: [.init(current.range, meant.rawValue)])])
    advance()
    return meant
  }

  private static let foreignDeclarations = [
    "allow": "only `grant` lets a call through: `grant NAME SCOPE to AGENT`",
    "permit": "only `grant` lets a call through: `grant NAME SCOPE to AGENT`",
    "forbid": "did you mean `deny`?", "block": "did you mean `deny`?", "reject": "did you mean `deny`?", "import": "did you mean `use`?",
    "include": "did you mean `use`?", "rule": "rules start with what they do: `grant`, `deny` or `ask`", "require": "did you mean `ask`?",
    "role": "did you mean `scope` (what may be done) or `agent` (who does it)?", "user": "did you mean `agent`?",
    "package": "did you mean `policy`?",
  ]

  private mutating func checkShadow(_ shadow: SourceRange, _ keyword: Keyword) {
    switch keyword {
    case .deny, .ask, .limit, .filter: return
    default:
      report(
        .misplacedModifier, "`shadow` cannot stand before `\(keyword.rawValue)`", shadow, "remove this",
        help: keyword == .grant
          ? "a grant that is only watched would let nothing through; shadow the rule that narrows"
          : "deny, ask, limit and filter can be shadowed")
    }
  }

  private mutating func checkAnnotations(_ first: Annotation, _ keyword: Keyword) {
    switch keyword {
    case .edition, .policy, .use:
      report(
        .misplacedModifier, "`\(keyword.rawValue)` has no annotations", first.range, "remove this",
        help: "annotations belong to a declaration")
    default: return
    }
  }

  private mutating func declaration(_ keyword: Keyword) throws(Broken) -> Declaration.Kind {
    switch keyword {
    case .edition: .edition(EditionSyntax(number: try number("the edition's number")))
    case .policy: .policy(try policy())
    case .use: .use(try use())
    case .server: .server(try server())
    case .scope: .scope(try scope())
    case .agent: .agent(try agent())
    case .grant: .grant(try grant())
    case .deny: .deny(try deny())
    case .ask: .ask(try ask())
    case .refine: .refine(try refine())
    case .set: .set(try set())
    case .cost: .cost(try cost())
    case .limit: .limit(try limit())
    case .label: .label(try label())
    case .mark: .mark(try mark())
    case .clear: .clear(try mark())
    case .session: .session(try session())
    case .patterns: .patterns(try patterns())
    case .filter: .filter(try filter())
    case .test: .test(try test())
    case .table: .table(try table())
    case .prove: .prove(try prove())
    default: throw Broken()
    }
  }

  // MARK: clauses

  /// Reads clauses in any order, each at most once unless `repeatable` says otherwise, until something else starts.
  ///
  /// The words' order is the order the formatter gives them, unless `ranks` says otherwise.
  mutating func clauses(
    of subject: String, _ words: [Keyword], repeatable: [Keyword] = [], ranks: [Keyword: Int] = [:],
    _ read: (inout Self, Keyword) throws(Broken) -> Void
  ) throws(Broken) {
    endHead()
    var seen: [Keyword: SourceRange] = [:]
    var broken = false
    var progress = LoopProgress()
    while progress.advances(position) {
      guard let keyword = clauseWord(of: subject, words, broken: &broken) else { break }
      let place = current.range
      if let first = seen[keyword], !repeatable.contains(keyword) {
        report(
          .duplicateClause, "a second `\(keyword.rawValue)`", place, "remove one of them", also: [.init(first, "the first is here")],
          help: keyword == .when
            ? "join two conditions with `and`" : keyword == .on || keyword == .opens ? "separate the tools with commas" : nil)
      }
      seen[keyword] = seen[keyword] ?? place
      let node = outline.open(.clause(rank: ranks[keyword] ?? (words.firstIndex(of: keyword) ?? 0) + 1), at: position)
      do {
        advance()
        try read(&self, keyword)
        outline.close(node, at: position)
      } catch {
        outline.drop(from: node)
        broken = true
        skip(to: words)
      }
    }
    // What was broken has been reported; a clause that is missing only because of that is no second mistake.
    if broken { throw Broken() }
  }

  /// The clause that starts here; a misspelt one is reported and counts as what was meant. Nil where the declaration ends.
  private mutating func clauseWord(of subject: String, _ words: [Keyword], broken: inout Bool) -> Keyword? {
    if let keyword = current.keyword, words.contains(keyword) { return keyword }
    if atEnd || startsDeclaration && (current.startsLine || at(.annotation)) || (at(.rightBrace) && current.startsLine) { return nil }
    guard current.kind == .word else {
      _ = unexpected("a clause of \(subject) or the next declaration", help: clauseHelp(words))
      broken = true
      skip(to: words)
      return clauseWordAfterSkip(words)
    }
    let written = text(of: current)
    let atMargin = current.startsLine && current.column <= declarationColumn
    let candidates = (atMargin ? Keyword.declarations : words).map(\.rawValue)
    let meant = nearest(to: written, among: candidates).flatMap { Keyword.byText[$0] }
    if atMargin, meant != nil || !words.contains(where: { nearest(to: written, among: CollectionOfOne($0.rawValue)) != nil }) { return nil }
    if let meant, !atMargin {
      misspelt(current, as: meant.rawValue)
      return meant
    }
    report(.unknownWord, "`\(written)` is no clause of \(subject)", current.range, "unexpected word", help: clauseHelp(words))
    broken = true
    skip(to: words)
    return clauseWordAfterSkip(words)
  }

  private func clauseWordAfterSkip(_ words: [Keyword]) -> Keyword? { current.keyword.flatMap { words.contains($0) ? $0 : nil } }

  private func clauseHelp(_ words: [Keyword]) -> String {
    words.count == 1
      ? "the only clause is `\(words[0].rawValue)`" : "its clauses are " + words.map { "`\($0.rawValue)`" }.joined(separator: ", ")
  }

  /// Reports a clause that must not be missing, behind the declaration.
  mutating func missing(_ clause: String, of subject: String, help: String) -> Broken {
    let place = position > 0 ? end(of: lexemes[position - 1]) : current.range
    report(.missingClause, "\(subject) has no \(clause)", place, "\(clause) is missing here", help: help)
    return Broken()
  }

  // MARK: bodies

  /// What the items of a body are, which tells where one can start.
  enum Items { case fields, patterns, steps, rows }

  private func starts(_ items: Items) -> Bool {
    switch items {
    case .fields: startsField
    case .patterns: current.kind == .word && next.punctuation == .colon
    case .steps: current.keyword.map { Self.stepWords.contains($0) } ?? false
    case .rows: true
    }
  }

  /// Reads items between braces until the closing one. A broken item is passed over to where the next one starts.
  mutating func body(
    of items: Items, _ read: (inout Self) throws(Broken) -> Void
  ) throws(Broken) {
    endHead()
    let node = outline.open(.body, at: position)
    let open = try expect(.leftBrace)
    var broken = false
    var progress = LoopProgress()
    while !at(.rightBrace), progress.advances(position) {
      if startsNextDeclaration {
        throw unclosed(open, "{", "}")
      }
      let item = outline.open(.item, at: position)
      itemStarts.append(current.range.lower)
      let start = position
      do {
        try read(&self)
        outline.close(item, at: position)
        refuseSeparator()
      } catch {
        outline.drop(from: item)
        broken = true
        if position == start, !at(.rightBrace) { advance() }
        skipItem(items)
      }
    }
    guard accept(.rightBrace) != nil else { throw unclosed(open, "{", "}") }
    outline.close(node, at: position)
    if broken { throw Broken() }
  }

  /// A comma between items that are separated by nothing.
  private mutating func refuseSeparator() {
    guard at(.comma) else { return }
    report(
      .foreignSyntax, "no comma stands between lines", current.range, "remove it",
      fixes: [.init(title: "remove the comma", edits: [.init(current.range, "")])])
    advance()
  }

  private mutating func skipItem(_ items: Items) {
    var open = 0
    var progress = LoopProgress()
    while !startsNextDeclaration, progress.advances(position) {
      if at(.leftBrace) { open += 1 }
      if at(.rightBrace) {
        if open == 0 { return }
        open -= 1
      }
      if open == 0, current.startsLine, starts(items) { return }
      advance()
    }
  }
}
