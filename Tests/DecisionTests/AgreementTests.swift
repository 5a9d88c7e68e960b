import Bytecode
import Decision
import Foundation
import JSON
import Semantics
import TestSupport
import Testing

@testable import Compilation

/// The engine against the reference, over random policies and calls.
///
/// `PROPERTY_RUNS=1000000 swift test --filter AgreementTests` is the long run; `SEED=…` repeats one.
@Suite struct AgreementTests {
  @Test func engineAgreesWithReference() throws {
    let seed = propertySeed()
    let runs = propertyRuns(20_000)
    var seeds = SeededGenerator(seed: seed)
    // Checking a policy costs as much as many calls, so a long run takes more calls of each rather than more policies only.
    let callsPerPolicy = max(200, runs / 1_000)
    var pairs = 0
    var refused = 0
    var tally: [String: Int] = [:]
    while pairs < runs {
      let policySeed = seeds.next()
      var generator = PolicyGenerator(seed: policySeed)
      let tools = generator.tools()
      var files = generator.files(tools)
      guard let policies = try accepted(&files) else {
        refused += 1
        #expect(refused < 50 + runs / 20, "most random policies are refused: the generator no longer fits the checker")
        if refused >= 50 + runs / 20 { return }
        continue
      }
      var trial = try Trial(policies, tools, seed: seeds.next())
      for _ in 0..<callsPerPolicy {
        if let disagreement = try trial.run(&tally) {
          Issue.record(
            "SEED=\(seed): \(disagreement)\n\(files.sorted { $0.key < $1.key }.map { "--- \($0.key)\n\($0.value)" }.joined(separator: "\n"))"
          )
          return
        }
      }
      pairs += callsPerPolicy
    }
    // Agreement that everything is denied would show little.
    for outcome in ["allow", "ask", "deny by rule", "deny by default", "invalid"] {
      #expect(tally.contains { $0.key.hasPrefix(outcome) && $0.value * 200 > pairs }, "SEED=\(seed): hardly any \(outcome): \(tally)")
    }
  }
}

/// One program and its oracle.
struct Trial: ~Copyable {
  private let reference: Reference
  private let program: Program
  private let tools: [PolicyGenerator.Tool]
  private var evaluator: Evaluator
  private var requests: RequestGenerator

  init(_ policies: CheckedPolicies, _ tools: [PolicyGenerator.Tool], seed: UInt64) throws {
    reference = Reference(policies: policies)
    program = try compile(policies, generation: 1)
    self.tools = tools
    evaluator = Evaluator(program)
    requests = RequestGenerator(seed: seed)
  }

  /// What engine and reference disagree on, if anything.
  mutating func run(_ tally: inout [String: Int]) throws -> String? {
    let index = Int.random(in: 0..<tools.count, using: &requests.random)
    let arguments = requests.arguments(tools[index])
    var (principal, caller, who) = try self.caller()
    let labels = LabelSet(program.allLabels.labels.filter { _ in Bool.random(using: &requests.random) })
    caller.labels = Set(labels.labels.map { program.labels[Int($0.index)].name })
    let now = requests.moment()
    let expected = reference.decide(.tool(ToolReference(server: 0, tool: index)), arguments, caller, now: now)
    let text = arguments?.json(&requests.random) ?? "{}"
    let document = try Document(text: text)
    let call = Call.tool(ToolID(UInt32(index)), document, arguments: arguments == nil ? nil : document.root)
    let verdict = evaluator.decide(call, principal: principal, labels: labels, now: Moment(milliseconds: now))
    let shadowed = evaluator.shadowed.map { program.rule($0).name }
    tally[kind(expected), default: 0] += 1
    let place = "tool t\(index) arguments \(text) caller \(who) claims \(caller.claims) labels \(caller.labels) now \(now)"
    if answer(verdict) != expected { return "engine: \(answer(verdict)), reference: \(expected)\n\(place)" }
    if expected != .invalid {
      let wanted = reference.shadowed(.tool(ToolReference(server: 0, tool: index)), arguments, caller, now: now)
      if shadowed != wanted { return "shadows: engine \(shadowed), reference \(wanted)\n\(place)" }
    }
    if case .deny = verdict { return nil }
    for earlier in [labels, before(labels), nil] {
      if !evaluator.mayAllow(.tool(ToolID(UInt32(index))), principal: principal, labels: earlier, now: Moment(milliseconds: now)) {
        return "allowed, but hidden from a list made with labels \(String(describing: earlier?.labels))\n\(place)"
      }
    }
    return nil
  }

  /// Labels that a session may have had before it had these: what nothing clears was not there yet, if it is there now; the others came and went.
  private mutating func before(_ labels: LabelSet) -> LabelSet {
    LabelSet(
      program.allLabels.labels.filter { label in
        (labels.contains(label) || program.clearableLabels.contains(label)) && Bool.random(using: &requests.random)
      })
  }

  private mutating func caller() throws -> (Principal, Reference.Caller, String) {
    let claims = requests.claims()
    var own: [Bytecode.ClaimPath: JSON.Value] = [:]
    for (path, value) in claims {
      own[Bytecode.ClaimPath(path)] = JSON.Value(try Document(text: value.json(&requests.random)), Document().root)
    }
    switch Int.random(in: 0..<4, using: &requests.random) {
    case 0:
      let agent = Int.random(in: 0..<reference.policies.agents.count, using: &requests.random)
      let declared = reference.policies.agents[agent]
      let fixed = declared.fixedClaims.mapValues(plain)
      let caller = Reference.Caller(agents: [agent], claims: fixed.merging(claims) { $1 })
      return (Principal(Identity(caller: .named(declared.name), claims: own), of: program), caller, declared.name)
    case 1: return (Principal(Identity(caller: .anyone, claims: own), of: program), Reference.Caller(agents: [], claims: claims), "anyone")
    default:
      let caller = Reference.Caller(agents: reference.agents(claims), claims: claims)
      return (Principal(Identity(caller: .verified, claims: own), of: program), caller, "verified")
    }
  }

  private func answer(_ verdict: Verdict) -> Reference.Answer {
    switch verdict {
    case .allow(let grounds): .allow(program.rule(grounds.grant).name)
    case .ask(let question): .ask(program.rule(question.ask).name, grant: program.rule(question.grant).name)
    case .deny(.byRule(let rule)): .deny(program.rule(rule).name)
    // Callers of these tests are not bound to scopes.
    case .deny(.noGrant), .deny(.outOfScope): .noGrant
    case .deny(.invalidArgument): .invalid
    }
  }

  private func kind(_ answer: Reference.Answer) -> String {
    switch answer {
    case .allow: "allow"
    case .ask: "ask"
    case .deny: "deny by rule"
    case .noGrant: "deny by default"
    case .invalid: "invalid"
    }
  }
}

private func plain(_ constant: Constant) -> Plain {
  switch constant {
  case .text(let text): .text(text)
  case .number(let number): .number(number.description)
  case .boolean(let boolean): .boolean(boolean)
  }
}
