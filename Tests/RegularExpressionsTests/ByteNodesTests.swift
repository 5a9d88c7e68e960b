import Patterns
import RegularExpressions
import TestSupport
import Testing

/// What nodes do not take, the expression must not match: matches are looked for only where they might.
@Suite struct ByteNodesTests {
  /// Whether a match may be exactly these bytes.
  private func take(_ nodes: ByteNodes, _ bytes: some Sequence<UInt8>) -> Bool {
    var reading = Set(nodes.starts)
    var ends = false
    for byte in bytes {
      let readers = reading.map { nodes.nodes[Int($0)] }.filter { $0.bytes.contains(byte) }
      ends = readers.contains(where: \.ends)
      reading = Set(readers.flatMap(\.follows))
    }
    return ends
  }

  @Test func takeEveryMatch() throws {
    let seed = propertySeed()
    var generator = ExpressionGenerator(random: SeededGenerator(seed: seed), givesBack: false)
    var scratch = MatchScratch()
    var checked = 0
    for _ in 0..<propertyRuns(3_000) {
      let source = generator.source()
      let caseless = generator.random.chance(50)
      let expression = try RegularExpression(parsing: source, caseInsensitive: caseless)
      guard let nodes = ByteNodes(expression) else { continue }
      let pattern = try Pattern(source, caseless: caseless, mode: .search)
      for _ in 0..<8 {
        let bytes = Array(generator.text().utf8)
        guard case .found(let range) = pattern.match(bytes.span, scratch: &scratch) else { continue }
        checked += 1
        #expect(
          take(nodes, bytes[range]),
          "seed \(seed): /\(source)/ caseless \(caseless) on \(String(decoding: bytes, as: UTF8.self).debugDescription)")
      }
    }
    #expect(checked > 150)
  }

  @Test(arguments: [
    ("[^a]b", "éb", true), ("[^a]b", "日b", true), ("[^a]b", "😀b", true), ("[^a]b", "ab", false), ("[à-ö]+", "ñ", true),
    ("[à-ö]+", "ø", false),
    ("日本", "日本", true), ("日本", "日木", false), ("a{30}", String(repeating: "a", count: 30), true),
    ("a{30}", String(repeating: "a", count: 9), false),
  ]) func places(_ source: String, _ text: String, _ isTaken: Bool) throws {
    let nodes = try #require(ByteNodes(RegularExpression(parsing: source)))
    #expect(take(nodes, text.utf8) == isTaken)
  }
}
