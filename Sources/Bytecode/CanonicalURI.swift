/// A URI as it came, the form that grants compare, and the forms that a server could make of it.
package struct CanonicalURI: Sendable {
  /// Longer ones are odd: matching takes quadratic time at worst.
  package static let limit = 4096

  /// Escapes resolved, scheme and authority in lower case.
  let form: [UInt8]
  /// Readers could take it for different resources.
  package let isOdd: Bool
  /// What servers could read, letters of ASCII in lower case.
  let readings: [[UInt8]]

  package init(_ bytes: [UInt8]) {
    let raw = Array(bytes.prefix(CanonicalURI.limit))
    var form = CanonicalURI.unescaped(raw)
    CanonicalURI.lowerAuthority(&form)
    self.form = form
    isOdd = bytes.count > CanonicalURI.limit || CanonicalURI.isOdd(raw) || !CanonicalURI.isPlain(form)
    readings = CanonicalURI.readings(of: raw, form)
  }

  /// With every well-formed escape resolved.
  static func unescaped(_ bytes: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      if bytes[index] == Ascii.percent, let byte = Ascii.escaped(bytes.span, index) {
        out.append(byte)
        index += 3
      } else {
        out.append(bytes[index])
        index += 1
      }
    }
    return out
  }

  /// Scheme and authority are the same in any case.
  static func lowerAuthority(_ bytes: inout [UInt8]) {
    guard let colon = schemeEnd(bytes) else { return }
    for index in 0..<(authority(bytes, colon)?.upperBound ?? colon) { bytes[index] = Ascii.lowered(bytes[index]) }
  }

  static func withoutSlashes(_ bytes: [UInt8]) -> [UInt8] { Array(bytes[..<((bytes.lastIndex { $0 != Ascii.slash } ?? -1) + 1)]) }

  /// Where the colon behind the scheme stands. A colon behind anything else belongs to a path.
  private static func schemeEnd(_ bytes: [UInt8]) -> Int? {
    guard let colon = bytes.firstIndex(of: Ascii.colon), let first = bytes.first, Ascii.isLetter(first) else { return nil }
    let isScheme = bytes[..<colon].allSatisfy { byte in
      Ascii.isLetter(byte) || Ascii.isDigit(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") || byte == Ascii.dot
    }
    return isScheme ? colon : nil
  }

  /// What is between `//` and the next delimiter.
  private static func authority(_ bytes: [UInt8], _ colon: Int) -> Range<Int>? {
    guard bytes.count > colon + 2, bytes[colon + 1] == Ascii.slash, bytes[colon + 2] == Ascii.slash else { return nil }
    let rest = bytes[(colon + 3)...]
    let end = rest.firstIndex { $0 == Ascii.slash || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }
    return colon + 3..<(end ?? bytes.count)
  }
}

// MARK: Oddness

extension CanonicalURI {
  private static func isOdd(_ bytes: [UInt8]) -> Bool {
    guard !hasOddBytes(bytes), let colon = schemeEnd(bytes), !hasOddAuthority(bytes, colon) else { return true }
    return hasOddSegments(bytes)
  }

  private static func hasOddBytes(_ bytes: [UInt8]) -> Bool {
    for (index, byte) in bytes.enumerated() {
      switch byte {
      case 0...0x20, 0x7F, Ascii.backslash, UInt8(ascii: "#"): return true
      case Ascii.percent:
        guard let escaped = Ascii.escaped(bytes.span, index), !changesStructure(escaped) else { return true }
      default: continue
      }
    }
    return false
  }

  /// Whether the text before the first variable part of a template makes whatever follows odd. The last segment is still open.
  static func isOdd(beginning: [UInt8]) -> Bool {
    guard let slash = beginning.lastIndex(of: Ascii.slash) else { return false }
    let closed = Array(beginning[...slash])
    return hasOddBytes(closed) || hasOddSegments(closed)
  }

