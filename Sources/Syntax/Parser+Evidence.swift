internal import Text

// Tests, tables, proofs and the values in them.
extension Parser {
  // MARK: values

  mutating func value(_ what: String) throws(Broken) -> ValueSyntax {
    let start = position
    if at(.leftBrace) { return try object() }
    if let open = accept(.leftBracket) {
      let elements = try nested { parser throws(Broken) -> [ValueSyntax] in
        parser.at(.rightBracket) ? [] : try parser.list { parser throws(Broken) in try parser.value("a value") }
      }
      guard accept(.rightBracket) != nil else { throw unclosed(open, "[", "]") }
      return ValueSyntax(.array(elements), range(from: start))
    }
    if let null = accept(.null) { return ValueSyntax(.null, null) }
    if current.kind == .word, current.keyword != .true, current.keyword != .false {
      throw unexpected(what, help: current.startsLine ? nil : "text stands in double quotes: `\"\(text(of: current))\"`")
    }
    let literal = try literal(what)
    return ValueSyntax(.literal(literal), literal.range)
  }

  private mutating func object() throws(Broken) -> ValueSyntax {
    let start = position
    return try grouped(.object) { parser throws(Broken) in
      let open = try parser.expect(.leftBrace)
      let members = try parser.nested { parser throws(Broken) -> [(key: StringLiteral, value: ValueSyntax)] in
        parser.at(.rightBrace) ? [] : try parser.list { parser throws(Broken) in try parser.member() }
      }
      guard parser.accept(.rightBrace) != nil else { throw parser.unclosed(open, "{", "}") }
      return ValueSyntax(.object(members), parser.range(from: start))
    }
  }

  private mutating func member() throws(Broken) -> (key: StringLiteral, value: ValueSyntax) {
    let key: StringLiteral
    if current.kind == .string {
      key = try string("a member's name")
    } else {
      let name = try identifier("a member's name")
      key = StringLiteral(name.text, name.range)
    }
    if at(.assign) {
      report(
        .foreignSyntax, "a member's value stands behind `:`", current.range, "write `:`",
        fixes: [.init(title: "write `:`", edits: [.init(current.range, ":")])])
      advance()
    } else {
      try expect(.colon, "`:` behind the member's name")
    }
    return (key, try value("a value"))
  }

  // MARK: calls and callers

  private mutating func callSyntax() throws(Broken) -> CallSyntax {
    let start = position
    let target = try target()
    switch target.kind {
    case .scope:
      report(.wrongLiteral, "a call is of one tool", target.range, "name the tool")
      throw Broken()
    case .tool(let server, let name), .prompt(let server, let name):
      if server.text.contains("*") || name.text.contains("*") {
        report(.wrongLiteral, "a call is of one tool, not of a pattern", target.range, "name the tool")
      }
    case .resource(let server, _):
      if server.text.contains("*") { report(.wrongLiteral, "a call is of one server, not of a pattern", target.range, "name the server") }
    }
    let arguments = at(.leftBrace) && !startsRow ? try object() : nil
    return CallSyntax(target: target, arguments: arguments, range: range(from: start))
  }

  private mutating func caller() throws(Broken) -> CallerSyntax {
    let start = position
    let agent = accept(.anyone) == nil ? try identifier("an agent's name") : nil
    var claims: [CallerSyntax.Claim] = []
    if accept(.with) != nil {
      claims = try list { parser throws(Broken) in
        let fact = try parser.factPath()
        if parser.at(.equal) {
          parser.report(
            .foreignSyntax, "a test gives a claim its value with `=`", parser.current.range, "write `=`",
            fixes: [.init(title: "write `=`", edits: [.init(parser.current.range, "=")])])
          parser.advance()
        } else {
          try parser.expect(.assign)
        }
        return CallerSyntax.Claim(fact: fact, value: try parser.value("the claim's value"))
      }
    }
    return CallerSyntax(agent: agent, claims: claims, range: range(from: start))
  }

  // MARK: tests

  mutating func test() throws(Broken) -> TestSyntax {
    let name = try string("the test's name in quotes")
    return TestSyntax(name: name, steps: try steps())
  }

  static let stepWords: [Keyword] = [.as, .at, .wait, .call, .result, .approve, .refuse, .expect, .repeat]

  private mutating func steps() throws(Broken) -> [TestSyntax.Step] {
    var steps: [TestSyntax.Step] = []
    try body(of: .steps) { parser throws(Broken) in
      steps.append(try parser.step())
    }
    return steps
  }

  private static let stepList = "as, at, wait, call, result, approve, refuse, expect or repeat"

