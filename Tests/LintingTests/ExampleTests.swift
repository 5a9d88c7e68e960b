import Foundation
import Linting
import Semantics
import Testing
import Text

/// The shipped examples show what a policy should look like: nothing is to be said of them, whenever they are read before 2030.
@Suite struct ExampleTests {
  private static let folder = URL(filePath: #filePath).appending(path: "../../../rules/examples").standardized

  static let files: [String] = {
    let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
    return names.filter { $0.hasSuffix(".sally") }.sorted()
  }()

  @Test func examplesAreFound() { #expect(Self.files.count > 5) }

  @Test(arguments: files)
  func exampleIsClean(file: String) {
    let linted = linted(file, LintFiles(root: Self.folder.path))
    #expect(linted.diagnostics.isEmpty, "\(linted.text)")
  }
}
