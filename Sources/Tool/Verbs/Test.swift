import ArgumentParser
import Bytecode
import Evidence
import Foundation
import JSON
import Semantics
import Text

struct Test: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run the tests and tables of policies on the engine that decides for agents, and try their proofs.",
    discussion: """
      No test at all is a failure. A test that sets no time runs now.

      Exit codes: 0 all passed, 2 usage, 3 the policy does not compile, 4 a test or proof failed or there was none.

      Example: sallyport test policies/ --format junit > tests.xml
      """,
    subcommands: [TestNew.self])

  enum Format: String, ExpressibleByArgument, CaseIterable { case human, json, junit }

  @Argument(help: "Policy files, or folders of them.")
  var paths: [String] = ["."]

  @Option(help: "human, json or junit.")
  var format: Format = .human

  func run() throws {
    let policies = try requirePolicies(paths)
    let program = try compiled(policies)
    var runner = TestRunner(CallJudge(policies, program))
    let now = Moment(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
    let outcomes = policies.tests.map { runner.run($0, start: now) }
    let proofs = ProofReport(policies, program)
    let report = TestReport(outcomes, proofs, files: policies.files)
    switch format {
    case .human: Terminal.write(report.human(colour: Terminal.hasColour(.output)))
    case .json: Terminal.write(write(report.json, .pretty) + [UInt8(ascii: "\n")])
    case .junit: Terminal.write(report.junit)
    }
    if outcomes.isEmpty, proofs.outcomes.isEmpty {
      throw Complaint("there is no test", help: "`test \"…\" { as … call … expect … }` (docs/language/testing.md)", exitCode: .testsFailed)
    }
    if !outcomes.allSatisfy(\.passed) || !proofs.failures.isEmpty { throw ExitCode.testsFailed }
  }
}
