package import Semantics

/// Who may do something with one target, and when.
package struct Access: Sendable {
  package struct Entry: Hashable, Sendable {
    /// An agent's name; nil: whoever calls, as far as the conditions say.
    package let agent: String?
    /// What must all be so, as it is written in policies.
    package let conditions: [String]
    /// `allow`, or `ask "group"`.
    package let outcome: String
  }

  package enum Extent: Sendable {
    /// Over all calls. Empty: closed to everybody.
    case exact([Entry])
    /// There are too many cases, or a server decides what there is: look at the rules.
    case unknown
  }

  package let target: Target
  package let extent: Extent
}

/// Every tool and prompt of the snapshots, and the resources that rules speak of, each with everybody who may use it.
package func access(_ policies: CheckedPolicies) -> [Access] {
  let index = RuleIndex(policies)
  var targets = Set(index.rules.keys)
  for (server, declared) in policies.servers.enumerated() {
    targets.formUnion(declared.snapshot.tools.indices.map { policies.target(ToolReference(server: server, tool: $0)) })
    targets.formUnion(declared.snapshot.prompts.indices.map { policies.target(PromptReference(server: server, prompt: $0)) })
  }
  return targets.sorted().map { target in
    if target.kind == .resources { return Access(target: target, extent: .unknown) }
    return Access(target: target, extent: (try? entries(target, index)).map(Access.Extent.exact) ?? .unknown)
  }
}

private func entries(_ target: Target, _ index: RuleIndex) throws(TooLarge) -> [Access.Entry] {
  var decisions = try Decisions(target, [index])
  let decision = try decisions.decision(side: 0)
  let agents = index.agentsGranted(target).sorted()
  var entries: [Access.Entry] = []
  for verdict in decisions.diagrams.values(of: decision).sorted() where verdict != Decisions.Verdict.deny {
    let calls = try decisions.diagrams.mapValues(decision) { $0 == verdict ? 1 : 0 }
    for part in try decisions.parts(of: calls, agents) {
      let agent = part.facts.first.flatMap(agentName)
      let entry = Access.Entry(
        agent: agent, conditions: agent == nil ? part.facts : Array(part.facts.dropFirst()), outcome: decisions.text(of: verdict))
      if !entries.contains(entry) { entries.append(entry) }
    }
  }
  return entries
}

/// Of the words for who calls: an agent is one whether a credential or the operator says so.
private func agentName(_ words: String) -> String? {
  for start in ["agent ", "a caller that its operator names "] where words.hasPrefix(start) { return String(words.dropFirst(start.count)) }
  return nil
}
