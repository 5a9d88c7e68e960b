import Analysis
import Compilation
import Semantics
import Text

// How long it takes to say what an edit of one rule means, and which rules do nothing.
// usage: AnalysisBenchmark [RULES TOOLS] [diff|findings] [RUNS]

let arguments = CommandLine.arguments.dropFirst()
let numbers = arguments.compactMap { Int($0) }
let only = arguments.first { $0 == "diff" || $0 == "findings" }
let sizes = numbers.count >= 2 ? [(numbers[0], numbers[1])] : [(1_000, 200), (10_000, 1_000)]
let runs = numbers.count == 3 ? numbers[2] : 5

func milliseconds(_ work: () throws -> Void) rethrows -> Double {
  let time = try ContinuousClock().measure(work).components
  return Double(time.seconds) * 1e3 + Double(time.attoseconds) / 1e15
}

func median(_ work: () -> Void) -> Double { (0..<runs).map { _ in milliseconds(work) }.sorted()[runs / 2] }

for (rules, tools) in sizes {
  let generated = GeneratedRules(rules: rules, tools: tools)
  var both: [CheckedPolicies] = []
  let reading = try milliseconds {
    for isEdited in [false, true] {
      let loaded = load(["policy.sally"], reader: try generated.files(isEdited: isEdited))
      let checked = check(loaded.value)
      guard let policies = checked.value else {
        fatalError(Renderer(files: loaded.value.files).render(Array((loaded.diagnostics + checked.diagnostics).prefix(3))))
      }
      both.append(policies)
    }
  }
  let (old, new) = (both[0], both[1])
  print("\(rules) rules, \(tools) tools: both read and checked in \(Int(reading)) ms")
  if only != "findings" {
    var directions: [Comparison.Direction] = []
    let comparing = median { directions = compare(old, new).targets.map(\.direction) }
    print("  compare       \(comparing) ms, \(directions.map(\.rawValue))")
    print("  fingerprints  \(median { _ = [old, new].map(semanticFingerprint) }) ms for both")
  }
  if only != "diff" {
    var count = 0
    let finding = median { count = ruleFindings(new).count }
    print("  findings      \(finding) ms, \(count) of them")
  }
}
