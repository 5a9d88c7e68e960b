internal import Checksums
internal import Digests

/// A key of ours: `sp_`, 12 characters that name it, 43 that are secret, 6 that check the others; all of them digits and letters.
///
/// The name may be shown anywhere. The whole of it is shown once, to whom it is made for; it has no description, so that no log can hold one.
package struct APIKey: ~Copyable, Sendable {
  /// 12 characters.
  package let identifier: String
  private let text: [UInt8]

  private static let prefix = Array("sp_".utf8)
  private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
  private static let identifierLength = 12
  /// 62^43 is more than 2^256.
  private static let secretLength = 43
  private static let length = 3 + identifierLength + secretLength + 6

  /// A new key.
  ///
  /// - Parameter random: unpredictable bytes, as many as asked for.
  package init(random: (Int) -> [UInt8] = randomBytes) {
    var text = APIKey.prefix
    while text.count < APIKey.length - 6 {
      // 248 is the greatest multiple of 62 in a byte: without those above, every character is as likely as any other.
      for byte in random(64) where byte < 248 && text.count < APIKey.length - 6 { text.append(APIKey.alphabet[Int(byte % 62)]) }
    }
    let check = checkCharacters(of: text.span.extracting(APIKey.prefix.count..<text.count))
    for index in check.indices { text.append(check[index]) }
    self.init(unchecked: text)
  }

  /// A key as it was handed out; nil: it is none, or mistyped. Says nothing about whether it is any good.
  package init?(_ text: [UInt8]) {
    guard text.count == APIKey.length, text.starts(with: APIKey.prefix), text.dropFirst(3).allSatisfy(APIKey.alphabet.contains),
      Check.crc32.holds(text.span)
    else { return nil }
    self.init(unchecked: text)
  }

  private init(unchecked text: [UInt8]) {
    self.text = text
    identifier = String(decoding: text[APIKey.prefix.count..<APIKey.prefix.count + APIKey.identifierLength], as: UTF8.self)
  }

  /// What is kept instead of the key: nobody who has it can make the key, nor try keys without the pepper.
  ///
  /// - Parameter pepper: at least 32 unpredictable bytes, kept apart from the store.
  package borrowing func digest(pepper: [UInt8]) -> [UInt8] {
    precondition(pepper.count >= 32, "a short pepper can be guessed")
    return hmacSHA256(key: pepper, text.span)
  }

  /// The key itself, to be handed over once.
  package borrowing func reveal<R>(_ body: (Span<UInt8>) throws -> R) rethrows -> R { try body(text.span) }
}
