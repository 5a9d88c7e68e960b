import DemoServer

/// The server that `sallyport demo` stands in front of, to try policies on: `sallyport wrap --policy … -- sallyport-demo-server`.
@main enum Main {
  static func main() { serveDemo(isDrifted: CommandLine.arguments.contains("--drifted")) }
}
