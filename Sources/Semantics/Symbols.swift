internal import Text

/// Where a name is declared.
struct Symbol {
  /// Index of the loaded file.
  let file: Int
  /// Of the name.
  let range: SourceRange
  /// Index into what the table's owner keeps.
  let index: Int
}

/// The names of one kind over all loaded files.
struct SymbolTable {
  private(set) var symbols: [String: Symbol] = [:]

  subscript(name: String) -> Symbol? { symbols[name] }

  /// Returns the first declaration when the name is taken.
  mutating func declare(_ name: String, _ symbol: Symbol) -> Symbol? {
    if let first = symbols[name] { return first }
    symbols[name] = symbol
    return nil
  }
}

/// What kinds of names there are; each has a name space of its own.
enum SymbolKind: Int, CaseIterable {
  case server, scope, agent, set, label, patterns, rule

  var noun: String {
    switch self {
    case .server: "server"
    case .scope: "scope"
    case .agent: "agent"
    case .set: "set"
    case .label: "label"
    case .patterns: "pattern set"
    case .rule: "rule"
    }
  }

  var unknown: Diagnostic.Code {
    switch self {
    case .server: .unknownServer
    case .scope: .unknownScope
    case .agent: .unknownAgent
    case .set: .unknownSet
    case .label: .unknownLabel
    case .patterns: .unknownPattern
    case .rule: .unknownRule
    }
  }

  /// How one is declared, for help.
  var example: String {
    switch self {
    case .server: "server NAME from \"NAME.tools.json\""
    case .scope: "scope NAME opens SERVER.TOOL"
    case .agent: "agent NAME when token.sub == \"…\""
    case .set: "set NAME = {\"…\"}"
    case .label: "label NAME \"what it means\""
    case .patterns: "patterns NAME { … }"
    case .rule: "deny NAME on SERVER.TOOL"
    }
  }
}

/// Which files a file sees: itself and everything it reaches through `use`.
struct Visibility {
  private let reached: [[Bool]]

  init(uses: [[Int]]) {
    reached = uses.indices.map { start in
      var seen = [Bool](repeating: false, count: uses.count)
      var waiting = [start]
      while let file = waiting.popLast() {
        if seen[file] { continue }
        seen[file] = true
        waiting += uses[file]
      }
      return seen
    }
  }

  func sees(from file: Int, _ other: Int) -> Bool { reached[file][other] }
}
