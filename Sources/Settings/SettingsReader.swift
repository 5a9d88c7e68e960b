package import Text

/// Takes settings out of one table, each with its type, and remembers what is wrong: all of it, not the first of it.
package struct SettingsReader {
  private let table: SettingsTable
  private var asked: [String] = []
  package private(set) var diagnostics: [Diagnostic] = []

  package init(_ table: SettingsTable) { self.table = table }

  package mutating func text(_ name: String) -> (text: String, range: SourceRange)? {
    guard let setting = setting(name) else { return nil }
    guard case .text(let text) = setting.value else {
      complain(setting, "`\(name)` is a text, not \(setting.value.kind)")
      return nil
    }
    return (text, setting.range)
  }

  /// - Parameter needed: what it is for, to be said when it is missing.
  package mutating func text(_ name: String, needed: String) -> (text: String, range: SourceRange)? {
    if find(name) == nil { miss(name, needed) }
    return text(name)
  }

  /// Nil: it is missing or wrong; `whole` has said so.
  package mutating func whole(_ name: String, in range: ClosedRange<Int64>, unit: String) -> Int64? {
    guard let setting = setting(name) else { return nil }
    guard case .whole(let number) = setting.value, range.contains(number) else {
      complain(setting, "`\(name)` is a whole number of \(unit) from \(range.lowerBound) to \(range.upperBound)")
      return nil
    }
    return number
  }

  package mutating func boolean(_ name: String) -> Bool? {
    guard let setting = setting(name) else { return nil }
    guard case .boolean(let value) = setting.value else {
      complain(setting, "`\(name)` is `true` or `false`, not \(setting.value.kind)")
      return nil
    }
    return value
  }

  package mutating func texts(_ name: String) -> [(text: String, range: SourceRange)]? {
    guard let setting = setting(name) else { return nil }
    guard case .list(let elements) = setting.value else {
      complain(setting, "`\(name)` is a list of texts, not \(setting.value.kind)", help: "write it in brackets: `\(name) = [\"…\"]`")
      return nil
    }
    return elements.compactMap { element in
      guard case .text(let text) = element.value else {
        complain(element, "`\(name)` is a list of texts; this is \(element.value.kind)")
        return nil
      }
      return (text, element.range)
    }
  }

  package mutating func path(_ name: String) -> String? { text(name).flatMap { path(name, $0) } }

  package mutating func paths(_ name: String) -> [String]? { texts(name)?.compactMap { path(name, $0) } }

  private mutating func path(_ name: String, _ value: (text: String, range: SourceRange)) -> String? {
    guard value.text.hasPrefix("/"), !value.text.utf8.contains(0) else {
      complain(
        value.range, "`\(name)` is a path from the root", "does not begin with `/`",
        help: "where a relative path leads depends on where the gate is started")
      return nil
    }
    return value.text
  }

  /// One of a few words.
  package mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(_ name: String) -> Choice? {
    guard let (text, range) = text(name) else { return nil }
    let words = Choice.allCases.map(\.rawValue)
    guard let choice = Choice(rawValue: text) else {
      complain(
        range, "`\(name)` is \(words.map { "`\($0)`" }.joined(separator: ", "))",
        help: nearest(to: text, among: words).map { "did you mean `\($0)`?" })
      return nil
    }
    return choice
  }

  package func has(_ name: String) -> Bool { find(name) != nil }

  package mutating func complain(_ range: SourceRange, _ message: String, _ label: String = "this", help: String? = nil) {
    diagnostics.append(Diagnostic(.wrongSetting, message, at: .init(range, label), help: help))
  }

  package mutating func complain(about name: String, _ message: String, help: String? = nil) {
    complain(find(name)?.nameRange ?? table.range, message, help: help)
  }

  /// Without the line itself, which may hold a secret.
  package mutating func complainOfTable(_ message: String, help: String? = nil) {
    complain(table.range, message, "in this table", help: help)
  }

  package mutating func miss(_ name: String, _ purpose: String) {
    diagnostics.append(
      Diagnostic(
        .missingSetting, "`\(table.name)` needs `\(name)`: \(purpose)", at: .init(table.range, "has no `\(name)`"),
        help: "add a line `\(name) = …` below"))
  }

  /// What nobody asked for. To be called last.
  package mutating func finish() -> [Diagnostic] {
    for entry in table.entries where !asked.contains(entry.name) {
      let help =
        nearest(to: entry.name, among: asked).map { "did you mean `\($0)`?" }
        ?? "`\(table.name)` knows \(asked.map { "`\($0)`" }.joined(separator: ", "))"
      diagnostics.append(
        Diagnostic(.unknownSetting, "`\(table.name)` has no setting `\(entry.name)`", at: .init(entry.nameRange, "not known"), help: help))
    }
    return diagnostics.sorted { $0.primary.range < $1.primary.range }
  }

  private mutating func setting(_ name: String) -> Setting? {
    asked.append(name)
    return find(name)?.setting
  }

  private func find(_ name: String) -> SettingsTable.Entry? { table.entries.first { $0.name == name } }

  private mutating func complain(_ setting: Setting, _ message: String, help: String? = nil) {
    complain(setting.range, message, help: help)
  }
}
