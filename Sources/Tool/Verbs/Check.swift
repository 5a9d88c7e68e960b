import Analysis
import ArgumentParser
import Bytecode
import Compilation
import Foundation
import JSON
import Linting
import Semantics
import Syntax
import Text

struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Read policies as a compiler does: syntax, names, types, phases, rules that cannot work, proofs, lints.",
    discussion: """
      `@allow("name")` before a declaration silences a warning or note of that name there.

      Exit codes: 0 clean (notes may be printed), 1 warnings, 2 usage, 3 errors, 4 a proof failed and nothing else is wrong.

      Example: sallyport check policies/ --format github
      """)

  @Argument(help: "Policy files, or folders of them.")
  var paths: [String] = ["."]

  @Option(help: "human, json, sarif (code scanning) or github (annotations of a workflow).")
  var format: DiagnosticFormat = .human

  @Flag(help: "First apply the fixes of warnings and notes that do not change what the policy means.")
  var fix = false

  func run() throws {
    let files = try policyFiles(paths)
    let now = MomentLiteral(milliseconds: Int64(Date().timeIntervalSince1970 * 1000), isDay: false)
    if fix { try applyFixes(files, now) }
    let loaded = loadPolicies(files, reader: DiskReader(), now: now)
    var diagnostics = loaded.diagnostics
    var bound: Int?
    if let policies = loaded.policies {
      do {
        let program = try compile(policies, generation: 1)
        bound = program.costliestDecision
        diagnostics = findings(loaded, policies, now) + ProofReport(policies, program).failures
      } catch {
        diagnostics += error.diagnostics
      }
    }
    let report = DiagnosticReport(diagnostics, files: loaded.files)
    switch format {
    case .human: Terminal.write(human(report, loaded.policies, bound))
    case .json: Terminal.write(write(json(report, bound), .pretty) + [UInt8(ascii: "\n")])
    case .sarif: Terminal.write(write(report.sarif, .pretty) + [UInt8(ascii: "\n")])
    case .github: Terminal.write(report.github)
    }
    if diagnostics.contains(where: { $0.severity == .error && !$0.isOfProof }) { throw ExitCode.policyRejected }
    if report.count(.error) > 0 { throw ExitCode.testsFailed }
    if report.count(.warning) > 0 { throw ExitCode.findings }
  }

  /// What is to be said of policies that mean something, proofs aside.
  private func findings(_ loaded: LoadedPolicies, _ policies: CheckedPolicies, _ now: MomentLiteral) -> [Diagnostic] {
    let input = LintInput(policies: policies, trees: loaded.sources.ownTrees, now: now)
    return lint(input, others: loaded.diagnostics + ruleFindings(policies, beside: loaded.diagnostics))
  }

  private func applyFixes(_ files: [String], _ now: MomentLiteral) throws {
    let fixer = PolicyFixer(files) { loaded, policies in findings(loaded, policies, now) }
    let count = try fixer.fix()
    Terminal.say(count == 0 ? "nothing to fix" : "fixed \(counted(count, "file"))")
  }

  private func human(_ report: DiagnosticReport, _ policies: CheckedPolicies?, _ bound: Int?) -> String {
    let findings = report.human(colour: Terminal.hasColour(.output))
    let verdict = report.summary ?? Terminal.painted("no findings", "1;32")
    guard let policies else { return findings + (findings.isEmpty ? "" : "\n") + verdict + "\n" }
    let tools = policies.servers.reduce(0) { $0 + $1.snapshot.tools.count }
    let parts = [
      counted(policies.files.count, "file"), counted(policies.servers.count, "server"), counted(tools, "tool"),
      counted(policies.rules.count, "rule"), counted(policies.tests.count, "test"), counted(policies.proofs.count, "proof"),
    ]
    let cost = bound.map { "\nno decision takes more than \(counted($0, "test")) of a fact" } ?? ""
    return findings + (findings.isEmpty ? "" : "\n") + "\(verdict) in \(parts.joined(separator: ", "))\(cost)\n"
  }

  private func json(_ report: DiagnosticReport, _ bound: Int?) -> Value {
    [
      "errors": number(report.count(.error)), "warnings": number(report.count(.warning)), "diagnostics": report.json,
      "costliestDecision": bound.map { number($0) } ?? .null,
    ]
  }
}

extension DiagnosticFormat: ExpressibleByArgument {}

extension Diagnostic {
  /// Whether it says that a `prove` failed.
  fileprivate var isOfProof: Bool { code == .refutedProof || code == .undecidedProof }
}

/// `1 rule`, `2 rules`
func counted(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
