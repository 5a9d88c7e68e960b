/// What is printed of one source line: all of it, or of a long one the part that is talked about.
struct Excerpt {
  /// 1-based.
  let number: Int
  /// As it is printed.
  let text: String
  /// The bytes of the file that are shown.
  private let shown: Range<Int>
  /// Columns that the sign of what was left out before them takes.
  private let indent: Int
  private let file: SourceFile

  /// A minified line must neither fill the screen nor cost more than it tells.
  private static let longest = 320
  /// Bytes shown before the first place that is talked about.
  private static let lead = 80

  /// - Parameter ranges: places that begin on the line.
  init(of number: Int, in file: SourceFile, around ranges: [SourceRange]) {
    let line = file.range(ofLine: number)
    var lower = line.lowerBound
    var upper = line.upperBound
    if line.count > Excerpt.longest {
      let first = ranges.map { Int($0.lower) }.min() ?? lower
      lower = min(max(first - Excerpt.lead, lower), upper - Excerpt.longest)
      upper = lower + Excerpt.longest
      // Never in the middle of a character.
      while lower > line.lowerBound, lower < upper, UTF8.isContinuation(file.bytes[lower]) { lower += 1 }
      while upper < line.upperBound, upper > lower, UTF8.isContinuation(file.bytes[upper]) { upper -= 1 }
    }
    self.number = number
    self.file = file
    shown = lower..<upper
    indent = lower > line.lowerBound ? 1 : 0
    text =
      (indent > 0 ? "…" : "") + visible(String(decoding: file.bytes[shown], as: UTF8.self).unicodeScalars)
      + (upper < line.upperBound ? "…" : "")
  }

  /// Where a range stands in `text`, in columns of a terminal; a range that leaves the excerpt ends with it.
  func columns(of range: SourceRange) -> (offset: Int, width: Int) {
    let start = min(max(Int(range.lower), shown.lowerBound), shown.upperBound)
    let stop = min(max(Int(range.upper), start), shown.upperBound)
    return (indent + width(shown.lowerBound..<start), width(start..<stop))
  }

  private func width(_ range: Range<Int>) -> Int {
    displayWidth(visible(String(decoding: file.bytes[range], as: UTF8.self).unicodeScalars))
  }
}

/// Text as it is printed: a tab takes two columns, and control and direction-changing characters are made visible, because neither a policy nor
/// a server (whose names stand in messages) must be able to rewrite the terminal of the person who reads the errors.
func visible(_ text: some Sequence<Unicode.Scalar>) -> String {
  var out = String.UnicodeScalarView()
  for scalar in text {
    switch scalar.properties.generalCategory {
    case .control where scalar == "\t": out.append(contentsOf: "  ".unicodeScalars)
    case .control, .format, .lineSeparator, .paragraphSeparator: out.append("\u{FFFD}")
    default: out.append(scalar)
    }
  }
  return String(out)
}