  private mutating func step() throws(Broken) -> TestSyntax.Step {
    let start = position
    guard current.kind == .word else { throw unexpected("a step", help: "a step starts with \(Self.stepList)") }
    var word = current.keyword
    if word.map({ !Self.stepWords.contains($0) }) ?? true {
      let written = text(of: current)
      word = nearest(to: written, among: Self.stepWords.map(\.rawValue)).flatMap { Keyword.byText[$0] }
      guard let word else {
        report(
          .unknownWord, "`\(written)` is no step of a test", current.range, "unknown step",
          help: "steps start with \(Self.stepList)")
        throw Broken()
      }
      misspelt(current, as: word.rawValue)
    }
    advance()
    switch word {
    case .as: return .caller(try caller())
    case .at: return .at(try moment("a moment such as 2026-11-18T10:00:00Z"))
    case .call: return .call(try callSyntax())
    case .wait: return .wait(try duration("a length of time such as 15m"))
    case .approve, .refuse:
      let group = accept(.from) == nil ? nil : try string("a group in quotes")
      return .decision(approves: word == .approve, group: group, range(from: start))
    case .result:
      if accept(.failure) != nil { return .failure(range(from: start)) }
      if accept(.binary) != nil {
        let type = try string("a type in quotes, such as \"image/png\"")
        return .binaryResult(type: type, size: try size("a size such as 64KiB"), range(from: start))
      }
      let value = try value("the result's text in quotes, or a value")
      return .result(value, range(from: start))
    case .expect: return .expect(try expectation())
    default: return try repeated(from: start)
    }
  }

  private mutating func repeated(from start: Int) throws(Broken) -> TestSyntax.Step {
    let count = try number("how often, as in `repeat 10`")
    let every = accept(.every) == nil ? nil : try duration("a duration such as 1s")
    let steps = try nested { parser throws(Broken) in try parser.steps() }
    return .repeated(count: count, every: every, steps: steps, range(from: start))
  }

  private static let expectationWords: [Keyword] = [.allow, .deny, .ask, .limited, .output, .session, .listed, .hidden]

  private mutating func expectation() throws(Broken) -> ExpectationSyntax {
    let start = position
    let negation = accept(.not)
    guard let word = try expectationWord() else {
      throw unexpected("what is expected", help: "allow, deny, ask, limited, output, session, listed or hidden")
    }
    if let negation, word != .output, word != .session {
      report(.unexpectedToken, "`not` cannot stand before `\(word.rawValue)`", negation, "remove this", help: "expect what the decision is")
    }
    let kind: ExpectationSyntax.Kind
    switch word {
    case .allow: kind = .allow(by: try ruleName())
    case .deny:
      let rule = try ruleName()
      kind = .deny(by: rule, code: acceptInCell(.code) == nil ? nil : try identifier("a code such as INVALID_ARGUMENT"))
    case .ask: kind = .ask(by: try ruleName())
    case .limited:
      let rule = try ruleName()
      kind = .limited(by: rule, retryAfter: try retryAfter())
    case .output:
      try expect(.contains)
      kind = .output(negated: negation != nil, contains: try string("the text in quotes"))
    case .session:
      try expect(.has)
      kind = .session(negated: negation != nil, has: try list { parser throws(Broken) in try parser.identifier("a label's name") })
    case .listed: kind = .listed(true)
    default: kind = .listed(false)
    }
    return ExpectationSyntax(kind, range(from: start))
  }

  private mutating func expectationWord() throws(Broken) -> Keyword? {
    if let keyword = current.keyword, Self.expectationWords.contains(keyword) {
      advance()
      return keyword
    }
    guard current.kind == .word, !current.startsLine,
      let meant = nearest(to: text(of: current), among: Self.expectationWords.map(\.rawValue)).flatMap({ Keyword.byText[$0] })
    else { return nil }
    misspelt(current, as: meant.rawValue)
    advance()
    return meant
  }

  private mutating func ruleName() throws(Broken) -> Identifier? { acceptInCell(.by) == nil ? nil : try identifier("a rule's name") }

  private mutating func retryAfter() throws(Broken) -> Literal? {
    guard acceptInCell(.retry) != nil else { return nil }
    try expect(.after)
    return try duration("a duration such as 26s")
  }

  // MARK: tables

  mutating func table() throws(Broken) -> TableSyntax {
    let name = try string("the table's name in quotes")
    var columns: [TableSyntax.Column]?
    var rows: [TableSyntax.Row] = []
    try body(of: .rows) { parser throws(Broken) in
      if let columns {
        rows.append(try parser.row(columns))
      } else {
        do {
          columns = try parser.header()
        } catch {
          // Without its columns, no row of the table can be read.
          parser.skipToBlockEnd()
          throw Broken()
        }
      }
    }
    guard let columns else {
      report(
        .unexpectedToken, "the table has no columns", name.range, "this table", help: "its first line names them: `agent | call | expect`")
      throw Broken()
    }
    return TableSyntax(name: name, columns: columns, rows: rows)
  }

