/// The parts of a regular expression, with inline flags already resolved into the parts they touch.
package indirect enum Expression: Hashable, Sendable {
  /// Matches nothing but the empty text: `()`, or the empty side of `a|`.
  case empty
  /// One character. `folds`: in both cases.
  case literal(Unicode.Scalar, folds: Bool)
  case characterClass(CharacterClass)
  /// The dot: any character, or any but a line feed.
  case any(lineFeed: Bool)
  case assertion(Assertion)
  case sequence([Expression])
  case choice([Expression])
  case group(Expression, Group)
  case repetition(Expression, Quantifier)
}

/// A test of a place between two characters.
package enum Assertion: Hashable, Sendable, CaseIterable {
  /// `\A`, and `^` without `(?m)`.
  case textStart
  /// `^` under `(?m)`: at the start, or after a line feed that is not the last character of the text.
  case lineStart
  /// `\z`, and `$` without `(?m)`.
  case textEnd
  /// `$` under `(?m)`: at the end, or before a line feed.
  case lineEnd
  /// `\b`, between a character of `[A-Za-z0-9_]` and none.
  case wordBoundary
  /// `\B`
  case notWordBoundary
}

/// What parentheses do besides holding together.
package enum Group: Hashable, Sendable {
  /// `(…)`; its text cannot be asked for, so it is the same as plain.
  case numbered
  /// `(?<name>…)`
  case named(String)
  /// `(?:…)`, also with flags
  case plain
  /// `(?>…)`: once left, never entered again.
  case atomic
}

/// How often a part is repeated, and which count is tried first.
package struct Quantifier: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case greedy
    case lazy
    /// Takes what it can and never gives back.
    case possessive
  }

  package let minimum: Int
  /// Nil: without bound. Never less than `minimum`.
  package let maximum: Int?
  package let kind: Kind

  package init(_ minimum: Int, _ maximum: Int?, _ kind: Kind = .greedy) {
    precondition(minimum >= 0 && (maximum ?? minimum) >= minimum)
    self.minimum = minimum
    self.maximum = maximum
    self.kind = kind
  }
}

/// `[…]`, or one of the short forms `\d`, `\W` and so on standing alone.
package struct CharacterClass: Hashable, Sendable {
  package let items: [Item]
  package let negated: Bool
  package let folds: Bool
  /// Whether it was written without brackets.
  package let bare: Bool
  /// Its place, in bytes of the source.
  package let range: Range<Int>

  package enum Item: Hashable, Sendable {
    case range(Unicode.Scalar, Unicode.Scalar)
    case named(Name, negated: Bool)
  }

  /// Sets that have a name; all are ASCII but for the two spaces.
  package enum Name: String, Hashable, Sendable, CaseIterable {
    case digits = "d"
    case word = "w"
    case space = "s"
    case horizontalSpace = "h"
    case verticalSpace = "v"
    case alpha, lower, upper, alnum, ascii, blank, cntrl, digit, graph, print, punct
    case posixSpace = "space"
    case posixWord = "word"
    case xdigit

    /// Whether it is written `[:name:]`.
    package var isPosix: Bool { rawValue.count > 1 }
  }

  package init(_ items: [Item], negated: Bool = false, folds: Bool = false, bare: Bool = false, range: Range<Int> = 0..<0) {
    self.items = items
    self.negated = negated
    self.folds = folds
    self.bare = bare
    self.range = range
  }
}
