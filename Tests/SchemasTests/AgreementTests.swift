import JSON
import Schemas
import TestSupport
import Testing

/// The instructions and the graph say the same of every instance: neither shares code with the other beyond comparing values.
struct AgreementTests {
  @Test func bothModesAgreeOnRandomSchemas() throws {
    let seed = propertySeed()
    var random = RandomSchemas(generator: SeededGenerator(seed: seed))
    var scratch = ValidationScratch()
    var counts: [Outcome: Int] = [:]
    for _ in 0..<propertyRuns(1_500) {
      let schema = random.schema()
      let compiled: CompiledSchema
      do {
        compiled = try CompiledSchema(compiling: schema)
      } catch {
        // Definitions may refer to each other in a circle.
        #expect(error.reason == .endlessReference, "SEED=\(seed): \(error.message)")
        continue
      }
      for _ in 0..<8 {
        let bytes = write(random.instance())
        let document = try Document(parsing: bytes)
        let outcome = compiled.isValid(document, at: document.root, scratch: &scratch)
        let explained = compiled.explain(document, at: document.root, scratch: &scratch)
        counts[outcome, default: 0] += 1
        let agrees = explained.outcome == outcome && explained.explanation.violations.isEmpty == (outcome == .valid)
        #expect(
          agrees,
          """
          SEED=\(seed): \(String(decoding: write(schema), as: UTF8.self)) on \(String(decoding: bytes, as: UTF8.self)): \
          \(outcome) against \(explained.outcome) \(explained.explanation.violations.map(\.message))
          """)
        if !agrees { return }
      }
    }
    // A property over schemas that admit nothing, or everything, would say little.
    #expect(counts[.valid, default: 0] > 100 && counts[.invalid, default: 0] > 100, "\(counts)")
    #expect(counts[.undecided] == nil)
  }

  @Test func scratchesCarryNothingFromOneValidationToTheNext() throws {
    let first = try compile(#"{"pattern": "^(a+)+$"}"#)
    let second = try compile(#"{"anyOf": [{"properties": {"a": true}}, {"properties": {"b": true}}], "unevaluatedProperties": false}"#)
    var scratch = ValidationScratch()
    let evil = try Document(parsing: Array("\"\(String(repeating: "a", count: 40))!\"".utf8))
    let good = try Document(parsing: Array(#"{"a": 1, "b": [{}]}"#.utf8))
    for _ in 0..<3 {
      #expect(first.isValid(evil, at: evil.root, scratch: &scratch) == .undecided)
      #expect(second.isValid(good, at: good.root, scratch: &scratch) == .valid)
    }
  }
}
