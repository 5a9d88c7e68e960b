package import Analysis
internal import Bytecode
internal import Decision
internal import JSON
internal import Semantics
internal import Text

extension CallJudge {
  /// What the engine decides of a call that an analysis names; nil when the policies have no such target.
  package mutating func judge(_ witness: Witness) -> Judgement? {
    guard let target = target(of: witness) else { return nil }
    let claims = Dictionary(
      witness.claims.map { path, value in
        (Bytecode.ClaimPath(root: path.root == .token ? .token : .key, path: path.path), value)
      }, uniquingKeysWith: { first, _ in first })
    let caller: Identity.Caller =
      switch witness.caller {
      case .named(let name): .named(name)
      case .verified: .verified
      }
    let labels = LabelSet(program.allLabels.labels.filter { witness.labels.contains(program.labels[Int($0.index)].name) })
    let call = CheckedPolicies.TestCall(
      target: target, arguments: witness.arguments, range: SourceRange(file: .init(0), lower: 0, upper: 0))
    return judge(
      call, as: Principal(Identity(caller: caller, claims: claims), of: program), with: labels,
      at: Moment(milliseconds: witness.moment ?? Witness.anyMoment))
  }

  private func target(of witness: Witness) -> CheckedPolicies.TestCall.Target? {
    guard let server = policies.servers.firstIndex(where: { $0.name == witness.target.server }) else { return nil }
    let snapshot = policies.servers[server].snapshot
    switch witness.target.kind {
    case .tool:
      return snapshot.tools.firstIndex { $0.name == witness.target.name }.map { .tool(ToolReference(server: server, tool: $0)) }
    case .prompt:
      return snapshot.prompts.firstIndex { $0.name == witness.target.name }.map { .prompt(PromptReference(server: server, prompt: $0)) }
    case .resources: return witness.arguments["uri"]?.string.map { .resource(server: server, uri: $0) }
    }
  }
}

extension Judgement {
  /// Whether the rules deny the call.
  package var isDenied: Bool {
    if !problems.isEmpty { return true }
    if case .deny = trace.verdict { return true }
    return false
  }
}
