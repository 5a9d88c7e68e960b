internal import Syntax
internal import Text

/// A comment as written, without spaces at its end.
struct Comment {
  let text: String
  let isDocumentation: Bool
  /// An empty line stands before it.
  let followsBlank: Bool
}

/// A file's significant tokens with the comments that belong to each.
struct Trivia {
  struct Item {
    let text: String
    /// Comments on lines of their own before the token.
    let leading: [Comment]
    /// An empty line stands between the token and what is before it.
    let followsBlank: Bool
    /// A comment behind it on its line.
    var trailing: Comment?
  }

  /// Indexed as the outline counts tokens.
  private(set) var items: [Item] = []
  /// Comments behind the last token.
  private(set) var end: [Comment] = []

  init(_ tree: SyntaxTree) {
    var leading: [Comment] = []
    var breaks = 0
    var sameLine = false
    for token in tree.tokens {
      switch token.kind {
      case .whitespace:
        breaks = tree.file.bytes[Int(token.range.lower)..<Int(token.range.upper)].reduce(0) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
        if breaks > 0 { sameLine = false }
      case .comment, .documentation:
        var text = tree.file.text(in: token.range)
        while text.last == " " || text.last == "\t" { text.removeLast() }
        let comment = Comment(text: text, isDocumentation: token.kind == .documentation, followsBlank: breaks > 1)
        if sameLine { items[items.count - 1].trailing = comment } else { leading.append(comment) }
        breaks = 0
      default:
        items.append(Item(text: tree.file.text(in: token.range), leading: leading, followsBlank: breaks > 1, trailing: nil))
        leading = []
        breaks = 0
        sameLine = true
      }
    }
    end = leading
  }

  /// Whether the writer left an empty line before a token and its comments.
  func hasBlank(before token: Int) -> Bool { items[token].leading.first?.followsBlank ?? items[token].followsBlank }
}
