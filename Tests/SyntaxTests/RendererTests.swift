import Syntax
import Testing
import Text

/// Layouts that no single malformed policy shows.
struct RendererTests {
  private let first = SourceFile(id: .init(0), path: "a.sally", text: "server github from \"x\"\n\n\n\n\tserver 規則 from \"y\"\n")
  private let second = SourceFile(id: .init(1), path: "b.sally", text: "server github from \"z\"\n")

  private func range(_ file: SourceFile, _ lower: UInt32, _ upper: UInt32) -> SourceRange {
    SourceRange(file: file.id, lower: lower, upper: upper)
  }

  @Test func labelsInTwoFiles() {
    let diagnostic = Diagnostic(
      .duplicateClause, "two of one name", at: .init(range(second, 7, 13), "again"), also: [.init(range(first, 7, 13), "first")],
      help: "rename one\nor remove it")
    #expect(
      Renderer(files: [first, second]).render(diagnostic) == """
        error[E0016]: two of one name
         --> b.sally:1:8
          |
        1 | server github from "z"
          |        ^^^^^^ again
         ::: a.sally:1:8
          |
        1 | server github from "x"
          |        ------ first
          = help: rename one
                  or remove it

        """)
  }

  @Test func tabsAndWideCharacters() {
    let diagnostic = Diagnostic(
      .duplicateClause, "wide", at: .init(range(first, 34, 40), "two columns each"), also: [.init(range(first, 41, 45), "behind them")])
    #expect(
      Renderer(files: [first]).render(diagnostic) == """
        error[E0016]: wide
         --> a.sally:5:9
          |
        5 |   server 規則 from "y"
          |               ---- behind them
          |          ^^^^ two columns each

        """)
  }
}
