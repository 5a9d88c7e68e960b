/// Why a key is not accepted. Its texts go to logs and to callers: never anything of the key.
package enum KeyFault: String, Error, CaseIterable, Sendable {
  case malformed = "the key is none of ours, or mistyped: its check characters do not fit"
  /// The same for a key that was never made and for one whose secret is wrong.
  case unknown = "the key is not known here"
  case revoked = "the key was revoked"
  case expired = "the key has expired"
}
