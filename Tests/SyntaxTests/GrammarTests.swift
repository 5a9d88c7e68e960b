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
      // How many cells a row has is not in the grammar: an object that begins a row may as well belong to a call that ends the row before.
      let errors = parsed.diagnostics.filter { $0.severity == .error && $0.code != .rowLength }
      let report = Renderer(files: [file]).render(errors)
      #expect(report.isEmpty, "SEED=\(seed &+ UInt64(run))\n\(text)")
      if !report.isEmpty { break }
    }
  }
}
