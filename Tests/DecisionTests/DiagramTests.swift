import Bytecode
import Decision
import JSON
import Semantics
import TestSupport
import Testing

@testable import Analysis
@testable import Compilation

/// Diagrams against the engine: what they say of a random call is what the engine decides, and a call that they name is decided as they say.
///
/// `PROPERTY_RUNS=100000 swift test --filter DiagramTests` is the long run; `SEED=…` repeats one.
@Suite struct DiagramTests {
  @Test func diagramsAgreeWithTheEngine() throws {
    let seed = propertySeed()
    let runs = propertyRuns(2_000)
    var seeds = SeededGenerator(seed: seed)
    var calls = 0
    var tooLarge = 0
    var targets = 0
    var unconfirmed = 0
    var tally: [Int: Int] = [:]
    while calls < runs {
      var generator = PolicyGenerator(seed: seeds.next())
      let tools = generator.tools()
      var files = generator.files(tools)
      guard let policies = try accepted(&files) else { continue }
      let index = RuleIndex(policies)
      let program = try compile(policies, generation: 1)
      var requests = RequestGenerator(seed: seeds.next())
      for tool in tools.indices {
        targets += 1
        let target = policies.target(ToolReference(server: 0, tool: tool))
        var decisions: Decisions
        let decision: Diagrams.Reference
        do throws(TooLarge) {
          decisions = try Decisions(target, [index])
          decision = try decisions.decision(side: 0)
        } catch {
          tooLarge += 1
          continue
        }
        var evaluator = Evaluator(program)
        for _ in 0..<60 {
          calls += 1
          let call = try situation(&requests, tools[tool], policies)
          guard decisions.fits(call, side: 0), let verdict = verdict(call, ToolID(UInt32(tool)), program, &evaluator) else { continue }
          let said = decisions.value(of: decision, for: call)
          tally[verdict, default: 0] += 1
          let expected = min(said ?? 99, Decisions.Verdict.firstAsk)
          if expected != verdict {
            Issue.record(
              "SEED=\(seed): diagram \(String(describing: said)), engine \(verdict)\n\(decisions.strange(call))\n\(call)\n\(text(files))")
            return
          }
        }
        for wanted in 0...Decisions.Verdict.firstAsk {
          let set = try decisions.diagrams.mapValues(decision) { min($0, Decisions.Verdict.firstAsk) == wanted ? 1 : 0 }
          guard let witness = decisions.witness(in: set, side: 0) else { continue }
          let call = CallFacts(
            caller: { if case .named(let name) = witness.caller { .named(name) } else { .verified } }(),
            claims: witness.claims, arguments: witness.arguments, labels: Set(witness.labels),
            moment: witness.moment ?? Witness.anyMoment)
          if !witness.isConfirmed {
            unconfirmed += 1
            continue
          }
          let verdict = self.verdict(call, ToolID(UInt32(tool)), program, &evaluator) ?? Decisions.Verdict.deny
          if verdict != wanted {
            Issue.record("SEED=\(seed): witness for \(wanted) is \(verdict)\n\(witness.line)\n\(text(files))")
            return
          }
        }
      }
    }
    // Agreement that everything is denied, or too large to be looked at, would show little.
    #expect(tooLarge * 10 < targets, "\(tooLarge) of \(targets) targets are too large")
    for verdict in 0...Decisions.Verdict.firstAsk { #expect(tally[verdict, default: 0] * 100 > runs, "\(tally)") }
    #expect(unconfirmed * 10 < targets)
  }

  private func text(_ files: [String: String]) -> String {
    files.sorted { $0.key < $1.key }.map { "--- \($0.key)\n\($0.value)" }.joined(separator: "\n")
  }

  /// Nil: the call is not what the schema says.
  private func verdict(_ call: CallFacts, _ tool: ToolID, _ program: Program, _ evaluator: inout Evaluator) -> Int? {
    guard let document = try? Document(parsing: write(call.arguments)) else { return nil }
    var claims: [Bytecode.ClaimPath: JSON.Value] = [:]
    for (path, value) in call.claims { claims[Bytecode.ClaimPath(path)] = value }
    let caller: Identity.Caller = if case .named(let name) = call.caller { .named(name) } else { .verified }
    let principal = Principal(Identity(caller: caller, claims: claims), of: program)
    let labels = LabelSet(program.allLabels.labels.filter { call.labels.contains(program.labels[Int($0.index)].name) })
    switch evaluator.decide(
      .tool(tool, document, arguments: document.root), principal: principal, labels: labels, now: Moment(milliseconds: call.moment))
    {
    case .allow: return Decisions.Verdict.allow
    case .ask: return Decisions.Verdict.firstAsk
    case .deny(.invalidArgument): return nil
    case .deny: return Decisions.Verdict.deny
    }
  }

  private func situation(
    _ requests: inout RequestGenerator, _ tool: PolicyGenerator.Tool, _ policies: CheckedPolicies
  ) throws -> CallFacts {
    var arguments = Plain.object([])
    while true {
      if case .object(let members)? = requests.arguments(tool) {
        arguments = .object(members)
        break
      }
    }
    let document = try Document(text: arguments.json(&requests.random))
    let labels = Set(policies.labels.map(\.name).filter { _ in requests.random.chance(50) })
    let moment = max(0, requests.moment())
    let value = JSON.Value(document, document.root)
    if requests.random.chance(40) {
      // As an operator names it, a caller has no claims but those.
      let agent = requests.pick(policies.agents)
      return CallFacts(
        caller: .named(agent.name),
        claims: agent.fixedClaims.mapValues {
          switch $0 {
          case .text(let text): .string(text)
          case .number(let number): .number(number)
          case .boolean(let boolean): .boolean(boolean)
          }
        }, arguments: value, labels: labels, moment: moment)
    }
    var claims: [Semantics.ClaimPath: JSON.Value] = [:]
    for (path, plain) in requests.claims() {
      claims[path] = JSON.Value(try Document(text: plain.json(&requests.random)), Document().root)
    }
    return CallFacts(caller: .verified, claims: claims, arguments: value, labels: labels, moment: moment)
  }
}
