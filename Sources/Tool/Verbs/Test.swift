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

      --coverage says which rules and which outcomes of their tests no call met. --mutate changes the policy in small ways, one at a time, and \
      says which changes no test notices; those that change no decision are left out, by proof.

      Exit codes: 0 all passed, 2 usage, 3 the policy does not compile, 4 a test or proof failed, there was none, or less than --fail-under.

      Example: sallyport test policies/ --format junit > tests.xml
      Example: sallyport test policies/ --coverage --mutate --fail-under 80
      """,
    subcommands: [TestRun.self, TestNew.self], defaultSubcommand: TestRun.self)
}

/// What `test` does when no other word follows. A verb of its own: paths of `test` itself would take the word `new` for one of them.
struct TestRun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run the tests and tables of policies. What `test` does by itself.")

  enum Format: String, ExpressibleByArgument, CaseIterable { case human, json, junit }

  @Argument(help: "Policy files, or folders of them.")
  var paths: [String] = ["."]

  @Option(help: "human, json or junit.")
  var format: Format = .human

  @Flag(help: "Say which rules and outcomes of tests were met.")
  var coverage = false

  @Flag(help: "Say which small mistakes in the policy the tests would not notice.")
  var mutate = false

  @Option(help: "Seconds for --mutate; what there was no time for is counted.")
  var mutationTime = 60

  @Option(help: "Exit with 4 when coverage, or the part of mistakes that are noticed, is less than this, in percent.")
  var failUnder: Int?

  func validate() throws {
    if failUnder != nil, !coverage, !mutate { throw ValidationError("--fail-under goes with --coverage or --mutate") }
    guard (1...86_400).contains(mutationTime), (0...100).contains(failUnder ?? 0) else {
      throw ValidationError("--mutation-time is 1 to 86400 seconds, --fail-under 0 to 100 percent")
    }
  }

  func run() throws {
    let policies = try requirePolicies(paths)
    let program = try compiled(policies)
    var runner = TestRunner(CallJudge(policies, program))
    let now = Moment(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
    let outcomes = policies.tests.map { runner.run($0, start: now) }
    let proofs = ProofReport(policies, program)
    let strength = StrengthReport(
      coverage: coverage ? runner.coverage : nil, mutation: outcomes.allSatisfy(\.passed) ? mutation(policies, start: now) : nil, program,
      files: policies.files)
    let report = TestReport(outcomes, proofs, program, strength, files: policies.files)
    switch format {
    case .human: Terminal.write(report.human(colour: Terminal.hasColour(.output)))
    case .json: Terminal.write(write(report.json, .pretty) + [UInt8(ascii: "\n")])
    case .junit: Terminal.write(report.junit)
    }
    if outcomes.isEmpty, proofs.outcomes.isEmpty {
      throw Complaint("there is no test", help: "`test \"…\" { as … call … expect … }` (docs/language/testing.md)", exitCode: .testsFailed)
    }
    if !outcomes.allSatisfy(\.passed) || !proofs.failures.isEmpty { throw ExitCode.testsFailed }
    if let failUnder, strength.percents.contains(where: { $0 < failUnder }) { throw ExitCode.testsFailed }
  }

  private func mutation(_ policies: CheckedPolicies, start: Moment) -> MutationRun? {
    guard mutate, !policies.tests.isEmpty else { return nil }
    let end = ContinuousClock.now + .seconds(mutationTime)
    return MutationRun(policies, start: start) { ContinuousClock.now < end }
  }
}
