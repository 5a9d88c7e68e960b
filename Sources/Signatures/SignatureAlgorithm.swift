/// Signatures of tokens, by their names in RFC 7518 section 3.1 and RFC 8037. No symmetric ones: whoever could check those could make
/// them; and no `none`.
package enum SignatureAlgorithm: String, CaseIterable, Sendable {
  case rs256 = "RS256"
  case rs384 = "RS384"
  case rs512 = "RS512"
  case ps256 = "PS256"
  case ps384 = "PS384"
  case ps512 = "PS512"
  case es256 = "ES256"
  case es384 = "ES384"
  case es512 = "ES512"
  case edDSA = "EdDSA"

  /// The form of key it goes with. One form never serves for another, so a key cannot be used in a way it was not made for.
  package var keyForm: PublicKey.Form {
    switch self {
    case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: .rsa
    case .es256: .curve(.p256)
    case .es384: .curve(.p384)
    case .es512: .curve(.p521)
    case .edDSA: .ed25519
    }
  }

  enum Hash { case sha256, sha384, sha512 }

  /// Nil: the algorithm brings its own.
  var hash: Hash? {
    switch self {
    case .rs256, .ps256, .es256: .sha256
    case .rs384, .ps384, .es384: .sha384
    case .rs512, .ps512, .es512: .sha512
    case .edDSA: nil
    }
  }

  var isProbabilistic: Bool {
    switch self {
    case .ps256, .ps384, .ps512: true
    case .rs256, .rs384, .rs512, .es256, .es384, .es512, .edDSA: false
    }
  }
}