  private mutating func header() throws(Broken) -> [TableSyntax.Column] {
    var columns: [TableSyntax.Column] = []
    if at(.bar) {
      report(
        .foreignSyntax, "no bar stands at the ends of a line", current.range, "remove it",
        help: "bars stand between cells: `agent | call | expect`")
      throw Broken()
    }
    repeat {
      columns.append(try grouped(.cell) { parser throws(Broken) in try parser.column() })
    } while accept(.bar) != nil
    return columns
  }

  private mutating func column() throws(Broken) -> TableSyntax.Column {
    let fact = try factPath()
    guard fact.steps.isEmpty else { return fact.root.text == "args" ? .argument(fact) : .claim(fact) }
    return switch Keyword.byText[fact.root.text] {
    case .agent: .agent(fact.range)
    case .at: .at(fact.range)
    case .call: .call(fact.range)
    case .expect: .expect(fact.range)
    default: .claim(fact)
    }
  }

  /// Whether the current token may begin the next row: what a cell may end with is part of it only on the same line, or an object or a
  /// word that begins a row would be taken for the end of the one before.
  private var startsRow: Bool { isInRow && current.startsLine }

  private mutating func acceptInCell(_ keyword: Keyword) -> SourceRange? { startsRow ? nil : accept(keyword) }

  private mutating func row(_ columns: [TableSyntax.Column]) throws(Broken) -> TableSyntax.Row {
    isInRow = true
    defer { isInRow = false }
    let start = position
    var cells: [TableSyntax.Cell] = []
    for (index, column) in columns.enumerated() {
      if index > 0, accept(.bar) == nil {
        let ends = at(.rightBrace) || current.startsLine || atEnd
        guard ends else { throw unexpected("`|` and the next cell") }
        if case .call = cells.last, at(.leftBrace) {
          throw unexpected("`|` and the next cell", help: "in a table, the arguments of a call start on the line of its name")
        }
        throw rowLength(from: start, "the row has \(index) \(index == 1 ? "cell" : "cells"), the table \(columns.count) columns")
      }
      cells.append(try grouped(.cell) { parser throws(Broken) in try parser.cell(column) })
    }
    if at(.bar) { throw rowLength(from: start, "the row has more cells than the table has columns (\(columns.count))") }
    return TableSyntax.Row(cells: cells, range: range(from: start))
  }

  private mutating func rowLength(from start: Int, _ message: String) -> Broken {
    report(
      .rowLength, message, range(from: start), at(.bar) ? "one cell too many" : "a cell is missing", help: "an empty cell is written `-`")
    return Broken()
  }

  private mutating func cell(_ column: TableSyntax.Column) throws(Broken) -> TableSyntax.Cell {
    if let dash = accept(.dash) { return .empty(dash) }
    if at(.bar) { throw unexpected("a cell", help: "an empty cell is written `-`") }
    switch column {
    case .agent:
      let place = current.range
      return .caller(accept(.anyone) == nil ? try identifier("an agent's name") : nil, place)
    case .claim, .argument: return .value(try value("a value"))
    case .at: return .at(try moment("a moment such as 2026-11-18T10:00:00Z"))
    case .call: return .call(try callSyntax())
    case .expect: return .expect(try expectation())
    }
  }

  // MARK: proofs

  mutating func prove() throws(Broken) -> ProveSyntax {
    let name = try declaredName("the proof's name", reserved: [.default])
    endHead()
    let (targets, claim) = try grouped(.clause(rank: 0)) { parser throws(Broken) in
      let targets = try parser.targets()
      return (targets, try parser.proveClaim())
    }
    return ProveSyntax(name: name, targets: targets, claim: claim)
  }

  private mutating func proveClaim() throws(Broken) -> ProveSyntax.Claim {
    if accept(.allowed) != nil {
      try expect(.only, help: "`allowed only to ci_bot`")
      try expect(.to, help: "`allowed only to ci_bot`")
      return .allowedOnlyTo(try agents())
    }
    if accept(.never) != nil {
      try expect(.allowed)
      return .neverAllowed(when: accept(.when) == nil ? nil : try condition())
    }
    if accept(.sometimes) != nil {
      try expect(.allowed)
      let agents = accept(.to) == nil ? [] : try agents()
      return .sometimesAllowed(to: agents, when: accept(.when) == nil ? nil : try condition())
    }
    throw unexpected("what is proved", help: "`allowed only to …`, `never allowed when …` or `sometimes allowed to …`")
  }
}
