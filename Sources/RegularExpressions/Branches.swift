extension RegularExpression {
  /// Expressions of which at least one begins to match wherever this one does, each with a `matchStart` of its own: what is written `^a|b` begins at the start of a text or
  /// anywhere, and only the second needs to be looked for.
  ///
  /// As many as there are kinds of starts at most. None matches less than its part of this one; none can match nothing unless this one can.
  package var branches: [RegularExpression] {
    let parts = root.byStart
    return parts.count == 1 ? [self] : parts.map { RegularExpression(root: $0) }
  }
}

extension Expression {
  /// Its alternatives, those together that begin alike.
  fileprivate var byStart: [Expression] {
    switch self {
    case .choice(let alternatives): return Self.gathered(alternatives.flatMap(\.byStart))
    case .group(let inner, _):
      let parts = inner.byStart
      return parts.count == 1 ? [self] : parts
    case .sequence(let parts):
      guard let beginnings = parts.first?.byStart, beginnings.count > 1 else { return [self] }
      return beginnings.map { .sequence([$0] + parts.dropFirst()) }
    case .empty, .literal, .characterClass, .any, .assertion, .repetition: return [self]
    }
  }

  private static func gathered(_ parts: [Expression]) -> [Expression] {
    MatchStart.allCases.compactMap { start in
      let alike = parts.filter { $0.matchStart == start }
      return alike.count > 1 ? .choice(alike) : alike.first
    }
  }
}