  /// Escapes in it, two users, ports that are none; where hosts are those of the web, one that has a shorter name, or none. Files have no
  /// queries, and paths from the root.
  private static func hasOddAuthority(_ bytes: [UInt8], _ colon: Int) -> Bool {
    let scheme = bytes[..<colon].map(Ascii.lowered)
    let place = authority(bytes, colon)
    if scheme.elementsEqual("file".utf8) {
      guard colon + 1 < bytes.count, bytes[colon + 1] == Ascii.slash, !bytes.contains(UInt8(ascii: "?")) else { return true }
    }
    if ["http", "https", "ws", "wss", "ftp"].contains(where: { scheme.elementsEqual($0.utf8) }) {
      var host: [UInt8] = []
      guard let parts = Authority(of: bytes.span), appendHost(bytes.span, to: &host), host == bytes[parts.host].map(Ascii.lowered) else {
        return true
      }
    }
    guard let place else { return false }
    let text = bytes[place]
    if text.contains(Ascii.percent) || text.last == Ascii.dot { return true }
    if text.count(where: { $0 == UInt8(ascii: "@") }) > 1 { return true }
    let host = text[((text.lastIndex(of: UInt8(ascii: "@")) ?? text.startIndex - 1) + 1)...]
    guard let last = host.lastIndex(of: Ascii.colon),
      !host.contains(UInt8(ascii: "]")) || host[last...].allSatisfy({ $0 != UInt8(ascii: "]") })
    else { return false }
    let port = host[(last + 1)...]
    return port.isEmpty || port.first == UInt8(ascii: "0") || !port.allSatisfy(Ascii.isDigit)
  }

  private static func changesStructure(_ byte: UInt8) -> Bool {
    switch byte {
    case 0...0x1F, 0x7F, Ascii.slash, Ascii.backslash, Ascii.dot, Ascii.percent: true
    case UInt8(ascii: "?"), UInt8(ascii: "#"), UInt8(ascii: "&"), UInt8(ascii: "="), UInt8(ascii: ";"): true
    default: false
    }
  }

  /// `.`, `..` (also with parameters) anywhere in what follows `scheme://`, also behind `?` (not every reader knows queries), and empty segments
  /// of the path before its last.
  private static func hasOddSegments(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    if let colon = schemeEnd(bytes) {
      rest = rest[(colon + 1)...]
      if rest.starts(with: [Ascii.slash, Ascii.slash]) { rest = rest.dropFirst(2) }
    }
    for segment in rest.split(whereSeparator: { $0 == Ascii.slash || $0 == UInt8(ascii: "?") }) {
      let name = segment.prefix { $0 != UInt8(ascii: ";") }
      if !name.isEmpty, name.allSatisfy({ $0 == Ascii.dot }) { return true }
    }
    let segments = rest.prefix { $0 != UInt8(ascii: "?") }.split(separator: Ascii.slash, omittingEmptySubsequences: false)
    for (index, segment) in segments.enumerated() {
      // The first may be empty (no authority), and the last (a directory).
      if segment.isEmpty, index > 0, index < segments.count - 1 { return true }
    }
    return false
  }

  /// Whether bytes beyond ASCII are UTF-8, in its one form, of characters that no reader takes for ASCII or for nothing: an overlong `.`
  /// (C0 AE) or a full-width one would become one somewhere.
  private static func isPlain(_ form: [UInt8]) -> Bool {
    if form.allSatisfy({ $0 < 0x80 }) { return true }
    guard let text = String(validating: form, as: UTF8.self) else { return false }
    return text.unicodeScalars.allSatisfy { !isCompatible($0.value) }
  }

