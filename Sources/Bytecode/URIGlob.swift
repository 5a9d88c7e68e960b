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
  package let canonical: [Piece]
  /// Letters of ASCII in lower case, without a slash at the end: for denies.
  package let folded: [Piece]

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
  package func covers(_ uri: CanonicalURI, _ budget: inout MatchBudget) -> Bool {
    !uri.isOdd && match(canonical, uri.form.span, &budget) == true
  }

  /// For denies and asks: one of the meanings that the URI could have is one of ours, or that would take too long to tell.
  package func touches(_ uri: CanonicalURI, _ budget: inout MatchBudget) -> Bool {
    for reading in uri.readings where match(folded, reading.span, &budget) != false { return true }
    return false
  }

  /// Whether some URI of a template (RFC 6570) with variable parts could be covered: their texts before the first of them agree.
  package func mayCover(template: [UInt8]) -> Bool {
    let prefix = URITemplate.beginning(template)
    if CanonicalURI.isOdd(beginning: prefix) { return false }
    guard case .literal(let literal) = canonical.first else { return true }
    let form = CanonicalURI(prefix).form
    let shorter = min(literal.count, form.count)
    return literal[..<shorter] == form[..<shorter]
  }

  /// Whether every URI of a template with variable parts is touched, whatever stands for them.
  package func touchesAll(template: [UInt8], _ budget: inout MatchBudget) -> Bool {
    guard folded.last == .anything else { return false }
    let form = CanonicalURI(URITemplate.beginning(template)).form.map(Ascii.lowered)
    return match(folded, form.span, &budget) == true
  }
}

package enum URITemplate {
  package static func hasVariables(_ template: [UInt8]) -> Bool { template.contains(UInt8(ascii: "{")) }

  static func beginning(_ template: [UInt8]) -> [UInt8] { Array(template.prefix { $0 != UInt8(ascii: "{") }) }
}

/// What matching may cost in one decision, in comparisons of a piece and eight bytes: globs with several `*` take quadratic time on texts that
/// are made for it.
package struct MatchBudget {
  fileprivate var steps = 1 << 22

  package init() {}

  fileprivate mutating func spend(_ cost: Int) -> Bool {
    steps -= cost
    return steps >= 0
  }
}

/// Whether pieces cover a whole text. After a mismatch the last `*` takes one more byte, or, when that would be a `/`, the last `**`: whatever
/// came before it need not be tried again, because an earlier end leaves more to what follows. Nil: the budget is spent.
private func match(_ pieces: [URIGlob.Piece], _ text: Span<UInt8>, _ budget: inout MatchBudget) -> Bool? {
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
        guard budget.spend(1 + bytes.count / 8) else { return nil }
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
