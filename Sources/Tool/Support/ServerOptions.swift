import ArgumentParser

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

/// How a verb prints its result.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case human, json
}
