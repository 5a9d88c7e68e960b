package import Text

// The declarations that say who may do what. Fields stand in the order they are written.

/// `edition 1`
package struct EditionSyntax: Sendable {
  package let number: Literal

  package init(number: Literal) { self.number = number }
}

/// `policy acme.access`, `policy acme.guardrails as layer`
package struct PolicySyntax: Sendable {
  package let name: DottedName
  /// Whether the file is a layer of its own; every layer must allow a call.
  package let isLayer: Bool

  package init(name: DottedName, isLayer: Bool) {
    self.name = name
    self.isLayer = isLayer
  }
}

/// `use "./access.sally"`, `use sally.injection`
package struct UseSyntax: Sendable {
  package enum Source: Sendable {
    /// Relative to the file that says it.
    case file(StringLiteral)
    /// A shipped pack.
    case pack(DottedName)
  }

  package let source: Source

  package init(source: Source) { self.source = source }
}

/// `server github from "snapshots/github.tools.json"`; the path is relative to the file that says it.
package struct ServerSyntax: Sendable {
  package let name: Identifier
  package let snapshot: StringLiteral

  package init(name: Identifier, snapshot: StringLiteral) {
    self.name = name
    self.snapshot = snapshot
  }
}

/// `scope repo.write opens github.create_pull_request implies repo.read`
package struct ScopeSyntax: Sendable {
  package let name: DottedName
  /// Empty only when `implies` is not.
  package let opens: [Target]
  package let implies: [DottedName]

  package init(name: DottedName, opens: [Target], implies: [DottedName]) {
    self.name = name
    self.opens = opens
    self.implies = implies
  }
}

/// `agent ci_bot when token.sub == "ci@acme.example"`
package struct AgentSyntax: Sendable {
  package let name: Identifier
  package let condition: Expression

  package init(name: Identifier, condition: Expression) {
    self.name = name
    self.condition = condition
  }
}

/// `grant release_train repo.write to ci_bot when … until 2027-03-31 because "…"`
package struct GrantSyntax: Sendable {
  package enum Grantees: Sendable {
    case anyAgent(SourceRange)
    case agents([Identifier])
  }

  package let name: Identifier
  package let scope: DottedName
  package let grantees: Grantees
  package let condition: Expression?
  package let until: Literal?
  package let because: StringLiteral?

  package init(
    name: Identifier, scope: DottedName, grantees: Grantees, condition: Expression?, until: Literal?, because: StringLiteral?
  ) {
    self.name = name
    self.scope = scope
    self.grantees = grantees
    self.condition = condition
    self.until = until
    self.because = because
  }
}

/// `deny no_weekend_merges on github.merge_pull_request when … because "…"`
package struct DenySyntax: Sendable {
  package let name: Identifier
  package let targets: [Target]
  package let condition: Expression?
  package let because: StringLiteral?

  package init(name: Identifier, targets: [Target], condition: Expression?, because: StringLiteral?) {
    self.name = name
    self.targets = targets
    self.condition = condition
    self.because = because
  }
}

/// `ask second_pair_of_eyes on bank.transfer when … from "finance-leads" within 15m because "…"`
package struct AskSyntax: Sendable {
  package let name: Identifier
  package let targets: [Target]
  package let condition: Expression?
  package let approvers: StringLiteral
  /// A duration.
  package let within: Literal
  package let because: StringLiteral?

  package init(
    name: Identifier, targets: [Target], condition: Expression?, approvers: StringLiteral, within: Literal, because: StringLiteral?
  ) {
    self.name = name
    self.targets = targets
    self.condition = condition
    self.approvers = approvers
    self.within = within
    self.because = because
  }
}

/// `set known_hosts = {"docs.acme.example", "*.github.com"}`
package struct SetSyntax: Sendable {
  package let name: Identifier
  package let elements: [Literal]

  package init(name: Identifier, elements: [Literal]) {
    self.name = name
    self.elements = elements
  }
}
