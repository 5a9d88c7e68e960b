/// The words that mean something to the parser. All are contextual: a tool, argument, agent or rule may bear any of them.
package enum Keyword: String, Hashable, Sendable, CaseIterable {
  // Declarations, in the order the reference lists them.
  case edition, policy, use, server, scope, agent, grant, deny, ask, refine, set, cost, limit, label, mark, clear, session, patterns
  case filter, test, table, prove
  case shadow

  // Clauses of declarations and what stands in them.
  case `as`, layer, from, opens, implies, resource, prompt, to, any, all, none, of, when, until, because, on, within
  case calls, per, `in`, flight, burst, by, over, wait, up, refund, failure, after, approval
  case second, minute, hour, day, week, month, seconds, minutes, hours, days, weeks, months

  // Conditions.
  case and, or, not, has, starts, ends, with, contains, under, matches, present
  case `true`, `false`, null

  // Refinements.
  case one, step, length, without, control, characters, url, scheme, host, port, path, except, absent, forbidden, others, `default`

  // Patterns and filters.
  case fires, weight, family, valid, hit, miss, normalise, strip, decode, structured, match, longer, than, binary, wrap, redact, remove,
    truncate,
    block

  // Evidence.
  case anyone, at, call, result, approve, refuse, expect, `repeat`, every, allow, limited, retry, output, listed, hidden, code
  case allowed, only, never, sometimes

  /// The words a declaration starts with.
  package static let declarations: [Keyword] = [
    .edition, .policy, .use, .server, .scope, .agent, .grant, .deny, .ask, .refine, .set, .cost, .limit, .label, .mark, .clear, .session,
    .patterns, .filter, .test, .table, .prove,
  ]

  static let byText: [String: Keyword] = Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0) })

  /// Whether a declaration may start with this word; `shadow` stands before one.
  var startsDeclaration: Bool {
    switch self {
    case .edition, .policy, .use, .server, .scope, .agent, .grant, .deny, .ask, .refine, .set, .cost, .limit, .label, .mark, .clear,
      .session, .patterns, .filter, .test, .table, .prove, .shadow:
      true
    default: false
    }
  }
}

/// The marks of the language.
package enum Punctuation: String, Hashable, Sendable, CaseIterable {
  case leftBrace = "{"
  case rightBrace = "}"
  case leftParenthesis = "("
  case rightParenthesis = ")"
  case leftBracket = "["
  case rightBracket = "]"
  case comma = ","
  case colon = ":"
  case dot = "."
  case range = ".."
  case assign = "="
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case bar = "|"
  case arrow = "->"
  case star = "*"
  case annotation = "@"
  case dash = "-"

  static let byText: [String: Punctuation] = Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0) })
}
