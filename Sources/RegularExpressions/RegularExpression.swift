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

  /// The fewest bytes of UTF-8 a match can have.
  package var minimumWidth: Int { root.width.minimum }

  /// The most bytes of UTF-8 a match can have; nil: without bound.
  package var maximumWidth: Int? { root.width.maximum }
}

extension RegularExpression {
  /// Whether every match starts at a `\b`, because that is written first; false says nothing.
  package var startsAtWordBoundary: Bool { root.startsAtWordBoundary }
}

extension Expression {
  fileprivate var startsAtWordBoundary: Bool {
    switch self {
    case .assertion(let assertion): assertion == .wordBoundary
    case .sequence(let parts): parts.first?.startsAtWordBoundary ?? false
    case .choice(let alternatives): alternatives.allSatisfy(\.startsAtWordBoundary)
    case .group(let inner, _): inner.startsAtWordBoundary
    case .empty, .literal, .characterClass, .any, .repetition: false
    }
  }
}
