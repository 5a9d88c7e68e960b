import ArgumentParser
import Settings
import Text

/// Options that a table of the configuration file can say in their place: both end in the same values.
protocol TableOptions: ParsableArguments {
  static var table: String { get }
  /// Names of the options that were said.
  var said: [String?] { get }
  /// Takes over the table.
  mutating func read(_ reader: inout SettingsReader)
}

extension TableOptions {
  /// The name of an option if it was said.
  func option(_ name: String, _ value: (some Any)?) -> String? { value.map { _ in name } }

  /// Takes over what the file says, if it says anything.
  ///
  /// - Throws: when an option says it as well.
  mutating func read(_ file: SettingsFile) throws -> [Diagnostic] {
    guard let table = file.tables(Self.table).first else { return [] }
    if let name = said.compactMap({ $0 }).first {
      throw ValidationError("the file has a table `[\(Self.table)]`, so \(name) is said there")
    }
    var reader = SettingsReader(table)
    read(&reader)
    return reader.finish()
  }
}

extension SettingsReader {
  /// `90d`, `12h`, `30m`, `45s`
  mutating func span(_ name: String, in range: ClosedRange<Int64>? = nil, help: String) -> Span? {
    guard let (text, place) = text(name) else { return nil }
    guard let span = Span(argument: text), range?.contains(span.milliseconds) ?? true else {
      complain(place, "`\(name)` is no length of time that can be used", help: help)
      return nil
    }
    return span
  }
}
