import Syntax
import TestSupport
import Testing
import Text

/// The written grammar and the parser say the same.
struct GrammarTests {
  private let grammar = Grammar.sally

  @Test func everyRuleIsDefinedAndUsed() {
    #expect(grammar.undefined.isEmpty)
    #expect(grammar.order.first == "file")
  }

  @Test func wordsAreTheParsersKeywords() {
    let words = grammar.terminals(lexical: false).filter { $0.first?.isLetter ?? false }
    #expect(words == Set(Keyword.allCases.map(\.rawValue)))
  }

  @Test func marksAreTheLexersPunctuation() {
    let marks = grammar.terminals(lexical: false).union(["..", ".", "*", "@", "[", "]", "(", ")"]).filter { !($0.first?.isLetter ?? true) }
    #expect(marks == Set(Punctuation.allCases.map(\.rawValue)))
    #expect(grammar.terminals(lexical: true).isSuperset(of: ["..", ".", "*", "@"]))
  }

  @Test func sentencesParse() {
    let seed = propertySeed()
    for run in 0..<propertyRuns(300) {
      var generator = SentenceGenerator(grammar, seed: seed &+ UInt64(run))
      let text = generator.policy(declarations: 4, comments: false)
      let file = SourceFile(path: "sentence.sally", text: text)
      let parsed = parse(file)
      let errors = parsed.diagnostics.filter { $0.severity == .error }
      let report = Renderer(files: [file]).render(errors)
      #expect(report.isEmpty, "SEED=\(seed &+ UInt64(run))\n\(text)")
      if !report.isEmpty { break }
    }
  }

  /// What a cell may end with ends it only on its own line; on the next line it begins the next row.
  @Test(arguments: [
    ("args.x | call", "{ y: 1 } | a.b\n  { y: 2 } | a.c { z: 3 }"),
    ("agent | expect", "by | deny\n  by | allow by code"),
    ("call | expect", "code.x | deny by a\n  code.y | deny"),
    ("agent | expect", "a | limited\n  retry | limited retry after 2s"),
  ])
  func rowsEndWithTheirLines(columns: String, rows: String) throws {
    let file = SourceFile(path: "rows.sally", text: "table \"t\" {\n  \(columns)\n  \(rows)\n}\n")
    let parsed = parse(file)
    #expect(parsed.diagnostics.isEmpty, "\(Renderer(files: [file]).render(parsed.diagnostics))")
    guard case .table(let table) = parsed.value.declarations.first?.kind else {
      Issue.record("no table")
      return
    }
    #expect(table.rows.count == 2)
  }
}
