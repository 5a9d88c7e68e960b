internal import Bytecode
internal import Digests

/// Whose request it is.
struct Caller: Sendable {
  let identity: Identity
  /// Tells callers apart, and the same caller with a newer credential does not differ. Sessions are bound to it.
  let mark: Digest
}
