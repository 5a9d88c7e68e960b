internal import Bytecode
internal import Decision

/// Which rules the tests' calls met, and which outcomes of their tests: of a rule that never applied, and of a test that was never false, the
/// tests say nothing.
package struct TestCoverage: Sendable {
  package struct Test: Sendable {
    package private(set) var met = 0
    package private(set) var unmet = 0
    /// The outcomes that were seen, of two.
    package var seen: Int { (met > 0 ? 1 : 0) + (unmet > 0 ? 1 : 0) }

    fileprivate mutating func add(_ isMet: Bool) { if isMet { met += 1 } else { unmet += 1 } }
  }

  package struct Rule: Sendable {
    /// Calls of its targets by callers that it speaks of.
    package fileprivate(set) var asked = 0
    /// Those for which it held.
    package fileprivate(set) var applied = 0
    /// As `RuleInfo.atoms`.
    package fileprivate(set) var tests: [Test]
  }

  /// By number.
  package private(set) var rules: [Rule]

  init(_ program: Program) { rules = program.rules.map { Rule(tests: $0.atoms.map { _ in Test() }) } }

  mutating func add(_ trace: Trace) {
    for traced in trace.rules where traced.speaksOfCaller && !traced.hasExpired {
      let number = Int(traced.rule.index)
      rules[number].asked += 1
      if traced.applies { rules[number].applied += 1 }
      // A test that could not be evaluated showed neither outcome.
      for atom in traced.atoms { if let isMet = atom.isMet { rules[number].tests[atom.atom].add(isMet) } }
    }
  }

  package var appliedRules: Int { rules.count { $0.applied > 0 } }
  package var outcomes: Int { rules.reduce(0) { $0 + $1.tests.count * 2 } }
  package var seenOutcomes: Int { rules.reduce(0) { $0 + $1.tests.reduce(0) { $0 + $1.seen } } }
  /// Of all rules and outcomes together, rounded down; 100 of a policy without rules.
  package var percent: Int {
    let all = rules.count + outcomes
    return all == 0 ? 100 : (appliedRules + seenOutcomes) * 100 / all
  }
}
