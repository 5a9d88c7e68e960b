import Analysis
import Bytecode
import Evidence
import JSON
import Semantics
import Text

/// What tests are worth: which rules and outcomes they met, and which mistakes they would not notice.
struct StrengthReport {
  /// Nil: not asked for.
  private let coverage: TestCoverage?
  /// Nil: not asked for, or not to be had because tests failed.
  private let mutation: MutationRun?
  private let program: Program
  private let files: [SourceFile.ID: SourceFile]
  /// Survivors that are shown to a person.
  private static let shown = 20

  init(coverage: TestCoverage?, mutation: MutationRun?, _ program: Program, files: [SourceFile]) {
    self.coverage = coverage
    self.mutation = mutation
    self.program = program
    self.files = Dictionary(files.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Of what was asked for.
  var percents: [Int] { [coverage?.percent, mutation?.percent].compactMap(\.self) }

  // MARK: For people

  func human(colour: Bool) -> String {
    func paint(_ text: String, _ style: String) -> String { colour ? "\u{1B}[\(style)m\(text)\u{1B}[0m" : text }
    return (coverage.map { table($0, paint) } ?? "") + (mutation.map { survivors($0, paint) } ?? "")
  }

  private func table(_ coverage: TestCoverage, _ paint: (String, String) -> String) -> String {
    var out = "\ncoverage \(coverage.percent) %: \(coverage.appliedRules) of \(counted(coverage.rules.count, "rule")) applied, "
    out += "\(coverage.seenOutcomes) of \(counted(coverage.outcomes, "outcome")) of their tests seen\n"
    for (rule, info) in zip(coverage.rules, program.rules) {
      // What is covered needs no lines.
      if rule.applied > 0, rule.tests.allSatisfy({ $0.seen == 2 }) { continue }
      let calls = rule.asked == 0 ? "no call" : "\(counted(rule.asked, "call")), applied to \(rule.applied)"
      out += "  \(rule.applied > 0 ? info.name : paint(info.name, "1;31"))  \(calls)  \(info.file):\(info.line)\n"
      for (test, atom) in zip(rule.tests, info.atoms) where test.seen < 2 && rule.asked > 0 {
        let said = test.seen == 0 ? "never asked" : test.met > 0 ? "always met" : "never met"
        out += "    \(paint(said, "31"))  \(atom.isNegated ? "not " : "")\(atom.text)\n"
      }
    }
    return out
  }

  private func survivors(_ mutation: MutationRun, _ paint: (String, String) -> String) -> String {
    let tried = mutation.all - mutation.untried
    var out = "\nmutants \(mutation.percent) %: \(mutation.killed) noticed, \(mutation.survivors.count) not, "
    out += "\(mutation.equivalent) decide as the policy does"
    if mutation.untried > 0 { out += "; \(tried) of \(mutation.all) were tried in the time" }
    out += "\n"
    for survivor in mutation.survivors.prefix(Self.shown) {
      let (path, line) = place(survivor.mutant.range)
      out += "  \(paint("not noticed", "1;31"))  \(survivor.mutant.name): \(survivor.mutant.change)  \(path):\(line)\n"
      switch survivor.effect {
      case .some(let words, _, _): out += "    no test has \(words)\n"
      case .unknown, .none: out += "    whether any call shows it is not known\n"
      }
      if let test = suggestion(survivor) { out += test.split(separator: "\n").map { "      \($0)\n" }.joined() }
    }
    let rest = mutation.survivors.count - Self.shown
    if rest > 0 { out += "  and \(rest) more, in --format json\n" }
    return out
  }

  private func suggestion(_ survivor: MutationRun.Survivor) -> String? {
    guard case .some(let words, let witness?, let expected) = survivor.effect else { return nil }
    return witness.test(named: "\(survivor.mutant.name): \(words)", expecting: expected)
  }

  private func place(_ range: SourceRange) -> (path: String, line: Int) {
    guard let file = files[range.file] else { return ("", 0) }
    return (file.path, file.position(at: range.lower).line)
  }

  // MARK: For machines

  /// Members of the report's object.
  var json: [Value.Member] {
    var members: [Value.Member] = []
    if let coverage { members.append(.init("coverage", json(coverage))) }
    if let mutation { members.append(.init("mutation", json(mutation))) }
    return members
  }

  private func json(_ coverage: TestCoverage) -> Value {
    let rules = zip(coverage.rules, program.rules).map { rule, info -> Value in
      [
        "rule": .string(info.name), "file": .string(info.file), "line": number(info.line), "asked": number(rule.asked),
        "applied": number(rule.applied),
        "tests": .array(
          zip(rule.tests, info.atoms).map { test, atom in
            ["test": .string((atom.isNegated ? "not " : "") + atom.text), "met": number(test.met), "unmet": number(test.unmet)]
          }),
      ]
    }
    return [
      "percent": number(coverage.percent), "rules": number(coverage.rules.count), "appliedRules": number(coverage.appliedRules),
      "outcomes": number(coverage.outcomes), "seenOutcomes": number(coverage.seenOutcomes), "byRule": .array(rules),
    ]
  }

  private func json(_ mutation: MutationRun) -> Value {
    let survivors = mutation.survivors.map { survivor -> Value in
      let (path, line) = place(survivor.mutant.range)
      var calls = Value.null
      if case .some(let words, _, _) = survivor.effect { calls = .string(words) }
      return [
        "name": .string(survivor.mutant.name), "change": .string(survivor.mutant.change), "file": .string(path), "line": number(line),
        "calls": calls, "suggestedTest": suggestion(survivor).map(Value.string) ?? .null,
      ]
    }
    return [
      "percent": number(mutation.percent), "all": number(mutation.all), "noticed": number(mutation.killed),
      "equivalent": number(mutation.equivalent), "untried": number(mutation.untried), "notNoticed": .array(survivors),
    ]
  }
}
