internal import CCrypto

/// A public key for checking signatures, from its numbers (RFC 7518 section 6, RFC 8037 section 2).
package struct PublicKey: Hashable, Sendable {
  package enum Form: Hashable, Sendable {
    case rsa
    case curve(Curve)
    case ed25519
  }

  package enum Curve: String, CaseIterable, Sendable {
    case p256 = "P-256"
    case p384 = "P-384"
    case p521 = "P-521"

    /// Bytes of one coordinate, and of each half of a signature.
    var size: Int {
      switch self {
      case .p256: 32
      case .p384: 48
      case .p521: 66
      }
    }

    var identifier: [UInt8] {
      switch self {
      case .p256: [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]
      case .p384: [0x2B, 0x81, 0x04, 0x00, 0x22]
      case .p521: [0x2B, 0x81, 0x04, 0x00, 0x23]
      }
    }
  }

  package let form: Form
  /// SubjectPublicKeyInfo (RFC 5280 section 4.1) in DER.
  let encoded: [UInt8]

  /// - Parameters: modulus and exponent, the most significant byte first.
  /// - Returns: nil for a modulus that is too short to be safe or so long that checking would be dear, or an exponent no key has.
  package init?(modulus: [UInt8], exponent: [UInt8]) {
    let digits = modulus.drop { $0 == 0 }
    let power = exponent.drop { $0 == 0 }
    guard let first = digits.first, let last = digits.last, last & 1 == 1 else { return nil }
    let bits = digits.count * 8 - first.leadingZeroBitCount
    guard (PublicKey.fewestBits...PublicKey.mostBits).contains(bits), (1...4).contains(power.count) else { return nil }
    guard let lowest = power.last, lowest & 1 == 1, power.count > 1 || lowest >= 3 else { return nil }
    form = .rsa
    let algorithm = DistinguishedEncoding.sequence(
      DistinguishedEncoding.objectIdentifier([0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01]), DistinguishedEncoding.null)
    let numbers = DistinguishedEncoding.sequence(DistinguishedEncoding.integer(digits), DistinguishedEncoding.integer(power))
    encoded = DistinguishedEncoding.sequence(algorithm, DistinguishedEncoding.bitString(numbers))
    guard isUsable else { return nil }
  }

  /// - Returns: nil when the coordinates are of another length than the curve's, or no point of it.
  package init?(_ curve: Curve, x: [UInt8], y: [UInt8]) {
    guard x.count == curve.size, y.count == curve.size else { return nil }
    form = .curve(curve)
    let algorithm = DistinguishedEncoding.sequence(
      DistinguishedEncoding.objectIdentifier([0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01]),
      DistinguishedEncoding.objectIdentifier(curve.identifier))
    encoded = DistinguishedEncoding.sequence(algorithm, DistinguishedEncoding.bitString([0x04] + x + y))
    guard isUsable else { return nil }
  }

  package init?(ed25519 bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    form = .ed25519
    let algorithm = DistinguishedEncoding.sequence(DistinguishedEncoding.objectIdentifier([0x2B, 0x65, 0x70]))
    encoded = DistinguishedEncoding.sequence(algorithm, DistinguishedEncoding.bitString(bytes))
    guard isUsable else { return nil }
  }

  /// NIST SP 800-57 part 1 asks for 2,048 bits; beyond 8,192 one check would take milliseconds.
  private static let fewestBits = 2_048
  private static let mostBits = 8_192

  /// Whether the signature of that algorithm over the message was made with the private half of this key. Any doubt is a no.
  package func accepts(_ signature: [UInt8], of message: [UInt8], _ algorithm: SignatureAlgorithm) -> Bool {
    guard algorithm.keyForm == form, let signature = asLibcryptoReads(signature) else { return false }
    return unsafe withKey { key in unsafe PublicKey.check(key, signature, message, algorithm) } ?? false
  }

  /// Tokens carry both numbers of a curve's signature side by side, libcrypto wants them as a sequence.
  private func asLibcryptoReads(_ signature: [UInt8]) -> [UInt8]? {
    guard case .curve(let curve) = form else { return signature }
    guard signature.count == 2 * curve.size else { return nil }
    return DistinguishedEncoding.sequence(
      DistinguishedEncoding.integer(signature[..<curve.size]), DistinguishedEncoding.integer(signature[curve.size...]))
  }

  private var isUsable: Bool { unsafe withKey { _ in true } ?? false }

  /// Reads the key anew each time: a key of libcrypto is not `Sendable`, and what was checked once is kept as a verified token.
  private func withKey<R>(_ body: (OpaquePointer) -> R) -> R? {
    let key: OpaquePointer? = unsafe encoded.withUnsafeBufferPointer { buffer in
      var next = buffer.baseAddress
      return unsafe d2i_PUBKEY(nil, &next, buffer.count)
    }
    guard let key = unsafe key else { return nil }
    defer { unsafe EVP_PKEY_free(key) }
    return unsafe body(key)
  }

  private static func check(_ key: OpaquePointer, _ signature: [UInt8], _ message: [UInt8], _ algorithm: SignatureAlgorithm) -> Bool {
    guard let context = unsafe EVP_MD_CTX_new() else { return false }
    defer { unsafe EVP_MD_CTX_free(context) }
    let hash: OpaquePointer? =
      switch algorithm.hash {
      case .sha256: unsafe EVP_sha256()
      case .sha384: unsafe EVP_sha384()
      case .sha512: unsafe EVP_sha512()
      case nil: nil
      }
    // Belongs to `context`.
    var parameters: OpaquePointer?
    guard unsafe EVP_DigestVerifyInit(context, &parameters, hash, nil, key) == 1 else { return false }
    if algorithm.isProbabilistic {
      // RFC 7518 section 3.5: the mask's hash is the signature's, the salt as long as the hash.
      guard unsafe EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1,
        unsafe EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) == 1
      else { return false }
    }
    return unsafe signature.withUnsafeBufferPointer { signature in
      unsafe message.withUnsafeBufferPointer { message in
        unsafe EVP_DigestVerify(context, signature.baseAddress, signature.count, message.baseAddress, message.count) == 1
      }
    }
  }
}
