package import JSON

/// The two ways in which a client and a server agree on a protocol revision.
package enum Era: Sendable {
  /// `initialize` once, then a session.
  case handshake
  /// Every request says its revision in `_meta`.
  case stateless
}

/// A published revision of the protocol, oldest first. Source: the specification's `docs/specification/` folders.
package enum Revision: UInt8, CaseIterable, Comparable, Sendable {
  case of2024November
  case of2025March
  case of2025June
  case of2025November
  case of2026July

  package var name: String {
    switch self {
    case .of2024November: "2024-11-05"
    case .of2025March: "2025-03-26"
    case .of2025June: "2025-06-18"
    case .of2025November: "2025-11-25"
    case .of2026July: "2026-07-28"
    }
  }

  package var era: Era { self == .of2026July ? .stateless : .handshake }

  /// Batches came with one revision and left with the next (2025-06-18 changelog).
  package var hasBatches: Bool { self == .of2025March }

  /// `structuredContent` in results of tools (2025-06-18 changelog).
  package var hasStructuredContent: Bool { self >= .of2025June }

  /// The revision a string names; nil for one that is not known here, and for what is no string.
  package init?(_ document: Document, _ node: Node) {
    guard let known = Revision.allCases.first(where: { document.stringEquals(node, $0.name) }) else { return nil }
    self = known
  }

  package static func < (left: Revision, right: Revision) -> Bool { left.rawValue < right.rawValue }
}
