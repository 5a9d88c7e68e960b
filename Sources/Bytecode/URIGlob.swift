/// A pattern for URIs of resources: `*` stands for any characters but `/`, `**` for any characters.
///
/// A server decides what a URI means, and may decode, fold or shorten it first. So grants compare canonical forms and take only a URI
/// that has one meaning; denies look at the text as it came, too.
package struct URIGlob: Hashable, Sendable {
  package enum Piece: Hashable, Sendable {
    case literal([UInt8])
    case withinSegment
    case anything
  }

  package let source: String
  private let asWritten: [Piece]
  private let canonical: [Piece]

  package init(source: String, pieces: [Piece]) {
    self.source = source
    asWritten = pieces
    var canonical = pieces
    for (index, piece) in pieces.enumerated() {
      guard case .literal(let bytes) = piece else { continue }
      var form = CanonicalURI.unescaped(bytes)
      if index == 0 { CanonicalURI.lowerAuthority(&form) }
      canonical[index] = .literal(form)
    }
    self.canonical = canonical
  }

  /// For grants: the URI has one meaning, and that is one of ours.
  package func covers(_ uri: CanonicalURI) -> Bool { !uri.isOdd && match(canonical, uri.form.span) }

  /// For denies and asks: one of the meanings that the URI could have is one of ours.
  package func touches(_ uri: CanonicalURI) -> Bool {
    if match(asWritten, uri.raw.span) || match(canonical, uri.form.span) { return true }
    var path = uri.form.span
    // What follows the path, and slashes at its end, often make no difference to a server.
    for index in path.indices where path[index] == UInt8(ascii: "?") || path[index] == UInt8(ascii: "#") {
      path = path.extracting(0..<index)
      break
    }
    while path.count > 0, path[path.count - 1] == Ascii.slash { path = path.extracting(0..<path.count - 1) }
    return path.count < uri.form.count && match(canonical, path)
  }

  /// Whether some URI of a template (RFC 6570) could be covered: their texts before the first variable part agree.
  package func mayCover(template: [UInt8]) -> Bool {
    let prefix = Array(template.prefix { $0 != UInt8(ascii: "{") })
    let uri = CanonicalURI(prefix)
    if prefix.count == template.count { return covers(uri) }
    guard case .literal(let literal) = canonical.first else { return true }
    let shorter = min(literal.count, uri.form.count)
    return literal[..<shorter] == uri.form[..<shorter]
  }
}

/// A URI as it came, and the form that comparisons use: escapes resolved, scheme and authority in lower case.
package struct CanonicalURI: Sendable {
  /// Longer ones are odd: matching takes quadratic time at worst.
  package static let limit = 4096

  let raw: [UInt8]
  let form: [UInt8]
  /// Readers could take it for different resources.
  package let isOdd: Bool

  package init(_ bytes: [UInt8]) {
    raw = Array(bytes.prefix(CanonicalURI.limit))
    var form = CanonicalURI.unescaped(raw)
    CanonicalURI.lowerAuthority(&form)
    self.form = form
    isOdd = bytes.count > CanonicalURI.limit || CanonicalURI.isOdd(raw)
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
    guard let colon = bytes.firstIndex(of: Ascii.colon) else { return }
    var end = colon
    if bytes.count > colon + 2, bytes[colon + 1] == Ascii.slash, bytes[colon + 2] == Ascii.slash {
      end = bytes[(colon + 3)...].firstIndex(of: Ascii.slash) ?? bytes.count
    }
    for index in 0..<end { bytes[index] = Ascii.lowered(bytes[index]) }
  }

  private static func isOdd(_ bytes: [UInt8]) -> Bool {
    for (index, byte) in bytes.enumerated() {
      switch byte {
      case 0...0x20, 0x7F, Ascii.backslash, UInt8(ascii: "#"): return true
      case Ascii.percent:
        guard let escaped = Ascii.escaped(bytes.span, index), !changesStructure(escaped) else { return true }
      default: continue
      }
    }
    return hasOddSegments(bytes)
  }

  private static func changesStructure(_ byte: UInt8) -> Bool {
    switch byte {
    case 0...0x1F, 0x7F, Ascii.slash, Ascii.backslash, Ascii.dot, Ascii.percent: true
    case UInt8(ascii: "?"), UInt8(ascii: "#"), UInt8(ascii: "&"), UInt8(ascii: "="), UInt8(ascii: ";"): true
    default: false
    }
  }

  /// `.`, `..` (also with parameters) and empty segments before the last, in what follows `scheme://`.
  private static func hasOddSegments(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    if let colon = rest.firstIndex(of: Ascii.colon) {
      rest = rest[(colon + 1)...]
      if rest.starts(with: [Ascii.slash, Ascii.slash]) { rest = rest.dropFirst(2) }
    }
    let path = rest.prefix { $0 != UInt8(ascii: "?") }
    let segments = path.split(separator: Ascii.slash, omittingEmptySubsequences: false)
    for (index, segment) in segments.enumerated() {
      let name = segment.prefix { $0 != UInt8(ascii: ";") }
      if !name.isEmpty, name.allSatisfy({ $0 == Ascii.dot }) { return true }
      // The first may be empty (no authority), and the last (a directory).
      if segment.isEmpty, index > 0, index < segments.count - 1 { return true }
    }
    return false
  }
}

/// Whether pieces cover a whole text. After a mismatch the last `*` takes one more byte, or, when that would be a `/`, the last `**`: whatever
/// came before it need not be tried again, because an earlier end leaves more to what follows.
private func match(_ pieces: [URIGlob.Piece], _ text: Span<UInt8>) -> Bool {
  var piece = 0
  var at = 0
  var segment: (piece: Int, at: Int)?
  var anything: (piece: Int, at: Int)?
  while true {
    if piece == pieces.count {
      if at == text.count { return true }
    } else {
      switch pieces[piece] {
      case .literal(let bytes):
        if hasPrefix(text.extracting(at..<text.count), bytes.span) {
          at += bytes.count
          piece += 1
          continue
        }
      case .withinSegment:
        piece += 1
        segment = (piece, at)
        continue
      case .anything:
        piece += 1
        anything = (piece, at)
        segment = nil
        continue
      }
    }
    if let last = segment, last.at < text.count, text[last.at] != Ascii.slash {
      segment = (last.piece, last.at + 1)
      (piece, at) = (last.piece, last.at + 1)
    } else if let last = anything, last.at < text.count {
      anything = (last.piece, last.at + 1)
      segment = nil
      (piece, at) = (last.piece, last.at + 1)
    } else {
      return false
    }
  }
}
