import Analysis
import Bytecode
import Compilation
import Evidence
import Foundation
import Linting
import Semantics
import Syntax
import Testing
import Text

/// The shipped examples: nothing is to be said of them, their tests pass and what they claim to prove is proved.
@Suite struct ExampleTests {
  private static let folder = URL(filePath: #filePath).appending(path: "../../../rules/examples").standardized

  /// What is read together: a folder, but for the packs, each of which has an example of its own.
  static let examples: [[String]] = {
    let names = (FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".sally") }
    let folders = Dictionary(grouping: names.sorted()) { $0.hasPrefix("packs/") ? $0 : String($0.prefix { $0 != "/" }) }
    return folders.keys.sorted().compactMap { folders[$0] }
  }()

  @Test func thereIsOneForEveryKindOfServer() {
    let folders = Set(Self.examples.compactMap { $0.first?.split(separator: "/").first.map(String.init) })
    #expect(folders.isSuperset(of: ["filesystem", "git", "fetch", "sqlite", "github", "mail"]))
  }

  @Test(arguments: examples)
  func exampleHolds(files: [String]) throws {
    let loaded = load(files, reader: ExampleReader(folder: Self.folder))
    let checked = check(loaded.value)
    let said = Renderer(files: loaded.value.files).render(loaded.diagnostics + checked.diagnostics)
    let policies = try #require(checked.value, "\(said)")
    let input = LintInput(
      policies: policies, trees: loaded.value.ownTrees, now: MomentLiteral(milliseconds: 1_795_000_000_000, isDay: false))
    let findings = lint(input, others: loaded.diagnostics + checked.diagnostics)
    #expect(findings.isEmpty, "\(Renderer(files: loaded.value.files).render(findings))")
    for outcome in prove(policies) { #expect(outcome.isProved, "\(files): \(outcome.proof.name)") }
    var runner = TestRunner(CallJudge(policies, try compile(policies, generation: 1)))
    for test in policies.tests {
      let outcome = runner.run(test, start: Moment(milliseconds: 1_795_000_000_000))
      for failure in outcome.failures { Issue.record("\(files) \(outcome.title): got \(failure.got)") }
    }
  }
}

private struct ExampleReader: FileReader {
  let folder: URL

  func contents(of path: String) throws(FileProblem) -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: folder.appending(path: path).path) else { throw .missing }
    return Array(data)
  }

  func neighbours(of path: String) -> [String] { [] }
}
