import Formatting
import Syntax
import TestSupport
import Testing
import Text

/// The six files that show the language: nothing is reported, and formatting finds nothing to change.
@Test(arguments: goldenCases(in: "Cases/sketch", ending: ".sally"))
func sketch(_ sketch: GoldenCase) {
  let file = SourceFile(path: sketch.testDescription, text: sketch.text)
  let parsed = parse(file)
  #expect(Renderer(files: [file]).render(parsed.diagnostics) == "")
  #expect(!parsed.value.declarations.isEmpty)
  #expect(format(parsed.value) == sketch.text)
}

/// What the parser makes of each of them, field by field.
@Test(arguments: goldenCases(in: "Cases/sketch", ending: ".sally", golden: ".tree"))
func sketchTree(_ sketch: GoldenCase) {
  sketch.expect(dump(parse(SourceFile(path: sketch.testDescription, text: sketch.text)).value))
}
