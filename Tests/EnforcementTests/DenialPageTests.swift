import Enforcement
import Foundation
import Testing

/// Every code that an agent can receive has a page, and the table of pages says its number.
@Suite struct DenialPageTests {
  private static let folder = URL(filePath: #filePath).appending(path: "../../../docs/denials").standardized

  @Test(arguments: DenialCode.allCases)
  func hasPage(_ code: DenialCode) throws {
    let page = try String(contentsOf: DenialPageTests.folder.appending(path: "\(code.rawValue).md"), encoding: .utf8)
    #expect(page.hasPrefix("# \(code.rawValue)\n"))
    let table = try String(contentsOf: DenialPageTests.folder.appending(path: "README.md"), encoding: .utf8)
    let row = "| [\(code.rawValue)](\(code.rawValue).md) | \(code.number) | \(code.isRetryable ? "yes" : "no") |"
    #expect(table.contains(row), "\(row)")
  }

  @Test func numbersAreOutsideTheReservedRange() {
    for code in DenialCode.allCases { #expect(!(-32_768 ... -32_000).contains(code.number)) }
    #expect(Set(DenialCode.allCases.map(\.number)).count == DenialCode.allCases.count)
  }
}
