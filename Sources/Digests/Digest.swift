internal import CCrypto

/// A SHA-256 digest (FIPS 180-4).
package struct Digest: Hashable, Sendable, CustomStringConvertible {
  /// 32 bytes.
  package let bytes: [UInt8]

  /// From 64 hexadecimal digits.
  package init?(hex: String) {
    let digits = Array(hex.utf8)
    guard digits.count == 64 else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: 64, by: 2) {
      guard let byte = UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16) else { return nil }
      bytes.append(byte)
    }
    self.bytes = bytes
  }

  fileprivate init(bytes: [UInt8]) { self.bytes = bytes }

  /// Lower-case hexadecimal digits.
  package var hex: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  package var description: String { hex }
}

package func sha256(_ message: [UInt8]) -> Digest {
  var digest = [UInt8](repeating: 0, count: 32)
  var length: UInt32 = 0
  let done = unsafe message.withUnsafeBytes { input in
    unsafe digest.withUnsafeMutableBytes { output in
      unsafe EVP_Digest(
        input.baseAddress, input.count, output.baseAddress?.assumingMemoryBound(to: UInt8.self), &length, EVP_sha256(), nil)
    }
  }
  precondition(done == 1 && length == 32, "SHA-256 is part of every libcrypto")
  return Digest(bytes: digest)
}

/// SHA-1 in hexadecimal digits, by which Redis names scripts. Nothing rests on its strength.
package func sha1Hex(_ message: [UInt8]) -> String {
  var digest = [UInt8](repeating: 0, count: 20)
  var length: UInt32 = 0
  let done = unsafe message.withUnsafeBytes { input in
    unsafe digest.withUnsafeMutableBytes { output in
      unsafe EVP_Digest(
        input.baseAddress, input.count, output.baseAddress?.assumingMemoryBound(to: UInt8.self), &length, EVP_sha1(), nil)
    }
  }
  precondition(done == 1 && length == 20, "SHA-1 is part of every libcrypto")
  let digits = Array("0123456789abcdef".utf8)
  return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}

/// Bytes from the operating system's generator through libcrypto; unpredictable, fit for keys and delimiters.
package func randomBytes(_ count: Int) -> [UInt8] {
  var bytes = [UInt8](repeating: 0, count: count)
  let done = unsafe bytes.withUnsafeMutableBytes { output in
    unsafe RAND_bytes(output.baseAddress?.assumingMemoryBound(to: UInt8.self), Int32(count))
  }
  precondition(done == 1, "the operating system has no randomness to give")
  return bytes
}

/// The authentication code of a message under a key (RFC 2104 with SHA-256), 32 bytes.
package func hmacSHA256(key: [UInt8], _ message: Span<UInt8>) -> [UInt8] {
  var code = [UInt8](repeating: 0, count: 32)
  var length: UInt32 = 0
  // libcrypto takes no null message, not even an empty one.
  let empty: [UInt8] = [0]
  let done = unsafe key.withUnsafeBytes { key in
    unsafe message.withUnsafeBufferPointer { message in
      unsafe empty.withUnsafeBufferPointer { empty in
        unsafe code.withUnsafeMutableBufferPointer { output in
          unsafe HMAC(
            EVP_sha256(), key.baseAddress, Int32(key.count), message.baseAddress ?? empty.baseAddress, message.count, output.baseAddress,
            &length)
            != nil
        }
      }
    }
  }
  precondition(done && length == 32, "HMAC with SHA-256 is part of every libcrypto")
  return code
}

/// Whether two byte sequences are the same. How long it takes depends on their lengths only.
package func areEqualInConstantTime(_ one: [UInt8], _ other: [UInt8]) -> Bool {
  guard one.count == other.count else { return false }
  return unsafe one.withUnsafeBytes { one in
    unsafe other.withUnsafeBytes { other in unsafe CRYPTO_memcmp(one.baseAddress, other.baseAddress, one.count) == 0 }
  }
}
