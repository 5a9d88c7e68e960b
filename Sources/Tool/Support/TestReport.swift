import Analysis
import Bytecode
import Decision
import Evidence
import JSON
import Semantics
import Text

/// What came of a policy's tests, printed in one of the formats.
struct TestReport {
  private let outcomes: [TestOutcome]
  private let proofs: ProofReport
  private let program: Program
  private let strength: StrengthReport
  private let files: [SourceFile.ID: SourceFile]

  init(_ outcomes: [TestOutcome], _ proofs: ProofReport, _ program: Program, _ strength: StrengthReport, files: [SourceFile]) {
    self.outcomes = outcomes
    self.proofs = proofs
    self.program = program
    self.strength = strength
    self.files = Dictionary(files.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  private var all: Int { outcomes.count + proofs.outcomes.count }
  private var failed: Int { outcomes.count { !$0.passed } + proofs.failures.count }
  /// `12 passed, 1 failed`
  private var summary: String { "\(all - failed) passed, \(failed) failed" }

  func human(colour: Bool) -> String {
    func paint(_ text: String, _ style: String) -> String { colour ? "\u{1B}[\(style)m\(text)\u{1B}[0m" : text }
    let lines = outcomes.map { outcome in
      let mark = outcome.passed ? paint("pass", "32") : paint("FAIL", "1;31")
      return "\(mark)  \(outcome.title)\n" + outcome.failures.map { detail($0, paint, colour: colour) }.joined()
    }
    let proved = zip(proofs.outcomes, proofs.diagnostics).map { outcome, diagnostic in
      let mark = diagnostic == nil ? paint("pass", "32") : paint("FAIL", "1;31")
      let text = diagnostic.map { Renderer(files: Array(files.values), colour: colour).render($0) } ?? ""
      let detail = text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : "  \($0)" }.joined(separator: "\n")
      return "\(mark)  prove \(outcome.proof.name)\n" + detail
    }
    return (lines + proved).joined() + strength.human(colour: colour) + "\n\(paint(summary, failed == 0 ? "1;32" : "1;31"))\n"
  }

  /// The expectation where it stands, and what came instead, in the form of a diagnostic.
  private func detail(_ failure: TestFailure, _ paint: (String, String) -> String, colour: Bool) -> String {
    guard let file = files[failure.range.file] else { return "" }
    let place = file.position(at: failure.range.lower)
    let gutter = String(repeating: " ", count: String(place.line).count)
    let line = file.line(place.line)
    let width = max(1, min(file.text(in: failure.range).unicodeScalars.count, line.unicodeScalars.count - place.column + 1))
    let caret = String(repeating: " ", count: place.column - 1) + String(repeating: "^", count: width)
    var out = "  \(gutter)--> \(file.path):\(place.line):\(place.column)\n"
    out += "  \(place.line) | \(line)\n"
    out += "  \(gutter) | \(paint("\(caret) got \(failure.got)", "1;31"))\n"
    for reason in failure.reasons { out += "  \(gutter) = \(reason)\n" }
    guard let rule = failure.rule else { return out }
    let info = program.rule(rule.rule)
    let picture = ConditionPicture(colour: colour).draw(rule, info)
    if picture.isEmpty { return out }
    out += "  \(gutter) = \(info.name), \(info.file):\(info.line)\n"
    for line in picture.split(separator: "\n") { out += "  \(gutter)     \(line)\n" }
    return out
  }

  var json: Value {
    results.adding(strength.json)
  }

  private var results: Value {
    [
      "passed": number(all - failed), "failed": number(failed),
      "tests": .array(
        outcomes.map { outcome in
          [
            "name": .string(outcome.title), "file": .string(place(outcome.test.range).path),
            "line": number(place(outcome.test.range).line), "passed": .boolean(outcome.passed),
            "failures": .array(
              outcome.failures.map { failure in
                [
                  "expected": .string(text(failure.range)), "got": .string(failure.got), "line": number(place(failure.range).line),
                  "reasons": .array(failure.reasons.map(Value.string)),
                ]
              }),
          ]
        }),
      "proofs": .array(
        zip(proofs.outcomes, proofs.diagnostics).map { outcome, diagnostic in
          [
            "name": .string(outcome.proof.name), "file": .string(place(outcome.proof.nameRange).path),
            "line": number(place(outcome.proof.nameRange).line), "passed": .boolean(diagnostic == nil),
            "message": diagnostic.map { .string($0.message) } ?? .null,
            "counterExample": outcome.witness.map { .string($0.test(named: outcome.proof.name, expecting: "deny")) } ?? .null,
          ]
        }),
    ]
  }

  /// The JUnit XML that continuous integration systems read: one suite a file.
  var junit: String {
    var out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites tests=\"\(all)\" failures=\"\(failed)\">\n"
    let suites = Dictionary(grouping: outcomes) { $0.test.range.file }
    for file in suites.keys.sorted() {
      let tests = suites[file, default: []]
      let path = escaped(files[file]?.path ?? "")
      out += "  <testsuite name=\"\(path)\" tests=\"\(tests.count)\" failures=\"\(tests.count { !$0.passed })\">\n"
      for outcome in tests {
        let line = place(outcome.test.range).line
        out += "    <testcase classname=\"\(path)\" name=\"\(escaped(outcome.title))\" file=\"\(path)\" line=\"\(line)\""
        if outcome.passed {
          out += "/>\n"
          continue
        }
        out += ">\n"
        for failure in outcome.failures {
          let message = escaped("\(text(failure.range)), got \(failure.got)")
          out += "      <failure message=\"\(message)\">\(escaped(failure.reasons.joined(separator: "\n")))</failure>\n"
        }
        out += "    </testcase>\n"
      }
      out += "  </testsuite>\n"
    }
    let proved = Dictionary(grouping: zip(proofs.outcomes, proofs.diagnostics)) { $0.0.proof.nameRange.file }
    for file in proved.keys.sorted() {
      let pairs = proved[file, default: []]
      let path = escaped(files[file]?.path ?? "")
      out += "  <testsuite name=\"\(path) proofs\" tests=\"\(pairs.count)\" failures=\"\(pairs.count { $0.1 != nil })\">\n"
      for (outcome, diagnostic) in pairs {
        let line = place(outcome.proof.nameRange).line
        out += "    <testcase classname=\"\(path)\" name=\"prove \(escaped(outcome.proof.name))\" file=\"\(path)\" line=\"\(line)\""
        guard let diagnostic else {
          out += "/>\n"
          continue
        }
        out += ">\n      <failure message=\"\(escaped(diagnostic.message))\">\(escaped(diagnostic.help ?? ""))</failure>\n    </testcase>\n"
      }
      out += "  </testsuite>\n"
    }
    return out + "</testsuites>\n"
  }

  private func text(_ range: SourceRange) -> String { files[range.file]?.text(in: range) ?? "" }

  private func place(_ range: SourceRange) -> (path: String, line: Int) {
    guard let file = files[range.file] else { return ("", 0) }
    return (file.path, file.position(at: range.lower).line)
  }
}

extension Value {
  /// The members of both.
  fileprivate func adding(_ others: [Value.Member]) -> Value { .object((members ?? []) + others) }
}

/// XML 1.0 text; characters that XML cannot hold become the replacement character.
private func escaped(_ text: String) -> String {
  text.unicodeScalars.reduce(into: "") { out, scalar in
    switch scalar {
    case "&": out += "&amp;"
    case "<": out += "&lt;"
    case ">": out += "&gt;"
    case "\"": out += "&quot;"
    case "\n": out += "&#10;"
    case "\t": out += "\t"
    case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: out += "\u{FFFD}"
    default: out.unicodeScalars.append(scalar)
    }
  }
}
