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

extension Glob {
  /// Matches exactly one address.
  init(literal: String) {
    source = literal
    pieces = [.literal(literal)]
  }

  /// What a URI template (RFC 6570) can expand to, and more: an expression stands for any characters.
  init(template: String) {
    var pieces: [Piece] = []
    var rest = template[...]
    while let open = rest.firstIndex(of: "{") {
      if open > rest.startIndex { pieces.append(.literal(String(rest[..<open]))) }
      if pieces.last != .anything { pieces.append(.anything) }
      rest = rest[(rest[open...].firstIndex(of: "}").map(rest.index(after:)) ?? rest.endIndex)...]
    }
    if !rest.isEmpty { pieces.append(.literal(String(rest))) }
    source = template
    self.pieces = pieces
  }

  /// Whether some text matches both. Takes time in the product of their lengths.
  package func overlaps(_ other: Glob) -> Bool {
    let (left, right) = (units, other.units)
    // reachable[j]: some text brings this glob to unit i and the other to unit j.
    var reachable = [Bool](repeating: false, count: right.count + 1)
    reachable[0] = true
    for i in 0...left.count {
      var next = [Bool](repeating: false, count: right.count + 1)
      for j in 0...right.count where reachable[j] {
        let a = i < left.count ? left[i] : nil
        let b = j < right.count ? right[j] : nil
        // A wildcard may end here, or take what the other side stands on.
        if let a, a.isWildcard { next[j] = true }
        if let b, b.isWildcard { reachable[j + 1] = true }
        if let a, let b, !a.isWildcard, !b.isWildcard, a == b { next[j + 1] = true }
        if let a, a.isWildcard, let b, !b.isWildcard, a.takes(b) { reachable[j + 1] = true }
        if let b, b.isWildcard, let a, !a.isWildcard, b.takes(a) { next[j] = true }
      }
      if i == left.count { return reachable[right.count] }
      reachable = next
    }
    return false
  }

  private enum Unit: Equatable {
    case byte(UInt8)
    case withinSegment
    case anything

    var isWildcard: Bool { if case .byte = self { false } else { true } }

    func takes(_ other: Unit) -> Bool { self == .anything || other != .byte(UInt8(ascii: "/")) }
  }

  private var units: [Unit] {
    pieces.flatMap { piece -> [Unit] in
      switch piece {
      case .literal(let text): text.utf8.map { .byte($0) }
      case .withinSegment: [.withinSegment]
      case .anything: [.anything]
      }
    }
  }
}
