import Analysis
import Bytecode
import Compilation
import Evidence
import Foundation
import Semantics
import TestSupport
import Testing
import Text

/// Policies in memory, and files beside the tests or in `docs/errors`.
struct TestFiles: FileReader {
  var texts: [String: String] = [:]
  var folders = [TestFiles.cases]

  static let cases = beside("Cases")
  static let pages = beside("../../docs/errors")
  static let language = beside("../../docs/language")

  private static func beside(_ name: String, _ file: String = #filePath) -> String {
    ((file as NSString).deletingLastPathComponent as NSString).appendingPathComponent(name)
  }

  func contents(of path: String) throws(FileProblem) -> [UInt8] {
    if let text = texts[path] { return Array(text.utf8) }
    for folder in folders {
      if let data = FileManager.default.contents(atPath: (folder as NSString).appendingPathComponent(path)) { return Array(data) }
    }
    throw .missing
  }

  func neighbours(of path: String) -> [String] { [] }
}

/// Everything that `check` says of a policy, each counter-example put to the engine.
func diagnosed(_ path: String, _ files: TestFiles) throws -> (diagnostics: [Diagnostic], text: String) {
  let loaded = load([path], reader: files)
  let checked = check(loaded.value)
  var diagnostics = loaded.diagnostics + checked.diagnostics
  if let policies = checked.value {
    let program = try compile(policies, generation: 1)
    var judge = CallJudge(policies, program)
    for outcome in prove(policies) {
      let judgement = outcome.witness.flatMap { judge.judge($0) }
      if let witness = outcome.witness, witness.isConfirmed {
        #expect(judgement?.isDenied == false, "the engine does not confirm \(witness.line)")
      }
      if let diagnostic = outcome.diagnostic(answer: judgement.map { Explanation($0, program).outcome }) { diagnostics.append(diagnostic) }
    }
    diagnostics += ruleFindings(policies, beside: diagnostics)
  }
  return (diagnostics, Renderer(files: loaded.value.files).render(diagnostics))
}
