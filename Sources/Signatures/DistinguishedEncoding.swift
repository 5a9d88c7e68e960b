/// The few forms of ITU-T X.690 (DER) that keys and signatures are handed to libcrypto in.
enum DistinguishedEncoding {
  static func sequence(_ parts: [UInt8]...) -> [UInt8] { tagged(0x30, parts.flatMap(\.self)) }

  static func bitString(_ bytes: [UInt8]) -> [UInt8] { tagged(0x03, [0] + bytes) }

  static let null: [UInt8] = [0x05, 0x00]

  /// - Parameter content: the identifier's arcs as X.690 section 8.19 packs them.
  static func objectIdentifier(_ content: [UInt8]) -> [UInt8] { tagged(0x06, content) }

  /// A number that is not negative, from its bytes, the most significant first.
  static func integer(_ magnitude: some Collection<UInt8>) -> [UInt8] {
    let digits = Array(magnitude.drop { $0 == 0 })
    // A first bit that is set would make it negative.
    let isPadded = digits.first.map { $0 >= 0x80 } ?? true
    return tagged(0x02, (isPadded ? [0] : []) + digits)
  }

  private static func tagged(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    guard content.count >= 0x80 else { return [tag, UInt8(content.count)] + content }
    var length: [UInt8] = []
    var rest = content.count
    while rest > 0 {
      length.insert(UInt8(rest & 0xFF), at: 0)
      rest >>= 8
    }
    return [tag, 0x80 | UInt8(length.count)] + length + content
  }
}
