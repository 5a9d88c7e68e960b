import Syntax
import TestSupport
import Testing
import Text

/// The six files that show the language: all of it parses, and nothing is reported.
@Test(arguments: goldenCases(in: "Cases/sketch", ending: ".sally"))
func sketchParses(_ sketch: GoldenCase) {
  let file = SourceFile(path: sketch.testDescription, text: sketch.text)
  let parsed = parse(file)
  #expect(Renderer(files: [file]).render(parsed.diagnostics) == "")
  #expect(!parsed.value.declarations.isEmpty)
}
