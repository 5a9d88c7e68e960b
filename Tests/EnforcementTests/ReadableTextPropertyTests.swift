import JSON
import Messages
import TestSupport
import Testing

/// Random messages of every shape in the tables, with members added, taken away and mixed up.
@Suite struct ReadableTextPropertyTests {
  @Test func splicedTextsLeaveTheRestAlone() throws {
    let seed = propertySeed()
    var generator = SeededGenerator(seed: seed)
    let rows = ReadableTextTests.results + ReadableTextTests.failures + ReadableTextTests.notifications + ReadableTextTests.requests
    for _ in 0..<propertyRuns(400) {
      let row = try #require(rows.randomElement(using: &generator))
      let other = try #require(rows.randomElement(using: &generator))
      let value = ReadableTextPropertyTests.disturbed(
        try Value(parsing: Array(row.message.utf8)), with: try Value(parsing: Array(other.message.utf8)), &generator)
      let document = try Document(parsing: write(value, generator.chance(50) ? .compact : .pretty))
      let revision = try #require(Revision.allCases.randomElement(using: &generator))
      let texts = try ReadableTextTests.texts(document, row, revision)
      #expect(Set(texts.map(\.node)).count == texts.count, "seed \(seed)")

      var identity = Splices(of: document)
      for text in texts { identity.replace(text.node, with: Array(document.bytes[document.source(text.node)])) }
      #expect(identity.apply() == document.bytes, "seed \(seed)")

      var changed = Splices(of: document)
      for (number, text) in texts.enumerated() { changed.replace(text.node, with: write(.string("changed \(number)"))) }
      let after = try Document(parsing: changed.apply())
      let read = Set(texts.map(\.node))
      var nodes: [(Node, Bool)] = []
      ReadableTextTests.everyString(document, document.root) { nodes.append(($0, $1)) }
      for (node, _) in nodes where !read.contains(node) {
        #expect(after.bytes[after.source(node)] == document.bytes[document.source(node)], "seed \(seed)")
      }
      #expect(texts.allSatisfy { after.string($0.node)?.hasPrefix("changed ") == true }, "seed \(seed)")
    }
  }

  /// A message in which members have other members' values.
  private static func disturbed(_ value: Value, with other: Value, _ generator: inout SeededGenerator) -> Value {
    if generator.chance(4) { return other }
    switch value {
    case .object(let members):
      var result = members.map { Value.Member($0.name, disturbed($0.value, with: other, &generator)) }
      if generator.chance(10), !result.isEmpty { result.remove(at: Int.random(in: 0..<result.count, using: &generator)) }
      if generator.chance(10) { result.append(Value.Member("strange \(result.count)", other)) }
      return .object(result)
    case .array(let elements): return .array(elements.map { disturbed($0, with: other, &generator) })
    case .string(let text): return generator.chance(10) ? .string(text + "\u{1F600}\"\\\n") : value
    case .null, .boolean, .number: return generator.chance(10) ? .number(Number(9_876_543_210)) : value
    }
  }
}
