import Semantics
import TestSupport
import Testing
import Text

/// A condition over optional arguments: what `check` accepts means the same whatever an absent argument would have been.
@Suite struct PresenceTests {
  @Test func acceptedConditionsNeverDependOnAbsentArguments() {
    let seed = propertySeed()
    var random = SeededGenerator(seed: seed)
    var accepted = 0
    for run in 0..<propertyRuns(500) {
      var reads = 0
      let formula = Formula(&random, depth: 3, &reads)
      let isAccepted = accepts(formula.text)
      var shuffled = formula
      shuffled.shuffle(&random)
      #expect(accepts(shuffled.text) == isAccepted, "seed \(seed), run \(run): order matters in \(formula.text) and \(shuffled.text)")
      guard isAccepted else { continue }
      accepted += 1
      #expect(!dependsOnAbsent(formula, reads), "seed \(seed), run \(run): \(formula.text)")
    }
    #expect(accepted > 20, "seed \(seed): nearly nothing is accepted, so nearly nothing is tested")
  }

  /// Every choice of which arguments are there and what they are; every read of an absent one may give anything.
  private func dependsOnAbsent(_ formula: Formula, _ reads: Int) -> Bool {
    for present in 0..<8 {
      for values in 0..<8 {
        var results: Set<Bool> = []
        for absent in 0..<(1 << reads) { results.insert(formula.value(present: present, values: values, absent: absent)) }
        if results.count > 1 { return true }
      }
    }
    return false
  }

  private func accepts(_ condition: String) -> Bool {
    let snapshot = """
      {"tools": [{"name": "tool", "inputSchema": {"type": "object", "properties": {
      "a0": {"type": "boolean"}, "a1": {"type": "boolean"}, "a2": {"type": "boolean"}}}}]}
      """
    let policy = "server s from \"s.json\"\ndeny d on s.tool when \(condition)\n"
    let loaded = load(["p.sally"], reader: CaseFiles(texts: ["p.sally": policy, "s.json": snapshot]))
    #expect(loaded.diagnostics.isEmpty, "\(condition)")
    return !check(loaded.value).diagnostics.contains { $0.code.name == "maybe-absent" }
  }
}

private indirect enum Formula {
  /// An argument, and the number of this read of it.
  case read(Int, Int)
  case present(Int)
  case not(Formula)
  case all([Formula])
  case any([Formula])

  init(_ random: inout SeededGenerator, depth: Int, _ reads: inout Int) {
    let argument = Int.random(in: 0..<3, using: &random)
    switch Int.random(in: 0..<(depth > 0 ? 8 : 3), using: &random) {
    case 0:
      self = .read(argument, reads)
      reads += 1
    case 1...2: self = .present(argument)
    case 3: self = .not(Formula(&random, depth: depth - 1, &reads))
    case let choice:
      var terms: [Formula] = []
      for _ in 0..<Int.random(in: 2...3, using: &random) { terms.append(Formula(&random, depth: depth - 1, &reads)) }
      self = choice < 6 ? .all(terms) : .any(terms)
    }
  }

  var text: String {
    switch self {
    case .read(let argument, _): "args.a\(argument)"
    case .present(let argument): "args.a\(argument) present"
    case .not(let inner): "not (\(inner.text))"
    case .all(let terms): terms.map { "(\($0.text))" }.joined(separator: " and ")
    case .any(let terms): terms.map { "(\($0.text))" }.joined(separator: " or ")
    }
  }

  /// All three are sets of bits: by argument, by argument, by read.
  func value(present: Int, values: Int, absent: Int) -> Bool {
    switch self {
    case .read(let argument, let read): present >> argument & 1 == 1 ? values >> argument & 1 == 1 : absent >> read & 1 == 1
    case .present(let argument): present >> argument & 1 == 1
    case .not(let inner): !inner.value(present: present, values: values, absent: absent)
    case .all(let terms): terms.allSatisfy { $0.value(present: present, values: values, absent: absent) }
    case .any(let terms): terms.contains { $0.value(present: present, values: values, absent: absent) }
    }
  }

  mutating func shuffle(_ random: inout SeededGenerator) {
    func shuffled(_ terms: [Formula], _ random: inout SeededGenerator) -> [Formula] {
      var terms = terms.shuffled(using: &random)
      for index in terms.indices { terms[index].shuffle(&random) }
      return terms
    }
    switch self {
    case .read, .present: break
    case .not(var inner):
      inner.shuffle(&random)
      self = .not(inner)
    case .all(let terms): self = .all(shuffled(terms, &random))
    case .any(let terms): self = .any(shuffled(terms, &random))
    }
  }
}
