internal import Text

// Names, targets and literals.
extension Parser {
  mutating func identifier(_ what: String) throws(Broken) -> Identifier {
    guard current.kind == .word, !(current.startsLine && startsNextDeclaration) else {
      let quoted = current.kind == .string
      throw unexpected(what, help: quoted ? "a name stands without quotes" : nil)
    }
    defer { advance() }
    return Identifier(text(of: current), current.range)
  }

  /// The name of something a declaration declares.
  mutating func declaredName(_ what: String, reserved: [Keyword] = []) throws(Broken) -> Identifier {
    if let keyword = current.keyword, Self.clauseStarts.contains(keyword), !next.startsLine, next.kind == .word, next.keyword == nil {
      throw unexpected(what)
    }
    let name = try identifier(what)
    if let word = reserved.first(where: { $0.rawValue == name.text }) {
      report(.reservedName, "`\(word.rawValue)` cannot be \(what)", name.range, "the language uses this word for itself")
    }
    return name
  }

  /// Words that a forgotten name would leave standing in its place.
  private static let clauseStarts: [Keyword] = [.on, .when, .from, .because, .until, .to]

  /// `repo.read`: words joined by dots.
  mutating func dottedName(_ what: String) throws(Broken) -> DottedName {
    try grouped(.glued) { parser throws(Broken) in
      var parts = [try parser.identifier(what)]
      while try parser.gluedDot() { parts.append(try parser.identifier("a name after the dot")) }
      return DottedName(parts)
    }
  }

  /// Takes a dot between two parts of a name. Space around it is an error of its own: it is easily overlooked.
  mutating func gluedDot() throws(Broken) -> Bool {
    guard at(.dot) else { return false }
    if next.startsLine, next.column <= declarationColumn, next.keyword?.startsDeclaration == true {
      advance()
      throw unexpected("a name after the dot")
    }
    let spaced = !current.isGlued ? current : next.kind != .end && !next.isGlued ? next : nil
    if let spaced {
      report(.unexpectedToken, "a name has no space around its dots", spaced.range, "remove the space before this")
      throw Broken()
    }
    advance()
    return true
  }

  // MARK: targets

  /// Tools, resources and prompts, separated by commas.
  mutating func targets() throws(Broken) -> [Target] { try list { parser throws(Broken) in try parser.target() } }

  mutating func target() throws(Broken) -> Target {
    let start = position
    if at(.resource), !next.isGlued {
      advance()
      let server = try serverGlob()
      guard current.kind == .string else {
        throw unexpected("a resource's address in quotes", help: "`resource docs \"file:///handbook/**\"`")
      }
      let uri = try string("a resource's address in quotes")
      return Target(.resource(server: server, uri: uri), range(from: start))
    }
    if at(.prompt), !next.isGlued {
      advance()
      let (server, name) = try qualifiedGlob("a prompt")
      return Target(.prompt(server: server, name: name), range(from: start))
    }
    if at(.any), next.keyword == .of, !next.isGlued {
      advance()
      advance()
      return Target(.scope(try dottedName("a scope's name")), range(from: start))
    }
    let (server, name) = try qualifiedGlob("a tool")
    return Target(.tool(server: server, name: name), range(from: start))
  }

  private mutating func serverGlob() throws(Broken) -> Identifier {
    try grouped(.glued) { parser throws(Broken) in try parser.glob("a server's name") }
  }

  /// `server.name`, both possibly globs. The name may have dots of its own, or stand in quotes.
  private mutating func qualifiedGlob(_ what: String) throws(Broken) -> (Identifier, Identifier) {
    try grouped(.glued) { parser throws(Broken) in
      let server = try parser.glob("\(what) (`server.name`)")
      guard try parser.gluedDot() else {
        parser.report(
          .unexpectedToken, "`\(server.text)` names no \(what == "a tool" ? "tool" : "prompt")", server.range, "expected `server.name`",
          help: "write the server first: `github.\(server.text)`; `\(server.text).*` is every one of a server")
        throw Broken()
      }
      if parser.current.kind == .string {
        let quoted = try parser.string("a name")
        return (server, Identifier(quoted.value, quoted.range))
      }
      var name = try parser.glob("a name after the dot")
      while try parser.gluedDot() {
        let rest = try parser.glob("a name after the dot")
        name = Identifier(name.text + "." + rest.text, name.range.union(rest.range))
      }
      return (server, name)
    }
  }

  /// Words and stars without space between them: `get_*`, `*-issue`.
  private mutating func glob(_ what: String) throws(Broken) -> Identifier {
    guard current.kind == .word || at(.star), !(current.startsLine && startsNextDeclaration) else {
      let starts = current.kind == .number || current.kind == .size || current.kind == .duration
      throw unexpected(what, help: starts ? "a tool name that does not start with a letter is written in quotes: `server.\"2fa\"`" : nil)
    }
    let start = position
    advance()
    while current.isGlued, current.kind == .word || at(.star) || (at(.dash) && next.isGlued && next.punctuation == .star) { advance() }
    let range = range(from: start)
    return Identifier(file.text(in: range), range)
  }

  // MARK: literals

  mutating func string(_ what: String) throws(Broken) -> StringLiteral {
    guard current.kind == .string else {
      throw unexpected(what, help: current.kind == .word && !current.startsLine ? "text stands in double quotes" : nil)
    }
    defer { advance() }
    return StringLiteral(unescaped(current.range), current.range)
  }

