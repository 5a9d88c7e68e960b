import Semantics
import TestSupport
import Testing
import Text

/// What `check` says can never or always hold, against every value of a small schema.
@Suite struct DomainTests {
  /// Conjunctions of tests of one whole number: the checker knows exactly.
  @Test func numbersAreJudgedExactly() {
    let seed = propertySeed()
    var random = SeededGenerator(seed: seed)
    for run in 0..<propertyRuns(400) {
      let tests = (0..<Int.random(in: 1...3, using: &random)).map { _ in NumberTest(&random) }
      let said = verdict(on: "n", tests.map(\.text))
      let values = Array(0...6)
      let place = "seed \(seed), run \(run): \(said.condition)\n\(said.report)"
      let isEmpty = values.allSatisfy { value in !tests.allSatisfy { $0.holds(value) } }
      #expect(said.isImpossible == isEmpty, "\(place)")
      for (index, test) in tests.enumerated() where said.always.contains(index) {
        #expect(values.allSatisfy(test.holds), "\(place)")
      }
    }
  }

  /// Of texts the checker may know less, but nothing wrong: all texts of `a` and `b` that the schema allows are tried.
  @Test func textsAreNeverMisjudged() {
    let seed = propertySeed()
    var random = SeededGenerator(seed: seed)
    let texts = words(of: ["a", "b"], atMost: 4)
    for run in 0..<propertyRuns(400) {
      let tests = (0..<Int.random(in: 1...3, using: &random)).map { _ in TextTest(&random) }
      for (name, values) in [("t", texts), ("e", ["a", "ab", "bba"])] {
        let said = verdict(on: name, tests.map { $0.text(name) })
        let place = "seed \(seed), run \(run): \(said.condition)\n\(said.report)"
        if said.isImpossible { #expect(!values.contains { value in tests.allSatisfy { $0.holds(value) } }, "\(place)") }
        for index in said.always { #expect(values.allSatisfy(tests[index].holds), "\(place)") }
      }
    }
  }

  private struct Said {
    let condition: String
    let report: String
    /// No value passes the whole condition.
    let isImpossible: Bool
    /// Tests that every value passes.
    let always: Set<Int>
  }

  private static let snapshot = """
    {"tools": [{"name": "tool", "inputSchema": {"type": "object", "required": ["n", "t", "e"], "properties": {
    "n": {"type": "integer", "minimum": 0, "maximum": 6}, "t": {"type": "string", "maxLength": 4},
    "e": {"type": "string", "enum": ["a", "ab", "bba"]}}}}]}
    """

  private func verdict(on argument: String, _ tests: [String]) -> Said {
    let condition = tests.joined(separator: " and ")
    let prefix = "server s from \"s.json\"\ndeny d on s.tool when "
    let files = CaseFiles(texts: ["p.sally": prefix + condition + "\n", "s.json": Self.snapshot])
    let loaded = load(["p.sally"], reader: files)
    let diagnostics = loaded.diagnostics + check(loaded.value).diagnostics
    let report = Renderer(files: loaded.value.files).render(diagnostics)
    let known: Set<String> = ["never-holds", "always-holds", "contradiction", "duplicate-element"]
    #expect(diagnostics.allSatisfy { known.contains($0.code.name) }, "\(condition)\n\(report)")
    var starts = [prefix.utf8.count]
    for test in tests { starts.append(starts[starts.count - 1] + test.utf8.count + " and ".utf8.count) }
    let always = diagnostics.filter { $0.code.name == "always-holds" }.compactMap { diagnostic in
      tests.indices.last { starts[$0] <= Int(diagnostic.primary.range.lower) }
    }
    let isImpossible = diagnostics.contains { ["never-holds", "contradiction"].contains($0.code.name) }
    return Said(condition: condition, report: report, isImpossible: isImpossible, always: Set(always))
  }
}

private struct NumberTest {
  let text: String
  let holds: (Int) -> Bool

  init(_ random: inout SeededGenerator) {
    // Halves too: between whole numbers there is nothing.
    let doubled = Int.random(in: -2...14, using: &random)
    let written = doubled % 2 == 0 ? "\(doubled / 2)" : "\(doubled < 0 ? "-" : "")\(abs(doubled) / 2).5"
    let (low, high) = (Int.random(in: 0...3, using: &random), Int.random(in: 3...6, using: &random))
    let isNegated = random.chance(30)
    switch Int.random(in: 0..<7, using: &random) {
    case 0: (text, holds) = ("args.n < \(written)", { $0 * 2 < doubled })
    case 1: (text, holds) = ("args.n <= \(written)", { $0 * 2 <= doubled })
    case 2: (text, holds) = ("args.n > \(written)", { $0 * 2 > doubled })
    case 3: (text, holds) = ("args.n >= \(written)", { $0 * 2 >= doubled })
    case 4: (text, holds) = ("args.n \(isNegated ? "!=" : "==") \(low)", { ($0 == low) != isNegated })
    case 5: (text, holds) = ("args.n \(isNegated ? "not " : "")in \(low)..\(high)", { (low...high).contains($0) != isNegated })
    default: (text, holds) = ("args.n \(isNegated ? "not " : "")in {\(low), \(high + 1)}", { ($0 == low || $0 == high + 1) != isNegated })
    }
  }
}

private struct TextTest {
  let text: (String) -> String
  let holds: (String) -> Bool

  init(_ random: inout SeededGenerator) {
    let all = words(of: ["a", "b"], atMost: 3).filter { !$0.isEmpty }
    let (one, two) = (all.randomElement(using: &random) ?? "a", all.randomElement(using: &random) ?? "b")
    let isNegated = random.chance(30)
    let not = isNegated ? "not " : ""
    let count = Int.random(in: 0...3, using: &random)
    switch Int.random(in: 0..<6, using: &random) {
    case 0:
      (text, holds) = ({ "args.\($0) \(not)starts with \"\(one)\", \"\(two)\"" }, { ($0.hasPrefix(one) || $0.hasPrefix(two)) != isNegated })
    case 1: (text, holds) = ({ "args.\($0) \(not)ends with \"\(one)\"" }, { $0.hasSuffix(one) != isNegated })
    case 2: (text, holds) = ({ "args.\($0) \(not)contains \"\(one)\"" }, { $0.contains(one) != isNegated })
    // The enumeration's own values, which are the only ones it may be compared with.
    case 3: (text, holds) = ({ "args.\($0) \(isNegated ? "!=" : "==") \"ab\"" }, { ($0 == "ab") != isNegated })
    case 4: (text, holds) = ({ "args.\($0) \(not)in {\"a\", \"bba\"}" }, { ["a", "bba"].contains($0) != isNegated })
    default: (text, holds) = ({ "length(args.\($0)) > \(count)" }, { $0.count > count })
    }
  }
}

/// Every text of these characters, the shortest first.
func words(of characters: [String], atMost length: Int) -> [String] {
  (0..<length).reduce(into: [[""]]) { lengths, _ in
    lengths.append(lengths[lengths.count - 1].flatMap { word in characters.map { word + $0 } })
  }.flatMap { $0 }
}
