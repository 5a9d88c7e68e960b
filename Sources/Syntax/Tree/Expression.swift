package import Text

/// A condition. Nesting is bounded by the parser, so walking and releasing one cannot overflow the stack.
package struct Expression: Sendable {
  package indirect enum Kind: Sendable {
    /// Two or more.
    case or([Expression])
    /// Two or more.
    case and([Expression])
    case not(Expression)
    case test(Predicate)
    /// `session has untrusted`, `session has untrusted, secret_seen` (all of them).
    case sessionHas([Identifier])
    /// What the parser puts where an expression should stand; a diagnostic has been reported.
    case missing
  }

  package let kind: Kind
  package let range: SourceRange

  package init(_ kind: Kind, _ range: SourceRange) {
    self.kind = kind
    self.range = range
  }
}

/// A subject and what is asked of it: `args.amount <= 200.00`, `any of args.paths not under "src"`.
package struct Predicate: Sendable {
  package enum Quantifier: Sendable { case any, all, none }

  package enum Test: Sendable {
    case compare(ComparisonOperator, Operand)
    case inSet(SetExpression)
    /// `in 9..17`: both ends included, either may be missing, not both.
    case inRange(RangeSyntax)
    /// One or more strings, any of which may hold.
    case startsWith([StringLiteral])
    case endsWith([StringLiteral])
    case contains([StringLiteral])
    /// A path below one of these, after normalisation.
    case under([StringLiteral])
    case matches(RegexLiteral)
    case present
    /// A boolean fact on its own.
    case isTrue
  }

  package let quantifier: Quantifier?
  package let subject: Operand
  /// Where `not` stands between subject and test: `not under`, `not in`, `not present`.
  package let negation: SourceRange?
  package let test: Test
  package let range: SourceRange

  package init(quantifier: Quantifier?, subject: Operand, negation: SourceRange?, test: Test, range: SourceRange) {
    self.quantifier = quantifier
    self.subject = subject
    self.negation = negation
    self.test = test
    self.range = range
  }
}

package enum ComparisonOperator: String, Sendable, CaseIterable {
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
}

package struct Operand: Sendable {
  package enum Kind: Sendable {
    case fact(FactPath)
    /// `length(args.q)`, `host(args.url)`
    case function(Identifier, FactPath)
    case literal(Literal)
  }

  package let kind: Kind
  package let range: SourceRange

  package init(_ kind: Kind, _ range: SourceRange) {
    self.kind = kind
    self.range = range
  }
}

/// `args.amount`, `args.items[*].price`, `token.sub`, `now.weekday`.
package struct FactPath: Hashable, Sendable {
  package enum Step: Hashable, Sendable {
    case member(Identifier)
    /// `["odd name"]`
    case quoted(StringLiteral)
    /// `[*]`: each element of an array.
    case elements(SourceRange)
  }

  package let root: Identifier
  package let steps: [Step]
  package let range: SourceRange

  package init(root: Identifier, steps: [Step], range: SourceRange) {
    self.root = root
    self.steps = steps
    self.range = range
  }
}

package struct SetExpression: Sendable {
  package enum Kind: Sendable {
    case literal([Literal])
    case named(Identifier)
  }

  package let kind: Kind
  package let range: SourceRange

  package init(_ kind: Kind, _ range: SourceRange) {
    self.kind = kind
    self.range = range
  }
}

/// `0.01..5_000.00`, `..140`, `1..`
package struct RangeSyntax: Sendable {
  package let lower: Literal?
  package let upper: Literal?
  package let range: SourceRange

  package init(lower: Literal?, upper: Literal?, range: SourceRange) {
    self.lower = lower
    self.upper = upper
    self.range = range
  }
}
