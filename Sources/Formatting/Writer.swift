/// Writes lines: indents, aligns, breaks what is too long, and puts comments where they belong.
struct Writer {
  private let trivia: Trivia
  private let spacing: Spacing
  private(set) var text = ""

  init(_ trivia: Trivia, _ spacing: Spacing) {
    self.trivia = trivia
    self.spacing = spacing
  }

  /// Part of a line that may stand on a line of its own, with the comments inside it.
  private struct Segment {
    let tokens: Range<Int>
    var above: [Comment] = []
    var behind: Comment?
  }

  /// Writes the lines of declarations that have no empty line between them, and one before them.
  mutating func write(_ lines: [Line]) {
    if !text.isEmpty { text += "\n" }
    let columns = alignedColumns(lines)
    for (index, line) in lines.enumerated() { write(line, columns: columns[index], isFirst: index == 0) }
  }

  /// The comments at the end of the file.
  mutating func writeEnd() {
    for (index, comment) in trivia.end.enumerated() {
      if !text.isEmpty, comment.followsBlank || (index == 0 && comment.isDocumentation) { text += "\n" }
      text += comment.text + "\n"
    }
  }

  // MARK: alignment

  /// For each line, the columns (from its indent) at which its stops are to stand.
  private func alignedColumns(_ lines: [Line]) -> [[Int]] {
    var columns: [[Int]] = lines.map { _ in [] }
    var blocks: [Line.Alignment: [Int]] = [:]
    func finish(_ block: [Int]) {
      for (index, aligned) in zip(block, align(block.map { lines[$0] })) { columns[index] = aligned }
    }
    for (index, line) in lines.enumerated() {
      let blank = line.keepsBlank && trivia.hasBlank(before: line.tokens.lowerBound)
      // A block ends at an empty line, and where lines of a lesser indent come between: two patterns' examples are not aligned together.
      for (alignment, block) in blocks where blank || (line.indent < lines[block[0]].indent) {
        finish(block)
        blocks[alignment] = nil
      }
      if let alignment = line.alignment, !line.stops.isEmpty { blocks[alignment, default: []].append(index) }
    }
    for block in blocks.values { finish(block) }
    return columns
  }

  private func align(_ lines: [Line]) -> [[Int]] {
    var columns = lines.map { _ in [Int]() }
    for stop in 0..<(lines.map(\.stops.count).max() ?? 0) {
      let reaching = lines.indices.filter { lines[$0].stops.count > stop }
      let column = reaching.map { columnBefore(stop, of: lines[$0], columns[$0]) }.max() ?? 0
      for index in reaching { columns[index].append(column) }
    }
    return columns
  }

  /// Where a stop would stand behind what is before it, given where the stops before it stand.
  private func columnBefore(_ stop: Int, of line: Line, _ columns: [Int]) -> Int {
    let start = stop == 0 ? line.tokens.lowerBound : line.stops[stop - 1]
    return (stop == 0 ? 0 : columns[stop - 1]) + spacing.width(of: start..<line.stops[stop]) + 1
  }

  // MARK: lines

  private mutating func write(_ line: Line, columns: [Int], isFirst: Bool) {
    let indent = String(repeating: "  ", count: line.indent)
    var segments = segments(of: line)
    let above = segments[0].above
    if line.keepsBlank, !isFirst, !line.closes || !above.isEmpty, trivia.hasBlank(before: line.tokens.lowerBound) { text += "\n" }
    writeComments(above, of: line, indent: line.closes ? indent + "  " : indent, isFirst: isFirst)
    segments[0].above = []
    let isCommented = segments.dropFirst().contains { !$0.above.isEmpty } || segments.dropLast().contains { $0.behind != nil }
    let pads = Dictionary(uniqueKeysWithValues: zip(line.stops, columns))
    var column = 0
    for (index, segment) in segments.enumerated() {
      let gap = index > 0 && spacing.isSpaced(before: segment.tokens.lowerBound) ? 1 : 0
      let written = self.text(of: segment.tokens, pads: pads, at: column + gap)
      let mustBreak = isCommented || (line.alignment != .row && 2 * line.indent + column + gap + written.width > Line.width)
      if index == 0 {
        text += indent + written.text
        column = written.width
      } else if mustBreak {
        text += "\n"
        for comment in segment.above { text += indent + "    " + comment.text + "\n" }
        text += indent + "    " + written.text
        column = 4 + written.width
      } else {
        text += String(repeating: " ", count: gap) + written.text
        column += gap + written.width
      }
      if let comment = segment.behind { text += "  " + comment.text }
    }
    text += "\n"
  }

  private mutating func writeComments(_ comments: [Comment], of line: Line, indent: String, isFirst: Bool) {
    let keepsBlanks = line.keepsBlank || isFirst || (line.indent == 0 && !line.closes)
    for (index, comment) in comments.enumerated() {
      if index > 0, comment.followsBlank, keepsBlanks { text += "\n" }
      text += indent + comment.text + "\n"
    }
    let item = trivia.items[line.tokens.lowerBound]
    if keepsBlanks, !line.closes, item.followsBlank, let last = item.leading.last, !last.isDocumentation { text += "\n" }
  }

  private func text(of tokens: Range<Int>, pads: [Int: Int], at start: Int) -> (text: String, width: Int) {
    var out = ""
    var width = start
    for token in tokens {
      if let pad = pads[token], pad > width {
        out += String(repeating: " ", count: pad - width)
        width = pad
      } else if token > tokens.lowerBound, spacing.isSpaced(before: token) {
        out += " "
        width += 1
      }
      out += trivia.items[token].text
      width += spacing.width(of: token..<(token + 1))
    }
    return (out, width - start)
  }

  /// Cut after commas and before `and` and `or`. Comments inside a segment go above it; the last one behind a token stays behind.
  private func segments(of line: Line) -> [Segment] {
    var segments: [Segment] = []
    var start = line.tokens.lowerBound
    for token in line.tokens {
      let text = trivia.items[token].text
      if text == "and" || text == "or", token > start, spacing.isSpaced(before: token) {
        segments.append(segment(start..<token))
        start = token
      } else if text == ",", token + 1 < line.tokens.upperBound {
        segments.append(segment(start..<(token + 1)))
        start = token + 1
      }
    }
    return segments + [segment(start..<line.tokens.upperBound)]
  }

  private func segment(_ tokens: Range<Int>) -> Segment {
    var segment = Segment(tokens: tokens)
    for token in tokens {
      segment.above += trivia.items[token].leading
      if let comment = trivia.items[token].trailing {
        if let earlier = segment.behind { segment.above.append(earlier) }
        segment.behind = comment
      }
    }
    return segment
  }
}
