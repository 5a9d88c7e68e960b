internal import JSON
internal import Patterns

/// Alternatives: of several forms none of which fits, the one that was probably meant is explained.
extension Explainer {
  mutating func checkAnyOf(
    _ schemas: [Int], _ node: Node, _ evaluated: inout Evaluated, scratch: inout MatchScratch
  ) -> Bool {
    var isValid = false
    for schema in schemas {
      guard let found = test(schema, node, scratch: &scratch) else { continue }
      evaluated.formUnion(found)
      isValid = true
    }
    return isValid || explain(schemas, "anyOf", node, scratch: &scratch)
  }

  mutating func checkOneOf(
    _ schemas: [Int], _ node: Node, _ evaluated: inout Evaluated, scratch: inout MatchScratch
  ) -> Bool {
    var matching = 0
    for schema in schemas {
      guard let found = test(schema, node, scratch: &scratch) else { continue }
      matching += 1
      if matching == 1 { evaluated.formUnion(found) }
    }
    if matching == 1 { return true }
    if matching == 0 { return explain(schemas, "oneOf", node, scratch: &scratch) }
    return fault(
      "oneOf", "exactly one of \(schemas.count) alternative forms", node, got: "a value that fits \(matching) of them")
  }

  /// Reports what is wrong with the alternative that is nearest: one of the right type with the fewest faults. Always false.
  private mutating func explain(_ schemas: [Int], _ keyword: String, _ node: Node, scratch: inout MatchScratch) -> Bool {
    guard silence == 0, !isExhausted else { return false }
    let before = violations
    var best: (score: Int, faults: [Violation])?
    var kinds: KindSet = []
    var areAllTypes = true
    var tags: [Violation] = []
    for schema in schemas.prefix(Self.mostExplained) {
      violations = []
      _ = apply(schema, to: node, scratch: &scratch)
      let faults = violations
      let misfit = faults.contains { $0.keyword == "type" && $0.instancePath.tokens.count == path.count }
      areAllTypes = areAllTypes && misfit
      kinds.formUnion(self.kinds(of: schema))
      // A wrong constant tells apart alternatives that carry a tag.
      let tag = faults.first { ($0.keyword == "const" || $0.keyword == "enum") && $0.instancePath.tokens.count <= path.count + 1 }
      if let tag { tags.append(tag) }
      let score = (misfit ? 10_000 : 0) + (tag == nil ? 0 : 1_000) + faults.count
      if !faults.isEmpty, score < best?.score ?? .max { best = (score, faults) }
    }
    violations = before
    if areAllTypes, !kinds.isEmpty, schemas.count <= Self.mostExplained {
      return fault(keyword, Wording.kinds(kinds.contains(.number) ? kinds.subtracting(.integer) : kinds), node)
    }
    if tags.count == schemas.count, let merged = merged(tags) {
      violations.append(merged)
      return false
    }
    guard let best, schemas.count > 1 || !best.faults.isEmpty else { return fault(keyword, "one of the alternative forms", node) }
    for violation in best.faults where !isFull && !violations.contains(violation) { violations.append(violation) }
    if violations.count == before.count { return fault(keyword, "one of \(schemas.count) alternative forms", node) }
    return false
  }

  /// All that a member may be, where every alternative wants something else of the same one: none of them is nearer.
  private func merged(_ tags: [Violation]) -> Violation? {
    guard tags.count > 1, Set(tags.map(\.instancePath)).count == 1 else { return nil }
    let wanted = tags.map { tag in tag.expected.hasPrefix("one of ") ? String(tag.expected.dropFirst("one of ".count)) : tag.expected }
    let near = tags.compactMap(\.suggestion)
    return Violation(
      instancePath: tags[0].instancePath, keyword: tags[0].keyword, expected: "one of " + wanted.joined(separator: ", "), got: tags[0].got,
      suggestion: near.count == 1 ? near[0] : nil)
  }

  private static let mostExplained = 32

  private func kinds(of schema: Int) -> KindSet {
    var schema = schema
    for _ in 0..<8 {
      for constraint in subschemas[schema].constraints {
        if case .type(let kinds) = constraint { return kinds }
      }
      guard case .reference(let target)? = subschemas[schema].constraints.first else { return [] }
      schema = target
    }
    return []
  }
}
