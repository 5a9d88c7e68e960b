internal import Digests

/// The secret that marks and pseudonyms are made with. Gateways that share it know each other's marks and give the same pseudonyms.
package struct SanitiserKey: Sendable {
  /// One for each use, so that nothing made for one can stand for another.
  private let marking: [UInt8]
  private let naming: [UInt8]

  /// - Parameter secret: at least 16 bytes that nobody can guess.
  package init(secret: [UInt8]) {
    precondition(secret.count >= 16, "a key that can be guessed protects nothing")
    marking = hmacSHA256(key: secret, Array("sallyport mark".utf8).span)
    naming = hmacSHA256(key: secret, Array("sallyport pseudonym".utf8).span)
  }

  /// Of this process only.
  package static func random() -> SanitiserKey { SanitiserKey(secret: randomBytes(32)) }

  /// Letters and digits that nobody else can find for a text, `markLength` of them.
  ///
  /// - Parameter nonce: five bytes, which begin the mark.
  func mark(nonce: [UInt8], source: Span<UInt8>, text: Span<UInt8>) -> [UInt8] {
    var message = Array("text".utf8) + nonce
    // The length says where the source ends.
    message.append(number: UInt64(source.count))
    message.append(source)
    message.append(text)
    return Base32.text(nonce + hmacSHA256(key: marking, message.span).prefix(10))
  }

  static let markLength = 24

  /// Five bytes for each message.
  func nonce(ofMessage number: UInt64) -> [UInt8] {
    var message = Array("nonce".utf8)
    message.append(number: number)
    return Array(hmacSHA256(key: marking, message.span).prefix(5))
  }

  static let pseudonymLength = 12

  /// Letters and digits, the same for equal values, that tell nothing of them without the key.
  func pseudonym(of value: Span<UInt8>) -> [UInt8] {
    Array(Base32.text(Array(hmacSHA256(key: naming, value).prefix(10))).prefix(Self.pseudonymLength))
  }
}

/// Five bits a character (RFC 4648, section 6), in lower case and without padding.
enum Base32 {
  private static let digits = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)

  /// - Parameter bytes: a multiple of five.
  static func text(_ bytes: [UInt8]) -> [UInt8] {
    precondition(bytes.count % 5 == 0)
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 5) {
      let word = bytes[start..<start + 5].reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
      for place in 0..<8 { text.append(digits[Int(word >> UInt64(35 - 5 * place) & 31)]) }
    }
    return text
  }

  /// The bytes of a text of eight or a multiple of that; nil when a character is none of the digits.
  static func bytes(_ text: Span<UInt8>) -> [UInt8]? {
    guard text.count % 8 == 0 else { return nil }
    var bytes: [UInt8] = []
    for start in stride(from: 0, to: text.count, by: 8) {
      var word: UInt64 = 0
      for index in start..<start + 8 {
        guard let digit = digits.firstIndex(of: text[index]) else { return nil }
        word = word << 5 | UInt64(digit)
      }
      for place in 0..<5 { bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(32 - 8 * place))) }
    }
    return bytes
  }
}

extension [UInt8] {
  mutating func append(_ text: Span<UInt8>) {
    reserveCapacity(count + text.count)
    for index in text.indices { append(text[index]) }
  }

  /// The highest byte first.
  mutating func append(number: UInt64) {
    for place in 0..<8 { append(UInt8(truncatingIfNeeded: number >> UInt64(56 - 8 * place))) }
  }
}
