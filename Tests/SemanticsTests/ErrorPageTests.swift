import Foundation
import Semantics
import Syntax
import TestSupport
import Testing
import Text

/// A page of `docs/errors/` with the blocks that are executed.
struct ErrorPage: CustomTestStringConvertible {
  /// `E0104`
  let code: String
  let prelude: String
  let failing: String
  let mended: String

  var testDescription: String { code }

  static let folder = ((#filePath as NSString).deletingLastPathComponent as NSString).appendingPathComponent("../../docs")

  /// Pages with a block of their own code; those of the parser are tested with it.
  static let all: [ErrorPage] = {
    let errors = (folder as NSString).appendingPathComponent("errors")
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: errors)) ?? []).filter { $0.hasSuffix(".md") }.sorted()
    return names.compactMap { name in
      let data = FileManager.default.contents(atPath: (errors as NSString).appendingPathComponent(name)) ?? Data()
      return ErrorPage(code: String(name.dropLast(3)), text: String(decoding: data, as: UTF8.self))
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
    guard let failing = blocks["sally \(code.hasPrefix("E") ? "error" : "warning")=\(code)"], let mended = blocks["sally"],
      code.hasPrefix("E00") == false
    else { return nil }
    self.code = code
    self.prelude = blocks["sally prelude"] ?? ""
    self.failing = failing
    self.mended = mended
  }

  /// What is said of a block, with the day before the project's first release as today.
  func diagnostics(of block: String) -> (diagnostics: [Diagnostic], text: String) {
    let path = "\(code).sally"
    let folders = ["errors", "language"].map { (Self.folder as NSString).appendingPathComponent($0) }
    let files = CaseFiles(texts: [path: prelude + block], folders: folders)
    let loaded = load([path], reader: files)
    let checked = check(loaded.value, options: CheckOptions(now: MomentLiteral(milliseconds: 1_793_318_400_000, isDay: false)))
    let diagnostics = loaded.diagnostics + checked.diagnostics
    return (diagnostics, Renderer(files: loaded.value.files).render(diagnostics))
  }
}

@Test(arguments: ErrorPage.all)
func errorPageShowsItsError(_ page: ErrorPage) {
  let (diagnostics, text) = page.diagnostics(of: page.failing)
  #expect(diagnostics.contains { $0.code.description == page.code }, "the failing example says:\n\(text)")
}

@Test(arguments: ErrorPage.all)
func errorPageMendsItsError(_ page: ErrorPage) {
  let (diagnostics, text) = page.diagnostics(of: page.mended)
  #expect(diagnostics.isEmpty, "the mended example says:\n\(text)")
}

@Test func errorPagesAreFound() { #expect(ErrorPage.all.count > 50) }
