internal import Digests
internal import Semantics

/// What a decision is about, by name, so that two policies can speak of the same one.
package struct Target: Hashable, Comparable, Sendable {
  package enum Kind: Int, Hashable, Sendable { case tool, prompt, resources }

  package let kind: Kind
  package let server: String
  /// Empty for the resources of a server, which are one target.
  package let name: String

  /// As it is written in a policy.
  package var description: String {
    switch kind {
    case .tool: "\(server).\(name)"
    case .prompt: "prompt \(server).\(name)"
    case .resources: "resource \(server) \"**\""
    }
  }

  package static func < (left: Target, right: Target) -> Bool {
    (left.server, left.kind.rawValue, left.name) < (right.server, right.kind.rawValue, right.name)
  }
}

extension CheckedPolicies {
  func target(_ tool: ToolReference) -> Target { Target(kind: .tool, server: servers[tool.server].name, name: self.tool(tool).name) }

  func target(_ prompt: PromptReference) -> Target {
    Target(kind: .prompt, server: servers[prompt.server].name, name: self.prompt(prompt).name)
  }

  func targets(_ targets: Targets) -> [Target] {
    targets.tools.map(target) + targets.prompts.map(target)
      + Set(targets.resources.map(\.server)).sorted().map { Target(kind: .resources, server: servers[$0].name, name: "") }
  }
}

/// A policy's rules by what they speak of.
struct RuleIndex {
  let policies: CheckedPolicies
  /// Numbers of rules that are enforced, ascending.
  private(set) var rules: [Target: [Int]] = [:]
  private let tools: [Target: ToolReference]
  private let prompts: [Target: PromptReference]
  private let refinements: [ToolReference: CheckedPolicies.Refinement]
  let grantingLayers: [Int]
  /// By name.
  let agents: [String: Int]

  init(_ policies: CheckedPolicies) {
    self.policies = policies
    var tools: [Target: ToolReference] = [:]
    var prompts: [Target: PromptReference] = [:]
    for (server, declared) in policies.servers.enumerated() {
      for tool in declared.snapshot.tools.indices {
        let reference = ToolReference(server: server, tool: tool)
        tools[policies.target(reference)] = reference
      }
      for prompt in declared.snapshot.prompts.indices {
        let reference = PromptReference(server: server, prompt: prompt)
        prompts[policies.target(reference)] = reference
      }
    }
    self.tools = tools
    self.prompts = prompts
    refinements = Dictionary(policies.refinements.map { ($0.tool, $0) }, uniquingKeysWith: { first, _ in first })
    agents = Dictionary(policies.agents.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    grantingLayers = policies.layers.indices.filter { policies.layers[$0].hasGrants }
    let byTool = Dictionary(tools.map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    let byPrompt = Dictionary(prompts.map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    for rule in policies.rules where !rule.isShadow {
      for tool in rule.targets.tools { if let target = byTool[tool] { rules[target, default: []].append(rule.number) } }
      for prompt in rule.targets.prompts { if let target = byPrompt[prompt] { rules[target, default: []].append(rule.number) } }
      for server in Set(rule.targets.resources.map(\.server)) {
        rules[Target(kind: .resources, server: policies.servers[server].name, name: ""), default: []].append(rule.number)
      }
    }
  }

  /// Nil when the policy has no such target.
  func shape(of target: Target) -> ObjectShape? {
    switch target.kind {
    case .tool: tools[target].map { policies.tool($0).input }
    case .prompt: prompts[target].map { policies.prompt($0).input }
    case .resources: nil
    }
  }

  /// Of its definition, as it is pinned.
  func digest(of target: Target) -> Digest? {
    switch target.kind {
    case .tool: tools[target].map { policies.tool($0).digest }
    case .prompt: prompts[target].map { policies.prompt($0).digest }
    case .resources: nil
    }
  }

  func refinement(of target: Target) -> CheckedPolicies.Refinement? { tools[target].flatMap { refinements[$0] } }

  /// Names of the agents that grants on it speak of.
  func agentsGranted(_ target: Target) -> [String] {
    var found: Set<Int> = []
    for number in rules[target] ?? [] {
      if case .grant(let grant) = policies.rules[number].kind, case .agents(let agents) = grant.grantees { found.formUnion(agents) }
    }
    return found.map { policies.agents[$0].name }.sorted()
  }

  func toolReference(_ target: Target) -> ToolReference? { tools[target] }

  /// Every tool and prompt there is.
  var targets: [Target] { Array(tools.keys) + Array(prompts.keys) }
}
