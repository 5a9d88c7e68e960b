import Syntax
import TestSupport
import Testing
import Text

/// What a person sees who made this mistake.
@Test(arguments: goldenCases(in: "Cases/malformed", ending: ".sally"))
func malformed(_ policy: GoldenCase) {
  let file = SourceFile(id: SourceFile.ID(0), path: policy.testDescription, bytes: policy.bytes)
  let parsed = parse(file)
  #expect(!parsed.diagnostics.isEmpty, "every case here is about a mistake")
  policy.expect(Renderer(files: [file]).render(parsed.diagnostics))
}
