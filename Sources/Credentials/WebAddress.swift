/// An address that something may be fetched from: `https`, or `http` on this machine. A subset of RFC 3986 that every reader understands
/// alike: ASCII, no user, no fragment, nothing that needs repair.
package struct WebAddress: Hashable, Sendable, CustomStringConvertible {
  package enum Fault: String, Error, CaseIterable, Sendable {
    case noScheme = "it does not begin with `https://`"
    case plain = "it begins with `http://`, which is for addresses on this machine only (`localhost`, `127.0.0.1`, `[::1]`)"
    case badHost = "it names no host, or one with characters that hosts do not have"
    case badPort = "its port is no number from 1 to 65535"
    case badCharacter = "it has a character that must be percent-encoded, or a `%` without two hexadecimal digits"
    case fragment = "it has a `#`, which never reaches a server"
    case tooLong = "it has more than 2048 bytes"
  }

  /// As it was written.
  package let text: String
  package let isPlain: Bool
  /// As it was written; an IPv6 address is in brackets.
  package let host: String
  /// Nil: that of the scheme.
  package let port: UInt16?
  /// With its leading slash; empty when there is none. Without the query.
  package let path: String
  /// After the `?`.
  package let query: String?

  package init(_ text: String) throws(Fault) {
    let bytes = Array(text.utf8)
    guard bytes.count <= 2_048 else { throw .tooLong }
    if bytes.starts(with: "https://".utf8) {
      isPlain = false
    } else if bytes.starts(with: "http://".utf8) {
      isPlain = true
    } else {
      throw .noScheme
    }
    let rest = bytes.dropFirst(isPlain ? 7 : 8)
    guard !rest.contains(UInt8(ascii: "#")) else { throw .fragment }
    let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
    (host, port) = try WebAddress.authority(rest[..<end])
    let (path, query) = try WebAddress.target(rest[end...])
    self.path = path
    self.query = query
    self.text = text
    guard !isPlain || ["localhost", "127.0.0.1", "[::1]"].contains(host) else { throw .plain }
  }

  package var description: String { text }

  /// Scheme, host and port.
  package var origin: String { (isPlain ? "http://" : "https://") + host + (port.map { ":\($0)" } ?? "") }

  private static func authority(_ bytes: ArraySlice<UInt8>) throws(Fault) -> (String, UInt16?) {
    let name: ArraySlice<UInt8>
    let isName: Bool
    if bytes.first == UInt8(ascii: "[") {
      guard let close = bytes.firstIndex(of: UInt8(ascii: "]")) else { throw .badHost }
      name = bytes[...close]
      isName = name.dropFirst().dropLast().allSatisfy { isHexadecimal($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }
    } else {
      name = bytes.prefix { $0 != UInt8(ascii: ":") }
      isName = name.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_") }
    }
    guard isName, name.count > 0, name.count <= 255 else { throw .badHost }
    let host = String(decoding: name, as: UTF8.self)
    let rest = bytes[name.endIndex...]
    guard let colon = rest.first else { return (host, nil) }
    let digits = rest.dropFirst()
    guard colon == UInt8(ascii: ":") else { throw .badHost }
    guard digits.allSatisfy(isDigit), digits.count <= 5, let port = UInt16(String(decoding: digits, as: UTF8.self)), port > 0 else {
      throw .badPort
    }
    return (host, port)
  }

  /// Path and query.
  private static func target(_ bytes: ArraySlice<UInt8>) throws(Fault) -> (String, String?) {
    let allowed = Array("-._~!$&'()*+,;=:@/?%".utf8)
    var digitsToCome = 0
    for byte in bytes {
      if digitsToCome > 0 {
        guard isHexadecimal(byte) else { throw .badCharacter }
        digitsToCome -= 1
      } else {
        guard isAlphanumeric(byte) || allowed.contains(byte) else { throw .badCharacter }
        if byte == UInt8(ascii: "%") { digitsToCome = 2 }
      }
    }
    guard digitsToCome == 0 else { throw .badCharacter }
    let path = bytes.prefix { $0 != UInt8(ascii: "?") }
    let query = path.endIndex < bytes.endIndex ? String(decoding: bytes[(path.endIndex + 1)...], as: UTF8.self) : nil
    return (String(decoding: path, as: UTF8.self), query)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }
}
