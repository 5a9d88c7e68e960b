package import Text

// What the lexer and the parser report. Every code has a page in docs/errors/ and a golden case in Tests/SyntaxTests/Cases.
extension Diagnostic.Code {
  /// The file is not valid UTF-8.
  package static let invalidUTF8 = Self(.error, 1, "invalid-utf8")
  /// A character that a reader cannot see: a control, bidirectional or zero-width character.
  package static let hiddenCharacter = Self(.error, 2, "hidden-character")
  /// A character that no token of the language starts with.
  package static let unknownCharacter = Self(.error, 3, "unknown-character")
  /// A string without its closing quote on the same line.
  package static let unterminatedString = Self(.error, 4, "unterminated-string")
  /// A backslash in a string that does not start an escape of the language.
  package static let invalidEscape = Self(.error, 5, "invalid-escape")
  /// A number that is not written as the language writes numbers.
  package static let invalidNumber = Self(.error, 6, "invalid-number")
  /// A number with letters behind it that are no unit.
  package static let invalidUnit = Self(.error, 7, "invalid-unit")
  /// A date or moment that does not exist or is written in another form.
  package static let invalidMoment = Self(.error, 8, "invalid-moment")
  /// A pattern without its closing slash on the same line, or with a bare slash inside.
  package static let unterminatedRegex = Self(.error, 9, "unterminated-pattern")
  /// A file, string or name larger than the parser reads.
  package static let limitExceeded = Self(.error, 10, "limit-exceeded")
  /// Parentheses, values or blocks nested too deeply.
  package static let nestedTooDeeply = Self(.error, 11, "nested-too-deeply")
  /// The file has more errors than are worth printing.
  package static let tooManyErrors = Self(.error, 12, "too-many-errors")
  /// Something else stands where a part of a declaration should.
  package static let unexpectedToken = Self(.error, 13, "unexpected-token")
  /// A word at the start of a declaration that is no declaration.
  package static let unknownDeclaration = Self(.error, 14, "unknown-declaration")
  /// A word that means nothing in the place where it stands.
  package static let unknownWord = Self(.error, 15, "unknown-word")
  /// A clause that stands twice in one declaration.
  package static let duplicateClause = Self(.error, 16, "duplicate-clause")
  /// A declaration without a clause that it needs.
  package static let missingClause = Self(.error, 17, "missing-clause")
  /// A `///` comment that documents nothing.
  package static let misplacedDocumentation = Self(.error, 18, "misplaced-documentation")
  /// A comparison with the literal first.
  package static let literalFirst = Self(.error, 19, "literal-first")
  /// A comparison of a comparison.
  package static let chainedComparison = Self(.error, 20, "chained-comparison")
  /// A bracket or brace that is never closed.
  package static let unclosedBracket = Self(.error, 21, "unclosed-bracket")
  /// A table row with more or fewer cells than the table has columns.
  package static let rowLength = Self(.error, 22, "row-length")
  /// Syntax of another language where Sally has its own.
  package static let foreignSyntax = Self(.error, 23, "foreign-syntax")
  /// A name that the language keeps for itself.
  package static let reservedName = Self(.error, 24, "reserved-name")
  /// `shadow` or an annotation before something that cannot have it.
  package static let misplacedModifier = Self(.error, 25, "misplaced-modifier")
  /// A value of another kind than the place takes.
  package static let wrongLiteral = Self(.error, 26, "wrong-literal")
  /// `and` and `or` side by side without parentheses.
  package static let mixedConnectives = Self(.warning, 27, "mixed-and-or")
}
