package import Bytecode
package import Digests
package import JSON
package import Messages

/// Takes down what sessions decide. Called on the path of a message: it keeps what it is given and works it out elsewhere.
///
/// What it is given holds arguments and results as they came. Whoever writes them down takes out what must not be written.
package protocol TrafficRecorder: AnyObject, Sendable {
  /// A number for a request, used once.
  func nextNumber() -> UInt64
  /// In the order in which things happened on each connection.
  func take(_ event: TrafficEvent)
}

/// What happened at the gate, with all that was read of it.
package enum TrafficEvent: Sendable {
  case decided(DecidedRequest)
  case ended(EndedRequest)
  case listed(ShownList)
  /// Anything else that has a log line.
  case noticed(Notice)
}

/// One request of a client, and what was decided of it.
package struct DecidedRequest: Sendable {
  package enum Outcome: String, Sendable, CaseIterable {
    case allowed, denied
    /// It waits for room under a limit.
    case waits
    /// A person at the client was asked.
    case asked
  }

  /// How a tool stands to the policy's snapshot.
  package enum Standing: Sendable, Hashable {
    case asPinned, withheld, absent
    /// With the digest of what the server offers.
    case drifted(Digest?)
    /// The request is about no tool of the policy, or the tools were not known.
    case unknown
  }

  /// What is known of people's word on it.
  package enum Approval: String, Sendable {
    case given, refused, pending
  }

  package let number: UInt64
  /// The request that waited and is taken up again.
  package let resumes: UInt64?
  package let program: Program
  package let server: String
  package let caller: Identity
  /// Of the decision.
  package let time: EventTime
  package let method: Method
  /// The name or URI that the request is about, as the client gave it; nil: it is about none. Of a request on a task, the task's tool.
  package let subject: [UInt8]?
  /// The whole request as it came, before defaults were filled in.
  package let document: Document
  package let arguments: Node?
  package let standing: Standing
  /// Of its session, before the decision.
  package let labels: LabelSet
  /// Whether the arguments fit the tool's schema; nil: nobody looked.
  package let fits: Bool?
  package let outcome: Outcome
  package let rule: String?
  package let code: DenialCode?
  /// False: it was refused for what had nothing to do with the policy, like a server that does not run.
  package let isByPolicy: Bool
  package let approval: Approval?
  package let shadows: [String]
  /// Names of labels that filters of the arguments set when the answer goes out.
  package let argumentLabels: LabelSet
  package let limits: LimitStates
  /// The agent's name for people.
  package let agent: String?
  package let bytes: Int
}

/// What became of a request that the server had been given.
package struct EndedRequest: Sendable {
  package let number: UInt64
  package let program: Program
  package let time: EventTime
  package let record: CallRecord
  package let method: Method
  /// What filters of the answer set.
  package let setLabels: LabelSet
  /// Whether it is the result of the work itself, and no failure of it.
  package let isDone: Bool
  /// What the server sent; nil: nothing that could be used.
  package let answer: Document?
}

/// What a caller was shown of a list.
package struct ShownList: Sendable {
  package struct Entry: Sendable {
    package let name: String
    package let isShown: Bool
  }

  package let program: Program
  package let server: String
  package let caller: Identity
  package let time: EventTime
  package let list: Method
  package let labels: LabelSet
  package let entries: [Entry]
}

/// A message that was dropped or refused, or in which filters found something.
package struct Notice: Sendable {
  package let program: Program
  package let server: String
  package let caller: Identity
  package let record: CallRecord
  /// The request in flight whose session it marks; nil: all sessions of the caller.
  package let number: UInt64?
}
