import Formatting
import Syntax
import TestSupport
import Testing
import Text

/// The laws of the formatter, over sentences of the grammar with comments strewn in.
@Test func formattingKeepsTreeAndCommentsAndSettles() throws {
  let seed = propertySeed()
  for run in 0..<propertyRuns(300) {
    var generator = SentenceGenerator(.sally, seed: seed &+ UInt64(run))
    let text = generator.policy(declarations: 5, comments: true)
    let note: Comment = "SEED=\(seed &+ UInt64(run))"
    let file = SourceFile(path: "a.sally", text: text)
    let before = parse(file)
    let report = Renderer(files: [file]).render(before.diagnostics.filter { $0.severity == .error })
    try #require(report.isEmpty, note)
    let once = format(before.value)
    let after = parse(SourceFile(path: "b.sally", text: once))
    let errors = after.diagnostics.filter { $0.severity == .error }.map(\.message)
    try #require(errors.isEmpty, note)
    try #require(dump(after.value) == dump(before.value), note)
    try #require(comments(of: after.value) == comments(of: before.value), note)
    try #require(format(after.value) == once, note)
  }
}

/// The comments of a file, sorted: formatting may move one, not lose or double it.
private func comments(of tree: SyntaxTree) -> [String] {
  tree.tokens.filter { $0.kind == .comment || $0.kind == .documentation }.map { tree.file.text(in: $0.range) }
    .map { String($0.reversed().drop { $0 == " " }.reversed()) }.sorted()
}
