/// Bytes that must not be seen: a client's secret, an upstream's token. However it is printed, interpolated or reflected on, nothing of them
/// shows.
package final class Secret: Sendable {
  private let bytes: [UInt8]

  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  package var isEmpty: Bool { bytes.isEmpty }

  /// The bytes, to be sent to whom they are for and nowhere else.
  package func reveal<R>(_ body: ([UInt8]) throws -> R) rethrows -> R { try body(bytes) }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "a secret" }
  package var debugDescription: String { "a secret" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
