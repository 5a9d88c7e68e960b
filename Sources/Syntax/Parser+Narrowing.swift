internal import Text

// Refinements, limits, labels and sessions.
extension Parser {
  mutating func refine() throws(Broken) -> RefineSyntax {
    let target = try target()
    var fields: [RefineSyntax.Field] = []
    try body(of: .fields) { parser throws(Broken) in fields.append(try parser.field()) }
    return RefineSyntax(target: target, fields: fields)
  }

  /// A name or a string with a colon behind it, or a name with dots, which no constraint has.
  var startsField: Bool {
    (current.kind == .word || current.kind == .string)
      && (next.punctuation == .colon || (next.punctuation == .dot && current.kind == .word))
  }

  private mutating func field() throws(Broken) -> RefineSyntax.Field {
    let start = position
    let subject: RefineSyntax.Field.Subject
    if at(.others), next.punctuation == .colon {
      subject = .others(current.range)
      advance()
    } else if current.kind == .string {
      subject = .quoted(try string("a field's name"))
    } else {
      subject = .field(try dottedName("a field's name"))
    }
    try expect(.colon, "`:` behind the field's name")
    stop()
    var constraints = [try constraint()]
    while !at(.rightBrace), !at(.comma), !startsField, !startsNextDeclaration { constraints.append(try constraint()) }
    return RefineSyntax.Field(subject: subject, constraints: constraints, range: range(from: start))
  }

  private static let constraintWords: [Keyword] = [
    .step, .one, .matches, .length, .without, .url, .path, .absent, .forbidden, .default,
  ]

  private mutating func constraint() throws(Broken) -> RefineSyntax.Constraint {
    let start = position
    let kind: RefineSyntax.Constraint.Kind
    if startsField { throw unexpected("a constraint", help: "for example `1..100`, `one of \"a\", \"b\"` or `absent`") }
    if current.kind == .number || at(.range) {
      kind = .between(try rangeLiteral())
    } else {
      guard current.kind == .word else {
        throw unexpected("a constraint", help: "for example `1..100`, `one of \"a\", \"b\"` or `length ..140`")
      }
      kind = try constraint(try constraintWord())
    }
    return RefineSyntax.Constraint(kind, range(from: start))
  }

  private mutating func constraintWord() throws(Broken) -> Keyword {
    if let keyword = current.keyword, Self.constraintWords.contains(keyword) {
      advance()
      return keyword
    }
    let written = text(of: current)
    let meant = nearest(to: written, among: Self.constraintWords.map(\.rawValue)).flatMap { Keyword.byText[$0] }
    guard let meant else {
      report(
        .unknownWord, "`\(written)` is no constraint", current.range, "unknown constraint",
        help: "constraints are a range, step, one of, matches, length, without control characters, url, path, absent, forbidden and default"
      )
      throw Broken()
    }
    misspelt(current, as: meant.rawValue)
    advance()
    return meant
  }

  private mutating func constraint(_ word: Keyword) throws(Broken) -> RefineSyntax.Constraint.Kind {
    switch word {
    case .step: return .step(try number("a number"))
    case .one:
      try expect(.of)
      return .oneOf(try list { parser throws(Broken) in try parser.literal("a value") })
    case .matches: return .matches(try regex())
    case .length: return .length(try rangeLiteral())
    case .without:
      try expect(.control, help: "`without control characters`")
      try expect(.characters, help: "`without control characters`")
      return .withoutControlCharacters
    case .url: return .url(try urlConstraint())
    case .path:
      try expect(.under, help: "`path under \"src\"`")
      let under = try strings("a folder in quotes")
      return .path(under: under, except: accept(.except) == nil ? [] : try strings("a glob in quotes"))
    case .absent: return .absent
    case .forbidden: return .forbidden
    default: return .defaultValue(try literal("a value"))
    }
  }

  /// What may follow `url`, each at most once, in any order.
  private mutating func urlConstraint() throws(Broken) -> RefineSyntax.URLConstraint {
    var schemes: [Identifier] = []
    var hosts: SetExpression?
    var ports: [Literal] = []
    var seen: [Keyword: SourceRange] = [:]
    while let keyword = current.keyword, keyword == .scheme || keyword == .host || keyword == .port, !startsField {
      if let first = seen[keyword] {
        report(
          .duplicateClause, "a second `\(keyword.rawValue)`", current.range, "remove one of them", also: [.init(first, "the first is here")]
        )
      }
      seen[keyword] = current.range
      advance()
      switch keyword {
      case .scheme: schemes = try list { parser throws(Broken) in try parser.identifier("a scheme such as https") }
      case .host:
        try expect(.in, help: "`host in known_hosts`")
        hosts = try setExpression()
      default: ports = try list { parser throws(Broken) in try parser.number("a port's number") }
      }
    }
    return RefineSyntax.URLConstraint(schemes: schemes, hosts: hosts, ports: ports)
  }

  // MARK: cost and limits

  mutating func cost() throws(Broken) -> CostSyntax {
    let target = try target()
    stop()
    try expect(.assign)
    return CostSyntax(target: target, amount: try number("a number"))
  }

