package import JSON

/// What a message carries in base64: `data` of a picture or of sound, `blob` of a resource. It means something only together with its document.
package struct BinaryContent: Sendable {
  /// The base64.
  package let node: Node
  /// The content block, or the contents of a resource, that it is in.
  package let holder: Node
  package let isResource: Bool
  package let place: TextPlace
  /// What the server says it is: in lower case, without parameters.
  package let declared: String?
  /// What its first bytes say it is.
  package let signature: MediaSignature?
  /// Of the content itself. Of what is no base64, of its text.
  package let bytes: Int
  /// Whether it is base64 as RFC 4648, section 4, has it: what is not cannot be looked into.
  package let isSound: Bool

  /// Whether it is of such a type as far as can be seen: it says so, and does not begin like something else, nor unlike what it says.
  ///
  /// - Parameter holds: of a type, in lower case, without parameters.
  package func isSurely(_ holds: (String) -> Bool) -> Bool {
    guard isSound, let declared, holds(declared) else { return false }
    // It says nothing, so nothing contradicts it.
    if declared == MediaType.anything { return true }
    return signature?.fits(declared) ?? MediaSignature.of(type: declared).isEmpty
  }

  /// Whether it is of such a type, by what it says or by what it begins with.
  package func mayBe(_ holds: (String) -> Bool) -> Bool {
    declared.map(holds) ?? false || signature?.isAny(holds) ?? false
  }
}

/// RFC 4648, section 4, padded.
package enum Base64 {
  private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 0xFF, count: 256)
    for (value, digit) in digits.enumerated() { values[Int(digit)] = UInt8(value) }
    return values
  }()

  static func isDigit(_ byte: UInt8) -> Bool { values[Int(byte)] < 64 }

  /// Nil for what is no base64.
  package static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    guard text.count % 4 == 0 else { return nil }
    let padding = text.suffix(2).count { $0 == UInt8(ascii: "=") }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 4 * 3)
    var word: UInt32 = 0
    var count = 0
    for digit in text.dropLast(padding) {
      let value = values[Int(digit)]
      guard value < 64 else { return nil }
      word = word << 6 | UInt32(value)
      count += 1
      if count == 4 {
        bytes.append(UInt8(truncatingIfNeeded: word >> 16))
        bytes.append(UInt8(truncatingIfNeeded: word >> 8))
        bytes.append(UInt8(truncatingIfNeeded: word))
        count = 0
      }
    }
    if count == 3 {
      bytes.append(UInt8(truncatingIfNeeded: word >> 10))
      bytes.append(UInt8(truncatingIfNeeded: word >> 2))
    } else if count == 2 {
      bytes.append(UInt8(truncatingIfNeeded: word >> 4))
    }
    return bytes
  }

  package static func encode(_ bytes: [UInt8]) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let part = bytes[start..<min(start + 3, bytes.count)]
      let word = part.reduce(0 as UInt32) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - part.count))
      for place in 0..<4 {
        text.append(place <= part.count ? digits[Int(word >> UInt32(18 - 6 * place) & 63)] : UInt8(ascii: "="))
      }
    }
    return text
  }
}
