/// A pattern for URIs: `*` stands for any characters but `/`, `**` for any characters; everything else for itself.
package struct Glob: Hashable, Sendable {
  package enum Piece: Hashable, Sendable {
    case literal(String)
    /// `*`
    case withinSegment
    /// `**`
    case anything
  }

  /// As written.
  package let source: String
  /// No two literals and no two wildcards of one kind stand side by side.
  package let pieces: [Piece]

  package init(_ source: String) {
    self.source = source
    var pieces: [Piece] = []
    var literal = ""
    var stars = 0
    func flushStars() -> Piece? { stars == 0 ? nil : stars == 1 ? .withinSegment : .anything }
    for character in source.unicodeScalars {
      if character == "*" {
        if !literal.isEmpty { pieces.append(.literal(literal)) }
        literal = ""
        stars += 1
        continue
      }
      if let piece = flushStars() { pieces.append(piece) }
      stars = 0
      literal.unicodeScalars.append(character)
    }
    if let piece = flushStars() { pieces.append(piece) }
    if !literal.isEmpty { pieces.append(.literal(literal)) }
    self.pieces = pieces
  }
}
