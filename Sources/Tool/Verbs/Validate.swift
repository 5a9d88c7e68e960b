import ArgumentParser
import Foundation
import JSON
import Schemas
import Semantics

struct Validate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Validate JSON against a JSON Schema, with reasons.",
    discussion: """
      Dialects: draft-04, draft-06, draft-07, 2019-09 and 2020-12, by `$schema`; without it 2020-12. References are never fetched. \
      A file that ends in .jsonl holds one instance a line.

      Exit codes: 0 all valid, 1 one is not, 2 usage, or a schema that cannot be used.

      Example: sallyport validate schema.json instance.json
      """)

  @Argument(help: "The schema.")
  var schema: String

  @Argument(help: "The instance, or many of them in a .jsonl file.")
  var instance: String

  @Flag(help: "Only yes or no, no reasons.")
  var fast = false

  @Flag(help: "Let `format` refuse values; otherwise it only annotates.")
  var formats = false

  @Flag(help: "Print mean microseconds per instance, parsing and validation apart.")
  var benchmark = false

  @Option(help: "With --benchmark: how often each instance is read and validated.")
  var loop = 1

  @Option(help: "How the result is printed: human or json.")
  var format: OutputFormat = .human

  func validate() throws {
    if loop < 1 { throw ValidationError("--loop takes a number from 1 on") }
  }

  func run() throws {
    let compiled = try compile()
    var scratch = ValidationScratch()
    var reports: [Report] = []
    for (name, bytes) in try instances() {
      reports.append(try report(name, bytes, compiled, &scratch))
    }
    let invalid = reports.count { $0.outcome != .valid }
    switch format {
    case .human: for report in reports { Terminal.write(report.human) }
    case .json:
      let value: Value = [
        "total": .number(Number(reports.count)), "invalid": .number(Number(invalid)), "instances": .array(reports.map(\.json)),
      ]
      Terminal.write(write(value, .pretty) + [UInt8(ascii: "\n")])
    }
    if invalid > 0 { throw ExitCode.findings }
  }

  private func compile() throws -> CompiledSchema {
    let value: Value
    do {
      value = try Value(parsing: contents(of: schema))
    } catch let error as ParseError {
      throw Complaint("`\(schema)` is not JSON: \(error.message)")
    }
    do {
      return try CompiledSchema(compiling: value, options: .init(assertsFormats: formats))
    } catch {
      throw Complaint("\(schema): \(error.message)")
    }
  }

  /// What is to be validated, with the names under which results are printed.
  private func instances() throws -> [(name: String, bytes: [UInt8])] {
    let bytes = try contents(of: instance)
    guard instance.hasSuffix(".jsonl") else { return [(instance, bytes)] }
    return bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated().compactMap { number, line in
      line.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") } ? nil : ("\(instance):\(number + 1)", Array(line))
    }
  }

  private func contents(of path: String) throws -> [UInt8] {
    do throws(FileProblem) {
      return try DiskReader().contents(of: path)
    } catch {
      throw Complaint("cannot read `\(path)`: \(describe(error))")
    }
  }

  private func report(
    _ name: String, _ bytes: [UInt8], _ compiled: CompiledSchema, _ scratch: inout ValidationScratch
  ) throws -> Report {
    var report = Report(name: name)
    var document = Document()
    do {
      var parser = DocumentParser()
      try parser.parse(bytes, into: &document)
      report.outcome = compiled.isValid(document, at: document.root, scratch: &scratch)
      if benchmark {
        report.parsing = try microseconds { try parser.parse(bytes, into: &document) }
        report.validation = microseconds { report.outcome = compiled.isValid(document, at: document.root, scratch: &scratch) }
      }
    } catch let error as ParseError {
      report.problem = "not JSON: \(error.message)"
      return report
    }
    if !fast { report.explanation = compiled.explanation(of: document, at: document.root, scratch: &scratch) }
    return report
  }

  /// The mean over `loop` runs.
  private func microseconds(_ body: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    for _ in 0..<loop { try body() }
    let time = (clock.now - start).components
    return (Double(time.seconds) * 1e6 + Double(time.attoseconds) / 1e12) / Double(loop)
  }
}

/// What came of one instance.
private struct Report {
  let name: String
  /// An instance that cannot be read is not valid.
  var outcome = Outcome.invalid
  var problem: String?
  var explanation = Explanation(violations: [], isComplete: true)
  var parsing: Double?
  var validation: Double?

  private var word: String {
    switch outcome {
    case .valid: "valid"
    case .invalid: "invalid"
    case .undecided: "undecided: a limit was reached"
    }
  }

  var human: String {
    var text = "\(name): \(problem ?? word)"
    if let parsing, let validation { text += " (parsing \(Self.rounded(parsing)) us, validation \(Self.rounded(validation)) us)" }
    text += "\n"
    for violation in explanation.violations { text += "  \(violation.message)\n" }
    if !explanation.isComplete { text += "  \(Explanation.more)\n" }
    return text
  }

  var json: Value {
    var members: [Value.Member] = [.init("instance", .string(name)), .init("valid", .boolean(outcome == .valid))]
    if outcome == .undecided { members.append(.init("undecided", true)) }
    if let problem { members.append(.init("problem", .string(problem))) }
    if !explanation.violations.isEmpty { members.append(.init("violations", .array(explanation.violations.map(Self.json)))) }
    if !explanation.isComplete { members.append(.init("complete", false)) }
    if let parsing, let validation {
      members.append(.init("parsingMicroseconds", Self.number(parsing)))
      members.append(.init("validationMicroseconds", Self.number(validation)))
    }
    return .object(members)
  }

  private static func json(_ violation: Violation) -> Value {
    var members: [Value.Member] = [
      .init("instancePath", .string(violation.instancePath.description)), .init("keyword", .string(violation.keyword)),
      .init("expected", .string(violation.expected)), .init("got", .string(violation.got)),
    ]
    if let suggestion = violation.suggestion { members.append(.init("suggestion", .string(suggestion))) }
    return .object(members)
  }

  private static func number(_ microseconds: Double) -> Value { Number(rounded(microseconds)).map(Value.number) ?? .null }

  private static func rounded(_ microseconds: Double) -> String { String(format: "%.3f", microseconds) }
}
