import Foundation
import Testing
import Text

/// A page of `docs/errors/` about a finding of the linter: one block is reported with the page's code, one is not.
struct LintPage: CustomTestStringConvertible, Sendable {
  let code: String
  let prelude: String
  let reported: String
  let mended: String

  var testDescription: String { code }

  static let all: [LintPage] = {
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: LintFiles.pages)) ?? []).filter { $0.hasSuffix(".md") }.sorted()
    return names.compactMap { name in
      let data = FileManager.default.contents(atPath: (LintFiles.pages as NSString).appendingPathComponent(name)) ?? Data()
      return LintPage(code: String(name.dropLast(3)), text: String(decoding: data, as: UTF8.self))
    }
  }()

  private init?(code: String, text: String) {
    var blocks: [String: String] = [:]
    var open: String?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        open = open == nil ? String(line.dropFirst(3)) : nil
      } else if let open {
        blocks[open, default: ""] += line + "\n"
      }
    }
    guard let reported = blocks["sally lint=\(code)"], let mended = blocks["sally"] else { return nil }
    self.code = code
    self.reported = reported
    self.mended = mended
    prelude = blocks["sally prelude"] ?? ""
  }

  func said(of block: String) -> (codes: [String], text: String) {
    let said = linted("page.sally", LintFiles(texts: ["page.sally": prelude + block]))
    return (said.diagnostics.map { $0.code.description }, said.text)
  }
}

@Suite struct LintPageTests {
  @Test(arguments: LintPage.all)
  func pageShowsItsFinding(page: LintPage) {
    let said = page.said(of: page.reported)
    #expect(said.codes == [page.code], "\(said.text)")
  }

  @Test(arguments: LintPage.all)
  func pageMendsItsFinding(page: LintPage) {
    let said = page.said(of: page.mended)
    #expect(said.codes.isEmpty, "\(said.text)")
  }

  @Test func pagesAreFound() { #expect(LintPage.all.count >= 27) }
}
