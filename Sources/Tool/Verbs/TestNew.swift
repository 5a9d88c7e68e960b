import Analysis
import ArgumentParser
import Foundation
import JSON
import Replaying

struct TestNew: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Make a test of a recorded call, to be put into a policy.",
    discussion: """
      The line is that of a `call` in a recording, as `replay` names it. Where the recording has a digest, a text of x stands, and a comment says so.

      Exit codes: 0 done, 2 usage, or the line makes no test.

      Example: sallyport test new --from traffic.jsonl#12 >> policies/tests.sally
      """)

  @Option(help: "A recording and a line of it: traffic.jsonl#12.")
  var from: String

  @Option(help: "What the test is called. Default: what was called, and when.")
  var name: String?

  func run() throws {
    guard let mark = from.lastIndex(of: "#"), let number = Int(from[from.index(after: mark)...]), number > 0 else {
      throw Complaint("`\(from)` names no line", help: "FILE#N, as in traffic.jsonl#12")
    }
    let test: RecordedTest
    do {
      test = try RecordedTest(String(from[..<mark]), line: number)
    } catch let failure as LineSource.Failed {
      throw Complaint("cannot read \(from[..<mark]): \(failure.reason)")
    } catch let failure as RecordedTest.Unusable {
      throw Complaint("line \(number) makes no test: \(failure.reason)")
    }
    Terminal.write(text(test))
  }

  private func text(_ test: RecordedTest) -> String {
    let date = Date(timeIntervalSince1970: Double(test.moment / 1_000)).formatted(.iso8601)
    let title = name ?? "\(test.target.filter { $0 != "\"" }) at \(date)"
    var lines = ["test \(sally(.string(title))) {"]
    if !test.labels.isEmpty {
      lines.append("  // The session had \(test.labels.joined(separator: ", ")); put calls that set these before this one.")
    }
    for place in test.masked { lines.append("  // \(place.filter { !$0.isNewline }) was recorded as a digest; x stands for it.") }
    let given = test.claims.map { "\($0.name) = \(sally($0.value))" }
    lines.append("  as \(test.agent)" + (given.isEmpty ? "" : " with \(given.joined(separator: ", "))"))
    lines.append("  at \(date)")
    lines.append("  call \(test.target)" + (test.arguments.map { " \(sally($0))" } ?? ""))
    lines.append("  expect \(test.expectation)")
    return (lines + ["}"]).joined(separator: "\n") + "\n"
  }
}
