package import Text

/// A value of a configuration file, with its place.
package struct Setting: Sendable {
  package enum Value: Sendable {
    case text(String)
    case whole(Int64)
    case boolean(Bool)
    case list([Setting])

    /// For messages.
    var kind: String {
      switch self {
      case .text: "a text"
      case .whole: "a whole number"
      case .boolean: "`true` or `false`"
      case .list: "a list"
      }
    }
  }

  package let value: Value
  package let range: SourceRange
}

/// `[NAME]` or `[[NAME]]` and the settings under it.
package struct SettingsTable: Sendable {
  package struct Entry: Sendable {
    package let name: String
    package let nameRange: SourceRange
    package let setting: Setting
  }

  package let name: String
  /// Of the header.
  package let range: SourceRange
  /// One of several: its header has two brackets.
  package let isRepeated: Bool
  package internal(set) var entries: [Entry]
}

/// A configuration file: tables in the order they stand in. What the words mean is for whoever reads them.
package struct SettingsFile: Sendable {
  package let source: SourceFile
  package let tables: [SettingsTable]

  package func tables(_ name: String) -> [SettingsTable] { tables.filter { $0.name == name } }

  /// What is wrong when a table has none of these names.
  ///
  /// - Parameter known: names, and whether a table may be repeated.
  package func check(_ known: [(name: String, isRepeated: Bool)]) -> [Diagnostic] {
    tables.compactMap { table in
      guard let match = known.first(where: { $0.name == table.name }) else {
        let help =
          nearest(to: table.name, among: known.map(\.name)).map { "did you mean `\($0)`?" }
          ?? "the tables are \(known.map { "`\($0.name)`" }.joined(separator: ", "))"
        return Diagnostic(.unknownSetting, "there is no table `\(table.name)`", at: .init(table.range, "not known"), help: help)
      }
      guard match.isRepeated != table.isRepeated else { return nil }
      let proper = match.isRepeated ? "[[\(table.name)]]" : "[\(table.name)]"
      let reason = match.isRepeated ? "there may be several of them" : "there is one of it"
      return Diagnostic(
        .wrongSetting, "the header of `\(table.name)` is `\(proper)`", at: .init(table.range, reason), help: "write `\(proper)`")
    }
  }
}
