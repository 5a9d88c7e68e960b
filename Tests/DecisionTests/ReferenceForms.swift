import Foundation

// Paths, hosts and schemes as section 3 and decision 7 describe them, written once more and without the engine's code.

enum ReferenceForms {
  /// The segments of a path; an absolute one begins with an empty segment. Nil: it has no one meaning.
  static func segments(_ text: String) -> [String]? {
    if text.isEmpty || text.contains("\\") || text.unicodeScalars.contains("\0") { return nil }
    if text.firstMatch(of: #/^[A-Za-z]:/#) != nil { return nil }
    for escape in ["%00", "%2e", "%2f", "%5c", "%25"] where text.lowercased().contains(escape) { return nil }
    let parts = text.components(separatedBy: "/")
    let isAbsolute = parts.count > 1 && parts[0].isEmpty
    var kept: [String] = []
    for part in parts where !part.isEmpty && part != "." {
      if part != ".." {
        kept.append(part)
      } else if kept.isEmpty {
        // The parent of the root is the root.
        if isAbsolute { continue }
        return nil
      } else {
        kept.removeLast()
      }
    }
    return (isAbsolute ? [""] : []) + kept
  }

  static func isUnder(_ path: String, _ directory: String) -> Bool {
    guard let path = segments(path), let directory = segments(directory) else { return false }
    if directory.isEmpty { return path.first != "" }
    return path.starts(with: directory)
  }

  private static func isClean(_ url: String) -> Bool {
    !url.unicodeScalars.contains { $0.value <= 0x20 || $0.value == 0x7F || $0 == "\\" }
  }

  static func scheme(_ url: String) -> String? {
    guard isClean(url), let match = url.firstMatch(of: #/^([A-Za-z][A-Za-z0-9+.\-]*):/#) else { return nil }
    return match.1.lowercased()
  }

  static func host(_ url: String) -> String? {
    guard isClean(url),
      let match = url.firstMatch(of: #/^[A-Za-z][A-Za-z0-9+.\-]*:\/\/([^\/?#]+)/#)
    else { return nil }
    var authority = String(match.1)
    let parts = authority.components(separatedBy: "@")
    if parts.count > 2 { return nil }
    authority = parts[parts.count - 1]
    if let port = authority.firstMatch(of: #/:([0-9]*)$/#), !authority.hasSuffix("]") {
      guard let number = Int(port.1), number <= 65_535, port.1.count <= 5 else { return nil }
      authority = String(authority[..<port.range.lowerBound])
    }
    return name(authority)
  }

  private static func name(_ host: String) -> String? {
    if host.hasPrefix("["), host.hasSuffix("]") { return address(String(host.dropFirst().dropLast())) }
    let name = host.hasSuffix(".") ? String(host.dropLast()) : host
    guard name.utf8.count <= 253, name.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
    let labels = name.components(separatedBy: ".")
    for label in labels {
      guard (1...63).contains(label.count), label.wholeMatch(of: #/[A-Za-z0-9_\-]+/#) != nil else { return nil }
    }
    guard let last = labels.last, last.wholeMatch(of: #/[0-9]+|0[xX][0-9A-Fa-f]*/#) != nil else { return name.lowercased() }
    // What the C library makes of the many ways to write an address; a lone `0x` is a zero to browsers.
    var address = in_addr()
    let spelled = labels.map { $0.lowercased() == "0x" ? "0" : $0 }.joined(separator: ".")
    guard unsafe inet_aton(spelled, &address) != 0 else { return nil }
    let number = UInt32(bigEndian: address.s_addr)
    return [24, 16, 8, 0].map { String(number >> UInt32($0) & 255) }.joined(separator: ".")
  }

  private static func address(_ text: String) -> String? {
    guard text.wholeMatch(of: #/[0-9A-Fa-f:]+/#) != nil else { return nil }
    var address = in6_addr()
    guard unsafe inet_pton(AF_INET6, text, &address) == 1 else { return nil }
    var buffer = [CChar](repeating: 0, count: 64)
    guard unsafe inet_ntop(AF_INET6, &address, &buffer, 64) != nil else { return nil }
    return "[" + String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) + "]"
  }
}
