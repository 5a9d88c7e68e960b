import Semantics
import Syntax
import TestSupport
import Testing
import Text

/// What `load` and `check` say of each case, as people read it.
@Test(arguments: goldenCases(in: "Cases", ending: ".sally"))
func checkSays(_ policy: GoldenCase) {
  // `until` is in the past of the day the cases are checked on, never of the day the tests run on.
  let options = CheckOptions(now: MomentLiteral(milliseconds: 1_793_318_400_000, isDay: false))
  policy.expect(rendered(policy.testDescription, CaseFiles(), options))
}

@Test(arguments: goldenCases(in: "Cases", ending: ".sally"))
func checkedExactlyWhenThereIsNoError(_ policy: GoldenCase) {
  let loaded = load([policy.testDescription], reader: CaseFiles())
  let checked = check(loaded.value)
  #expect((checked.value == nil) == (loaded.hasErrors || checked.hasErrors))
}

/// The six files that show the language mean something: nothing is wrong with them but what this version does not carry out.
@Test(arguments: goldenCases(in: "../SyntaxTests/Cases/sketch", ending: ".sally"))
func sketchIsOnlyAheadOfItsTime(_ sketch: GoldenCase) {
  // The sketches pin `snapshots/…` beside themselves.
  let files = CaseFiles(folders: [CaseFiles.cases, CaseFiles.sketches + "/sketch"])
  let loaded = load([sketch.testDescription], reader: files)
  let checked = check(loaded.value)
  let wrong = (loaded.diagnostics + checked.diagnostics).filter { $0.code != .notSupportedYet }
  #expect(Renderer(files: loaded.value.files).render(wrong) == "")
}

@Test func firstSketchIsChecked() throws {
  let files = CaseFiles(folders: [CaseFiles.cases, CaseFiles.sketches + "/sketch"])
  let policies = try #require(check(load(["01-access.sally"], reader: files).value).value)
  #expect(policies.rules.map(\.name) == ["platform_reads", "release_train", "small_refunds", "no_weekend_merges", "second_pair_of_eyes", "long_searches"])
  #expect(policies.rules[1].targets.tools.map { policies.tool($0).name }.sorted() == [
    "create_pull_request", "get_file_contents", "get_issue", "list_issues", "merge_pull_request", "search_code",
  ])
  #expect(policies.agents[1].fixedClaims == [.init(.token, ["client"]): .text("support-desk"), .init(.token, ["env"]): .text("prod")])
  #expect(policies.claims[.init(.token, ["on_call"])] == .boolean)
  #expect(policies.layers == [.init(name: nil, hasGrants: true)])
}

func rendered(_ path: String, _ files: CaseFiles, _ options: CheckOptions = CheckOptions()) -> String {
  let loaded = load([path], reader: files)
  let checked = check(loaded.value, options: options)
  return Renderer(files: loaded.value.files).render(loaded.diagnostics + checked.diagnostics)
}
