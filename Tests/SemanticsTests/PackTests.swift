import Foundation
import RulePacks
import Semantics
import Testing
import Text

/// What a policy takes in with `use sally.NAME` is proved here, and not again whenever a policy that uses it is checked.
@Suite struct PackTests {
  /// Every pattern finds its hits and leaves its misses alone, is of linear time, and is none that would be warned of.
  @Test(arguments: RulePacks.names) func packIsProved(_ name: String) throws {
    let text = try #require(RulePacks.text(of: name))
    let sources = load(["pack.sally"], reader: CaseFiles(texts: ["pack.sally": String(decoding: text, as: UTF8.self)]))
    let checked = check(sources.value)
    // A name below one of these hosts is as odd in an argument as the host itself.
    let found = (sources.diagnostics + checked.diagnostics).filter { !$0.message.hasSuffix("may be a part of another host") }
    #expect(Renderer(files: sources.value.files).render(found) == "")
    let sets = try #require(checked.value).patternSets
    #expect(!sets.isEmpty && sets.allSatisfy { $0.name == "sally.\(name)" || $0.name.hasPrefix("sally.\(name).") })
    for pattern in sets.flatMap(\.patterns) {
      #expect(
        pattern.text.longestText == .max,
        "`\(pattern.name)` would be left undecided on texts of more than \(pattern.text.longestText) bytes")
    }
  }

  /// One is enough: they come in by the same way, and reading all of them again takes long in a debug build.
  @Test func packIsUsed() throws {
    let policy = """
      use sally.toolpoison
      server bank from "snapshots/bank.tools.json"
      filter pack on bank.* in description normalise unicode, strip invisible match sally.toolpoison -> wrap
      """
    let sources = load(["policy.sally"], reader: CaseFiles(texts: ["policy.sally": policy]))
    let checked = check(sources.value)
    #expect(Renderer(files: sources.value.files).render(sources.diagnostics + checked.diagnostics) == "")
    #expect(checked.value?.filters.first?.clauses.count == 1)
  }

  @Test func unknownPacksAreReported() {
    let sources = load(["policy.sally"], reader: CaseFiles(texts: ["policy.sally": "use sally.toolpoisn\nuse acme.rules\n"]))
    #expect(sources.diagnostics.map(\.message) == ["there is no pack `sally.toolpoisn`", "there is no pack `acme.rules`"])
    #expect(sources.diagnostics.first?.help == "did you mean `sally.toolpoison`?")
  }
}

/// What stands in `rules/` is shipped.
@Test func everyPackIsShipped() throws {
  let folder = ((#filePath as NSString).deletingLastPathComponent as NSString).appendingPathComponent("../../rules")
  let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".sally") }.sorted()
  #expect(files == RulePacks.names.map { $0 + ".sally" })
}
