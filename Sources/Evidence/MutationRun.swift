package import Analysis
package import Bytecode
internal import Compilation
package import Semantics

/// Tries a policy's tests on mutants of it.
package struct MutationRun: Sendable {
  package struct Survivor: Sendable {
    package let mutant: Mutant
    package let effect: MutantEffect
  }

  /// Of which some test failed.
  package private(set) var killed = 0
  /// That decide every call as the policy does, by proof.
  package private(set) var equivalent = 0
  package private(set) var survivors: [Survivor] = []
  /// That there was no time for.
  package private(set) var untried = 0
  package let all: Int

  /// Of those that were tried and that a test could tell, rounded down; 100 when there are none.
  package var percent: Int { killed + survivors.count == 0 ? 100 : killed * 100 / (killed + survivors.count) }

  /// - Parameters:
  ///   - policies: whose tests all pass.
  ///   - hasTime: asked before each mutant; those that there is no time for are counted. They are tried in an order that has nothing to do with
  ///     their places, so that a part of them stands for all.
  package init(_ policies: CheckedPolicies, start: Moment, hasTime: () -> Bool) {
    let mutants = mutants(policies)
    all = mutants.count
    let judge = MutantJudge(policies)
    let touched = policies.tests.map(\.calledTargets)
    var survived: [Int: Survivor] = [:]
    for number in mutants.indices.inScatteredOrder {
      guard hasTime() else {
        untried += 1
        continue
      }
      let mutant = mutants[number]
      let tests = zip(policies.tests, touched).filter { mutant.targets.meets($0.1) }.map(\.0)
      if Self.isKilled(mutant, tests, start) {
        killed += 1
        continue
      }
      let effect = judge.effect(of: mutant)
      if case .none = effect {
        equivalent += 1
      } else {
        survived[number] = Survivor(mutant: mutant, effect: effect)
      }
    }
    survivors = survived.sorted { $0.key < $1.key }.map(\.value)
  }

  private static func isKilled(_ mutant: Mutant, _ tests: [CheckedPolicies.Test], _ start: Moment) -> Bool {
    guard !tests.isEmpty, let program = try? compile(mutant.policies, generation: 1) else { return false }
    var runner = TestRunner(CallJudge(mutant.policies, program))
    for test in tests { if !runner.run(test, start: start).passed { return true } }
    return false
  }
}

extension Range<Int> {
  /// Each once, by a step that has no divisor in common with how many there are.
  fileprivate var inScatteredOrder: [Int] {
    guard count > 2 else { return Array(self) }
    var step = Swift.max(1, count * 61 / 100)
    func divisor(_ left: Int, _ right: Int) -> Int { right == 0 ? left : divisor(right, left % right) }
    while divisor(count, step) != 1 { step += 1 }
    return indices.map { lowerBound + ($0 - lowerBound) * step % count }
  }
}

extension CheckedPolicies.Test {
  /// What its calls are of: a change of a rule on something else makes no difference to it.
  fileprivate var calledTargets: Targets {
    var targets = Targets()
    var waiting = steps
    while let step = waiting.popLast() {
      switch step {
      case .repeated(_, _, let steps): waiting += steps
      case .call(let call):
        switch call.target {
        case .tool(let tool): targets.tools.append(tool)
        case .prompt(let prompt): targets.prompts.append(prompt)
        case .resource(let server, _): targets.resources.append(.init(server: server, uri: Glob("**")))
        }
      default: continue
      }
    }
    return targets
  }
}

extension Targets {
  /// Whether both may speak of something; of resources, whether they are of one server.
  fileprivate func meets(_ others: Targets) -> Bool {
    !Set(tools).isDisjoint(with: others.tools) || !Set(prompts).isDisjoint(with: others.prompts)
      || !Set(resources.map(\.server)).isDisjoint(with: others.resources.map(\.server))
  }
}
