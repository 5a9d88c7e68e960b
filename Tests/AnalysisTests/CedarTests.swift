import JSON
import Semantics
import TestSupport
import Testing

/// What grants and denies come to, against Cedar's own engine.
///
/// `PROPERTY_RUNS=10000 swift test --filter CedarTests` is the long run; `SEED=…` repeats one.
@Suite(.enabled(if: Oracles.isReady, Oracles.absent))
struct CedarTests {
  @Test func grantsAndDeniesAgreeWithCedar() throws {
    let seed = propertySeed()
    let runs = propertyRuns(2_000)
    var worlds = World(seed: seed, .plain, asks: false)
    var problems: [Value] = []
    var asked: [(context: String, isAllowed: Bool)] = []
    while asked.count < runs {
      let policy = worlds.policy()
      guard let checked = worlds.checked(policy.text) else { continue }
      let engine = Engine(checked)
      let calls = (0..<40).map { _ in worlds.call() }
      for call in calls {
        asked.append(("SEED=\(seed) \(call)\n\(policy.text)", try engine.verdict(call) == 2))
      }
      problems.append(["policies": .string(cedar(policy)), "contexts": .array(calls.map(context))])
    }
    let answers = try Oracles.answer("authorize.py", ["problems": .array(problems)]).elements ?? []
    let said = answers.flatMap { $0.elements ?? [] }
    #expect(said.count == asked.count)
    for (call, answer) in zip(asked, said) { #expect(answer == .boolean(call.isAllowed), "\(call.context)") }
    let allowed = asked.count { $0.isAllowed }
    #expect(allowed * 10 > asked.count && allowed * 10 < asked.count * 9, "\(allowed) of \(asked.count) are allowed")
  }

  private func cedar(_ policy: World.Policy) -> String {
    let agents = [
      "bot": #"(context.named == "bot" || (context.named == "" && context has sub && context.sub == "bot"))"#,
      "desk": #"(context.named == "desk" || (context.named == "" && context has sub && ["desk", "d"].contains(context.sub)))"#,
    ]
    let rules = policy.rules.map { rule in
      let condition = rule.formula?.cedar ?? "true"
      guard case .grant(let names) = rule.kind else { return "forbid(principal, action, resource) when { \(condition) };" }
      let who = names.isEmpty ? "true" : names.compactMap { agents[$0] }.joined(separator: " || ")
      return "permit(principal, action, resource) when { (\(who)) && \(condition) };"
    }
    return rules.joined(separator: "\n")
  }

  /// An agent that is named has the claims that its condition fixes.
  private func context(_ call: World.Call) -> Value {
    var members = call.arguments.members ?? []
    members.append(.init("named", .string(call.agent ?? "")))
    members += call.claims.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) }
    if call.agent == "bot" { members.append(.init("sub", "bot")) }
    return .object(members)
  }
}
