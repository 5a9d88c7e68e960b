/// The gate for one connection: events in, ordered actions out. It does no I/O, reads no clock and starts no tasks.
///
/// The transport calls one method per event, carries out the appended actions in order, and then calls `carriedOut(at:)`.
package struct Session: ~Copyable {
  private let configuration: GateConfiguration
  private let policies: PolicyStore
  private let random: @Sendable (Int) -> [UInt8]

  /// - Parameter random: unpredictable bytes, as many as asked for; tests pass a seeded generator.
  package init(configuration: GateConfiguration, policies: PolicyStore, random: @escaping @Sendable (Int) -> [UInt8]) {
    self.configuration = configuration
    self.policies = policies
    self.random = random
  }

  /// One message of the client: the bytes of a line without its end.
  package mutating func receiveFromClient(_ message: [UInt8], at time: EventTime, into actions: inout [Action]) {}

  /// One message of the server.
  package mutating func receiveFromServer(_ message: [UInt8], at time: EventTime, into actions: inout [Action]) {}

  /// The server is gone: everything in flight is answered, and so is everything that still comes.
  package mutating func serverExited(at time: EventTime, into actions: inout [Action]) {}

  /// The client is gone: nothing is sent to it any more; what is in flight is recorded.
  package mutating func clientClosed(at time: EventTime, into actions: inout [Action]) {}

  /// The actions of the last event were carried out; books the time they took as the gate's, not the server's.
  package mutating func carriedOut(at nanoseconds: UInt64) {}

  /// True when no request of the client waits for an answer.
  package var isIdle: Bool { true }
}
