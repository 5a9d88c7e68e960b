import Semantics
import Syntax
import TestSupport
import Testing
import Text

/// However broken a policy is, checking ends with diagnostics; a mutant that is accepted can be taken apart without a trap.
@Test func checkSurvivesMutants() {
  let seed = propertySeed()
  var generator = SeededGenerator(seed: seed)
  let sources = ["clean", "presence", "never", "types", "names", "tests", "later", "declarations"].map { name in
    (try? CaseFiles().contents(of: name + ".sally")) ?? []
  }
  #expect(sources.allSatisfy { !$0.isEmpty })
  for run in 0..<propertyRuns(300) {
    let mutant = mutated(sources.randomElement(using: &generator) ?? [], donor: sources.randomElement(using: &generator) ?? [], &generator)
    let files = CaseFiles(texts: ["mutant.sally": String(decoding: mutant, as: UTF8.self)])
    let loaded = load(["mutant.sally"], reader: files)
    let checked = check(loaded.value, options: CheckOptions(now: MomentLiteral(milliseconds: 0, isDay: true)))
    let text = Renderer(files: loaded.value.files).render(loaded.diagnostics + checked.diagnostics)
    #expect((checked.value == nil) == (loaded.hasErrors || checked.hasErrors), "seed \(seed), run \(run):\n\(text)")
    #expect(
      checked.diagnostics == check(loaded.value, options: CheckOptions(now: MomentLiteral(milliseconds: 0, isDay: true))).diagnostics,
      "seed \(seed), run \(run): not the same twice")
  }
}

/// Words exchanged, lines lost, doubled or taken from another policy, bytes changed.
private func mutated(_ bytes: [UInt8], donor: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
  var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Array.init)
  let others = donor.split(separator: UInt8(ascii: "\n")).map(Array.init)
  for _ in 0..<Int.random(in: 1...4, using: &generator) {
    let line = Int.random(in: lines.indices, using: &generator)
    switch Int.random(in: 0..<5, using: &generator) {
    case 0: lines.remove(at: line)
    case 1: lines.insert(lines[line], at: line)
    case 2: lines[line] = others.randomElement(using: &generator) ?? []
    case 3:
      var words = lines[line].split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false).map(Array.init)
      let donors = (others.randomElement(using: &generator) ?? []).split(separator: UInt8(ascii: " ")).map(Array.init)
      words[Int.random(in: words.indices, using: &generator)] = donors.randomElement(using: &generator) ?? []
      lines[line] = Array(words.joined(separator: [UInt8(ascii: " ")]))
    default:
      guard let place = lines[line].indices.randomElement(using: &generator) else { continue }
      lines[line][place] = Array("abc.*\"{}()<>=!0195-,/_ \\\u{E9}".utf8).randomElement(using: &generator) ?? 0
    }
    if lines.isEmpty { lines = [[]] }
  }
  return Array(lines.joined(separator: [UInt8(ascii: "\n")]))
}
