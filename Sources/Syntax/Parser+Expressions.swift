internal import Text

// Conditions. `not` binds before `and`, `and` before `or`.
extension Parser {
  mutating func condition() throws(Broken) -> Expression { try nested { parser throws(Broken) in try parser.disjunction() } }

  private mutating func disjunction() throws(Broken) -> Expression {
    let start = position
    let (first, firstIsBare) = try conjunction()
    var terms = [first]
    var bare = firstIsBare ? first.range : nil
    while accept(.or) != nil {
      let (term, isBare) = try conjunction()
      terms.append(term)
      if isBare, bare == nil { bare = term.range }
    }
    guard terms.count > 1 else { return terms[0] }
    if let bare { warnMixed(bare) }
    return Expression(.or(terms), range(from: start))
  }

  private mutating func warnMixed(_ range: SourceRange) {
    let before = SourceRange(file: file.id, lower: range.lower, upper: range.lower)
    let behind = SourceRange(file: file.id, lower: range.upper, upper: range.upper)
    report(
      .mixedConnectives, "`and` binds before `or`, which is easily misread", range, "these belong together",
      help: "put them in parentheses, or split the rule",
      fixes: [.init(title: "add parentheses", edits: [.init(before, "("), .init(behind, ")")])])
  }

  /// Also says whether it is an `and` without parentheses around it.
  private mutating func conjunction() throws(Broken) -> (Expression, isBare: Bool) {
    let start = position
    var terms = [try negation()]
    while accept(.and) != nil { terms.append(try negation()) }
    return terms.count > 1 ? (Expression(.and(terms), range(from: start)), true) : (terms[0], false)
  }

  private mutating func negation() throws(Broken) -> Expression {
    guard let mark = accept(.not) else { return try primary() }
    let inner = try nested { parser throws(Broken) in try parser.negation() }
    return Expression(.not(inner), mark.union(inner.range))
  }

  private mutating func primary() throws(Broken) -> Expression {
    let start = position
    if let open = accept(.leftParenthesis) {
      let inner = try condition()
      guard accept(.rightParenthesis) != nil else { throw unclosed(open, "(", ")") }
      return Expression(inner.kind, range(from: start))
    }
    if at(.session), next.keyword == .has {
      advance()
      advance()
      let labels = try list { parser throws(Broken) in try parser.identifier("a label") }
      return Expression(.sessionHas(labels), range(from: start))
    }
    return try predicate()
  }

  /// Reports a bracket without its partner: where it opens, and where the partner was missed.
  mutating func unclosed(_ open: SourceRange, _ left: String, _ right: String) -> Broken {
    guard current.kind != .unknown else { return Broken() }
    let missing = isMissing
    let place = missing ? end(of: lexemes[position - 1]) : current.range
    report(
      .unclosedBracket, "expected `\(right)`, found \(described(current))", place, "`\(right)` is missing here",
      also: [.init(open, "closes this `\(left)`")])
    return Broken()
  }

  // MARK: predicates

  private mutating func predicate() throws(Broken) -> Expression {
    let start = position
    let quantifier = try acceptQuantifier()
    let subject = try operand("a condition")
    let negation = at(.not) ? accept(.not) : nil
    let test = try test(of: subject, isBareAllowed: negation == nil)
    let whole = range(from: start)
    if let comparison = comparisonOperator(current) {
      report(
        .chainedComparison, "comparisons do not chain", current.range, "a second `\(comparison.rawValue)`",
        help: "write `in 1..5`, or two comparisons with `and`")
      throw Broken()
    }
    let predicate = Predicate(quantifier: quantifier, subject: subject, negation: negation, test: test, range: whole)
    return Expression(.test(checked(predicate)), whole)
  }

  private mutating func acceptQuantifier() throws(Broken) -> Predicate.Quantifier? {
    if at(.any) || at(.all) || at(.none), next.kind == .word, next.keyword == nil, !next.startsLine {
      advance()
      throw unexpected("`of`", help: "a quantifier reads `any of args.paths`")
    }
    guard next.keyword == .of, !next.isGlued else { return nil }
    let quantifier: Predicate.Quantifier
    switch current.keyword {
    case .any: quantifier = .any
    case .all: quantifier = .all
    case .none?: quantifier = .none
    default:
      report(
        .unknownWord, "`\(text(of: current))` is no quantifier", current.range, "unknown quantifier",
        help: "quantifiers are `any of`, `all of` and `none of`")
      throw Broken()
    }
    advance()
    advance()
    return quantifier
  }

