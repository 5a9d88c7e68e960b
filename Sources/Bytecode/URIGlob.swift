/// A pattern for URIs of resources: `*` stands for any characters but `/`, `**` for any characters.
///
/// A server decides what a URI means, and may decode, fold or shorten it first. So grants compare canonical forms and take only a URI
/// that has one meaning; denies look at every form that a server could make of it.
package struct URIGlob: Hashable, Sendable {
  package enum Piece: Hashable, Sendable {
    case literal([UInt8])
    case withinSegment
    case anything
  }

  package let source: String
  private let canonical: [Piece]
  /// Letters of ASCII in lower case, without a slash at the end: for denies.
  private let folded: [Piece]

  package init(source: String, pieces: [Piece]) {
    self.source = source
    var canonical = pieces
    for (index, piece) in pieces.enumerated() {
      guard case .literal(let bytes) = piece else { continue }
      var form = CanonicalURI.unescaped(bytes)
      if index == 0 { CanonicalURI.lowerAuthority(&form) }
      canonical[index] = .literal(form)
    }
    self.canonical = canonical
    var folded = canonical.map { piece in
      if case .literal(let bytes) = piece { Piece.literal(bytes.map(Ascii.lowered)) } else { piece }
    }
    if case .literal(let last)? = folded.last { folded[folded.count - 1] = .literal(CanonicalURI.withoutSlashes(last)) }
    self.folded = folded
  }

  /// For grants: the URI has one meaning, and that is one of ours.
  package func covers(_ uri: CanonicalURI) -> Bool { !uri.isOdd && match(canonical, uri.form.span) }

  /// For denies and asks: one of the meanings that the URI could have is one of ours.
  package func touches(_ uri: CanonicalURI) -> Bool { uri.readings.contains { match(folded, $0.span) } }

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
