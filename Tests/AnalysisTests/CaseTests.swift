import Analysis
import Semantics
import TestSupport
import Testing
import Text

/// What `check` says of each case, as people read it.
@Test(arguments: goldenCases(in: "Cases", ending: ".sally"))
func analysisSays(_ policy: GoldenCase) throws {
  policy.expect(try diagnosed(policy.testDescription, TestFiles()).text)
}

/// What `diff` says of each pair.
@Test(arguments: goldenCases(in: "Cases/Differences", ending: ".new.sally"))
func differenceSays(_ policy: GoldenCase) throws {
  let new = try policies("Differences/\(policy.testDescription)")
  let old = try policies("Differences/\(policy.testDescription.replacing(".new.", with: ".old."))")
  let comparison = compare(old, new)
  let words = Renderer(files: new.files).render(comparison.diagnostics(in: new))
  let isSame = semanticFingerprint(old) == semanticFingerprint(new)
  #expect(isSame == comparison.isEmpty)
  policy.expect("fingerprint \(isSame ? "unchanged" : "changed")\n\n\(words)")
}

/// The other way round, wider is narrower.
@Test(arguments: goldenCases(in: "Cases/Differences", ending: ".new.sally"))
func differencesTurnRound(_ policy: GoldenCase) throws {
  let new = try policies("Differences/\(policy.testDescription)")
  let old = try policies("Differences/\(policy.testDescription.replacing(".new.", with: ".old."))")
  let turned: [Comparison.Direction: Comparison.Direction] = [.wider: .narrower, .narrower: .wider, .mixed: .mixed, .unknown: .unknown]
  let there = compare(old, new).targets.map { turned[$0.direction] }
  #expect(there == compare(new, old).targets.map { Optional($0.direction) })
}

private func policies(_ path: String) throws -> CheckedPolicies { try #require(check(load([path], reader: TestFiles()).value).value) }
