internal import Syntax

/// Cuts the file into lines along the outline.
struct Layout {
  private let nodes: [Outline.Node]
  private let trivia: Trivia
  private let spacing: Spacing

  init(_ tree: SyntaxTree, _ trivia: Trivia, _ spacing: Spacing) {
    nodes = tree.outline.nodes
    self.trivia = trivia
    self.spacing = spacing
  }

  /// The lines of declarations that have no empty line between them, run by run.
  func runs() -> [[Line]] {
    var runs: [[Line]] = []
    var previous: Paragraph?
    var node = 0
    while node < nodes.count {
      if case .declaration(let keyword) = nodes[node].kind {
        let paragraph = declaration(node, keyword)
        let joins =
          previous.map { !$0.isBlock && !paragraph.isBlock && $0.isHeader == paragraph.isHeader } ?? false
          && !trivia.hasBlank(before: nodes[node].tokens.lowerBound)
        if joins { runs[runs.count - 1] += paragraph.lines } else { runs.append(paragraph.lines) }
        previous = paragraph
      }
      node = nodes[node].end
    }
    return runs
  }

  private func children(of node: Int) -> [Int] {
    var out: [Int] = []
    var child = node + 1
    while child < nodes[node].end {
      out.append(child)
      child = nodes[child].end
    }
    return out
  }

  // MARK: declarations

  private func declaration(_ node: Int, _ keyword: Keyword) -> Paragraph {
    var lines: [Line] = []
    for part in children(of: node) where nodes[part].kind == .annotation { lines.append(Line(indent: 0, tokens: nodes[part].tokens)) }
    // `mark` and `clear` are of one length and speak of the same things.
    lines += self.lines(of: node, indent: 0, alignment: .declaration(keyword == .clear ? Keyword.mark.rawValue : keyword.rawValue))
    let isDocumented = trivia.items[nodes[node].tokens.lowerBound].leading.contains(where: \.isDocumentation)
    let isHeader = keyword == .edition || keyword == .policy || keyword == .use
    return Paragraph(lines: lines, isBlock: lines.count > 1 || isDocumented, isHeader: isHeader)
  }

  /// The lines of a declaration or an item: its first line, its clauses in order, its body.
  private func lines(of node: Int, indent: Int, alignment: Line.Alignment) -> [Line] {
    let parts = children(of: node)
    let clauses = parts.compactMap { part -> (node: Int, rank: Int)? in
      if case .clause(let rank) = nodes[part].kind { (part, rank) } else { nil }
    }
    let body = parts.last { nodes[$0].kind == .body }
    let whole = nodes[node].tokens
    let start = parts.last { nodes[$0].kind == .annotation }.map { nodes[$0].tokens.upperBound } ?? whole.lowerBound
    if let body, isInline(body, within: start..<whole.upperBound, indent: indent) {
      return [Line(indent: indent, tokens: start..<whole.upperBound)]
    }
    let end =
      clauses.first.map { nodes[$0.node].tokens.lowerBound } ?? body.map { nodes[$0].tokens.lowerBound + 1 } ?? whole.upperBound
    var lines = [Line(indent: indent, tokens: start..<end, stops: stops(in: node, before: end), alignment: alignment)]
    let isItem = alignment == .item
    for (_, clause) in clauses.enumerated().sorted(by: { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }) {
      let tokens = nodes[clause.node].tokens
      lines.append(
        Line(
          indent: indent + 1, tokens: tokens, stops: stops(in: clause.node, before: tokens.upperBound),
          alignment: isItem ? .example : .clause(clause.rank)))
    }
    if let body { lines += self.body(body, indent: indent) }
    return lines
  }

  private func stops(in node: Int, before end: Int) -> [Int] {
    nodes[(node + 1)..<nodes[node].end].prefix { $0.tokens.lowerBound < end }.filter { $0.kind == .stop }.map(\.tokens.lowerBound)
  }

  // MARK: bodies

  /// What follows the opening brace.
  private func body(_ node: Int, indent: Int) -> [Line] {
    var lines: [Line] = []
    for item in children(of: node) {
      var part = row(item, indent: indent + 1) ?? self.lines(of: item, indent: indent + 1, alignment: .item)
      part[0].keepsBlank = !lines.isEmpty
      lines += part
    }
    let close = nodes[node].tokens.upperBound - 1
    lines.append(Line(indent: indent, tokens: close..<(close + 1), keepsBlank: !lines.isEmpty, closes: true))
    return lines
  }

  /// A row of a table, in which every bar is a stop; nil for another item.
  private func row(_ node: Int, indent: Int) -> [Line]? {
    let cells = children(of: node).filter { nodes[$0].kind == .cell }
    guard !cells.isEmpty else { return nil }
    let bars = cells.dropFirst().map { nodes[$0].tokens.lowerBound - 1 }
    return [Line(indent: indent, tokens: nodes[node].tokens, stops: Array(bars), alignment: .row)]
  }

  /// A body stays on its line when it is empty, or when it stands in another, has a single plain step and fits; never with a comment inside.
  private func isInline(_ body: Int, within line: Range<Int>, indent: Int) -> Bool {
    let tokens = nodes[body].tokens
    let hasComment = tokens.dropLast().contains { trivia.items[$0].trailing != nil || !trivia.items[$0 + 1].leading.isEmpty }
    guard !hasComment else { return false }
    let items = children(of: body)
    if items.isEmpty { return true }
    guard items.count == 1, indent > 0, !children(of: items[0]).contains(where: { nodes[$0].kind == .body }) else { return false }
    return 2 * indent + spacing.width(of: line) <= Line.width
  }
}
