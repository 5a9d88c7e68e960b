internal import Digests
internal import JSON
package import Signatures

/// Two lines: the bundle, and a signature of exactly these bytes.
package enum SignedBundle {
  /// What the signature is made of begins with this, so that no other document with the same key can stand for a bundle.
  private static let domain = Array("sallyport bundle 1\n".utf8)

  /// Nil when libcrypto has no memory.
  package static func write(_ bundle: PolicyBundle, _ key: SigningKey) -> [UInt8]? {
    let payload = JSON.write(bundle.document)
    guard let signature = key.signature(of: domain + payload) else { return nil }
    let line: Value = ["key": .string(identifier(of: key.publicKey)), "ed25519": .string(hexadecimal(signature))]
    return payload + [UInt8(ascii: "\n")] + JSON.write(line) + [UInt8(ascii: "\n")]
  }

  /// The bundle, when one of the keys has signed it and it is not older than that. Nothing of it is read before its signature was checked.
  package static func read(
    _ bytes: [UInt8], trusting keys: [PublicKey], leastSerial: Int64 = 1
  ) throws(BundleFault) -> (bundle: PolicyBundle, key: String) {
    guard bytes.count <= PolicyBundle.largest else { throw .shape("it is larger than \(PolicyBundle.largest >> 20) MiB") }
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    guard lines.count == 3, lines[2].isEmpty, let seal = try? Value(parsing: Array(lines[1])), let hex = seal["ed25519"]?.string,
      let signature = bytes64(hex), let name = seal["key"]?.string
    else { throw .shape("it does not end in a signature") }
    let payload = Array(lines[0])
    guard let key = keys.first(where: { identifier(of: $0) == name && $0.accepts(signature, of: domain + payload, .edDSA) }) else {
      throw .signature
    }
    guard let document = try? Value(parsing: payload, limits: DocumentLimits(bytes: PolicyBundle.largest)) else {
      throw .shape("it is no JSON")
    }
    let bundle = try PolicyBundle(reading: document)
    guard bundle.serial >= leastSerial else { throw .rollback(serial: bundle.serial, least: leastSerial) }
    return (bundle, identifier(of: key))
  }

  /// The first 16 hexadecimal digits of SHA-256 over the key's SubjectPublicKeyInfo: enough to say which key, for people.
  package static func identifier(of key: PublicKey) -> String { String(sha256(key.subjectPublicKeyInfo).hex.prefix(16)) }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  private static func bytes64(_ hex: String) -> [UInt8]? {
    guard hex.utf8.count == 128, let first = Digest(hex: String(hex.prefix(64))), let second = Digest(hex: String(hex.suffix(64))) else {
      return nil
    }
    return first.bytes + second.bytes
  }
}
