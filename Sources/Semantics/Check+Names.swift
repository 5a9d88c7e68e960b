internal import Syntax
internal import Text

extension Checker {
  /// The symbol a name stands for in a file; reports and gives nil when there is none that the file sees.
  mutating func find(_ name: Identifier, _ kind: SymbolKind, from file: Int) -> Symbol? {
    guard let symbol = symbols[kind.rawValue][name.text] else {
      reportUnknown(name, kind, from: file)
      return nil
    }
    guard sees(symbol, kind, from: file) else {
      reportNotImported(name, kind, symbol, from: file)
      return nil
    }
    return symbol
  }

  mutating func find(_ name: DottedName, _ kind: SymbolKind, from file: Int) -> Symbol? {
    find(Identifier(name.text, name.range), kind, from: file)
  }

  /// A label is a fact of the session, which all files share: what one file marks another clears, and neither uses the other.
  private func sees(_ symbol: Symbol, _ kind: SymbolKind, from file: Int) -> Bool {
    kind == .label || visibility.sees(from: file, symbol.file)
  }

  /// The names of a kind that a file sees, sorted.
  func visibleNames(_ kind: SymbolKind, from file: Int) -> [String] {
    symbols[kind.rawValue].symbols.filter { sees($0.value, kind, from: file) }.keys.sorted()
  }

  /// Whether a declaration that was reported and left out may have declared a name: then that it is missing is no mistake of its own.
  func isLost(_ name: String, from file: Int) -> Bool {
    sources.loaded.indices.contains { visibility.sees(from: file, $0) && sources.loaded[$0].lost.contain(name) }
  }

  /// Whether any declaration was left out: then that nothing does something says little.
  var isAnythingLost: Bool { sources.loaded.contains { !$0.lost.isEmpty } }

  private mutating func reportUnknown(_ name: Identifier, _ kind: SymbolKind, from file: Int) {
    if isLost(name.text, from: file) { return }
    let names = visibleNames(kind, from: file)
    let near = suggestion(for: name.text, among: names)
    let help: String
    if let near {
      help = "did you mean `\(near)`?"
    } else if names.isEmpty {
      help = "this file and those it uses declare no \(kind.noun); one is declared with `\(kind.example)`"
    } else {
      help = "there is \(listed(names)); one is declared with `\(kind.example)`"
    }
    report(
      kind.unknown, "no \(kind.noun) `\(name.text)`", name.range, "no such \(kind.noun)", help: help, fixes: replacement(near, name.range))
  }

  private mutating func reportNotImported(_ name: Identifier, _ kind: SymbolKind, _ symbol: Symbol, from file: Int) {
    let line = "use \"\(FilePath.relative(sources.loaded[symbol.file].path, to: sources.loaded[file].path))\""
    report(
      .notImported, "\(kind.noun) `\(name.text)` is declared in a file that this one does not use", name.range, "not visible here",
      also: [.init(symbol.range, "declared here")], help: "add `\(line)`", fixes: [insertion(of: line, into: file)])
  }

  /// A line after the file's last `use`, `policy` or `edition`, or at its start.
  private func insertion(of line: String, into file: Int) -> Diagnostic.Fix {
    let tree = sources.loaded[file].tree
    let header = tree.declarations.last { declaration in
      switch declaration.kind {
      case .use, .policy, .edition: true
      default: false
      }
    }
    let place = header?.range.upper ?? 0
    let range = SourceRange(file: tree.file.id, lower: place, upper: place)
    return .init(title: "add `\(line)`", edits: [.init(range, header == nil ? line + "\n" : "\n" + line)])
  }

  func replacement(_ text: String?, _ range: SourceRange) -> [Diagnostic.Fix] {
    guard let text else { return [] }
    return [.init(title: "write `\(text)`", edits: [.init(range, text)])]
  }
}

/// For people: `a`, `b` and 12 more. At least one.
func listed(_ names: [String], most: Int = 6) -> String {
  let quoted = names.map { "`\($0)`" }
  guard quoted.count > 1 else { return quoted.first ?? "" }
  if quoted.count > most { return quoted.prefix(most).joined(separator: ", ") + " and \(quoted.count - most) more" }
  return quoted.dropLast().joined(separator: ", ") + " and " + quoted[quoted.count - 1]
}

/// For people: `1 tool`, `41 tools`.
func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
