package import Text

// Tests, tables and proofs: what a policy says of itself.

/// A JSON-like value with bare keys: `{ amount: 40.00, to: ["bob@acme.example"] }`.
package struct ValueSyntax: Sendable {
  package indirect enum Kind: Sendable {
    case null
    case literal(Literal)
    case array([ValueSyntax])
    case object([(key: StringLiteral, value: ValueSyntax)])
  }

  package let kind: Kind
  package let range: SourceRange

  package init(_ kind: Kind, _ range: SourceRange) {
    self.kind = kind
    self.range = range
  }
}

/// `call bank.transfer { amount: 40.00 }`, `call resource docs "file:///a"`, `call prompt docs.review { code: "x" }`
package struct CallSyntax: Sendable {
  /// Names, not globs.
  package let target: Target
  /// Absent: an empty object.
  package let arguments: ValueSyntax?
  package let range: SourceRange

  package init(target: Target, arguments: ValueSyntax?, range: SourceRange) {
    self.target = target
    self.arguments = arguments
    self.range = range
  }
}

/// `as ci_bot with token.team = "platform"`
package struct CallerSyntax: Sendable {
  package struct Claim: Sendable {
    package let fact: FactPath
    package let value: ValueSyntax

    package init(fact: FactPath, value: ValueSyntax) {
      self.fact = fact
      self.value = value
    }
  }

  /// Absent in `as anyone`: a caller that is none of the declared agents.
  package let agent: Identifier?
  package let claims: [Claim]
  package let range: SourceRange

  package init(agent: Identifier?, claims: [Claim], range: SourceRange) {
    self.agent = agent
    self.claims = claims
    self.range = range
  }
}

/// What a test or a table row expects of the last call.
package struct ExpectationSyntax: Sendable {
  package enum Kind: Sendable {
    /// `expect allow by small_refunds`
    case allow(by: Identifier?)
    /// `expect deny by no_weekend_merges`, `expect deny by default`, `expect deny code INVALID_ARGUMENT`
    case deny(by: Identifier?, code: Identifier?)
    case ask(by: Identifier?)
    /// `expect limited by search_budget retry after 26s`
    case limited(by: Identifier?, retryAfter: Literal?)
    /// `expect output contains "…"`
    case output(negated: Bool, contains: StringLiteral)
    /// `expect session has untrusted, secret_seen`
    case session(negated: Bool, has: [Identifier])
    /// `expect listed`, `expect hidden`: whether the tool of the last call is in `tools/list`.
    case listed(Bool)
  }

  package let kind: Kind
  package let range: SourceRange

  package init(_ kind: Kind, _ range: SourceRange) {
    self.kind = kind
    self.range = range
  }
}

package struct TestSyntax: Sendable {
  package indirect enum Step: Sendable {
    case caller(CallerSyntax)
    /// `at 2026-11-18T10:00:00Z`
    case at(Literal)
    case call(CallSyntax)
    /// `result "text"`, `result { … }`
    case result(ValueSyntax, SourceRange)
    /// `result failure`
    case failure(SourceRange)
    /// `approve`, `approve from "finance-leads"`, `refuse`
    case decision(approves: Bool, group: StringLiteral?, SourceRange)
    /// `wait 15m`
    case wait(Literal)
    /// `result binary "image/png" 64KiB`
    case binaryResult(type: StringLiteral, size: Literal, SourceRange)
    case expect(ExpectationSyntax)
    /// `repeat 124 every 1s { … }`
    case repeated(count: Literal, every: Literal?, steps: [Step], SourceRange)
  }

  package let name: StringLiteral
  package let steps: [Step]

  package init(name: StringLiteral, steps: [Step]) {
    self.name = name
    self.steps = steps
  }
}

/// `table "who may merge" { agent | team | at | call | expect … }`
package struct TableSyntax: Sendable {
  package enum Column: Sendable {
    case agent(SourceRange)
    /// A claim of the caller: `team` for `token.team`; dots reach further or say `key.owner`.
    case claim(FactPath)
    case at(SourceRange)
    case call(SourceRange)
    /// `args.amount`: an argument of the call.
    case argument(FactPath)
    case expect(SourceRange)
  }

  package enum Cell: Sendable {
    case caller(Identifier?, SourceRange)
    case value(ValueSyntax)
    case at(Literal)
    case call(CallSyntax)
    case expect(ExpectationSyntax)
    /// `-`: nothing for this row.
    case empty(SourceRange)
  }

  package struct Row: Sendable {
    /// As many as there are columns.
    package let cells: [Cell]
    package let range: SourceRange

    package init(cells: [Cell], range: SourceRange) {
      self.cells = cells
      self.range = range
    }
  }

  package let name: StringLiteral
  package let columns: [Column]
  package let rows: [Row]

  package init(name: StringLiteral, columns: [Column], rows: [Row]) {
    self.name = name
    self.columns = columns
    self.rows = rows
  }
}

/// `prove nobody_else_pays bank.transfer allowed only to support_bot`
package struct ProveSyntax: Sendable {
  package enum Claim: Sendable {
    case allowedOnlyTo([Identifier])
    case neverAllowed(when: Expression?)
    /// `sometimes allowed to ci_bot when …`; nobody named: to anyone.
    case sometimesAllowed(to: [Identifier], when: Expression?)
  }

  package let name: Identifier
  package let targets: [Target]
  package let claim: Claim

  package init(name: Identifier, targets: [Target], claim: Claim) {
    self.name = name
    self.targets = targets
    self.claim = claim
  }
}
