import Bytecode
import Compilation
import Evidence
import Foundation
import Semantics
import TestSupport
import Testing
import Text

/// The limits of the files that show the language are reached when these say. What this version does not carry out, `prove`, is left out.
@Test func theSketchedBudgetRunsOut() throws {
  let loaded = load(["06-tests.sally"], reader: Sketches())
  let checked = check(loaded.value)
  let said = Renderer(files: loaded.value.files).render(loaded.diagnostics + checked.diagnostics)
  let policies = try #require(checked.value, "\(said)")
  var runner = TestRunner(CallJudge(policies, try compile(policies, generation: 1)))
  let test = try #require(policies.tests.first { $0.name == "the search budget runs out" })
  let outcome = runner.run(test, start: Moment(milliseconds: 1_795_000_000_000))
  for failure in outcome.failures { Issue.record("got \(failure.got), \(failure.reasons)") }
}

private struct Sketches: FileReader {
  private static let folders = ["../SyntaxTests/Cases/sketch", "../SemanticsTests/Cases"].map {
    URL(filePath: #filePath).deletingLastPathComponent().appending(path: $0)
  }

  func contents(of path: String) throws(FileProblem) -> [UInt8] {
    for folder in Self.folders {
      guard let data = FileManager.default.contents(atPath: folder.appending(path: path).path) else { continue }
      if !path.hasSuffix(".sally") { return Array(data) }
      var lines = String(decoding: data, as: UTF8.self).components(separatedBy: "\n")
      // A name is only visible to files that use its file, so the labels stand in the fourth file here, which sets them.
      let labels = ["label untrusted", "label secret_seen"]
      if path.hasPrefix("05") { lines.removeAll { line in labels.contains { line.hasPrefix($0) } } }
      if path.hasPrefix("04") { lines += labels.map { "\($0) \"moved here\"" } }
      if let proofs = lines.firstIndex(where: { $0.hasPrefix("/// Proved") }) { lines.removeSubrange(proofs...) }
      return Array(lines.joined(separator: "\n").utf8)
    }
    throw .missing
  }

  func neighbours(of path: String) -> [String] { [] }
}
