import Foundation
import Schemas
import Testing

/// The table of results in docs/json-schema.md is what the suite says now; `ACCEPT=1 swift test --filter ResultsTable` writes it.
@Suite(.enabled(if: OfficialSuite.folder != nil, "test data is absent: set SALLYPORT_CORPORA to its folder"))
struct ResultsTableTests {
  private static let page = URL(filePath: #filePath).appending(path: "../../../docs/json-schema.md").standardized.path
  private static let begin = "<!-- results: written by `ACCEPT=1 swift test --filter ResultsTable` -->\n"
  private static let end = "<!-- end of results -->"

  @Test func pageHoldsTheResults() throws {
    let bytes = try #require(FileManager.default.contents(atPath: Self.page))
    let text = String(decoding: bytes, as: UTF8.self)
    let begin = try #require(text.range(of: Self.begin)).upperBound
    let end = try #require(text.range(of: Self.end)).lowerBound
    let table = try results()
    if ProcessInfo.processInfo.environment["ACCEPT"] == "1" {
      #expect(FileManager.default.createFile(atPath: Self.page, contents: Data((text[..<begin] + table + text[end...]).utf8)))
      return
    }
    #expect(String(text[begin..<end]) == table, "ACCEPT=1 rewrites it")
  }

  private func results() throws -> String {
    let suite = try OfficialSuite(root: #require(OfficialSuite.folder))
    var lines = ["| dialect | required | claimed formats | other optional files |", "|---|---:|---:|---:|"]
    for (folder, dialect) in OfficialSuite.dialects {
      let required = try suite.files(in: folder).map { try suite.run("\(folder)/\($0)", dialect) }
      let formats = try suite.files(in: folder + "/optional/format")
        .filter { Format(rawValue: String($0.dropLast(5))) != nil }
        .map { try suite.run("\(folder)/optional/format/\($0)", dialect, assertsFormats: true) }
      let optional = try suite.files(in: folder + "/optional").map { try suite.run("\(folder)/optional/\($0)", dialect) }
      lines.append("| \(folder) | \(sum(required)) | \(sum(formats)) | \(sum(optional)) |")
    }
    return "\n" + lines.joined(separator: "\n") + "\n\n"
  }

  private func sum(_ results: [OfficialSuite.Result]) -> String {
    "\(results.reduce(0) { $0 + $1.passed }) of \(results.reduce(0) { $0 + $1.total })"
  }
}
