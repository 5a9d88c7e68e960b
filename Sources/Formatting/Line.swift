/// What stands on one line if it fits.
struct Line {
  /// Columns a line should not pass; one that has no place to break may.
  static let width = 100

  /// In steps of two columns.
  let indent: Int
  /// Indices of tokens, in order and without gaps.
  let tokens: Range<Int>
  /// Tokens before which neighbouring lines of the same alignment are padded to the same column, in order.
  var stops: [Int] = []
  var alignment: Alignment?
  /// Whether a writer's empty line before it stays.
  var keepsBlank = false
  /// It closes what the comments before it belong to.
  var closes = false

  enum Alignment: Hashable {
    case declaration(String)
    case clause(Int)
    case item
    case example
    case row
  }
}

/// The lines of one declaration.
struct Paragraph {
  let lines: [Line]
  /// An empty line always stands between it and its neighbours.
  let isBlock: Bool
  /// `edition`, `policy` and `use` stand apart from the rest.
  let isHeader: Bool
}
