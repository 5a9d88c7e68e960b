/// Prints diagnostics for people: title, place, source lines with carets, help.
///
/// The layout is the one of rustc and YARA-X: one block a file, its lines in order, labels under them.
package struct Renderer: Sendable {
  /// Whether to use ANSI colour.
  package let colour: Bool
  private let files: [SourceFile.ID: SourceFile]

  package init(files: some Sequence<SourceFile>, colour: Bool = false) {
    self.colour = colour
    self.files = Dictionary(files.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  package func render(_ diagnostics: [Diagnostic]) -> String {
    diagnostics.map(render).joined(separator: "\n")
  }

  /// Ends with a line break.
  package func render(_ diagnostic: Diagnostic) -> String {
    let title = paint("\(diagnostic.severity.rawValue)[\(diagnostic.code)]", style(of: diagnostic.severity))
    var out = "\(title): \(visible(diagnostic.message.unicodeScalars))\n"
    let marks =
      [Mark(label: diagnostic.primary, primary: true)] + diagnostic.secondary.map { Mark(label: $0, primary: false) }
    let lastLine = marks.compactMap { mark in
      files[mark.label.range.file].map { $0.position(at: mark.label.range.lower).line }
    }.max()
    let gutter = String(lastLine ?? 1).count
    let order = [diagnostic.primary.range.file] + diagnostic.secondary.map(\.range.file).filter { $0 != diagnostic.primary.range.file }
    var printed: Set<SourceFile.ID> = []
    for id in order where printed.insert(id).inserted {
      guard let file = files[id] else { continue }
      out += block(of: file, marks: marks.filter { $0.label.range.file == id }, gutter: gutter, first: printed.count == 1)
    }
    if let help = diagnostic.help {
      for (index, line) in help.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
        out += String(repeating: " ", count: gutter + 1) + (index == 0 ? "= help: " : "        ") + visible(line.unicodeScalars) + "\n"
      }
    }
    return out
  }

  private struct Mark {
    let label: Diagnostic.Label
    let primary: Bool
  }

  private func block(of file: SourceFile, marks: [Mark], gutter: Int, first: Bool) -> String {
    let anchor = marks.first(where: \.primary) ?? marks[0]
    let place = file.position(at: anchor.label.range.lower)
    let indent = String(repeating: " ", count: gutter)
    var out = "\(indent)\(first ? "-->" : ":::") \(visible(file.path.unicodeScalars)):\(place.line):\(place.column)\n\(indent) |\n"
    let byLine = Dictionary(grouping: marks) { file.position(at: $0.label.range.lower).line }
    var previous: Int?
    for line in byLine.keys.sorted() {
      if let previous, line > previous + 2 {
        out += "\(indent)...\n"
      } else if let previous, line == previous + 2 {
        out += sourceLine(Excerpt(of: previous + 1, in: file, around: []), gutter: gutter)
      }
      let marks = byLine[line, default: []].sorted { $0.label.range.lower > $1.label.range.lower }
      let excerpt = Excerpt(of: line, in: file, around: marks.map(\.label.range))
      out += sourceLine(excerpt, gutter: gutter)
      for mark in marks { out += underline(mark, in: excerpt, gutter: gutter) }
      previous = line
    }
    return out
  }

  private func sourceLine(_ excerpt: Excerpt, gutter: Int) -> String {
    let digits = String(excerpt.number)
    return String(repeating: " ", count: gutter - digits.count) + "\(digits) | \(excerpt.text)".trimmingTrailingSpaces() + "\n"
  }

  private func underline(_ mark: Mark, in excerpt: Excerpt, gutter: Int) -> String {
    let (offset, width) = excerpt.columns(of: mark.label.range)
    let carets = String(repeating: mark.primary ? "^" : "-", count: max(1, width))
    return String(repeating: " ", count: gutter) + " | " + String(repeating: " ", count: offset)
      + paint(carets, mark.primary ? "1;31" : "1;34") + (mark.label.text.isEmpty ? "" : " " + visible(mark.label.text.unicodeScalars))
      + "\n"
  }

  private func style(of severity: Diagnostic.Severity) -> String {
    switch severity {
    case .error: "1;31"
    case .warning: "1;33"
    case .note: "1;34"
    }
  }

  private func paint(_ text: String, _ style: String) -> String {
    colour ? "\u{1B}[\(style)m\(text)\u{1B}[0m" : text
  }
}

extension String {
  fileprivate func trimmingTrailingSpaces() -> String {
    var text = self[...]
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
