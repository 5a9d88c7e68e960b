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

/// The six files that show the language mean something: nothing is wrong with them but that a rule and a refinement
/// say the same, or a refinement and the tool's own schema.
@Test(arguments: goldenCases(in: "../SyntaxTests/Cases/sketch", ending: ".sally"))
func sketchMeansSomething(_ sketch: GoldenCase) {
  let loaded = load([sketch.testDescription], reader: sketches)
  let checked = check(loaded.value)
  let wrong = (loaded.diagnostics + checked.diagnostics)
    .filter { ![.idleRefinement, .refinedAway, .labelNeverRead].contains($0.code) }
  #expect(Renderer(files: loaded.value.files).render(wrong) == "")
}

/// The sketches, and the snapshots they pin beside themselves. The fourth sets labels that the fifth, which uses it, declares: a name is only
/// visible to files that use its file, so the labels stand in the fourth here.
private let sketches: CaseFiles = {
  var files = CaseFiles(folders: [CaseFiles.cases, CaseFiles.sketches + "/sketch"])
  func lines(_ name: String) -> [String] {
    let bytes = (try? files.contents(of: name)) ?? []
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }
  let moved = lines("05-session.sally").filter { $0.hasPrefix("label untrusted") || $0.hasPrefix("label secret_seen") }
  files.texts["04-outputs.sally"] = (lines("04-outputs.sally") + moved).joined(separator: "\n")
  files.texts["05-session.sally"] = lines("05-session.sally").filter { !moved.contains($0) }.joined(separator: "\n")
  return files
}()

@Test func firstSketchIsChecked() throws {
  let policies = try #require(check(load(["01-access.sally"], reader: sketches).value).value)
  #expect(
    policies.rules.map(\.name) == [
      "platform_reads", "release_train", "small_refunds", "no_weekend_merges", "second_pair_of_eyes", "long_searches",
    ])
  #expect(
    policies.rules[1].targets.tools.map { policies.tool($0).name }.sorted() == [
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
