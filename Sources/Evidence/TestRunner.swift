package import Bytecode
internal import Decision
internal import Enforcement
internal import JSON
package import Semantics

/// Runs tests and tables on the program that was compiled from the same policies: the very code that decides for agents.
package struct TestRunner: ~Copyable {
  private var judge: CallJudge
  private var answers: AnswerJudge
  /// Of all tests that were run.
  package private(set) var coverage: TestCoverage

  package init(_ judge: consuming CallJudge) {
    answers = AnswerJudge(judge.policies, judge.program)
    coverage = TestCoverage(judge.program)
    self.judge = judge
  }

  /// Each test starts anew: a caller that is no declared agent, and the moment `start`.
  package mutating func run(_ test: CheckedPolicies.Test, start: Moment) -> TestOutcome {
    let program = judge.program
    var state = State(principal: Principal(Identity(caller: .anyone), of: program), now: start)
    if !program.limits.isEmpty { state.gauge = LimitGauge(program) }
    state.labels.bind(to: judge.program)
    perform(test.steps, &state)
    return TestOutcome(test: test, failures: state.failures)
  }

  private struct State {
    var principal: Principal
    var now: Moment
    let labels = SessionLabels()
    /// Nil: there are no limits.
    var gauge: LimitGauge?
    var last: (call: CheckedPolicies.TestCall, judgement: Judgement, session: SessionKey)?
    /// Of the last call; nil: the server has not answered yet.
    var answer: ReleasedAnswer?
    var failures: [TestFailure] = []

    /// Of the session that a call belongs to.
    func labels(of session: SessionKey) -> LabelSet { labels.labels(of: session) ?? LabelSet() }
  }

  private mutating func perform(_ steps: [CheckedPolicies.TestStep], _ state: inout State) {
    for step in steps {
      switch step {
      case .caller(let caller): state.principal = Principal(identity(of: caller, in: judge.policies), of: judge.program)
      case .at(let milliseconds): state.now = Moment(milliseconds: milliseconds)
      case .call(let call): perform(call, &state)
      case .result(let value, let range):
        if let last = state.last, last.judgement.isLetThrough {
          take(value, &state)
        } else {
          let got = state.last.map { Explanation($0.judgement, judge.program).outcome } ?? "no call before it"
          state.failures.append(TestFailure(range: range, got: got, reasons: ["the call does not reach the server, which answers nothing"]))
        }
      case .expect(let expectation): check(expectation, &state)
      case .repeated(let count, let every, let steps):
        for _ in 0..<count {
          perform(steps, &state)
          state.now = Moment(milliseconds: state.now.milliseconds + every)
        }
      }
    }
  }

  private mutating func perform(_ call: CheckedPolicies.TestCall, _ state: inout State) {
    settle(&state)
    let document = Document(call.arguments)
    let session = SessionKeys(state.principal, judge.program).key(document, document.root)
    var judgement = judge.judge(call, as: state.principal, with: state.labels(of: session), at: state.now)
    if var gauge = state.gauge {
      judgement.take(from: &gauge, name(of: call), by: state.principal, in: session, at: state.now)
      state.gauge = gauge
    }
    // Of a call that the schema refuses, no rule is asked.
    if judgement.problems.isEmpty { coverage.add(judgement.trace) }
    state.last = (call, judgement, session)
    state.answer = nil
  }

  private func name(of call: CheckedPolicies.TestCall) -> String {
    switch call.target {
    case .tool(let tool): "\(judge.policies.servers[tool.server].name).\(judge.policies.tool(tool).name)"
    case .prompt(let prompt): "\(judge.policies.servers[prompt.server].name).\(judge.policies.prompt(prompt).name)"
    case .resource(_, let uri): uri
    }
  }

  /// A call that was let through, and of whose answer the test says nothing, was answered by nothing in particular.
  private mutating func settle(_ state: inout State) {
    if state.answer == nil, let last = state.last, last.judgement.isLetThrough { take(.string(""), &state) }
  }

  private mutating func take(_ value: Value, _ state: inout State) {
    guard let last = state.last else { return }
    let answer = answers.release(value, of: last.judgement.call)
    state.labels.apply(answer.labels, to: last.session)
    state.answer = answer
  }

  private mutating func check(_ expectation: CheckedPolicies.Expectation, _ state: inout State) {
    switch expectation.kind {
    case .output, .session: settle(&state)
    case .allow, .ask, .deny, .limited, .listed: break
    }
    guard let (call, judgement, session) = state.last else {
      state.failures.append(TestFailure(range: expectation.range, got: "no call before it", reasons: []))
      return
    }
    guard !meets(expectation.kind, judgement, state.answer, state.labels(of: session)) else { return }
    let explanation = Explanation(judgement, judge.program)
    var got = explanation.outcome
    var reasons = explanation.reasons
    switch expectation.kind {
    case .listed: got = judgement.isListed ? "listed" : "hidden"
    case .session: got = "session has \(names(state.labels(of: session)))"
    case .output where state.answer?.block == nil:
      got = "output \(state.answer?.texts.filter { !$0.isEmpty }.map { "\"\($0)\"" }.joined(separator: ", ") ?? "none")"
    case .output, .allow, .ask, .deny, .limited:
      switch state.answer?.block {
      case .filter(let name): got = "deny by \(name)"
      case .unfit(let problems):
        got = "deny code OUTPUT_BLOCKED"
        reasons = problems.map { "\($0.path.isEmpty ? "structuredContent" : $0.path): \($0.message)" }
      case nil: break
      }
    }
    if case .deny(.noGrant) = judgement.trace.verdict, judgement.problems.isEmpty {
      let allowed = judge.constraints(call, as: state.principal, with: state.labels(of: session), at: state.now)
      if !allowed.isEmpty { reasons.append("would be allowed with \(allowed.joined(separator: " and "))") }
    }
    let rule = expectation.kind.isOfRules && judgement.problems.isEmpty ? judgement.trace.decidingRule : nil
    state.failures.append(TestFailure(range: expectation.range, got: got, reasons: reasons, rule: rule))
  }

  private func names(_ labels: LabelSet) -> String {
    labels.isEmpty ? "no labels" : labels.labels.map { judge.program.labels[Int($0.index)].name }.joined(separator: ", ")
  }

  /// A rule counts when it holds, also when another one of its kind is the one reported.
  private func meets(
    _ expected: CheckedPolicies.Expectation.Kind, _ judgement: Judgement, _ answer: ReleasedAnswer?, _ labels: LabelSet
  ) -> Bool {
    let verdict = judgement.trace.verdict
    let isPassed = judgement.problems.isEmpty && judgement.filterDenial == nil && judgement.refusingLimit == nil && answer?.block == nil
    switch expected {
    case .listed(let listed): return judgement.isListed == listed
    case .allow(let rule):
      guard isPassed, case .allow = verdict else { return false }
      return rule.map { applies($0, judgement.trace) } ?? true
    case .ask(let rule):
      guard isPassed, case .ask = verdict else { return false }
      return rule.map { applies($0, judgement.trace) } ?? true
    case .limited(let name, let pause):
      guard let limit = judgement.refusingLimit, name.map({ $0 == limit.name }) ?? true else { return false }
      return pause.map { $0 == judgement.limits?.retryAfterMilliseconds } ?? true
    case .deny(let denial): return meets(denial, judgement, answer)
    case .output(let text, let negated): return (answer?.texts.contains { $0.contains(text) } ?? false) != negated
    case .session(let names, let negated):
      let has = judge.program.labels.enumerated().filter { labels.contains(LabelID(UInt8($0.offset))) }.map(\.element.name)
      return names.allSatisfy { has.contains($0) != negated }
    }
  }

  private func meets(_ denial: CheckedPolicies.Expectation.Denial, _ judgement: Judgement, _ answer: ReleasedAnswer?) -> Bool {
    let verdict = judgement.trace.verdict
    switch denial {
    case .anyReason:
      if case .deny = verdict { return true }
      return !judgement.problems.isEmpty || judgement.filterDenial != nil || answer?.block != nil
    case .byRule(let rule):
      guard judgement.problems.isEmpty, case .deny(.byRule) = verdict else { return false }
      return applies(rule, judgement.trace)
    case .byFilter(let name):
      if case .filter(name) = answer?.block { return true }
      return judgement.filtered?.denials.contains { $0.filter.name == name } ?? false
    case .byDefault: return judgement.problems.isEmpty && verdict == .deny(.noGrant)
    case .code(let code):
      if answer?.block != nil { return code == "OUTPUT_BLOCKED" }
      if case .deny = verdict { return judgement.code == code }
      return (!judgement.problems.isEmpty || judgement.filterDenial != nil || judgement.refusingLimit != nil) && judgement.code == code
    }
  }

  private func applies(_ rule: Int, _ trace: Trace) -> Bool {
    let name = judge.policies.rules[rule].name
    return trace.rules.contains { judge.program.rule($0.rule).name == name && $0.applies }
  }
}

extension Trace {
  /// The rule that says most about the verdict: the one that gave it, or the grant that misses least.
  fileprivate var decidingRule: RuleTrace? {
    let number: RuleNumber? =
      switch verdict {
      case .allow(let grounds): grounds.grant
      case .ask(let question): question.ask
      case .deny(.byRule(let rule)): rule
      case .deny: nearestGrants.first?.rule
      }
    return rules.first { $0.rule == number }
  }
}

extension CheckedPolicies.Expectation.Kind {
  /// Whether it is about what rules decide.
  fileprivate var isOfRules: Bool {
    switch self {
    case .allow, .deny, .ask: true
    case .limited, .listed, .output, .session: false
    }
  }
}
