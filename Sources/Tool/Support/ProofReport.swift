import Analysis
import Bytecode
import Evidence
import Semantics
import Text

/// The proofs of a policy, each counter-example put to the engine that decides for agents.
struct ProofReport {
  let outcomes: [ProofOutcome]
  /// By outcome; nil when it is proved.
  let diagnostics: [Diagnostic?]

  init(_ policies: CheckedPolicies, _ program: Program) {
    let outcomes = prove(policies)
    var judge = CallJudge(policies, program)
    var diagnostics: [Diagnostic?] = []
    for outcome in outcomes {
      let judgement = outcome.witness.flatMap { judge.judge($0) }
      diagnostics.append(outcome.diagnostic(answer: judgement.map { Explanation($0, program).outcome }))
    }
    self.outcomes = outcomes
    self.diagnostics = diagnostics
  }

  var failures: [Diagnostic] { diagnostics.compactMap(\.self) }
}
