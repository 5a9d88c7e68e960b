internal import Syntax
internal import Text

/// A declaration with the file it stands in.
struct In<Syntax> {
  let file: Int
  let declaration: Declaration
  let syntax: Syntax
}

/// All declarations by kind, in order of file and place.
struct Declared {
  var servers: [In<ServerSyntax>] = []
  var scopes: [In<ScopeSyntax>] = []
  var agents: [In<AgentSyntax>] = []
  var sets: [In<SetSyntax>] = []
  var rules: [In<RuleSyntax>] = []
  var refinements: [In<RefineSyntax>] = []
  var costs: [In<CostSyntax>] = []
  var limits: [In<LimitSyntax>] = []
  var labels: [In<LabelSyntax>] = []
  var marks: [In<MarkSyntax>] = []
  var clears: [In<MarkSyntax>] = []
  var sessions: [In<SessionSyntax>] = []
  var patterns: [In<PatternsSyntax>] = []
  var filters: [In<FilterSyntax>] = []
  var tests: [In<TestSyntax>] = []
  var tables: [In<TableSyntax>] = []
  var proves: [In<ProveSyntax>] = []
  /// By file: its layer in `Parts.layers`.
  var layerOfFile: [Int] = []
  /// By name of a rule: what kind it is; the index of its symbol points into the list of its kind.
  var ruleKinds: [String: RuleKind] = [:]
}

/// What becomes a `CheckedPolicies.Rule`.
enum RuleSyntax {
  case grant(GrantSyntax)
  case deny(DenySyntax)
  case ask(AskSyntax)

  var name: Identifier {
    switch self {
    case .grant(let grant): grant.name
    case .deny(let deny): deny.name
    case .ask(let ask): ask.name
    }
  }
}

/// All that share the name space of rules.
enum RuleKind: String { case grant, deny, ask, limit, filter, prove }

extension Checker {
  /// Enters every declared name, so that the order of files and declarations means nothing.
  mutating func declare() {
    for (file, loaded) in sources.loaded.enumerated() {
      checkHeader(of: loaded, file)
      for declaration in loaded.tree.declarations { declare(declaration, file) }
    }
    declareTitles()
  }

  private mutating func declare(_ declaration: Declaration, _ file: Int) {
    func placed<Syntax>(_ syntax: Syntax) -> In<Syntax> { In(file: file, declaration: declaration, syntax: syntax) }
    switch declaration.kind {
    case .edition, .policy, .use: break
    case .server(let syntax):
      if enter(syntax.name, .server, file, declared.servers.count) { declared.servers.append(placed(syntax)) }
    case .scope(let syntax):
      let name = Identifier(syntax.name.text, syntax.name.range)
      if enter(name, .scope, file, declared.scopes.count) { declared.scopes.append(placed(syntax)) }
    case .agent(let syntax):
      if enter(syntax.name, .agent, file, declared.agents.count) { declared.agents.append(placed(syntax)) }
    case .set(let syntax):
      if enter(syntax.name, .set, file, declared.sets.count) { declared.sets.append(placed(syntax)) }
    case .grant(let syntax): declareRule(.grant(syntax), .grant, placed)
    case .deny(let syntax): declareRule(.deny(syntax), .deny, placed)
    case .ask(let syntax): declareRule(.ask(syntax), .ask, placed)
    case .limit(let syntax):
      if enter(syntax.name, as: .limit, file, declared.limits.count) { declared.limits.append(placed(syntax)) }
    case .filter(let syntax):
      if enter(syntax.name, as: .filter, file, declared.filters.count) { declared.filters.append(placed(syntax)) }
    case .prove(let syntax):
      if enter(syntax.name, as: .prove, file, declared.proves.count) { declared.proves.append(placed(syntax)) }
    case .label(let syntax):
      if enter(syntax.name, .label, file, declared.labels.count) { declared.labels.append(placed(syntax)) }
    case .patterns(let syntax):
      let name = Identifier(syntax.name.text, syntax.name.range)
      if enter(name, .patterns, file, declared.patterns.count) { declared.patterns.append(placed(syntax)) }
    case .refine(let syntax): declared.refinements.append(placed(syntax))
    case .cost(let syntax): declared.costs.append(placed(syntax))
    case .mark(let syntax): declared.marks.append(placed(syntax))
    case .clear(let syntax): declared.clears.append(placed(syntax))
    case .session(let syntax): declared.sessions.append(placed(syntax))
    case .test(let syntax): declared.tests.append(placed(syntax))
    case .table(let syntax): declared.tables.append(placed(syntax))
    }
  }