  mutating func operand(_ what: String) throws(Broken) -> Operand {
    let start = position
    guard current.kind == .word, current.keyword != .true, current.keyword != .false else {
      guard literalKind(of: current) != nil else { throw unexpected(what) }
      let literal = try literal(what)
      return Operand(.literal(literal), literal.range)
    }
    if next.punctuation == .leftParenthesis, next.isGlued {
      return try grouped(.glued) { parser throws(Broken) in
        let function = try parser.identifier(what)
        let open = try parser.expect(.leftParenthesis)
        let fact = try parser.factPath()
        guard parser.accept(.rightParenthesis) != nil else { throw parser.unclosed(open, "(", ")") }
        return Operand(.function(function, fact), parser.range(from: start))
      }
    }
    guard !isConnective(current), !(current.startsLine && startsNextDeclaration) else { throw unexpected(what) }
    let fact = try factPath()
    return Operand(.fact(fact), fact.range)
  }

  private func isConnective(_ lexeme: Lexeme) -> Bool {
    switch lexeme.keyword {
    case .and, .or, .not: true
    case .when, .until, .because, .on, .from, .within, .by, .over: next.punctuation != .dot
    default: false
    }
  }

  /// `args.items[*].price`, `token["odd name"]`
  mutating func factPath() throws(Broken) -> FactPath {
    try grouped(.glued) { parser throws(Broken) in
      let root = try parser.identifier("a fact such as `args.name`")
      let start = parser.position - 1
      var steps: [FactPath.Step] = []
      while true {
        if try parser.gluedDot() {
          steps.append(.member(try parser.identifier("a name after the dot")))
        } else if parser.at(.leftBracket), parser.current.isGlued {
          steps.append(try parser.bracketStep())
        } else {
          return FactPath(root: root, steps: steps, range: parser.range(from: start))
        }
      }
    }
  }

  private mutating func bracketStep() throws(Broken) -> FactPath.Step {
    let start = position
    let open = try expect(.leftBracket)
    let quoted = current.kind == .string ? try string("a name") : nil
    if quoted == nil { try expect(.star, "`*` or a name in quotes", help: "`[*]` is each element; elements have no numbers") }
    guard accept(.rightBracket) != nil else { throw unclosed(open, "[", "]") }
    return quoted.map { .quoted($0) } ?? .elements(range(from: start))
  }

  // MARK: tests

  private static let testWords: [Keyword] = [.in, .starts, .ends, .contains, .under, .matches, .present]

  func comparisonOperator(_ lexeme: Lexeme) -> ComparisonOperator? {
    lexeme.punctuation.flatMap { ComparisonOperator(rawValue: $0.rawValue) }
  }

  private mutating func test(of subject: Operand, isBareAllowed: Bool) throws(Broken) -> Predicate.Test {
    if let comparison = comparisonOperator(current), foreignComparison() == nil {
      advance()
      return .compare(comparison, try rightOperand())
    }
    if let (meant, length) = foreignComparison() {
      let written = lexemes[position].range.union(lexemes[position + length - 1].range)
      report(
        .foreignSyntax, "`\(file.text(in: written))` does not compare", written, "write `\(meant.rawValue)`",
        fixes: [.init(title: "write `\(meant.rawValue)`", edits: [.init(written, meant.rawValue)])])
      for _ in 0..<length { advance() }
      return .compare(meant, try rightOperand())
    }
    if let word = try testWord(isBareAllowed: isBareAllowed) { return try test(word) }
    if case .literal = subject.kind, !endsOperand { throw unexpected("a comparison") }
    return .isTrue
  }

  /// Operators of other languages: what they mean, and how many marks they take here.
  private func foreignComparison() -> (ComparisonOperator, Int)? {
    let second = next.isGlued ? next.punctuation : nil
    return switch (current.punctuation, second) {
    case (.assign, .greater): (.greaterOrEqual, 2)
    case (.assign, .less): (.lessOrEqual, 2)
    case (.assign, _): (.equal, 1)
    case (.less, .greater): (.notEqual, 2)
    case (.equal, .assign): (.equal, 2)
    case (.notEqual, .assign): (.notEqual, 2)
    default: nil
    }
  }

  private mutating func rightOperand() throws(Broken) -> Operand {
    if current.kind == .word, next.punctuation != .dot, next.punctuation != .leftBracket,
      !(next.punctuation == .leftParenthesis && next.isGlued),
      !isConnective(current)
    {
      let literal = try literal("a value")
      return Operand(.literal(literal), literal.range)
    }
    return try operand("a value to compare with")
  }

  /// Whether what stands here can follow a complete condition.
  private var endsOperand: Bool {
    if atEnd || current.kind == .unknown { return true }
    if current.kind == .punctuation { return at(.rightParenthesis) || at(.rightBrace) || at(.annotation) || at(.bar) }
    return current.kind == .word && (current.startsLine || current.keyword == .and || current.keyword == .or || isConnective(current))
  }

  /// The word of a test, if one stands here. A word that is none, in the middle of a line, is a mistake.
  private mutating func testWord(isBareAllowed: Bool) throws(Broken) -> Keyword? {
    if let keyword = current.keyword, Self.testWords.contains(keyword) {
      advance()
      return keyword
    }
    guard !isBareAllowed || !endsOperand else { return nil }
    guard current.kind == .word else { throw unexpected("a test such as `==`, `in` or `present`") }
    let written = text(of: current)
    let meant = Self.foreignTests[written] ?? nearest(to: written, among: Self.testWords.map(\.rawValue)).map { "`\($0)`" }
    report(
      .unknownWord, "`\(written)` is no test", current.range, "unknown test",
      help: meant.map { "did you mean \($0)?" }
        ?? "tests are ==, !=, <, <=, >, >=, in, starts with, ends with, contains, under, matches and present")
    throw Broken()
  }

