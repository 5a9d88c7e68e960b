internal import JSON
internal import Patterns

/// Objects and arrays.
extension Explainer {
  /// nil: the constraint is not about objects.
  mutating func checkObject(
    _ constraint: Constraint, _ node: Node, _ evaluated: inout Evaluated, scratch: inout MatchScratch
  ) -> Bool? {
    switch constraint {
    case .properties(let rules): return checkProperties(rules, node, &evaluated, scratch: &scratch)
    case .required(let names): return checkRequired(names, node, keyword: "required")
    case .memberCount(let minimum, let maximum):
      let count = document.count(node)
      if count >= minimum && count <= maximum { return true }
      let wanted = "an object with " + Wording.count(minimum, maximum, "member")
      return fault(count < minimum ? "minProperties" : "maxProperties", wanted, node)
    case .propertyNames(let schema): return checkNames(schema, node, scratch: &scratch)
    case .dependentRequired(let rules):
      var isValid = true
      for rule in rules where document.member(node, rule.name) != nil {
        if !checkRequired(rule.required, node, keyword: "dependentRequired") { isValid = false }
      }
      return isValid
    case .dependentSchemas(let rules):
      var isValid = true
      for rule in rules where document.member(node, rule.name) != nil {
        if !merge(apply(rule.schema, to: node, scratch: &scratch), into: &evaluated) { isValid = false }
      }
      return isValid
    case .unevaluatedProperties(let schema):
      let seen = evaluated
      evaluated.all = true
      if seen.all { return true }
      var isValid = true
      for (position, member) in document.members(node).enumerated() where !seen.positions.contains(position) {
        if !checkMember(schema, member, keyword: "unevaluatedProperties", known: [], scratch: &scratch) { isValid = false }
        if !isValid, isFinished { return false }
      }
      return isValid
    default: return nil
    }
  }

  private mutating func checkProperties(
    _ rules: PropertyRules, _ node: Node, _ evaluated: inout Evaluated, scratch: inout MatchScratch
  ) -> Bool {
    var isValid = true
    for (position, member) in document.members(node).enumerated() {
      spend(1)
      var isKnown = false
      if let place = rules.places[decoded(member.key)] {
        isKnown = true
        if !checkMember(rules.named[place].schema, member, keyword: "properties", known: [], scratch: &scratch) { isValid = false }
      }
      for rule in rules.patterns where matches(rule.matcher, member.key, scratch: &scratch) {
        isKnown = true
        if !checkMember(rule.schema, member, keyword: "patternProperties", known: [], scratch: &scratch) { isValid = false }
      }
      if !isKnown, let additional = rules.additional {
        isKnown = true
        let known = isNever(additional) ? rules.named.map(\.name) : []
        if !checkMember(additional, member, keyword: "additionalProperties", known: known, scratch: &scratch) { isValid = false }
      }
      if isKnown { evaluated.positions.insert(position) }
      if !isValid, isFinished { return false }
    }
    return isValid
  }

  private func decoded(_ name: Node) -> [UInt8] {
    var bytes: [UInt8] = []
    document.decodeString(name, appendingTo: &bytes)
    return bytes
  }

  /// - Parameter known: the names that may be used, where the schema is one that admits nothing.
  private mutating func checkMember(
    _ schema: Int, _ member: (key: Node, value: Node), keyword: String, known: [String], scratch: inout MatchScratch
  ) -> Bool {
    let name = document.string(member.key) ?? ""
    if isNever(schema) {
      let expected = known.isEmpty ? "no property of this name" : "a property that is one of " + Wording.list(known)
      let near = Nearness.nearest(to: name, among: known.filter { !path.contains($0) })
      return fault(keyword, expected, nil, got: "the property `\(Redaction.shortened(name))`", suggestion: near)
    }
    path.append(name)
    defer { path.removeLast() }
    return apply(schema, to: member.value, scratch: &scratch) != nil
  }

  private func isNever(_ schema: Int) -> Bool {
    if case .never? = subschemas[schema].constraints.first { return true }
    return false
  }

  private mutating func checkRequired(_ names: [String], _ node: Node, keyword: String) -> Bool {
    // Each is sought by its fingerprint.
    spend(names.count * (1 + document.count(node) / 16))
    if isExhausted { return false }
    var isValid = true
    for name in names where document.member(node, name) == nil {
      isValid = false
      let near = Nearness.nearest(to: name, among: document.members(node).compactMap { document.string($0.key) })
      let got = near.map { "no such property, but `\(Redaction.shortened($0))`" } ?? "no such property"
      _ = fault(keyword, "the property `\(name)`", nil, got: got, suggestion: near == nil ? nil : name)
    }
    return isValid
  }

