package import Bytecode
import Compilation
package import RegularExpressions
import RulePacks
import Semantics
import Text

/// A policy under which every shipped set of patterns reads the same texts.
package struct Packs {
  package let program: Program
  /// Names of the sets.
  package let sets: [String]

  private struct Files: FileReader {
    let texts: [String: [UInt8]]

    func contents(of path: String) throws(FileProblem) -> [UInt8] {
      guard let text = texts[path] else { throw .missing }
      return text
    }

    func neighbours(of path: String) -> [String] { [] }
  }

  package init() throws {
    sets = RulePacks.names.flatMap { name in
      String(decoding: RulePacks.text(of: name) ?? [], as: UTF8.self).split(separator: "\n").filter { $0.hasPrefix("patterns ") }
        .compactMap { $0.split(separator: " ").dropFirst().first.map(String.init) }
    }
    let files = Files(texts: [
      "web.json": Array(#"{"tools":[{"name":"fetch","inputSchema":{"type":"object"}}]}"#.utf8),
      "policy.sally": Array(Self.policy(sets).utf8),
    ])
    let loaded = load(["policy.sally"], reader: files)
    let checked = check(loaded.value)
    guard let policies = checked.value else {
      fatalError("\((loaded.diagnostics + checked.diagnostics).filter { $0.severity == .error }.prefix(5).map(\.message))")
    }
    program = try compile(policies, generation: 1)
  }

  package var patterns: [RegularExpression] {
    get throws { try program.filterPatterns.map { try RegularExpression(parsing: $0.source, caseInsensitive: $0.caseInsensitive) } }
  }

  private static func policy(_ sets: [String]) -> String {
    let matches = sets.map { "  match \($0) -> \($0.hasPrefix("sally.secrets") || $0.hasPrefix("sally.pii") ? "redact" : "wrap")" }
    return """
      edition 1
      policy benchmark
      \(RulePacks.names.map { "use sally.\($0)" }.joined(separator: "\n"))
      server web from "web.json"
      scope reading opens web.fetch
      agent reader when token.sub == "x"
      grant all_reading reading to reader
      filter outputs
        on web.*
        in text
        normalise unicode, strip invisible, control, ansi, html
        decode base64, hex, url, html, rot13, leet, spaced
      \(matches.joined(separator: "\n"))

      """
  }
}