  private static let foreignTests = [
    "is": "`==`", "equals": "`==`", "like": "`matches /…/` or `contains \"…\"`", "startswith": "`starts with`",
    "startsWith": "`starts with`",
    "endswith": "`ends with`", "endsWith": "`ends with`", "exists": "`present`", "has": "`contains`", "inside": "`under` or `in`",
    "between": "`in 1..5`",
  ]

  private mutating func test(_ word: Keyword) throws(Broken) -> Predicate.Test {
    switch word {
    case .in: return try membership()
    case .starts:
      try expect(.with)
      return .startsWith(try strings("the text it starts with, in quotes"))
    case .ends:
      try expect(.with)
      return .endsWith(try strings("the text it ends with, in quotes"))
    case .contains: return .contains(try strings("the text it contains, in quotes"))
    case .under: return .under(try strings("a folder in quotes"))
    case .matches: return .matches(try regex())
    default: return .present
    }
  }

  private mutating func membership() throws(Broken) -> Predicate.Test {
    if at(.range) || (next.punctuation == .range && current.kind != .word) { return .inRange(try rangeLiteral()) }
    if current.kind == .number { throw unexpected("a set or a range", help: "a range is written `1..5`, a set `{1, 5}`") }
    return .inSet(try setExpression())
  }

  /// `{"a", "b"}` or a set's name.
  mutating func setExpression() throws(Broken) -> SetExpression {
    if at(.leftBrace) {
      let start = position
      let elements = try setLiteral()
      return SetExpression(.literal(elements), range(from: start))
    }
    if at(.leftBracket) || at(.leftParenthesis) {
      throw unexpected("a set in braces or a set's name", help: "a set is written `{\"a\", \"b\"}`")
    }
    let name = try identifier("a set in braces or a set's name")
    if at(.dot), current.isGlued {
      report(
        .unexpectedToken, "a fact is no set", name.range, "expected a set's name",
        help: "whether a list holds a value is asked with `any of args.list == \"value\"`")
      throw Broken()
    }
    return SetExpression(.named(name), name.range)
  }

  mutating func setLiteral() throws(Broken) -> [Literal] {
    let open = try expect(.leftBrace, "a set in braces", help: "a set is written `{\"a\", \"b\"}`")
    if accept(.rightBrace) != nil { return [] }
    let elements = try list { parser throws(Broken) in try parser.literal("a value of the set") }
    guard accept(.rightBrace) != nil else { throw unclosed(open, "{", "}") }
    return elements
  }

  /// `1..5`, `..5`, `1..`
  mutating func rangeLiteral() throws(Broken) -> RangeSyntax {
    let start = position
    return try grouped(.glued) { parser throws(Broken) in
      let lower = parser.at(.range) ? nil : try parser.number("a number")
      try parser.expect(.range)
      let upper = parser.current.kind == .number && parser.current.isGlued ? try parser.number("a number") : nil
      if lower == nil, upper == nil { throw parser.unexpected("a number right before or behind `..`", help: "`1..5`, `..5` or `1..`") }
      return RangeSyntax(lower: lower, upper: upper, range: parser.range(from: start))
    }
  }

  // MARK: literals on the left

  /// A condition names its fact first, so that rules read alike and can be compared by eye. What was meant is clear, so it is read swapped.
  private mutating func checked(_ predicate: Predicate) -> Predicate {
    guard case .literal(let literal) = predicate.subject.kind else { return predicate }
    guard case .compare(let comparison, let right) = predicate.test, predicate.quantifier == nil else {
      report(.literalFirst, "a condition starts with a fact, not with a value", literal.range, "expected a fact such as `args.name`")
      return predicate
    }
    if case .literal = right.kind {
      report(.literalFirst, "this compares two values that never change", predicate.range, "one side must be a fact such as `args.name`")
      return predicate
    }
    let swapped = "\(file.text(in: right.range)) \(comparison.mirrored.rawValue) \(file.text(in: literal.range))"
    report(
      .literalFirst, "a comparison starts with the fact", literal.range, "the value stands first", help: "write `\(swapped)`",
      fixes: [.init(title: "swap the sides", edits: [.init(predicate.range, swapped)])])
    return Predicate(
      quantifier: nil, subject: right, negation: nil, test: .compare(comparison.mirrored, predicate.subject), range: predicate.range)
  }
}

extension ComparisonOperator {
  /// The operator that says the same with its sides swapped.
  var mirrored: ComparisonOperator {
    switch self {
    case .equal, .notEqual: self
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    }
  }
}
