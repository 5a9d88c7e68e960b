import Analysis
import Semantics
import TestSupport
import Testing

/// Differences and fingerprints against all calls of a small world: one tool of three arguments, two agents, one claim.
///
/// `PROPERTY_RUNS=1000 swift test --filter PairTests` is the long run; `SEED=…` repeats one.
@Suite struct PairTests {
  @Test func differencesAreThoseOfAllCalls() throws {
    let seed = propertySeed()
    let runs = propertyRuns(120)
    var worlds = World(seed: seed, .few)
    var (compared, tried, changed) = (0, 0, 0)
    while compared < runs, tried < runs * 3 {
      tried += 1
      let policy = worlds.policy()
      let other = worlds.changed(policy)
      guard let old = worlds.checked(policy.text), let new = worlds.checked(other.text) else { continue }
      compared += 1
      let engines = [Engine(old), Engine(new)]
      let pairs = try World.allCalls.map { call in try (engines[0].verdict(call), engines[1].verdict(call)) }
      let difference = compare(old, new)
      let context = "SEED=\(seed)\n\(policy.text)\n--- and\n\(other.text)"
      let expected = Comparison.Direction(
        isWider: pairs.contains { $0.0 < $0.1 }, isNarrower: pairs.contains { $0.0 > $0.1 })
      #expect(difference.targets.first?.direction == expected, "\(context)")
      #expect((semanticFingerprint(old) == semanticFingerprint(new)) == (expected == nil), "the fingerprint says otherwise: \(context)")
      for region in difference.targets.flatMap(\.regions) {
        let witness = try #require(region.witness)
        #expect(witness.isConfirmed)
        let verdicts = try engines.map { try $0.verdict(World.Call(witness)) }
        #expect([region.before, region.after].map(World.rank) == verdicts, "\(witness.line): \(verdicts) \(region) \(context)")
      }
      if expected != nil { changed += 1 }
    }
    #expect(compared == runs, "most random policies are refused: the generator no longer fits the checker")
    #expect(changed > runs / 4, "hardly any pair differs")
  }

  @Test(arguments: [LeafMaker.Style.few, .many])
  func rewritingChangesNoFingerprint(_ style: LeafMaker.Style) throws {
    let seed = propertySeed()
    let runs = propertyRuns(120)
    var worlds = World(seed: seed, style)
    var (compared, tried) = (0, 0)
    while compared < runs, tried < runs * 6 {
      tried += 1
      let policy = worlds.policy()
      let other = worlds.rewritten(policy)
      guard let old = worlds.checked(policy.text), let new = worlds.checked(other) else { continue }
      compared += 1
      let context = "SEED=\(seed)\n\(policy.text)\n--- and\n\(other)"
      #expect(compare(old, new).isEmpty, "\(context)")
      #expect(semanticFingerprint(old) == semanticFingerprint(new), "\(context)")
    }
    #expect(compared == runs)
  }
}
