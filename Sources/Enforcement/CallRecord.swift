package import Digests
package import Messages

/// What the log says about one request, or about one message that was dropped. Names and sizes of arguments, never values.
package struct CallRecord: Sendable {
  package enum Outcome: String, Sendable {
    /// Forwarded, and the server's answer went back.
    case allowed
    /// Answered by the gate with a denial; `code` says which.
    case denied
    /// Answered by the gate because the message or its moment is against the protocol.
    case refused
    /// Not forwarded and not answered; `reason` says why.
    case dropped
    /// A person was asked; another line says what became of it.
    case asked
    /// Taken back by its sender before an answer came.
    case cancelled
  }

  /// What the sender of a request was told.
  package enum Answer: Sendable, Equatable {
    case result
    /// A result of a call that says of itself that it is an error.
    case toolError
    /// With the `code` of JSON-RPC.
    case error(Int64)
  }

  /// What most requests have nothing of.
  private struct Rarity {
    var reason: String?
    var shadow: [String] = []
    var patterns: [String] = []
    var outputMismatch: String?
    var findings: [Finding] = []
    var labels: [String] = []
    var approval: String?
    var scopes: [String] = []
  }

  /// What a filter found in what the server sent: how often, and nothing of the text.
  package struct Finding: Hashable, Sendable {
    package let filter: String
    /// With its set; nil for what no pattern of the policy found: an imitated delimiter, a text that is too long.
    package let pattern: String?
    package let count: Int
    /// Whether a text was too long or too intricate to be searched.
    package let isUndecided: Bool
  }

  /// Who sent the message that this line is about.
  package let sender: Party
  package let time: EventTime
  package var outcome: Outcome
  /// Nil when there was none, or none that exists.
  package var method: Method?
  /// The tool, prompt or resource the request is about.
  package var target: String?
  package var agent: String?
  /// Nil: of no session.
  package var origin: RecordOrigin?
  /// The fingerprint of the policy that was in force.
  package var policy: Digest?
  package var identifier: Identifier?
  /// The protocol revision in force, once there is one.
  package var revision: Revision?
  /// Nil for what is no request.
  package var trace: TraceIdentifier?
  /// Nil for what has no trace, and where nobody continues traces.
  package var span: SpanMarks?
  /// The name of the rule that decided.
  package var rule: String?
  package var code: DenialCode?
  package var answer = Answer.result
  package var arguments = RecordedArguments()
  /// Bytes of the message as it came, and of the answer as it went.
  package var bytesIn: Int
  package var bytesOut = 0
  /// Readings of the monotonic clock (`EventTime.nanoseconds`): when the request was handed to the server and when its answer came.
  package var forwarded: UInt64?
  package var answered: UInt64?
  /// When the transport was done with it; 0: it is not.
  package var finished: UInt64 = 0

  /// What it met of limits.
  package var limits = LimitStates()

  /// One at most: what is copied with every record is a reference.
  private var rarities: [Rarity] = []

  package init(sender: Party, time: EventTime, outcome: Outcome, bytesIn: Int) {
    self.sender = sender
    self.time = time
    self.outcome = outcome
    self.bytesIn = bytesIn
  }

  /// Why a message was dropped, refused or denied, in words of ours.
  package var reason: String? {
    get { rarities.first?.reason }
    set { set(\.reason, newValue, isNone: newValue == nil) }
  }
  /// Names of shadow rules that would have fired.
  package var shadow: [String] {
    get { rarities.first?.shadow ?? [] }
    set { set(\.shadow, newValue, isNone: newValue.isEmpty) }
  }
  /// Of the filter that denied: names of the patterns it found.
  package var patterns: [String] {
    get { rarities.first?.patterns ?? [] }
    set { set(\.patterns, newValue, isNone: newValue.isEmpty) }
  }
  /// Where the result did not fit the tool's output schema, and what should stand there, whether it was blocked or passed. No values.
  package var outputMismatch: String? {
    get { rarities.first?.outputMismatch }
    set { set(\.outputMismatch, newValue, isNone: newValue == nil) }
  }

  package var findings: [Finding] {
    get { rarities.first?.findings ?? [] }
    set { set(\.findings, newValue, isNone: newValue.isEmpty) }
  }
  /// Of the session, after what this did to them; empty when it did nothing.
  package var labels: [String] {
    get { rarities.first?.labels ?? [] }
    set { set(\.labels, newValue, isNone: newValue.isEmpty) }
  }

  /// Identifiers of approvals that the request waits for; of one that was approved, with who did.
  package var approval: String? {
    get { rarities.first?.approval }
    set { set(\.approval, newValue, isNone: newValue == nil) }
  }

  /// Scopes that the call was denied for want of: with them it would be granted.
  package var scopes: [String] {
    get { rarities.first?.scopes ?? [] }
    set { set(\.scopes, newValue, isNone: newValue.isEmpty) }
  }

  private mutating func set<Value>(_ path: WritableKeyPath<Rarity, Value>, _ value: Value, isNone: Bool) {
    if rarities.isEmpty {
      guard !isNone else { return }
      rarities = [Rarity()]
    }
    rarities[0][keyPath: path] = value
  }

  /// Where the time went until the transport writes the answer at `now`: in the gate, and in the server behind it, in nanoseconds.
  package func latency(now: UInt64) -> (gate: UInt64, upstream: UInt64) {
    let total = now &- time.nanoseconds
    guard let forwarded, let answered, answered >= forwarded else { return (total, 0) }
    let upstream = answered - forwarded
    return (total >= upstream ? total - upstream : 0, upstream)
  }
}
