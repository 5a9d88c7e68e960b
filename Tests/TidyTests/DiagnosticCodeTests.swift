import Testing

/// Every diagnostic can be looked up and has been seen: a page in `docs/errors/` and at least one golden case that shows it.
@Suite struct DiagnosticCodeTests {
  static let declared: [(code: String, name: String, path: String)] = SourceTree.sources.filter { $0.path.hasSuffix("/Codes.swift") }
    .flatMap { file in
      file.lines.compactMap { line in
        guard let match = try? #/= Self\(\.(error|warning|note), (\d+), "([^"]+)"/#.firstMatch(in: line) else { return nil }
        let letter = match.1 == "error" ? "E" : match.1 == "warning" ? "W" : "N"
        return (letter + String(repeating: "0", count: 4 - match.2.count) + match.2, String(match.3), file.path)
      }
    }

  @Test func codesAreUnique() {
    #expect(!Self.declared.isEmpty, "no codes found; has the way they are declared changed?")
    for (number, group) in Dictionary(grouping: Self.declared, by: { $0.code.dropFirst() }) {
      #expect(group.count == 1, "\(number) is declared in \(group.map(\.path))")
    }
  }

  @Test func everyCodeHasAPage() {
    for (code, _, path) in Self.declared {
      #expect(SourceTree.exists("docs/errors/\(code).md"), "\(path) declares \(code), which has no page")
    }
    let codes = Set(Self.declared.map { "\($0.code).md" })
    for page in SourceTree.names(in: "docs/errors") where page.hasSuffix(".md") && page != "README.md" {
      #expect(codes.contains(page), "docs/errors/\(page) is about a code that does not exist")
    }
  }

  /// `docs/errors/README.md` lists each code once, by number, with the name it is declared with.
  @Test func theTableIsComplete() {
    let rows = SourceTree.text("docs/errors/README.md").split(separator: "\n").filter { $0.hasPrefix("| [") }.map(String.init)
    let declared = Self.declared.sorted { $0.code.dropFirst() < $1.code.dropFirst() }
    for (row, (code, name, _)) in zip(rows, declared) {
      let start = "| [\(code)](\(code).md) | `\(name)` | "
      #expect(row.hasPrefix(start) && row.count > start.count + 2, "expected a row for \(code), found \(row)")
    }
    #expect(rows.count == declared.count)
  }

  @Test func everyCodeHasAGoldenCase() {
    let folders = ["SyntaxTests", "SemanticsTests", "AnalysisTests", "LintingTests", "ToolTests", "SettingsTests"].map {
      "Tests/\($0)/Cases"
    }
    let shown = folders.flatMap { allText(under: $0) }.joined()
    for (code, _, path) in Self.declared {
      #expect(shown.contains("[\(code)]"), "\(path) declares \(code), which no golden case shows")
    }
  }

  private func allText(under folder: String) -> [String] {
    SourceTree.names(in: folder).flatMap { name in
      name.hasSuffix(".out") || name == "stderr" || name == "stdout"
        ? [SourceTree.text("\(folder)/\(name)")] : name.contains(".") ? [] : allText(under: "\(folder)/\(name)")
    }
  }
}