  private mutating func checkNames(_ schema: Int, _ node: Node, scratch: inout MatchScratch) -> Bool {
    var isValid = true
    for member in document.members(node) where test(schema, member.key, scratch: &scratch) == nil {
      isValid = false
      let name = Redaction.shortened(document.string(member.key) ?? "")
      _ = fault("propertyNames", "a property whose name the schema admits", nil, got: "the property `\(name)`")
    }
    return isValid
  }

  // MARK: Arrays

  /// nil: the constraint is not about arrays.
  mutating func checkArray(
    _ constraint: Constraint, _ node: Node, _ evaluated: inout Evaluated, scratch: inout MatchScratch
  ) -> Bool? {
    switch constraint {
    case .items(let rules): return checkItems(rules, node, &evaluated, scratch: &scratch)
    case .contains(let rule): return checkContains(rule, node, &evaluated, scratch: &scratch)
    case .itemCount(let minimum, let maximum):
      let count = document.count(node)
      if count >= minimum && count <= maximum { return true }
      return fault(count < minimum ? "minItems" : "maxItems", "an array of " + Wording.count(minimum, maximum, "element"), node)
    case .uniqueItems: return checkUnique(node)
    case .unevaluatedItems(let schema):
      let seen = evaluated
      evaluated.all = true
      if seen.all { return true }
      var isValid = true
      for (position, element) in document.elements(node).enumerated() where !seen.positions.contains(position) {
        if !checkElement(schema, element, position, keyword: "unevaluatedItems", scratch: &scratch) { isValid = false }
        if !isValid, isFinished { return false }
      }
      return isValid
    default: return nil
    }
  }

  private mutating func checkItems(
    _ rules: ItemRules, _ node: Node, _ evaluated: inout Evaluated, scratch: inout MatchScratch
  ) -> Bool {
    var isValid = true
    for (position, element) in document.elements(node).enumerated() {
      if !isValid, isFinished { return false }
      if position < rules.prefix.count {
        evaluated.positions.insert(position)
        if !checkElement(rules.prefix[position], element, position, keyword: "prefixItems", scratch: &scratch) { isValid = false }
      } else if let rest = rules.rest {
        if !checkElement(rest, element, position, keyword: rules.restKeyword, scratch: &scratch) { isValid = false }
      }
    }
    if rules.rest != nil { evaluated.all = true }
    return isValid
  }

  private mutating func checkElement(
    _ schema: Int, _ element: Node, _ position: Int, keyword: String, scratch: inout MatchScratch
  ) -> Bool {
    path.append(String(position))
    defer { path.removeLast() }
    if isNever(schema) { return fault(keyword, "no element here", element) }
    return apply(schema, to: element, scratch: &scratch) != nil
  }

  private mutating func checkContains(
    _ rule: ContainsRule, _ node: Node, _ evaluated: inout Evaluated, scratch: inout MatchScratch
  ) -> Bool {
    var count = 0
    for (position, element) in document.elements(node).enumerated() where test(rule.schema, element, scratch: &scratch) != nil {
      count += 1
      if rule.evaluates { evaluated.positions.insert(position) }
    }
    if count >= rule.minimum && count <= rule.maximum { return true }
    let keyword = count > rule.maximum ? "maxContains" : rule.minimum == 1 ? "contains" : "minContains"
    let wanted = "an array with \(Wording.count(rule.minimum, rule.maximum, "element")) of the form that the schema asks for"
    return fault(keyword, wanted, node, got: "\(count) of them")
  }

  private mutating func checkUnique(_ node: Node) -> Bool {
    spend(document.count(node))
    var seen: [Int: [(position: Int, node: Node)]] = [:]
    var bytes: [UInt8] = []
    for (position, element) in document.elements(node).enumerated() {
      let hash = Structure.hash(document, element, scratch: &bytes)
      var budget = bounds.baseSteps
      for earlier in seen[hash, default: []] where areEqual(earlier.node, element, steps: &budget) {
        return fault(
          "uniqueItems", "an array without equal elements", node, got: "equal elements at \(earlier.position) and \(position)")
      }
      if budget < 0 { spend(.max / 2) }
      seen[hash, default: []].append((position, element))
    }
    return true
  }
}