  /// Controls, invisible characters, and those whose compatibility forms (Unicode, NFKC) hold a delimiter.
  private static func isCompatible(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x80...0xA0, 0xAD, 0x34F, 0x37E, 0x61C, 0x115F...0x1160, 0x17B4...0x17B5, 0x180B...0x180F, 0x2000...0x200F, 0x2024...0x218F: true
    case 0x2215...0x2216, 0x2236, 0x2474...0x24FF, 0x29F5...0x29F9, 0x2A74, 0x3000...0x3002, 0x3164, 0x3200...0x33FF: true
    case 0xFE00...0xFE1F, 0xFE30...0xFE6F, 0xFEFF, 0xFF00...0xFFFF, 0x1F100...0x1F2FF, 0xE0000...0x10FFFF: true
    default: false
    }
  }
}

// MARK: Readings

extension CanonicalURI {
  /// Each as it stands, without query and fragment, without parameters of segments, without slashes at the end, with one; and all of these
  /// with the authority reduced to what names the host, and with that and the scheme's usual port.
  private static func readings(of raw: [UInt8], _ form: [UInt8]) -> [[UInt8]] {
    var readings: [[UInt8]] = []
    func add(_ reading: [UInt8]) { if !readings.contains(reading) { readings.append(reading) } }
    for text in [raw.map(Ascii.lowered), form.map(Ascii.lowered)] {
      let plain = withPlainAuthority(text)
      for spelling in [text, plain, withUsualPort(text)] {
        let path = Array(spelling.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") })
        for reading in [spelling, path, withoutParameters(path)] {
          add(reading)
          let name = withoutSlashes(reading)
          add(name)
          // The folder itself, and the root of a host.
          add(name + [Ascii.slash])
        }
      }
    }
    return readings
  }

  private static func withoutParameters(_ path: [UInt8]) -> [UInt8] {
    var isParameter = false
    return path.filter { byte in
      if byte == UInt8(ascii: ";") { isParameter = true }
      if byte == Ascii.slash { isParameter = false }
      return !isParameter
    }
  }

  /// Without user, port and the dot of the root; for files without the name of this machine, and with an authority even if it is empty.
  private static func withPlainAuthority(_ bytes: [UInt8]) -> [UInt8] {
    guard let colon = schemeEnd(bytes) else { return bytes }
    let isFile = bytes[..<colon].elementsEqual("file".utf8)
    guard let range = authority(bytes, colon) else {
      guard isFile, bytes.count > colon + 1, bytes[colon + 1] == Ascii.slash else { return bytes }
      return Array("file://".utf8) + bytes[(colon + 1)...]
    }
    var host = bytes[range]
    if let at = host.lastIndex(of: UInt8(ascii: "@")) { host = host[(at + 1)...] }
    if let port = host.lastIndex(of: Ascii.colon), host[(port + 1)...].allSatisfy(Ascii.isDigit) { host = host[..<port] }
    if host.last == Ascii.dot { host = host.dropLast() }
    if isFile, host.elementsEqual("localhost".utf8) { host = [] }
    return Array(bytes[..<range.lowerBound] + host + bytes[range.upperBound...])
  }

  /// Without user, and with the scheme's usual port when there is none: rules may name the one that goes without saying.
  private static func withUsualPort(_ bytes: [UInt8]) -> [UInt8] {
    guard let colon = schemeEnd(bytes), let range = authority(bytes, colon), !range.isEmpty else { return bytes }
    var host = bytes[range]
    if let at = host.lastIndex(of: UInt8(ascii: "@")) { host = host[(at + 1)...] }
    let usual = usualPorts.first { bytes[..<colon].elementsEqual($0.scheme.utf8) }
    let port = host.contains(Ascii.colon) ? "" : usual?.port ?? ""
    return Array(bytes[..<range.lowerBound] + host + port.utf8 + bytes[range.upperBound...])
  }

  private static let usualPorts: [(scheme: String, port: String)] = [
    ("http", ":80"), ("https", ":443"), ("ws", ":80"), ("wss", ":443"), ("ftp", ":21"), ("ssh", ":22"), ("sftp", ":22"),
    ("postgres", ":5432"), ("postgresql", ":5432"), ("mysql", ":3306"), ("redis", ":6379"), ("mongodb", ":27017"),
  ]
}
