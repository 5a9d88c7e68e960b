package import Enforcement

/// What was decided of a request, as far as it is compared.
package struct ReplayedDecision: Hashable, Sendable {
  package let outcome: DecidedRequest.Outcome
  package let rule: String?
  package let code: String?

  package init(outcome: DecidedRequest.Outcome, rule: String?, code: String?) {
    self.outcome = outcome
    self.rule = rule
    self.code = code
  }

  /// What waits for a person is asked for, whether the client could be asked itself or not.
  init(recorded outcome: DecidedRequest.Outcome, rule: String?, code: String?) {
    let isAsked = outcome == .asked || code == "APPROVAL_REQUIRED"
    self.init(outcome: isAsked ? .asked : outcome, rule: rule, code: isAsked ? nil : code)
  }

  init(_ ruling: ReplayedRuling) { self.init(outcome: ruling.outcome, rule: ruling.rule, code: ruling.code?.rawValue) }

  /// Whether the server gets the request, now or later.
  package var reachesServer: Bool { outcome == .allowed || outcome == .waits }

  /// `allow by reads`, `deny PERMISSION_DENIED`
  package var words: String {
    let verb =
      switch outcome {
      case .allowed: "allow"
      case .denied: code == "RATE_LIMITED" ? "limited" : "deny"
      case .waits: "wait"
      case .asked: "ask"
      }
    if let rule { return "\(verb) by \(rule)" }
    return outcome == .denied ? "\(verb) (\(code ?? "default"))" : verb
  }
}

/// What came of one line of a recording under one policy.
package struct ReplayStep: Sendable {
  package enum Kind: Sendable {
    case call, answer, list, note
  }

  package let kind: Kind
  package let number: UInt64
  package let milliseconds: Int64
  package let server: String
  /// The tool, prompt or resource.
  package let subject: String
  package let agent: String
  /// As recorded; nil: a call of which no decision is known.
  package var recorded: ReplayedDecision?
  package var replayed: ReplayedDecision?
  /// Not decided by the policy: a server that did not run, a stop.
  package var isCarried = false
  /// A fact on which the decision depends and that the recording lacks, in words.
  package var missing: String?
  /// Of limits, after the call.
  package var limits: [LimitReadingOfStep] = []
  package var findings: [FoundPattern] = []
}

/// What filters found in an answer.
package struct FoundPattern: Sendable {
  /// Of the pattern; of what no pattern found, the filter's.
  package let name: String
  package let count: Int
}

package struct LimitReadingOfStep: Sendable {
  package let limit: String
  /// Of what the limit holds at most, what is left: 0 to 1.
  package let left: Double
  package let isOver: Bool
}
