import ArgumentParser
import Formatting
import Foundation
import JSON
import Semantics
import Syntax
import Text

struct Fmt: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write policies in the one style; comments stay.",
    discussion: """
      A file that does not parse is left as it is. `-` reads standard input and writes standard output.

      Exit codes: 0 done (or nothing to do), 1 with --check when a file would change, 2 usage, 3 a file does not parse.

      Example: sallyport fmt --check policies/
      """)

  @Argument(help: "Policy files, folders of them, or - for standard input.")
  var paths: [String] = ["."]

  @Flag(help: "Change nothing; name the files that would change.")
  var check = false

  @Option(help: "How the files are named: human or json.")
  var format: OutputFormat = .human

  func run() throws {
    if paths == ["-"] { return try formatStandardInput() }
    var broken: [String] = []
    var changed: [String] = []
    for path in try policyFiles(paths) {
      let bytes = try read(path)
      guard let text = canonical(SourceFile(id: .init(0), path: path, bytes: bytes)) else {
        broken.append(path)
        continue
      }
      guard Array(text.utf8) != bytes else { continue }
      changed.append(path)
      if !check { try replace(path, with: text) }
    }
    switch format {
    case .human: for path in changed { Terminal.write(check ? "\(path) is not formatted\n" : "formatted \(path)\n") }
    case .json:
      let report: Value = [
        "changed": .array(changed.map(Value.string)), "broken": .array(broken.map(Value.string)), "written": .boolean(!check),
      ]
      Terminal.write(write(report, .pretty) + [UInt8(ascii: "\n")])
    }
    if !broken.isEmpty { throw ExitCode.policyRejected }
    if check && !changed.isEmpty { throw ExitCode.findings }
  }

  private func formatStandardInput() throws {
    let bytes = try FileHandle.standardInput.readToEnd() ?? Data()
    guard let text = canonical(SourceFile(id: .init(0), path: "<stdin>", bytes: Array(bytes))) else { throw ExitCode.policyRejected }
    if !check { return Terminal.write(text) }
    if Array(text.utf8) != Array(bytes) { throw ExitCode.findings }
  }

  /// Nil when the file does not parse; why is then on standard error.
  private func canonical(_ file: SourceFile) -> String? {
    let parsed = Syntax.parse(file)
    guard !parsed.hasErrors else {
      let report = DiagnosticReport(parsed.diagnostics, files: [file])
      Terminal.write(report.human(colour: Terminal.hasColour(.errors)), to: .errors)
      return nil
    }
    return Formatting.format(parsed.value)
  }

  private func read(_ path: String) throws -> [UInt8] {
    do throws(FileProblem) {
      return try DiskReader().contents(of: path)
    } catch {
      switch error {
      case .missing: throw Complaint("there is no file `\(path)`")
      case .isFolder: throw Complaint("`\(path)` is a folder")
      case .unreadable(let reason): throw Complaint("cannot read `\(path)`: \(reason)")
      }
    }
  }

  /// In one step, so that a full disk or a crash leaves the old text.
  private func replace(_ path: String, with text: String) throws {
    do {
      try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
    } catch {
      throw Complaint("cannot write `\(path)`")
    }
  }
}
