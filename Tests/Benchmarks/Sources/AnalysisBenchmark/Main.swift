import Analysis
import Compilation
import Semantics
import Text

/// `AnalysisBenchmark [RULES TOOLS [RUNS]] [diff|findings]`: how long it takes to say what an edit of one rule means, and what of a policy does
/// nothing. Without sizes, the two of the goals.
@main enum Main {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    let numbers = arguments.compactMap { Int($0) }
    let only = arguments.first { $0 == "diff" || $0 == "findings" }
    let runs = numbers.count == 3 ? numbers[2] : 5
    for (rules, tools) in numbers.count >= 2 ? [(numbers[0], numbers[1])] : [(1_000, 200), (10_000, 1_000)] {
      var both: [CheckedPolicies] = []
      let reading = try milliseconds { both = try policies(rules, tools) }
      let (old, new) = (both[0], both[1])
      print("\(rules) rules, \(tools) tools: both read and checked in \(Int(reading)) ms")
      if only != "findings" {
        var said: [String] = []
        let comparing = median(runs) { said = compare(old, new).targets.map { "\($0.target.description) \($0.direction.rawValue)" } }
        print("  diff without fingerprints \(comparing) ms: \(said)")
        print("  diff                      \(median(runs) { _ = compareWithFingerprints(old, new) }) ms")
      }
      if only != "diff" {
        var count = 0
        let finding = median(runs) { count = ruleFindings(new).count }
        print("  findings                  \(finding) ms, \(count) of them")
      }
    }
  }

  /// As they are, and with one rule edited.
  private static func policies(_ rules: Int, _ tools: Int) throws -> [CheckedPolicies] {
    let generated = GeneratedRules(rules: rules, tools: tools)
    return try [false, true].map { isEdited in
      let loaded = load(["policy.sally"], reader: try generated.files(isEdited: isEdited))
      let checked = check(loaded.value)
      guard let policies = checked.value else {
        fatalError(Renderer(files: loaded.value.files).render(Array((loaded.diagnostics + checked.diagnostics).prefix(3))))
      }
      return policies
    }
  }

  private static func milliseconds(_ work: () throws -> Void) rethrows -> Double {
    let time = try ContinuousClock().measure(work).components
    return Double(time.seconds) * 1e3 + Double(time.attoseconds) / 1e15
  }

  private static func median(_ runs: Int, _ work: () -> Void) -> Double { (0..<runs).map { _ in milliseconds(work) }.sorted()[runs / 2] }
}
