package import Bytecode
internal import Digests
internal import JSON
package import Semantics
package import Text

/// Makes a program of checked policies. `generation` tells it from those made before and after.
///
/// Fails only when PCRE2 refuses a pattern that our own reader of patterns let pass, or the default of a refined field is a URL or path that its
/// own constraints refuse.
package func compile(_ policies: CheckedPolicies, generation: UInt64) throws(Rejected) -> Program {
  var compiler = try Compiler(policies)
  try compiler.compile()
  do {
    return try Program(compiler.parts(generation))
  } catch {
    preconditionFailure("the compiler made a program that does not hold together: \(error)")
  }
}

private struct Compiler {
  let policies: CheckedPolicies
  let table: RuleTable
  let labels: LabelTable
  let filters: FilterTable
  let limits: LimitTable
  /// Of each layer, its place among those that contain grants.
  let grantingLayers: [Int: Int]
  /// By checked index.
  let conditions: [Normal]
  let shared: Layout
  let sources: [SharedSource]
  var constants = Constants()
  var fields = FieldNames()
  var lowering = Lowering()
  var grouping = Grouping()
  /// Conditions that read no arguments are the same on every target.
  var independent: [Int: Lowering.Lowered] = [:]
  var agents: [AgentInfo] = []
  var tools: [PinnedInfo] = []
  var prompts: [PinnedInfo] = []
  var servers: [ServerInfo] = []

  init(_ policies: CheckedPolicies) throws(Rejected) {
    self.policies = policies
    table = RuleTable(policies)
    labels = LabelTable(policies)
    filters = FilterTable(policies, labels)
    limits = try LimitTable(policies)
    let granting = policies.layers.indices.filter { policies.layers[$0].hasGrants }
    grantingLayers = Dictionary(uniqueKeysWithValues: granting.enumerated().map { ($1, $0) })
    conditions = policies.rules.map { Normal($0.condition) }
    var needs = Needs()
    for agent in policies.agents { for literal in Normal(agent.condition).literals { needs.add(literal.atom) } }
    for condition in conditions { for literal in condition.literals { needs.add(literal.atom) } }
    (shared, sources) = Layout.shared(needs, policies.claims, labels, &constants)
  }

  mutating func compile() throws(Rejected) {
    for agent in policies.agents {
      let lowered = try lowering.lower(Normal(agent.condition), shared)
      let claims = agent.fixedClaims.map { (Bytecode.ClaimPath($0), Value($1)) }
      agents.append(
        AgentInfo(
          name: agent.name, chain: lowered.chain,
          fixed: Identity(caller: .named(agent.name), claims: Dictionary(uniqueKeysWithValues: claims))))
    }
    var byTool: [ToolReference: [Int]] = [:]
    var byPrompt: [PromptReference: [Int]] = [:]
    for index in table.order {
      for tool in policies.rules[index].targets.tools { byTool[tool, default: []].append(index) }
      for prompt in policies.rules[index].targets.prompts { byPrompt[prompt, default: []].append(index) }
    }
    let refinements = Dictionary(uniqueKeysWithValues: policies.refinements.map { ($0.tool, $0) })
    for (server, declared) in policies.servers.enumerated() {
      let toolNames = constants.newSpace()
      for (index, tool) in declared.snapshot.tools.enumerated() {
        constants.names.insert(tool.name, UInt32(tools.count), in: toolNames)
        let plan = try plan(byTool[ToolReference(server: server, tool: index)], tool.input)
        let refinement = try refinements[ToolReference(server: server, tool: index)].map { one throws(Rejected) in
          try Refinement(one, of: tool)
        }
        tools.append(
          PinnedInfo(
            server: ServerID(UInt32(server)), name: tool.name, digest: tool.digest, plan: plan, refinement: refinement,
            filters: filters.byTool[ToolReference(server: server, tool: index)] ?? [],
            labels: labels.byTool[ToolReference(server: server, tool: index)] ?? LabelChange(),
            limited: limits.use(of: ToolReference(server: server, tool: index))))
      }
      let promptNames = constants.newSpace()
      for (index, prompt) in declared.snapshot.prompts.enumerated() {
        constants.names.insert(prompt.name, UInt32(prompts.count), in: promptNames)
        let plan = try plan(byPrompt[PromptReference(server: server, prompt: index)], prompt.input)
        prompts.append(
          PinnedInfo(
            server: ServerID(UInt32(server)), name: prompt.name, digest: prompt.digest, plan: plan,
            filters: filters.byPrompt[PromptReference(server: server, prompt: index)] ?? [],
            labels: labels.byPrompt[PromptReference(server: server, prompt: index)] ?? LabelChange(),
            limited: limits.use(of: PromptReference(server: server, prompt: index))))
      }
      servers.append(
        ServerInfo(
          name: declared.name, tools: toolNames, prompts: promptNames, resources: try resources(of: server),
          passesMismatchedOutput: declared.outputMismatch == .log, filters: filters.serverWide[server],
          resourceFilters: filters.ofResources[server], resourceLabels: labels.ofResources[server],
          resourceLimits: limits.ofResources[server]))
    }
  }

