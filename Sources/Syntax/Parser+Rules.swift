internal import Text

// The declarations that say who may do what.
extension Parser {
  mutating func policy() throws(Broken) -> PolicySyntax {
    let name = try dottedName("the policy's name")
    guard accept(.as) != nil else { return PolicySyntax(name: name, isLayer: false) }
    try expect(.layer)
    return PolicySyntax(name: name, isLayer: true)
  }

  mutating func use() throws(Broken) -> UseSyntax {
    if current.kind == .string { return UseSyntax(source: .file(try string("a path"))) }
    return UseSyntax(source: .pack(try dottedName("a path in quotes or a pack's name")))
  }

  mutating func server() throws(Broken) -> ServerSyntax {
    let name = try declaredName("the server's name")
    stop()
    try expect(.from, help: "a server is pinned to a snapshot: `server \(name.text) from \"\(name.text).tools.json\"`")
    return ServerSyntax(name: name, snapshot: try string("the snapshot's path in quotes"))
  }

  mutating func scope() throws(Broken) -> ScopeSyntax {
    let name = try dottedName("the scope's name")
    var opens: [Target] = []
    var implies: [DottedName] = []
    try clauses(of: "a scope", [.opens, .implies]) { parser, word throws(Broken) in
      if word == .opens {
        opens = try parser.targets()
      } else {
        implies = try parser.list { parser throws(Broken) in try parser.dottedName("a scope's name") }
      }
    }
    guard !opens.isEmpty || !implies.isEmpty else {
      throw missing("`opens`", of: "scope `\(name.text)`", help: "say which tools it opens: `opens github.get_issue`")
    }
    return ScopeSyntax(name: name, opens: opens, implies: implies)
  }

  mutating func agent() throws(Broken) -> AgentSyntax {
    let name = try declaredName("the agent's name", reserved: [.any, .anyone])
    stop()
    try expect(.when, help: "say how the agent is recognised: `when token.sub == \"…\"`")
    return AgentSyntax(name: name, condition: try condition())
  }

  mutating func grant() throws(Broken) -> GrantSyntax {
    let name = try declaredName("the grant's name", reserved: [.default])
    endHead()
    let (scope, grantees) = try grouped(.clause(rank: 0)) { parser throws(Broken) in
      let scope = try parser.dottedName("a scope's name")
      if parser.current.kind != .word || parser.current.startsLine, parser.current.keyword != .to {
        throw parser.missing("`to`", of: "grant `\(name.text)`", help: "a grant reads `grant NAME SCOPE to AGENT`")
      }
      try parser.expect(.to, help: "a grant reads `grant NAME SCOPE to AGENT`")
      return (scope, try parser.grantees())
    }
    var condition: Expression?
    var until: Literal?
    var because: StringLiteral?
    try clauses(of: "a grant", [.when, .until, .because]) { parser, word throws(Broken) in
      switch word {
      case .when: condition = try parser.condition()
      case .until: until = try parser.moment("a date such as 2027-03-31")
      default: because = try parser.string("the reason in quotes")
      }
    }
    return GrantSyntax(name: name, scope: scope, grantees: grantees, condition: condition, until: until, because: because)
  }

  private mutating func grantees() throws(Broken) -> GrantSyntax.Grantees {
    let start = position
    if at(.any) || at(.anyone), !(next.keyword == .of) {
      if at(.anyone) {
        misspelt(current, as: "any agent")
        advance()
        return .anyAgent(range(from: start))
      }
      advance()
      try expect(.agent, "`agent` behind `any`")
      return .anyAgent(range(from: start))
    }
    return .agents(try agents())
  }

  mutating func agents() throws(Broken) -> [Identifier] {
    let agents = try list { parser throws(Broken) in try parser.identifier("an agent's name") }
    if at(.and) { throw unexpected("`,` and another agent") }
    return agents
  }

  mutating func deny() throws(Broken) -> DenySyntax {
    let name = try declaredName("the rule's name", reserved: [.default])
    var targets: [Target] = []
    var condition: Expression?
    var because: StringLiteral?
    try clauses(of: "a deny", [.on, .when, .because]) { parser, word throws(Broken) in
      switch word {
      case .on: targets = try parser.targets()
      case .when: condition = try parser.condition()
      default: because = try parser.string("the reason in quotes")
      }
    }
    guard !targets.isEmpty else {
      throw missing("`on`", of: "deny `\(name.text)`", help: "say which tools it is about: `on github.*`, or `on *.*` for all")
    }
    return DenySyntax(name: name, targets: targets, condition: condition, because: because)
  }

  mutating func ask() throws(Broken) -> AskSyntax {
    let name = try declaredName("the rule's name", reserved: [.default])
    var targets: [Target] = []
    var condition: Expression?
    var approval: (approvers: StringLiteral, within: Literal)?
    var because: StringLiteral?
    try clauses(of: "an ask", [.on, .when, .from, .because]) { parser, word throws(Broken) in
      switch word {
      case .on: targets = try parser.targets()
      case .when: condition = try parser.condition()
      case .from:
        let approvers = try parser.string("who may approve, in quotes")
        try parser.expect(.within, help: "say how long the question stands: `from \"finance-leads\" within 15m`")
        approval = (approvers, try parser.duration("a duration such as 15m"))
      default: because = try parser.string("the reason in quotes")
      }
    }
    guard !targets.isEmpty else { throw missing("`on`", of: "ask `\(name.text)`", help: "say which tools it is about: `on bank.transfer`") }
    guard let approval else {
      throw missing("`from`", of: "ask `\(name.text)`", help: "say who is asked, and how long: `from \"finance-leads\" within 15m`")
    }
    return AskSyntax(
      name: name, targets: targets, condition: condition, approvers: approval.approvers, within: approval.within, because: because)
  }

  mutating func set() throws(Broken) -> SetSyntax {
    let name = try declaredName("the set's name")
    try expect(.assign)
    return SetSyntax(name: name, elements: try setLiteral())
  }
}
