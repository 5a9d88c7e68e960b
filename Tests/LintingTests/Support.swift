import Foundation
import Linting
import Semantics
import Syntax
import TestSupport
import Testing
import Text

/// Policies in memory, and files beside the tests, in `docs/errors` or in `docs/language`.
struct LintFiles: FileReader {
  var texts: [String: String] = [:]
  private static let folders = ["Cases", "../../docs/errors", "../../docs/language"].map { beside($0) }
  static let pages = beside("../../docs/errors")

  private static func beside(_ name: String, _ file: String = #filePath) -> String {
    ((file as NSString).deletingLastPathComponent as NSString).appendingPathComponent(name)
  }

  func contents(of path: String) throws(FileProblem) -> [UInt8] {
    if let text = texts[path] { return Array(text.utf8) }
    for folder in Self.folders {
      if let data = FileManager.default.contents(atPath: (folder as NSString).appendingPathComponent(path)) { return Array(data) }
    }
    throw .missing
  }

  func neighbours(of path: String) -> [String] { [] }
}

/// 2026-10-31: the cases are looked at on this day, whenever the tests run.
let today = MomentLiteral(milliseconds: 1_793_404_800_000, isDay: false)

struct Linted {
  let diagnostics: [Diagnostic]
  let policies: CheckedPolicies?
  let files: [SourceFile]

  var text: String { Renderer(files: files).render(diagnostics) }
}

/// What checking and linting say of a policy.
func linted(_ path: String, _ files: LintFiles = LintFiles()) -> Linted {
  let loaded = load([path], reader: files)
  let checked = check(loaded.value, options: CheckOptions(now: today))
  var diagnostics = loaded.diagnostics + checked.diagnostics
  if let policies = checked.value {
    diagnostics = lint(LintInput(policies: policies, trees: loaded.value.ownTrees, now: today), others: diagnostics)
  }
  return Linted(diagnostics: diagnostics, policies: checked.value, files: loaded.value.files)
}
