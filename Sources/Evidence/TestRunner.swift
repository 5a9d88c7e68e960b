package import Bytecode
internal import Decision
internal import Enforcement
package import Semantics

/// Runs tests and tables on the program that was compiled from the same policies: the very code that decides for agents.
package struct TestRunner: ~Copyable {
  private var judge: CallJudge

  package init(_ judge: consuming CallJudge) { self.judge = judge }

  /// Each test starts anew: a caller that is no declared agent, and the moment `start`.
  package mutating func run(_ test: CheckedPolicies.Test, start: Moment) -> TestOutcome {
    var state = State(principal: Principal(Identity(caller: .anyone), of: judge.program), now: start)
    perform(test.steps, &state)
    return TestOutcome(test: test, failures: state.failures)
  }

  private struct State {
    var principal: Principal
    var now: Moment
    /// Of the session.
    var labels = LabelSet()
    var last: (call: CheckedPolicies.TestCall, judgement: Judgement)?
    var failures: [TestFailure] = []
  }

  private mutating func perform(_ steps: [CheckedPolicies.TestStep], _ state: inout State) {
    for step in steps {
      switch step {
      case .caller(let caller): state.principal = Principal(identity(of: caller, in: judge.policies), of: judge.program)
      case .at(let milliseconds): state.now = Moment(milliseconds: milliseconds)
      case .call(let call): state.last = (call, judge.judge(call, as: state.principal, with: state.labels, at: state.now))
      case .expect(let expectation): check(expectation, &state)
      case .repeated(let count, let every, let steps):
        for _ in 0..<count {
          perform(steps, &state)
          state.now = Moment(milliseconds: state.now.milliseconds + every)
        }
      }
    }
  }

  private mutating func check(_ expectation: CheckedPolicies.Expectation, _ state: inout State) {
    guard let (call, judgement) = state.last else {
      state.failures.append(TestFailure(range: expectation.range, got: "no call before it", reasons: []))
      return
    }
    let explanation = Explanation(judgement, judge.program)
    guard !meets(expectation.kind, judgement) else { return }
    let got = if case .listed = expectation.kind { judgement.isListed ? "listed" : "hidden" } else { explanation.outcome }
    var reasons = explanation.reasons
    if case .deny(.noGrant) = judgement.trace.verdict, judgement.problems.isEmpty {
      let allowed = judge.constraints(call, as: state.principal, with: state.labels, at: state.now)
      if !allowed.isEmpty { reasons.append("would be allowed with \(allowed.joined(separator: " and "))") }
    }
    state.failures.append(TestFailure(range: expectation.range, got: got, reasons: reasons))
  }

  /// A rule counts when it holds, also when another one of its kind is the one reported.
  private func meets(_ expected: CheckedPolicies.Expectation.Kind, _ judgement: Judgement) -> Bool {
    let verdict = judgement.trace.verdict
    switch expected {
    case .listed(let listed): return judgement.isListed == listed
    case .allow(let rule):
      guard judgement.problems.isEmpty, judgement.filterDenial == nil, case .allow = verdict else { return false }
      return rule.map { applies($0, judgement.trace) } ?? true
    case .ask(let rule):
      guard judgement.problems.isEmpty, judgement.filterDenial == nil, case .ask = verdict else { return false }
      return rule.map { applies($0, judgement.trace) } ?? true
    case .deny(let denial):
      switch denial {
      case .anyReason:
        if case .deny = verdict { return true }
        return !judgement.problems.isEmpty || judgement.filterDenial != nil
      case .byRule(let rule):
        guard judgement.problems.isEmpty, case .deny(.byRule) = verdict else { return false }
        return applies(rule, judgement.trace)
      case .byFilter(let name): return judgement.filtered?.denials.contains { $0.filter.name == name } ?? false
      case .byDefault: return judgement.problems.isEmpty && verdict == .deny(.noGrant)
      case .code(let code):
        if case .deny = verdict { return judgement.code == code }
        return (!judgement.problems.isEmpty || judgement.filterDenial != nil) && judgement.code == code
      }
    }
  }

  private func applies(_ rule: Int, _ trace: Trace) -> Bool {
    let name = judge.policies.rules[rule].name
    return trace.rules.contains { judge.program.rule($0.rule).name == name && $0.applies }
  }
}