  func parts(_ generation: UInt64) -> Program.Parts {
    let empty = Plan(
      slots: shared.slots, shared: shared.slots.count, fields: [], names: [], members: 0..<0, denies: nil, asks: nil, shadows: nil,
      grants: [],
      rules: [])
    var parts = Program.Parts(fingerprint: sha256(Array(canonicalText(policies).utf8)), shared: empty)
    parts.generation = generation
    parts.rules = table.infos
    parts.servers = servers
    parts.tools = tools
    parts.prompts = prompts
    parts.agents = agents
    parts.scopes = scopes
    parts.filterPatterns = filters.patterns
    parts.patternSets = filters.sets
    parts.filters = filters.filters
    parts.limits = limits.limits
    parts.labels = labels.infos
    parts.approvalLabels = labels.approval
    parts.sessionKey = policies.sessionKey.map { part in
      switch part {
      case .claim(let path): .claim(Bytecode.ClaimPath(path))
      case .argument(let path): .argument(path.names)
      }
    }
    parts.sources = sources
    parts.grantingLayers = grantingLayers.count
    parts.fields = fields.names
    parts.names = constants.names
    parts.pool = lowering.pool
    parts.numbers = constants.numbers
    parts.scaled = constants.scaled
    parts.moments = constants.moments
    parts.patterns = lowering.patterns
    parts.code = lowering.code
    parts.candidates = grouping.candidates
    parts.buckets = grouping.buckets
    return parts
  }

  /// In order of name. Tools and prompts of all servers are numbered through, in the order of servers and snapshots.
  private var scopes: [ScopeInfo] {
    var first: [(tool: Int, prompt: Int)] = []
    var next = (tool: 0, prompt: 0)
    for server in policies.servers {
      first.append(next)
      next = (next.tool + server.snapshot.tools.count, next.prompt + server.snapshot.prompts.count)
    }
    return policies.scopes.sorted { $0.name.exact < $1.name.exact }.map { scope in
      ScopeInfo(
        name: scope.name, tools: scope.opens.tools.map { ToolID(UInt32(first[$0.server].tool + $0.tool)) }.sorted { $0.index < $1.index },
        prompts: scope.opens.prompts.map { PromptID(UInt32(first[$0.server].prompt + $0.prompt)) }.sorted { $0.index < $1.index },
        resources: scope.opens.resources.map { ScopeInfo.Resources(server: ServerID(UInt32($0.server)), glob: URIGlob($0.uri)) },
        isSensitive: scope.annotations.contains { $0.name == "sensitive" })
    }
  }

  /// Nil when no rule speaks of the target.
  private mutating func plan(_ indices: [Int]?, _ shape: ObjectShape) throws(Rejected) -> Plan? {
    guard let indices else { return nil }
    var needs = Needs()
    for index in indices { for literal in conditions[index].literals { needs.add(literal.atom) } }
    let arguments = ArgumentLayout(needs, of: shape, after: shared, &constants, &fields)
    var rules: [LoweredRule] = []
    for index in indices {
      if let rule = try rule(index, arguments.layout) { rules.append(rule) }
    }
    return Plan(
      slots: arguments.layout.slots, shared: shared.slots.count, fields: arguments.fields, names: arguments.fieldNames,
      members: arguments.members,
      denies: grouping.group(rules, .deny), asks: grouping.group(rules, .ask), shadows: grouping.group(rules, .shadow),
      grants: (0..<grantingLayers.count).map { grouping.group(rules, .grant(layer: $0)) }, rules: rules.map(\.planned))
  }

  /// Nil when its condition never holds.
  private mutating func rule(_ index: Int, _ layout: Layout) throws(Rejected) -> LoweredRule? {
    let rule = policies.rules[index]
    let lowered: Lowering.Lowered
    if let known = independent[index] {
      lowered = known
    } else {
      lowered = try lowering.lower(conditions[index], layout)
      if conditions[index].literals.allSatisfy({ !$0.atom.readsArguments }) { independent[index] = lowered }
    }
    guard let chain = lowered.chain else { return nil }
    var planned = PlannedRule(rule: table.numbers[index], chain: chain, atoms: lowered.atoms)
    let effect: LoweredRule.Effect
    switch rule.kind {
    case .grant(let grant):
      guard let layer = grantingLayers[rule.layer] else { preconditionFailure("a layer with a grant has grants") }
      effect = .grant(layer: layer)
      planned.expires = grant.until ?? .max
      if case .agents(let agents) = grant.grantees { planned.agents = agents.map { UInt32($0) } }
    case .deny: effect = rule.isShadow ? .shadow : .deny
    case .ask: effect = rule.isShadow ? .shadow : .ask
    }
    return LoweredRule(effect: effect, planned: planned, required: lowered.required)
  }

  private mutating func resources(of server: Int) throws(Rejected) -> [ResourceRule] {
    var rules: [ResourceRule] = []
    for index in table.order {
      let globs = policies.rules[index].targets.resources.filter { $0.server == server }.map { URIGlob($0.uri) }
      guard !globs.isEmpty, let rule = try rule(index, shared) else { continue }
      let effect: ResourceRule.Effect =
        switch rule.effect {
        case .grant(let layer): .grant(layer: layer)
        case .deny: .deny
        case .ask: .ask
        case .shadow: .shadow
        }
      rules.append(ResourceRule(effect: effect, planned: rule.planned, globs: globs))
    }
    return rules
  }
}

extension Atom {
  /// As its subject, or as what that is compared with.
  var readsArguments: Bool {
    if subject.argument != nil { return true }
    if case .sameAs(let other) = test { return other.argument != nil }
    return false
  }
}

extension URIGlob {
  package init(_ glob: Glob) {
    self.init(
      source: glob.source,
      pieces: glob.pieces.map { piece in
        switch piece {
        case .literal(let text): .literal(Array(text.utf8))
        case .withinSegment: .withinSegment
        case .anything: .anything
        }
      })
  }
}
