import ArgumentParser
import DemoServer

/// The server that `demo` stands in front of, to try policies on: `sallyport wrap --policy … -- sallyport demo-server`.
struct DemoServerVerb: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo-server", abstract: "The made-up MCP server of the demo, on stdio.", shouldDisplay: false)

  @Flag(help: "Offer one tool in another form than the one that was reviewed.")
  var drifted = false

  func run() { serveDemo(isDrifted: drifted) }
}
