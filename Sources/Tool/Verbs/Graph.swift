import Analysis
import ArgumentParser
import JSON

struct Graph: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say who can call what, and when: over all calls, not by reading the rules.",
    discussion: """
      A target without anybody is closed. One that is said to be unknown has too many cases, or its server decides what there is (resources).

      Exit codes: 0 done, 2 usage, 3 a policy does not compile.

      Example: sallyport graph policies/ --format dot | dot -Tsvg > access.svg
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case human, markdown, dot, html, json }

  @Argument(help: "Policy files, or folders of them.")
  var paths: [String] = ["."]

  @Option(help: "human, markdown, dot (Graphviz), html (one page, nothing else needed) or json.")
  var format: Format = .human

  func run() throws {
    let report = AccessReport(access(try requirePolicies(paths)))
    switch format {
    case .human: Terminal.write(report.human)
    case .markdown: Terminal.write(report.markdown)
    case .dot: Terminal.write(report.dot)
    case .html: Terminal.write(report.html)
    case .json: Terminal.write(write(report.json, .pretty) + [UInt8(ascii: "\n")])
    }
  }
}
