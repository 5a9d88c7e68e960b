/// What a server calls one state of a document (RFC 9110 section 8.8.3), quotation marks and all.
package struct EntityTag: Hashable, Sendable {
  package let text: String

  private static let mostBytes = 512

  /// Nil when it is of another form; it goes into a header line of ours, so nothing else may.
  package init?(_ text: String) {
    let opaque = Array((text.hasPrefix("W/") ? text.dropFirst(2) : text[...]).utf8)
    guard opaque.count >= 2, opaque.count <= EntityTag.mostBytes, opaque.first == UInt8(ascii: "\""), opaque.last == UInt8(ascii: "\""),
      opaque.dropFirst().dropLast().allSatisfy({ $0 == 0x21 || (0x23...0x7E).contains($0) })
    else { return nil }
    self.text = text
  }

  /// - Parameter line: of a header, without its end.
  init?(headerLine line: String) {
    guard let colon = line.firstIndex(of: ":"), line[..<colon].lowercased() == "etag" else { return nil }
    self.init(String(line[line.index(after: colon)...].trimmed))
  }
}
