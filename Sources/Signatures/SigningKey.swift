internal import CCrypto

/// The private half of an Ed25519 key (RFC 8032), read from PEM for the time of one signing. Nothing of it is ever printed.
package final class SigningKey: Sendable {
  /// Of PKCS #8 in DER.
  private let encoded: [UInt8]
  package let publicKey: PublicKey

  /// - Parameter pem: what `openssl genpkey -algorithm ed25519` writes, without a passphrase.
  /// - Returns: nil when it is no such key.
  package init?(pem: [UInt8]) {
    guard let encoded = pemContents(pem, "PRIVATE KEY") else { return nil }
    let numbers = unsafe SigningKey.withKey(encoded) { key -> [UInt8]? in
      guard unsafe EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519 else { return nil }
      var bytes = [UInt8](repeating: 0, count: 32)
      var count = bytes.count
      return unsafe EVP_PKEY_get_raw_public_key(key, &bytes, &count) == 1 && count == 32 ? bytes : nil
    }
    guard let numbers = numbers ?? nil, let publicKey = PublicKey(ed25519: numbers) else { return nil }
    self.encoded = encoded
    self.publicKey = publicKey
  }

  /// 64 bytes; nil when libcrypto has no memory.
  package func signature(of message: [UInt8]) -> [UInt8]? {
    unsafe SigningKey.withKey(encoded) { key -> [UInt8]? in
      guard let context = unsafe EVP_MD_CTX_new() else { return nil }
      defer { unsafe EVP_MD_CTX_free(context) }
      guard unsafe EVP_DigestSignInit(context, nil, nil, nil, key) == 1 else { return nil }
      var signature = [UInt8](repeating: 0, count: 64)
      var count = signature.count
      let done = unsafe message.withUnsafeBufferPointer { unsafe EVP_DigestSign(context, &signature, &count, $0.baseAddress, $0.count) }
      return done == 1 && count == 64 ? signature : nil
    } ?? nil
  }

  private static func withKey<R>(_ encoded: [UInt8], _ body: (OpaquePointer) -> R) -> R? {
    let key: OpaquePointer? = unsafe encoded.withUnsafeBufferPointer { buffer in
      var next = buffer.baseAddress
      return unsafe d2i_AutoPrivateKey(nil, &next, buffer.count)
    }
    guard let key = unsafe key else { return nil }
    defer { unsafe EVP_PKEY_free(key) }
    return unsafe body(key)
  }
}

extension PublicKey {
  /// From PEM: what `openssl pkey -pubout` writes of an Ed25519 key; nil when it is no such key.
  package init?(ed25519PEM pem: [UInt8]) {
    // SubjectPublicKeyInfo of Ed25519 (RFC 8410 section 4): always these twelve bytes before the key.
    let start: [UInt8] = [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00]
    guard let encoded = pemContents(pem, "PUBLIC KEY"), encoded.count == start.count + 32, encoded.starts(with: start) else { return nil }
    self.init(ed25519: Array(encoded.dropFirst(start.count)))
  }

  /// DER of SubjectPublicKeyInfo: what names of keys are made of.
  package var subjectPublicKeyInfo: [UInt8] { encoded }
}

/// What stands between the lines of one PEM block of that name (RFC 7468); nil when there is none, or it is not base64.
private func pemContents(_ pem: [UInt8], _ name: String) -> [UInt8]? {
  var isInside = false
  var text: [UInt8] = []
  for line in pem.split(separator: UInt8(ascii: "\n")) {
    let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
    if line.elementsEqual("-----BEGIN \(name)-----".utf8) {
      isInside = true
    } else if line.elementsEqual("-----END \(name)-----".utf8) {
      guard isInside, !text.isEmpty, text.count % 4 == 0, text.count <= 1 << 16 else { return nil }
      var bytes = [UInt8](repeating: 0, count: text.count / 4 * 3)
      let count = unsafe EVP_DecodeBlock(&bytes, text, Int32(text.count))
      let padding = text.suffix(2).count { $0 == UInt8(ascii: "=") }
      return count < 0 ? nil : Array(bytes.prefix(Int(count) - padding))
    } else if isInside {
      text += line
    }
  }
  return nil
}
