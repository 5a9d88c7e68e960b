internal import Digests
internal import Enforcement
internal import Foundation
internal import Messages

/// The gate between one client and one MCP server, without the transport: bytes of messages in, bytes of messages out. It decorates any
/// transport, reads no socket and starts no task.
///
/// Call one method per event, carry out what it returns, in order, then `carriedOut(at:)`. A message of the client may become a message
/// to the server, an answer to the client, or, while the gate asks the server for its tools, nothing yet.
public struct GuardedSession: ~Copyable {
  /// What is to be done. A message is one JSON-RPC message, or a batch, without a line end.
  public enum Output: Sendable {
    case sendToServer([UInt8])
    case sendToClient([UInt8])
    /// A request is finished, or a message was dropped: for the log.
    case record(Summary)
    /// A call waits for a person who is not at the client: `GuardedState.decide` says what they decide.
    case ask(GuardedState.PendingApproval)
  }

  /// On both clocks, for the policy's clock facts and for latencies.
  public struct Time: Sendable, Hashable {
    public let unixMilliseconds: Int64
    /// Of a clock that only goes forward, from any origin.
    public let nanoseconds: UInt64

    public init(unixMilliseconds: Int64, nanoseconds: UInt64) {
      self.unixMilliseconds = unixMilliseconds
      self.nanoseconds = nanoseconds
    }

    private static let start = ContinuousClock.now

    public static func now() -> Time {
      // Read first: the first use of it is the origin.
      let origin = start
      let parts = (ContinuousClock.now - origin).components
      return Time(
        unixMilliseconds: Int64(Date.now.timeIntervalSince1970 * 1_000),
        nanoseconds: UInt64(parts.seconds) * 1_000_000_000 + UInt64(parts.attoseconds / 1_000_000_000))
    }

    var event: EventTime { EventTime(unixMilliseconds: unixMilliseconds, nanoseconds: nanoseconds) }
  }

  /// What the log says of one request; docs/log.md tells the fields. No values of arguments.
  public struct Summary: Sendable, Hashable {
    /// allowed, denied, refused, dropped or cancelled
    public let outcome: String
    public let method: String?
    public let target: String?
    public let agent: String?
    /// The rule that decided.
    public let rule: String?
    /// Of a denial.
    public let code: String?
    public let reason: String?
    public let trace: String?
    public let bytesIn: Int
    public let bytesOut: Int
  }

  private var session: Session
  private var actions: [Action] = []

  /// With a state of its own.
  ///
  /// - Parameters:
  ///   - server: the `server` declaration that the upstream is held to. A name that the policy does not declare closes everything.
  ///   - caller: who is on the client's side.
  public init(policy: Policy, server: String, caller: Caller) {
    self.init(state: GuardedState(policy: policy), server: server, caller: caller)
  }

  /// - Parameters:
  ///   - state: what this session has together with others.
  ///   - server: the `server` declaration that the upstream is held to. A name that the policy does not declare closes everything.
  ///   - caller: who is on the client's side.
  ///   - groupsAtClient: groups, as `ask` rules name them, that the person at the client is in: they are asked there. Of a client at which nobody
  ///     sits there are none, or it approves everything that its own agent asks for.
  public init(state: GuardedState, server: String, caller: Caller, groupsAtClient: [String] = []) {
    session = Session(
      configuration: GateConfiguration(
        server: server, identity: caller.identity, credential: caller.marks, approvals: state.desk(groupsAtClient: groupsAtClient)),
      policies: state.policies, revocations: state.revocations, random: { randomBytes($0) })
  }

  public mutating func receiveFromClient(_ message: [UInt8], at time: Time = .now()) -> [Output] {
    session.receiveFromClient(message, at: time.event, into: &actions)
    return outputs()
  }

  public mutating func receiveFromServer(_ message: [UInt8], at time: Time = .now()) -> [Output] {
    session.receiveFromServer(message, at: time.event, into: &actions)
    return outputs()
  }

  /// Everything in flight is answered, and so is everything that still comes.
  public mutating func serverExited(at time: Time = .now()) -> [Output] {
    session.serverExited(at: time.event, into: &actions)
    return outputs()
  }

  /// Nothing is sent to the client any more.
  public mutating func clientClosed(at time: Time = .now()) -> [Output] {
    session.clientClosed(at: time.event, into: &actions)
    return outputs()
  }

  /// When `timePassed` has something to do unless another event comes first, on the clock of `Time.nanoseconds`; nil: never.
  public var nextDeadline: UInt64? { session.nextDeadline }

  public mutating func timePassed(at time: Time = .now()) -> [Output] {
    session.timePassed(at: time.event, into: &actions)
    return outputs()
  }

  /// The outputs of the last event were carried out; what that took counts as the gate's time, not the server's.
  public mutating func carriedOut(at time: Time = .now()) { session.carriedOut(at: time.nanoseconds) }

  private mutating func outputs() -> [Output] {
    defer { actions.removeAll(keepingCapacity: true) }
    return actions.map { action in
      switch action {
      case .sendToServer(let message): .sendToServer(message)
      case .sendToClient(let message): .sendToClient(message)
      case .record(let record): .record(Summary(record))
      case .ask(let approval): .ask(GuardedState.PendingApproval(approval))
      }
    }
  }
}

extension GuardedSession.Summary {
  init(_ record: CallRecord) {
    self.init(
      outcome: record.outcome.rawValue, method: record.method?.name, target: record.target, agent: record.agent, rule: record.rule,
      code: record.code?.rawValue, reason: record.reason, trace: record.trace?.description, bytesIn: record.bytesIn,
      bytesOut: record.bytesOut)
  }
}
