extension Program {
  /// The most instructions that any one decision can take: on the target with the most, every test of every rule. Ways lead forward only, so
  /// this bounds evaluation from above.
  package var costliestDecision: Int {
    let pinned = (tools + prompts).map { $0.plan?.rules.reduce(0) { $0 + Int($1.chain.count) } ?? 0 }
    let resources = servers.map { $0.resources.reduce(0) { $0 + Int($1.planned.chain.count) } }
    return (pinned + resources).max() ?? 0
  }
}