  private mutating func declareRule(_ syntax: RuleSyntax, _ kind: RuleKind, _ placed: (RuleSyntax) -> In<RuleSyntax>) {
    let rule = placed(syntax)
    if enter(syntax.name, as: kind, rule.file, declared.rules.count) { declared.rules.append(rule) }
  }

  private mutating func enter(_ name: Identifier, as kind: RuleKind, _ file: Int, _ index: Int) -> Bool {
    guard enter(name, .rule, file, index) else { return false }
    declared.ruleKinds[name.text] = kind
    return true
  }

  private mutating func enter(_ name: Identifier, _ kind: SymbolKind, _ file: Int, _ index: Int) -> Bool {
    let symbol = Symbol(file: file, range: name.range, index: index)
    guard let first = symbols[kind.rawValue].declare(name.text, symbol) else { return true }
    reportDuplicate("\(kind.noun) `\(name.text)`", name.range, first: first.range)
    return false
  }

  mutating func reportDuplicate(_ what: String, _ range: SourceRange, first: SourceRange) {
    report(
      .duplicateName, "\(what) is declared twice", range, "declared again here", also: [.init(first, "first declared here")],
      help: "a name is what logs, tests and reviews hold on to; give this one another")
  }

  /// Titles of tests and tables name cases in reports, so they are unique too.
  private mutating func declareTitles() {
    var titles: [String: SourceRange] = [:]
    let all = declared.tests.map(\.syntax.name) + declared.tables.map(\.syntax.name)
    for title in all.sorted(by: { $0.range < $1.range }) {
      if let first = titles[title.value] {
        reportDuplicate("test \"\(title.value)\"", title.range, first: first)
      } else {
        titles[title.value] = title.range
      }
    }
  }

  private mutating func checkHeader(of loaded: Sources.File, _ file: Int) {
    var first: [String: SourceRange] = [:]
    var layer: PolicySyntax?
    for declaration in loaded.tree.declarations {
      let word: String
      switch declaration.kind {
      case .edition(let edition):
        word = "edition"
        checkEdition(edition)
      case .policy(let policy):
        word = "policy"
        if policy.isLayer, layer == nil { layer = policy }
      default: continue
      }
      if let before = first[word] {
        report(
          .repeatedDeclaration, "a file has one `\(word)`", declaration.range, "a second one", also: [.init(before, "the first one")],
          help: "remove one of them")
      } else {
        first[word] = declaration.keyword
      }
    }
    declared.layerOfFile.append(layerIndex(of: layer))
  }

  /// The layer all files without `as layer` form together comes first when there is such a file.
  private mutating func layerIndex(of policy: PolicySyntax?) -> Int {
    if policy == nil, let shared = parts.layers.firstIndex(where: { $0.name == nil }) { return shared }
    parts.layers.append(.init(name: policy?.name.text, hasGrants: false))
    return parts.layers.count - 1
  }

  private mutating func checkEdition(_ edition: EditionSyntax) {
    if case .number("1") = edition.number.kind { return }
    report(
      .unknownEdition, "this sallyport reads edition 1", edition.number.range, "another edition",
      help: "write `edition 1`, or use a newer sallyport")
  }
}
