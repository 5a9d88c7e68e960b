import Analysis
import ArgumentParser
import Bytecode
import Compilation
import Evidence
import Foundation
import JSON
import Semantics
import Text

struct Diff: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what a change of policy means for every call: what is wider, what is narrower, with a call that shows it.",
    discussion: """
      OLD and NEW are policy files or folders, on the disk or of a commit: `main:policies/`.

      Exit codes: 0 nothing is let through that was not, 2 usage, 3 a policy does not compile, 5 something is wider, or may be, and \
      --approve-widening was not given.

      Example: sallyport diff main:policies/ policies/ --format markdown
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case human, json, markdown, sarif, github }

  @Argument(help: "The policy as it was: a path, or COMMIT:PATH.")
  var old: String

  @Argument(help: "The policy as it is to be: a path, or COMMIT:PATH.")
  var new: String

  @Option(help: "human, json, markdown (for a comment), sarif (code scanning) or github (annotations of a workflow).")
  var format: Format = .human

  @Option(help: "A recording: how many of its calls change, as `replay` tells it.")
  var traffic: String?

  @Flag(help: "Show the fingerprints of both as well. Every target is looked at for them, so it takes longer.")
  var fingerprints = false

  @Flag(help: "Widening is what is wanted: exit with 0.")
  var approveWidening = false

  func run() throws {
    let (before, after) = (try policies(old), try policies(new))
    let report = try DifferenceReport(before, after, withFingerprints: fingerprints)
    switch format {
    case .human: Terminal.write(report.human(colour: Terminal.hasColour(.output)))
    case .json: Terminal.write(write(report.json, .pretty) + [UInt8(ascii: "\n")])
    case .markdown: Terminal.write(report.markdown)
    case .sarif: Terminal.write(write(DiagnosticReport(report.diagnostics, files: after.files).sarif, .pretty) + [UInt8(ascii: "\n")])
    case .github: Terminal.write(DiagnosticReport(report.diagnostics, files: after.files).github)
    }
    if let traffic {
      let isForPeople = format == .human || format == .markdown
      Terminal.write(try TrafficDifference(traffic, before, after).text, to: isForPeople ? .output : .errors)
    }
    if report.comparison.mayWiden, !approveWidening { throw ExitCode.widening }
  }

  private func policies(_ place: String) throws -> CheckedPolicies {
    if FileManager.default.fileExists(atPath: place) || !place.contains(":") { return try requirePolicies([place]) }
    let reader = try CommitReader(place)
    return try requirePolicies(try reader.policyFiles(), reader: reader)
  }
}
