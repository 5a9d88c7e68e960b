import TestSupport
import Testing

/// What `check` says of each case, as people read it.
@Test(arguments: goldenCases(in: "Cases", ending: ".sally"))
func analysisSays(_ policy: GoldenCase) throws {
  policy.expect(try diagnosed(policy.testDescription, TestFiles()).text)
}