  mutating func strings(_ what: String) throws(Broken) -> [StringLiteral] {
    try list { parser throws(Broken) in try parser.string(what) }
  }

  mutating func regex() throws(Broken) -> RegexLiteral {
    guard current.kind == .regex else {
      let isString = current.kind == .string
      throw unexpected("a pattern between slashes", help: isString ? "a regular expression is written `/…/`, not in quotes" : nil)
    }
    defer { advance() }
    let bytes = file.bytes[Int(current.range.lower)..<Int(current.range.upper)]
    // The last bare slash ends the pattern; an unterminated one, which was reported, has none.
    let close = bytes.lastIndex(of: UInt8(ascii: "/")).flatMap { $0 > bytes.startIndex ? $0 : nil } ?? bytes.endIndex
    var source: [UInt8] = []
    for byte in bytes[(bytes.startIndex + 1)..<close] {
      if byte == UInt8(ascii: "/"), source.last == UInt8(ascii: "\\") { source.removeLast() }
      source.append(byte)
    }
    let flags = String(decoding: bytes[min(close + 1, bytes.endIndex)...], as: UTF8.self)
    if let flag = flags.first(where: { $0 != "i" }) {
      report(
        .unknownWord, "`\(flag)` is no flag of a pattern", current.range, "only `i`, for either case, may follow the slash",
        help: "a `/` inside a pattern is written `\\/`")
    }
    return RegexLiteral(source: String(decoding: source, as: UTF8.self), flags: flags, range: current.range)
  }

  /// Any one value as written; a bare word counts as one.
  mutating func literal(_ what: String) throws(Broken) -> Literal {
    guard !(current.startsLine && startsNextDeclaration), let kind = literalKind(of: current) else { throw unexpected(what) }
    defer { advance() }
    return Literal(kind, current.range)
  }

  mutating func number(_ what: String) throws(Broken) -> Literal {
    try literal(what) { if case .number = $0 { true } else { false } }
  }

  mutating func duration(_ what: String) throws(Broken) -> Literal {
    try literal(what) { if case .duration = $0 { true } else { false } }
  }

  mutating func moment(_ what: String) throws(Broken) -> Literal {
    try literal(what) { if case .moment = $0 { true } else { false } }
  }

  mutating func size(_ what: String) throws(Broken) -> Literal {
    try literal(what) { if case .size = $0 { true } else { false } }
  }

  private mutating func literal(_ what: String, where fits: (Literal.Kind) -> Bool) throws(Broken) -> Literal {
    guard current.kind != .word, let kind = literalKind(of: current) else { throw unexpected(what) }
    guard fits(kind) else {
      report(.wrongLiteral, "expected \(what), found \(described(current))", current.range, "not \(what)")
      throw Broken()
    }
    defer { advance() }
    return Literal(kind, current.range)
  }

  func literalKind(of lexeme: Lexeme) -> Literal.Kind? {
    switch lexeme.kind {
    case .string: return .string(unescaped(lexeme.range))
    case .number: return .number(text(of: lexeme).filter { $0 != "_" })
    case .word:
      if lexeme.keyword == .true { return .boolean(true) }
      if lexeme.keyword == .false { return .boolean(false) }
      return .word(text(of: lexeme))
    case .moment:
      // A date that does not exist was reported; any other stands in for it.
      let bytes = Array(file.bytes[Int(lexeme.range.lower)..<Int(lexeme.range.upper)])
      return .moment((try? MomentLiteral.reading(bytes).get()) ?? MomentLiteral(milliseconds: 0, isDay: true))
    case .duration: return .duration(milliseconds: measured(text(of: lexeme)))
    case .size: return .size(bytes: measured(text(of: lexeme)))
    case .regex, .punctuation, .unknown, .end: return nil
    }
  }

  /// A whole number and its unit, multiplied out; what does not fit was reported.
  private func measured(_ text: String) -> Int64 {
    let digits = text.prefix { $0.isNumber || $0 == "_" }
    let unit = Unit(rawValue: String(text.dropFirst(digits.count)))
    guard let count = Int64(digits.filter { $0 != "_" }) else { return 0 }
    return count.multipliedReportingOverflow(by: unit?.factor ?? 1).partialValue
  }

  /// The text between a string's quotes with its escapes resolved. Wrong ones were reported and stay as they are.
  private func unescaped(_ range: SourceRange) -> String {
    var inner = file.bytes[Int(range.lower)..<Int(range.upper)].dropFirst()
    if inner.last == file.bytes[Int(range.lower)] { inner = inner.dropLast() }
    guard inner.contains(UInt8(ascii: "\\")) else { return String(decoding: inner, as: UTF8.self) }
    var out: [UInt8] = []
    while let byte = inner.popFirst() {
      guard byte == UInt8(ascii: "\\"), let escaped = inner.popFirst() else {
        out.append(byte)
        continue
      }
      switch escaped {
      case UInt8(ascii: "n"): out.append(UInt8(ascii: "\n"))
      case UInt8(ascii: "r"): out.append(UInt8(ascii: "\r"))
      case UInt8(ascii: "t"): out.append(UInt8(ascii: "\t"))
      case UInt8(ascii: "u"):
        let digits = String(decoding: inner.dropFirst().prefix { $0 != UInt8(ascii: "}") }, as: UTF8.self)
        if let value = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(value) {
          out.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
          inner = inner.dropFirst(digits.utf8.count + 2)
        }
      default: out.append(escaped)
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}
