import Testing
import Text

@Suite struct ExcerptTests {
  /// A line as minified policies have: too long for a screen, with wide and many-byte characters in it.
  private static let line = String(repeating: "é漢x ", count: 4000)

  private func rendered(_ text: String, _ range: Range<Int>) -> [String] {
    let file = SourceFile(path: "long.sally", text: text)
    let place = SourceRange(file: file.id, lower: UInt32(range.lowerBound), upper: UInt32(range.upperBound))
    let diagnostic = Diagnostic(Diagnostic.Code(.error, 1, "long-line"), "here", at: Diagnostic.Label(place, ""))
    return Renderer(files: [file]).render(diagnostic).split(separator: "\n").map(String.init)
  }

  @Test(arguments: [0, 7, 700, 7_000, 27_993])
  func `Of a long line only the part around the place is printed`(_ offset: Int) throws {
    let lines = rendered(ExcerptTests.line, offset..<offset + 7)
    let source = try #require(lines.first { $0.hasPrefix("1 | ") })
    let carets = try #require(lines.first { $0.contains("^") })
    #expect(source.utf8.count < 340)
    #expect(!source.contains("\u{FFFD}"))
    #expect(source.contains("é漢x é") && source.hasSuffix(offset == 27_993 ? "x" : "…"))
    // The mark stands under a whole "é漢x ": as many columns before it as the line has.
    let before = displayWidth(carets) - carets.count { $0 == "^" } - 4
    let shown = Array(source.dropFirst(4))
    var columns = 0
    var index = 0
    while columns < before {
      columns += displayWidth(String(shown[index]))
      index += 1
    }
    #expect(columns == before)
    #expect(shown[index] == "é")
  }

  @Test func `A mark that leaves the part shown ends with it`() throws {
    let lines = rendered(ExcerptTests.line, 700..<20_000)
    let source = try #require(lines.first { $0.hasPrefix("1 | ") })
    let carets = try #require(lines.first { $0.contains("^") })
    #expect(displayWidth(carets) <= displayWidth(source))
  }
}
