/// The numeric error codes of JSON-RPC 2.0 (section 5.1) and of the protocol (2026-07-28, `basic/index`, "Error codes"): the only codes
/// this gate uses from the reserved range -32768...-32000. Codes of our own are in `DenialCode`.
package enum ErrorCode: Int64, Sendable {
  /// Protocol, from 2026-07-28, over HTTP: a header does not say what the body says.
  case headerMismatch = -32_020
  /// JSON-RPC: not JSON.
  case parse = -32_700
  /// JSON-RPC: JSON, but no message; or a message that may not be sent now.
  case invalidRequest = -32_600
  /// JSON-RPC: the method does not exist in the revision in force.
  case methodNotFound = -32_601
  /// JSON-RPC, and the protocol's code for a missing or wrong `_meta`.
  case invalidParameters = -32_602
  /// Protocol, from 2026-07-28: `data` is `{"supported": […], "requested": …}`. The only answer to `server/discover` after which
  /// clients do not fall back to the older handshake.
  case unsupportedRevision = -32_022
}
