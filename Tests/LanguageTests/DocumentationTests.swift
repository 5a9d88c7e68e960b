import Analysis
import Bytecode
import Compilation
import Evidence
import Foundation
import Semantics
import TestSupport
import Testing
import Text

/// The pages in `docs/language` are executed: every `sally` block is checked and its tests are run, or gives exactly the error that it names.
@Suite struct DocumentationTests {
  static let blocks = Page.all.flatMap(\.blocks)

  @Test func pagesHaveBlocks() {
    #expect(Self.blocks.count > 10)
    #expect(Self.blocks.contains { $0.error != nil })
  }

  @Test(arguments: blocks)
  func blockDoesWhatThePageSays(block: Block) throws {
    let loaded = load(["docs/language/\(block.page)"], reader: PageReader(block: block))
    let checked = check(loaded.value)
    let diagnostics = loaded.diagnostics + checked.diagnostics + (checked.value.map(refutations) ?? [])
    let rendered = Renderer(files: loaded.value.files).render(diagnostics)
    if let error = block.error {
      #expect(diagnostics.map { "\($0.code)" } == [error], "\(rendered)")
      return
    }
    #expect(diagnostics.isEmpty, "\(rendered)")
    let policies = try #require(checked.value)
    var runner = TestRunner(CallJudge(policies, try compile(policies, generation: 1)))
    for test in policies.tests {
      let outcome = runner.run(test, start: Moment(milliseconds: 1_795_000_000_000))
      for failure in outcome.failures {
        let line = loaded.value.files[0].position(at: failure.range.lower).line
        Issue.record("\(block.page) block at line \(block.line): \(outcome.title), line \(line) of it: got \(failure.got)")
      }
    }
  }

  private func refutations(_ policies: CheckedPolicies) -> [Diagnostic] { prove(policies).compactMap { $0.diagnostic(answer: nil) } }

  /// Pages promise tests; a block that lost them would pass by testing nothing.
  @Test func mostBlocksHaveTests() {
    let tested = Self.blocks.count { $0.text.contains("expect") || $0.text.contains("prove ") }
    #expect(tested * 2 >= Self.blocks.count { $0.error == nil })
  }
}

struct Block: Sendable, CustomTestStringConvertible {
  /// The page's file name.
  let page: String
  /// Of its fence, from 1.
  let line: Int
  /// With what the page has said before.
  let text: String
  /// The one error it must give.
  let error: String?

  var testDescription: String { "\(page):\(line)" }
}

struct Page {
  let blocks: [Block]

  private static let folder = URL(filePath: #filePath).appending(path: "../../../docs/language").standardized

  static let all: [Page] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".md") }.sorted().map(Page.init)
  }()

  static func contents(of path: String) -> [UInt8]? {
    FileManager.default.contents(atPath: folder.appending(path: path).path).map { Array($0) }
  }

  init(_ name: String) {
    let lines = String(decoding: Page.contents(of: name) ?? [], as: UTF8.self).components(separatedBy: "\n")
    var prelude = ""
    var blocks: [Block] = []
    var open: (mark: String, line: Int, text: String)?
    for (index, line) in lines.enumerated() {
      if line.hasPrefix("```sally") {
        open = (line.dropFirst(8).trimmingCharacters(in: .whitespaces), index + 1, "")
      } else if line == "```", let (mark, start, text) = open {
        open = nil
        if mark == "prelude" { prelude += text + "\n" }
        let error = mark.hasPrefix("error=") ? String(mark.dropFirst(6)) : nil
        blocks.append(Block(page: name, line: start, text: mark == "prelude" ? prelude : prelude + text, error: error))
      } else if open != nil {
        open?.text += line + "\n"
      }
    }
    self.blocks = blocks
  }
}

/// The block under the page's name, and the snapshots that the pages share.
private struct PageReader: FileReader {
  let block: Block

  func contents(of path: String) throws(FileProblem) -> [UInt8] {
    if path == "docs/language/\(block.page)" { return Array(block.text.utf8) }
    guard let bytes = Page.contents(of: String(path.trimmingPrefix("docs/language/"))) else { throw .missing }
    return bytes
  }

  func neighbours(of path: String) -> [String] { [] }
}
