import Compilation
import Foundation
import JSON
import Semantics
import Syntax
import Text

/// `CheckBenchmark`: what each stage of `sallyport check` takes, for growing policies and snapshots.
/// `CheckBenchmark write FOLDER LINES TOOLS`: only the files, for measuring the tool itself.
@main enum Main {
  static func main() throws {
    let arguments = CommandLine.arguments
    if arguments.count == 5, arguments[1] == "write", let lines = Int(arguments[3]), let tools = Int(arguments[4]) {
      for (name, bytes) in try GeneratedFiles(lines: lines, tools: tools).contents {
        try Data(bytes).write(to: URL(filePath: arguments[2]).appending(path: name))
      }
      return
    }
    print("  lines  tools  parse  snapshot  check  compile  together, ms (medians of \(Subject.runs))")
    for (lines, tools) in [
      (1_250, 1_000), (2_500, 1_000), (5_000, 1_000), (10_000, 1_000), (20_000, 1_000), (10_000, 2_000), (10_000, 4_000),
    ] {
      let times = try Subject(GeneratedFiles(lines: lines, tools: tools)).measure()
      let columns = [times.parse, times.snapshot, times.check, times.compile, times.together]
      let widths = [5, 8, 5, 7, 8]
      print(
        padded("\(lines)", 7), padded("\(tools)", 5), zip(columns, widths).map { padded(tenths($0), $1) }.joined(separator: "  "),
        separator: "  ")
    }
  }

  private static func tenths(_ milliseconds: Double) -> String { String(format: "%.1f", milliseconds) }

  private static func padded(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }
}

/// A policy and a snapshot in `sallyport snapshot`'s own format, whose digests are verified.
struct GeneratedFiles: FileReader {
  let contents: [String: [UInt8]]

  init(lines: Int, tools: Int) throws {
    let generated = GeneratedPolicy(lines: lines, tools: tools)
    let definitions = try Value(parsing: Array(generated.snapshot.utf8))["tools"]?.elements ?? []
    contents = ["policy.sally": Array(generated.text.utf8), "tools.json": Snapshot.bytes(of: .init(tools: definitions))]
  }

  func contents(of path: String) throws(FileProblem) -> [UInt8] {
    guard let bytes = contents[path] else { throw .missing }
    return bytes
  }

  func neighbours(of path: String) -> [String] { [] }
}

struct Subject {
  static let runs = 15

  /// Milliseconds.
  struct Times {
    var parse = 0.0
    var snapshot = 0.0
    var check = 0.0
    var compile = 0.0
    var together: Double { parse + snapshot + check + compile }
  }

  let files: GeneratedFiles

  init(_ files: GeneratedFiles) { self.files = files }

  func measure() throws -> Times {
    let runs = try (0..<Subject.runs).map { _ in try once() }
    func median(_ part: (Times) -> Double) -> Double { runs.map(part).sorted()[runs.count / 2] }
    return Times(parse: median(\.parse), snapshot: median(\.snapshot), check: median(\.check), compile: median(\.compile))
  }

  private func once() throws -> Times {
    var times = Times()
    let source = SourceFile(id: .init(0), path: "policy.sally", bytes: try files.contents(of: "policy.sally"))
    times.parse = milliseconds { _ = parse(source) }
    var sources: Sources?
    // `load` parses and reads the snapshot.
    times.snapshot = milliseconds { sources = load(["policy.sally"], reader: files).value } - times.parse
    guard let sources else { return times }
    var policies: CheckedPolicies?
    times.check = milliseconds { policies = check(sources).value }
    guard let policies else { fatalError("the generated policy does not check") }
    try times.compile = milliseconds { _ = try compile(policies, generation: 1) }
    return times
  }

  private func milliseconds(_ work: () throws -> Void) rethrows -> Double {
    let time = try ContinuousClock().measure(work).components
    return Double(time.seconds) * 1e3 + Double(time.attoseconds) / 1e15
  }
}
