/// Why the gate answered instead of the server. The words are interface: agents, logs and tests rely on them; each has a page in
/// `docs/denials/`.
package enum DenialCode: String, CaseIterable, Sendable {
  case permissionDenied = "PERMISSION_DENIED"
  case invalidArgument = "INVALID_ARGUMENT"
  case rateLimited = "RATE_LIMITED"
  case approvalRequired = "APPROVAL_REQUIRED"
  case toolDrifted = "TOOL_DRIFTED"
  case unauthenticated = "UNAUTHENTICATED"
  case upstreamUnavailable = "UPSTREAM_UNAVAILABLE"
  case outputBlocked = "OUTPUT_BLOCKED"
  case unsupported = "UNSUPPORTED"
  case storeUnavailable = "STORE_UNAVAILABLE"

  /// The `code` of a JSON-RPC error. Outside -32768...-32000, which JSON-RPC reserves and the protocol partitions (2026-07-28,
  /// `basic/index`, "Error codes": codes of applications lie outside).
  package var number: Int64 {
    switch self {
    case .permissionDenied: -31_001
    case .invalidArgument: -31_002
    case .rateLimited: -31_003
    case .approvalRequired: -31_004
    case .toolDrifted: -31_005
    case .unauthenticated: -31_006
    case .upstreamUnavailable: -31_007
    case .outputBlocked: -31_008
    case .unsupported: -31_009
    case .storeUnavailable: -31_010
    }
  }

  /// Whether the same request may succeed later, with nothing changed by the caller.
  package var isRetryable: Bool {
    switch self {
    case .rateLimited, .upstreamUnavailable, .storeUnavailable: true
    case .permissionDenied, .invalidArgument, .approvalRequired, .toolDrifted, .unauthenticated, .outputBlocked, .unsupported: false
    }
  }
}
