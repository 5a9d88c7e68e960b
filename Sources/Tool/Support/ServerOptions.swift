import ArgumentParser
import Gateway
import Logging

/// Options of the verbs that start a server.
struct ServerOptions: ParsableArguments {
  @Argument(
    parsing: .postTerminator,
    help: ArgumentHelp("The command that starts the server, after `--`. No shell is involved.", valueName: "command"))
  var command: [String] = []

  func validate() throws {
    if command.isEmpty { throw ValidationError("say after `--` which command starts the server: `-- your-mcp-server --its --flags`") }
  }
}

/// Options of the verbs that log.
struct LogOptions: ParsableArguments {
  /// The levels of swift-log.
  enum Level: String, ExpressibleByArgument, CaseIterable {
    case trace, debug, info, notice, warning, error, critical
  }

  @Option(help: "The least that is logged on standard error. Calls that go through are info, denials are notice.")
  var logLevel = Level.info

  func logger(_ stream: LogStream) -> Logger {
    let level = Logger.Level(rawValue: logLevel.rawValue) ?? .info
    return Logger(label: "sallyport") { JSONLogHandler(label: $0, level: level, stream: stream) }
  }
}

/// How a verb prints its result.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case human, json
}
