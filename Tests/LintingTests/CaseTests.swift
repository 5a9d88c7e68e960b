import Analysis
import Formatting
import Linting
import Semantics
import Syntax
import TestSupport
import Testing
import Text

@Suite struct LintCaseTests {
  static let cases = goldenCases(in: "Cases", ending: ".sally")

  @Test(arguments: cases)
  func lintSays(policy: GoldenCase) {
    policy.expect(linted(policy.testDescription).text)
  }

  /// However often they are applied, fixes end, leave a policy without errors and keep what it means.
  @Test(arguments: cases)
  func fixesKeepTheMeaning(policy: GoldenCase) throws {
    let path = policy.testDescription
    var files = LintFiles()
    let first = linted(path, files)
    let meaning = semanticFingerprint(try #require(first.policies))
    var rounds = 0
    while rounds < 10 {
      let now = linted(path, files)
      let changed = applied(applicableFixes(now.diagnostics), to: now.files)
      if changed.isEmpty { break }
      rounds += 1
      for file in changed { files.texts[file.file.path] = String(decoding: file.bytes, as: UTF8.self) }
      let policies = linted(path, files)
      #expect(semanticFingerprint(try #require(policies.policies, "\(policies.text)")) == meaning)
    }
    #expect(rounds < 10, "there is always something left to fix")
    #expect((rounds > 0) == !applicableFixes(first.diagnostics).isEmpty)
  }
}

@Test(arguments: [
  (0 as Int64, "1970-01-01"), (951_782_400_000, "2000-02-29"), (1_793_404_799_999, "2026-10-30"), (1_793_404_800_000, "2026-10-31"),
  (4_107_542_400_000, "2100-03-01"),
])
func daysAreWrittenAsTheyAreRead(milliseconds: Int64, text: String) {
  let files = LintFiles(texts: [
    "p.sally": """
    server bank from "snapshots/bank.json"
    shadow deny d on bank.transfer when args.amount > 1 because "x"
    """
  ])
  let loaded = load(["p.sally"], reader: files)
  let now = MomentLiteral(milliseconds: milliseconds, isDay: false)
  let found = check(loaded.value).value.map { lint(LintInput(policies: $0, trees: loaded.value.ownTrees, now: now)) } ?? []
  #expect(found.first { $0.code.name == "undated-shadow" }?.fixes.first?.edits.first?.replacement == "@since(\"\(text)\")\n")
}
