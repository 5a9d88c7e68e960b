package import Text

// Refinements, limits, labels and sessions: what narrows a call that a grant allowed.

/// `refine bank.transfer { amount: 0.01..5_000.00 step 0.01 }`
package struct RefineSyntax: Sendable {
  package struct Field: Sendable {
    package enum Subject: Sendable {
      /// A property of the tool's input; dots reach into objects.
      case field(DottedName)
      /// A property whose name is no identifier.
      case quoted(StringLiteral)
      /// `others: forbidden`
      case others(SourceRange)
    }

    package let subject: Subject
    package let constraints: [Constraint]
    package let range: SourceRange

    package init(subject: Subject, constraints: [Constraint], range: SourceRange) {
      self.subject = subject
      self.constraints = constraints
      self.range = range
    }
  }

  package struct Constraint: Sendable {
    package enum Kind: Sendable {
      /// `0.01..5_000.00`
      case between(RangeSyntax)
      /// `step 0.01`
      case step(Literal)
      /// `one of "EUR", "USD"`
      case oneOf([Literal])
      /// `matches /…/`: the whole value.
      case matches(RegexLiteral)
      /// `length 15..34`
      case length(RangeSyntax)
      /// `without control characters`
      case withoutControlCharacters
      /// `url scheme https host in known_hosts port 443`
      case url(URLConstraint)
      /// `path under "src", "docs" except ".env", "**/secrets/**"`
      case path(under: [StringLiteral], except: [StringLiteral])
      case absent
      case forbidden
      /// `default "GET"`
      case defaultValue(Literal)
    }

    package let kind: Kind
    package let range: SourceRange

    package init(_ kind: Kind, _ range: SourceRange) {
      self.kind = kind
      self.range = range
    }
  }

  package struct URLConstraint: Sendable {
    /// Words: `https`.
    package let schemes: [Identifier]
    package let hosts: SetExpression?
    package let ports: [Literal]

    package init(schemes: [Identifier], hosts: SetExpression?, ports: [Literal]) {
      self.schemes = schemes
      self.hosts = hosts
      self.ports = ports
    }
  }

  package let target: Target
  package let fields: [Field]

  package init(target: Target, fields: [Field]) {
    self.target = target
    self.fields = fields
  }
}

/// `cost github.search_code = 5`
package struct CostSyntax: Sendable {
  package let target: Target
  package let amount: Literal

  package init(target: Target, amount: Literal) {
    self.target = target
    self.amount = amount
  }
}

/// `limit search_budget 600 cost per hour burst 20 by agent, tool on github.search_* over deny because "…" refund on failure`
package struct LimitSyntax: Sendable {
  package enum Measure: Sendable {
    case calls
    case cost
    /// `of args.amount`
    case value(FactPath)
    /// `calls in flight`
    case callsInFlight
  }

  package struct Period: Sendable {
    /// 1 in `per minute`, 15 in `per 15 minutes`.
    package let count: Int64
    package let unit: Unit
    package let range: SourceRange

    package enum Unit: String, Sendable, CaseIterable { case second, minute, hour, day, week, month }

    package init(count: Int64, unit: Unit, range: SourceRange) {
      self.count = count
      self.unit = unit
      self.range = range
    }
  }

  package enum Overflow: Sendable {
    case deny(because: StringLiteral?)
    /// `over wait up to 2s`
    case wait(upTo: Literal)
  }

  package let name: Identifier
  package let amount: Literal
  package let measure: Measure
  /// Absent for calls in flight.
  package let period: Period?
  package let burst: Literal?
  /// `agent`, `tool`, `session`, `scope`, `server`, `subject`, or a claim.
  package let keys: [FactPath]
  /// Empty: every tool.
  package let targets: [Target]
  package let overflow: Overflow?
  /// `refund on failure`: where it stands.
  package let refund: SourceRange?

  package init(
    name: Identifier, amount: Literal, measure: Measure, period: Period?, burst: Literal?, keys: [FactPath], targets: [Target],
    overflow: Overflow?, refund: SourceRange?
  ) {
    self.name = name
    self.amount = amount
    self.measure = measure
    self.period = period
    self.burst = burst
    self.keys = keys
    self.targets = targets
    self.overflow = overflow
    self.refund = refund
  }
}

/// `label untrusted "text from outside the company is in the model's context"`
package struct LabelSyntax: Sendable {
  package let name: Identifier
  package let meaning: StringLiteral

  package init(name: Identifier, meaning: StringLiteral) {
    self.name = name
    self.meaning = meaning
  }
}

/// `mark untrusted after web.fetch, mail.read` and `clear reviewed after …`
package struct MarkSyntax: Sendable {
  package enum Event: Sendable {
    case targets([Target])
    /// `after approval`
    case approval(SourceRange)
  }

  package let label: Identifier
  package let event: Event

  package init(label: Identifier, event: Event) {
    self.label = label
    self.event = event
  }
}

/// `session by token.sub, args.thread_id`
package struct SessionSyntax: Sendable {
  package let keys: [FactPath]

  package init(keys: [FactPath]) { self.keys = keys }
}
