/// A regular expression of the subset of PCRE2's syntax that stays regular, taken apart.
///
/// Accepted: literals, classes with POSIX names and `\d \w \s \h \v`, escapes, alternation, groups (plain, capturing, named, atomic, with flags
/// `i`, `m`, `s`), counted and unbounded repetition (greedy, lazy, possessive), `^ $ \A \z \b \B`, the dot. What PCRE2 would read in a way
/// that is easy to misjudge is refused. Everything accepted here compiles under PCRE2 and means what the tree says.
package struct RegularExpression: Hashable, Sendable {
  package let source: String
  package let caseInsensitive: Bool
  package let root: Expression

  package init(parsing source: String, caseInsensitive: Bool = false) throws(SyntaxError) {
    var parser = ExpressionParser(source, caseInsensitive: caseInsensitive)
    self.source = source
    self.caseInsensitive = caseInsensitive
    self.root = try parser.parse()
  }

  /// One that nobody wrote.
  init(root: Expression) {
    source = ""
    caseInsensitive = false
    self.root = root
  }

  /// The fewest bytes of UTF-8 a match can have.
  package var minimumWidth: Int { root.width.minimum }

  /// The most bytes of UTF-8 a match can have; nil: without bound.
  package var maximumWidth: Int? { root.width.maximum }
}

/// A place at which every match of an expression begins, because that is written first.
package enum MatchStart: Hashable, Sendable, CaseIterable {
  /// Nothing is known.
  case anywhere
  /// Where `\b` holds.
  case wordBoundary
  /// At the start of the text or behind a line feed.
  case lineStart
  case textStart
}

extension RegularExpression {
  package var matchStart: MatchStart { root.matchStart }
}

extension Expression {
  var matchStart: MatchStart {
    switch self {
    case .assertion(.wordBoundary): return .wordBoundary
    case .assertion(.lineStart): return .lineStart
    case .assertion(.textStart): return .textStart
    case .sequence(let parts): return parts.first?.matchStart ?? .anywhere
    case .group(let inner, _): return inner.matchStart
    case .choice(let alternatives):
      let starts = Set(alternatives.map(\.matchStart))
      if let only = starts.first, starts.count == 1 { return only }
      return starts == [.lineStart, .textStart] ? .lineStart : .anywhere
    case .assertion, .empty, .literal, .characterClass, .any, .repetition: return .anywhere
    }
  }
}
