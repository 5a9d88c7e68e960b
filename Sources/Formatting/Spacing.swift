internal import Syntax
internal import Text

/// Between which tokens of a line a space stands.
struct Spacing {
  private let spaceBefore: [Bool]
  private let widths: [Int]

  init(_ nodes: [Outline.Node], _ trivia: Trivia) {
    let texts = trivia.items.map(\.text)
    var spaces = texts.indices.map { $0 > 0 && Self.isSpaced(texts[$0 - 1], texts[$0]) }
    for node in nodes where !node.tokens.isEmpty {
      let inner = node.tokens.dropFirst()
      switch node.kind {
      case .glued: for token in inner { spaces[token] = false }
      case .annotation: for token in inner where texts[token] == "(" { spaces[token] = false }
      case .object, .body:
        // Inside the braces of anything but a set; nothing stands between empty ones.
        let isEmpty = inner.count == 1
        spaces[node.tokens.lowerBound + 1] = !isEmpty
        spaces[node.tokens.upperBound - 1] = !isEmpty
      default: break
      }
    }
    spaceBefore = spaces
    widths = texts.map(displayWidth)
  }

  private static func isSpaced(_ left: String, _ right: String) -> Bool {
    switch (left, right) {
    case ("(", _), ("[", _), ("{", _), ("@", _): false
    case (_, ")"), (_, "]"), (_, "}"), (_, ","), (_, ":"): false
    default: true
    }
  }

  func isSpaced(before token: Int) -> Bool { spaceBefore[token] }

  /// Columns that tokens take on one line.
  func width(of tokens: Range<Int>) -> Int {
    tokens.reduce(0) { $0 + widths[$1] + (spaceBefore[$1] && $1 > tokens.lowerBound ? 1 : 0) }
  }
}
