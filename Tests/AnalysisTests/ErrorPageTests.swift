import Foundation
import TestSupport
import Testing
import Text

/// A page of `docs/errors/` about what analysis finds: one block is reported with the page's code, one is not.
struct AnalysisPage: CustomTestStringConvertible, Sendable {
  let code: String
  let prelude: String
  let reported: String
  let mended: String

  var testDescription: String { code }

  static let all: [AnalysisPage] = {
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: TestFiles.pages)) ?? []).filter { $0.hasSuffix(".md") }.sorted()
    return names.compactMap { name in
      let data = FileManager.default.contents(atPath: (TestFiles.pages as NSString).appendingPathComponent(name)) ?? Data()
      return AnalysisPage(code: String(name.dropLast(3)), text: String(decoding: data, as: UTF8.self))
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
    guard let reported = blocks["sally analysis=\(code)"], let mended = blocks["sally"] else { return nil }
    self.code = code
    self.reported = reported
    self.mended = mended
    prelude = blocks["sally prelude"] ?? ""
  }

  func said(of block: String) throws -> (codes: [String], text: String) {
    let said = try diagnosed(
      "page.sally", TestFiles(texts: ["page.sally": prelude + block], folders: [TestFiles.pages, TestFiles.language]))
    // Most examples leave tools closed, which is noted and no matter of theirs.
    let codes = said.diagnostics.map { $0.code.description }.filter { $0 != "N0720" || code == "N0720" }
    return (codes, said.text)
  }
}

@Test(arguments: AnalysisPage.all)
func analysisPageShowsItsFinding(_ page: AnalysisPage) throws {
  let said = try page.said(of: page.reported)
  #expect(said.codes == [page.code], "\(said.text)")
}

@Test(arguments: AnalysisPage.all)
func analysisPageMendsItsFinding(_ page: AnalysisPage) throws {
  let said = try page.said(of: page.mended)
  #expect(said.codes.isEmpty, "\(said.text)")
}

@Test func analysisPagesAreFound() { #expect(AnalysisPage.all.count > 1) }
