import ArgumentParser
import Gateway
import Logging
import Settings

/// Options of the verbs that log.
struct LogOptions: TableOptions {
  /// The levels of swift-log.
  enum Level: String, ExpressibleByArgument, CaseIterable {
    case trace, debug, info, notice, warning, error, critical
  }

  enum Arguments: String, ExpressibleByArgument, CaseIterable {
    case sizes, redacted
  }

  @Option(
    name: .customLong("log-level"),
    help: "The least that is logged on standard error. Calls that go through are info, denials are notice. Default: info.")
  var level: Level?

  @Option(
    name: .customLong("log-arguments"),
    help: """
      What the log and spans show of arguments: sizes, or values with secrets and personal data taken out (redacted). Default: sizes.
      """)
  var arguments: Arguments?

  static let table = "log"
  var said: [String?] { [option("--log-level", level), option("--log-arguments", arguments)] }

  mutating func read(_ reader: inout SettingsReader) {
    level = reader.choice("level")
    arguments = reader.choice("arguments")
  }

  var showsArguments: Bool { arguments == .redacted }

  func logger(_ stream: LogStream) -> Logger {
    let level = level.flatMap { Logger.Level(rawValue: $0.rawValue) } ?? .info
    return Logger(label: "sallyport") { JSONLogHandler(label: $0, level: level, stream: stream) }
  }
}
