import Analysis
import Bytecode
import Compilation
import Evidence
import Semantics
import TestSupport
import Testing
import Text

/// What a refuted proof and a surviving mutant show is a test as a person would write it: put into the policy, it parses, and it says what it should.
@Suite struct CounterExampleTests {
  /// Whether the last test of a policy passes.
  private func outcome(_ text: String, _ world: World) throws -> TestOutcome {
    let policies = try #require(world.checked(text), "this does not check:\n\(text)")
    var runner = TestRunner(CallJudge(policies, try compile(policies, generation: 1)))
    return runner.run(try #require(policies.tests.last), start: Moment(milliseconds: Witness.anyMoment))
  }

  @Test(arguments: [LeafMaker.Style.few, .many])
  func counterExamplesFailAsTests(_ style: LeafMaker.Style) throws {
    let seed = propertySeed()
    var world = World(seed: seed, style)
    var shown = 0
    for _ in 0..<propertyRuns(60) {
      let text = world.policy().text + "\n\nprove p s.t never allowed when \(world.maker.leaf(&world.random).sally)"
      guard let policies = world.checked(text) else { continue }
      for case .refuted(let target, let witness?, _) in prove(policies).map(\.finding) {
        #expect(target == witness.target && witness.isConfirmed)
        // A caller who is two agents at once is not one that a test can name.
        if case .verified(let agents) = witness.caller, agents.count > 1 { continue }
        let test = witness.test(named: "counter-example", expecting: "deny")
        let outcome = try outcome(text + "\n\n" + test, world)
        #expect(!outcome.passed, "SEED=\(seed): this passes\n\(text)\n\(test)")
        shown += 1
      }
    }
    #expect(shown > propertyRuns(60) / 4)
  }

  @Test func suggestedTestsTellTheMutantFromThePolicy() throws {
    let seed = propertySeed()
    var world = World(seed: seed, .many)
    var shown = 0
    for _ in 0..<propertyRuns(15) {
      let text = world.policy().text
      guard let policies = world.checked(text) else { continue }
      let judge = MutantJudge(policies)
      for mutant in mutants(policies) {
        guard case .some(_, let witness?, let expected) = judge.effect(of: mutant) else { continue }
        if case .verified(let agents) = witness.caller, agents.count > 1 { continue }
        let test = witness.test(named: "suggestion", expecting: expected)
        let whole = text + "\n\n" + test
        #expect(try outcome(whole, world).passed, "SEED=\(seed): this fails\n\(whole)")
        let checked = try #require(world.checked(whole))
        let mutated = try #require(
          mutants(checked).first { $0.name == mutant.name && $0.change == mutant.change && $0.range == mutant.range }
        ).policies
        var runner = TestRunner(CallJudge(mutated, try compile(mutated, generation: 1)))
        let outcome = runner.run(try #require(mutated.tests.last), start: Moment(milliseconds: Witness.anyMoment))
        #expect(!outcome.passed, "SEED=\(seed): \(mutant.name) \(mutant.change) is not noticed\n\(whole)")
        shown += 1
      }
    }
    #expect(shown > propertyRuns(15))
  }

  /// What diagrams call equivalent is decided alike by the engine, for every call.
  @Test func equivalentMutantsDecideAlike() throws {
    let seed = propertySeed()
    var world = World(seed: seed, .few)
    var equivalent = 0
    for _ in 0..<propertyRuns(6) {
      let text = world.policy().text
      guard let policies = world.checked(text) else { continue }
      let judge = MutantJudge(policies)
      let engine = Engine(policies)
      for mutant in mutants(policies) {
        let other = Engine(mutant.policies)
        let differs = try World.allCalls.contains { try engine.verdict($0) != other.verdict($0) }
        if case .none = judge.effect(of: mutant) {
          equivalent += 1
          #expect(!differs, "SEED=\(seed): \(mutant.name) \(mutant.change)\n\(text)")
        } else {
          #expect(differs, "SEED=\(seed): \(mutant.name) \(mutant.change)\n\(text)")
        }
      }
    }
    #expect(equivalent > 0)
  }
}
