internal import Glibc

/// An IPv4 or IPv6 address.
package struct NetworkAddress: Hashable, Sendable {
  /// 4 or 16, the most significant first. An IPv4 address in IPv6's clothes (`::ffff:10.0.0.1`, RFC 4291 section 2.5.5.2; `64:ff9b::a00:1`,
  /// RFC 6052 section 2.1) is the IPv4 address that it leads to.
  package let bytes: [UInt8]

  package init?(bytes: [UInt8]) {
    let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
    let translated: [UInt8] = [0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0]
    switch bytes.count {
    case 4: self.bytes = bytes
    case 16: self.bytes = bytes.starts(with: mapped) || bytes.starts(with: translated) ? Array(bytes[12...]) : bytes
    default: return nil
    }
  }

  /// From the dotted form of IPv4 with four decimal parts, or RFC 4291's forms of IPv6.
  package init?(_ text: String) {
    var bytes = [UInt8](repeating: 0, count: 16)
    let isLong = text.utf8.contains(UInt8(ascii: ":"))
    let isRead = unsafe bytes.withUnsafeMutableBytes { buffer in unsafe inet_pton(isLong ? AF_INET6 : AF_INET, text, buffer.baseAddress) }
    guard isRead == 1 else { return nil }
    self.init(bytes: isLong ? bytes : Array(bytes[..<4]))
  }

  package var isLoopback: Bool {
    NetworkPrefix.loopback.contains { $0.contains(self) }
  }
}

extension NetworkAddress: CustomStringConvertible {
  package var description: String {
    if bytes.count == 4 { return bytes.map { String($0) }.joined(separator: ".") }
    return stride(from: 0, to: 16, by: 2).map { String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16) }.joined(separator: ":")
  }
}

/// A network: the addresses that begin with certain bits (RFC 4632, RFC 4291 section 2.3).
package struct NetworkPrefix: Hashable, Sendable {
  let address: NetworkAddress
  /// Of the address's bits.
  let length: Int

  /// From `10.0.0.0/8`, `fd00::/8`, or a single address. Nil also when bits beyond the length are set: two networks might be meant.
  package init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count <= 2, let address = NetworkAddress(String(parts[0])) else { return nil }
    let most = address.bytes.count * 8
    guard parts.count == 2 else {
      self.init(address, most)
      return
    }
    // A mapped address has become a shorter one: its length would count other bits.
    guard address.bytes.count == (parts[0].contains(":") ? 16 : 4) else { return nil }
    guard parts[1].utf8.count <= 3, parts[1].allSatisfy(\.isNumber), let length = Int(parts[1]), length <= most else { return nil }
    let isExact = (length..<most).allSatisfy { address.bytes[$0 / 8] & 0x80 >> UInt8($0 % 8) == 0 }
    guard isExact else { return nil }
    self.init(address, length)
  }

  private init(_ address: NetworkAddress, _ length: Int) {
    self.address = address
    self.length = length
  }

  package func contains(_ other: NetworkAddress) -> Bool {
    guard other.bytes.count == address.bytes.count else { return false }
    let whole = length / 8
    guard other.bytes[..<whole] == address.bytes[..<whole] else { return false }
    guard length % 8 > 0 else { return true }
    return (other.bytes[whole] ^ address.bytes[whole]) >> UInt8(8 - length % 8) == 0
  }

  package static let loopback = table("127.0.0.0/8", "::1")

  static func table(_ texts: String...) -> [NetworkPrefix] {
    texts.map { text in
      guard let prefix = NetworkPrefix(text) else { preconditionFailure("\(text) is no network") }
      return prefix
    }
  }
}
