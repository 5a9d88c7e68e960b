package import Digests

/// What is asked of a person: one use of one tool, prompt or resource with exactly these arguments, by one caller.
package struct ApprovalRequest: Hashable, Sendable {
  /// Of everything that an approval is bound to: the caller, the server, the method, the target and the canonical arguments.
  package let subject: Digest
  /// Who has to agree, as the policy names them.
  package let group: String
  /// Names of the `ask` rules that want it, in order of name.
  package let rules: [String]
  /// The rules' own words.
  package let reason: String?
  /// Who calls, for people to read.
  package let caller: String
  /// `bank.transfer`, for people to read.
  package let target: String
  /// The arguments as JSON for people to read: without what filters take out, and cut where they are long.
  package let arguments: String
  /// How long a person has to decide, and how long the call then has to come again, in milliseconds.
  package let within: Int64

  package init(
    subject: Digest, group: String, rules: [String], reason: String?, caller: String, target: String, arguments: String, within: Int64
  ) {
    self.subject = subject
    self.group = group
    self.rules = rules
    self.reason = reason
    self.caller = caller
    self.target = target
    self.arguments = arguments
    self.within = within
  }
}

/// A request for approval and what became of it. Moments are milliseconds since 1970.
///
/// What must stay true: pending → approved → used once, or denied, or expired; nothing leads back, and nothing is decided twice.
package struct Approval: Hashable, Sendable {
  package enum Decision: String, Sendable {
    case approve, deny
  }

  package enum State: Hashable, Sendable {
    case pending
    /// A person agreed, and the call has not been made yet.
    case approved
    case denied
    /// The call was made.
    case used
    /// Nobody decided in time, or the call did not come in time.
    case expired
  }

  /// Who decided what, and when.
  package struct Outcome: Hashable, Sendable {
    package let decision: Decision
    package let by: String
    package let moment: Int64

    package init(decision: Decision, by: String, moment: Int64) {
      self.decision = decision
      self.by = by
      self.moment = moment
    }
  }

  /// `ap_` and 16 hexadecimal digits.
  package let identifier: String
  package let request: ApprovalRequest
  package let asked: Int64
  package private(set) var outcome: Outcome?
  package private(set) var used: Int64?

  /// A new one.
  package init(_ request: ApprovalRequest, identifier: String, asked: Int64) {
    self.identifier = identifier
    self.request = request
    self.asked = asked
  }

  /// As it was kept.
  package init(_ request: ApprovalRequest, identifier: String, asked: Int64, outcome: Outcome?, used: Int64?) {
    self.init(request, identifier: identifier, asked: asked)
    self.outcome = outcome
    self.used = used
  }

  package static func newIdentifier() -> String { "ap_" + sha256(randomBytes(32)).hex.prefix(16) }

  /// The first moment that is too late: for a decision, or after one for the call.
  package var deadline: Int64 {
    let (sum, isTooLate) = (outcome?.moment ?? asked).addingReportingOverflow(request.within)
    return isTooLate ? .max : sum
  }

  package func state(at moment: Int64) -> State {
    if used != nil { return .used }
    // What was denied stays so: after its time it is of no interest any more, but never open.
    if outcome?.decision == .deny { return .denied }
    if moment >= deadline { return .expired }
    return outcome == nil ? .pending : .approved
  }

  /// Whether the same call meets this one, rather than asking anew.
  package func isOpen(at moment: Int64) -> Bool {
    switch state(at: moment) {
    case .pending, .approved: true
    // A call that is repeated at once must not ask until somebody gives in.
    case .denied: moment < deadline
    case .used, .expired: false
    }
  }

  /// - Throws: when it is decided already, or too late.
  package mutating func decide(_ decision: Decision, by person: String, at moment: Int64) throws(ApprovalFault) {
    switch state(at: moment) {
    case .pending: outcome = Outcome(decision: decision, by: person, moment: moment)
    case .expired: throw .tooLate
    case .approved, .denied, .used: throw .decided
    }
  }

  /// The call is made.
  ///
  /// - Throws: when nobody has approved it, it was made before, or it is too late.
  package mutating func use(at moment: Int64) throws(ApprovalFault) {
    switch state(at: moment) {
    case .approved: used = moment
    case .expired: throw .tooLate
    case .pending, .denied, .used: throw .decided
    }
  }
}

/// Why an approval cannot be filed, decided or used.
package enum ApprovalFault: Error, Hashable, Sendable {
  /// There is none of this name.
  case unknown
  /// It was decided before, or used.
  case decided
  /// Its time is over.
  case tooLate
  /// No more can wait at once.
  case tooMany
  /// The store cannot be used; in words for the operator.
  case unavailable(String)
}