  mutating func limit() throws(Broken) -> LimitSyntax {
    let name = try declaredName("the limit's name", reserved: [.default])
    endHead()
    let rate = try grouped(.clause(rank: 0)) { parser throws(Broken) in try parser.rate() }
    var keys: [FactPath] = []
    var targets: [Target] = []
    var overflow: LimitSyntax.Overflow?
    var refund: SourceRange?
    try clauses(of: "a limit", [.by, .on, .over, .refund]) { parser, word throws(Broken) in
      switch word {
      case .by: keys = try parser.keys()
      case .on: targets = try parser.targets()
      case .refund: refund = try parser.refund()
      default: overflow = try parser.overflow()
      }
    }
    guard !keys.isEmpty else {
      throw missing("`by`", of: "limit `\(name.text)`", help: "say what is counted apart: `by agent`, `by agent, tool`")
    }
    return LimitSyntax(
      name: name, amount: rate.amount, measure: rate.measure, period: rate.period, burst: rate.burst, keys: keys, targets: targets,
      overflow: overflow, refund: refund)
  }

  private struct Rate {
    let amount: Literal
    let measure: LimitSyntax.Measure
    var period: LimitSyntax.Period?
    var burst: Literal?
  }

  private mutating func rate() throws(Broken) -> Rate {
    let amount = try number("how many, as in `120 calls per minute`")
    if accept(.of) != nil {
      return try rate(amount, .value(try factPath()))
    }
    if at(.calls), next.keyword == .in {
      advance()
      advance()
      try expect(.flight)
      return Rate(amount: amount, measure: .callsInFlight)
    }
    if accept(.calls) != nil { return try rate(amount, .calls) }
    if accept(.cost) != nil { return try rate(amount, .cost) }
    if current.kind == .word, !current.startsLine, nearest(to: text(of: current), among: ["calls", "cost"]) == "calls" {
      misspelt(current, as: "calls")
      advance()
      return try rate(amount, .calls)
    }
    throw unexpected(
      "what is counted", help: "`120 calls per minute`, `600 cost per hour`, `100 of args.amount per day` or `4 calls in flight`")
  }

  private mutating func rate(_ amount: Literal, _ measure: LimitSyntax.Measure) throws(Broken) -> Rate {
    try expect(.per, help: "`per minute`, `per 15 minutes`")
    let period = try period()
    let burst = accept(.burst) == nil ? nil : try number("how many at once")
    return Rate(amount: amount, measure: measure, period: period, burst: burst)
  }

  private mutating func period() throws(Broken) -> LimitSyntax.Period {
    let start = position
    let count = current.kind == .number ? try number("a number") : nil
    let word = current.kind == .word ? text(of: current) : ""
    let singular = word.hasSuffix("s") ? String(word.dropLast()) : word
    guard let unit = LimitSyntax.Period.Unit(rawValue: singular) else {
      let meant = nearest(to: word, among: LimitSyntax.Period.Unit.allCases.map(\.rawValue))
      throw unexpected("second, minute, hour, day, week or month", help: meant.map { "did you mean `\($0)`?" })
    }
    advance()
    var number: Int64 = 1
    if let count, case .number(let digits) = count.kind {
      guard let value = Int64(digits), value > 0 else {
        report(.wrongLiteral, "a period is a whole number of its unit", count.range, "not a whole number above zero")
        throw Broken()
      }
      number = value
    }
    return LimitSyntax.Period(count: number, unit: unit, range: range(from: start))
  }

  private mutating func overflow() throws(Broken) -> LimitSyntax.Overflow {
    if accept(.deny) != nil { return .deny(because: accept(.because) == nil ? nil : try string("the reason in quotes")) }
    try expect(.wait, "`deny` or `wait up to` behind `over`")
    try expect(.up, help: "`over wait up to 2s`")
    try expect(.to, help: "`over wait up to 2s`")
    return .wait(upTo: try duration("a duration such as 2s"))
  }

  private mutating func refund() throws(Broken) -> SourceRange {
    let start = position - 1
    try expect(.on, help: "`refund on failure`")
    try expect(.failure, help: "`refund on failure`")
    return range(from: start)
  }

  private mutating func keys() throws(Broken) -> [FactPath] {
    try list { parser throws(Broken) in try parser.factPath() }
  }

  // MARK: labels and sessions

  mutating func label() throws(Broken) -> LabelSyntax {
    let name = try declaredName("the label's name")
    stop()
    return LabelSyntax(name: name, meaning: try string("what the label means, in quotes"))
  }

  mutating func mark() throws(Broken) -> MarkSyntax {
    let label = try identifier("a label's name")
    stop()
    try expect(.after, help: "say after what: `after web.fetch` or `after approval`")
    if at(.approval), next.punctuation != .dot {
      defer { advance() }
      return MarkSyntax(label: label, event: .approval(current.range))
    }
    return MarkSyntax(label: label, event: .targets(try targets()))
  }

  mutating func session() throws(Broken) -> SessionSyntax {
    try expect(.by, help: "say what makes a session: `session by token.sub, args.thread_id`")
    return SessionSyntax(keys: try keys())
  }
}
