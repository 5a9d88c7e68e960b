/// What a gate keeps of requests for those who write down what became of them.
package struct Recording: Sendable {
  /// What is refused while nothing can be written; nil: nothing has to be.
  package let duty: RecordDuty?
  /// Whether records keep the arguments of calls, for digests and for what may be shown of them.
  package let keepsArguments: Bool
  /// Digests of arguments of messages too large to be kept; nil: such arguments have none.
  package let digest: (@Sendable (Span<UInt8>) -> [UInt8])?
  /// Whether requests go to servers as parts of a trace: with a `traceparent` of ours.
  package let continuesTraces: Bool

  package init(
    duty: RecordDuty? = nil, keepsArguments: Bool = false, digest: (@Sendable (Span<UInt8>) -> [UInt8])? = nil,
    continuesTraces: Bool = false
  ) {
    self.duty = duty
    self.keepsArguments = keepsArguments
    self.digest = digest
    self.continuesTraces = continuesTraces
  }

  package static let nothing = Recording()
}
