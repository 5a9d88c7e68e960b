internal import JSON

/// Objects and arrays, each in one pass.
extension Evaluator {
  func checkObject(_ at: Int, _ node: Node, _ marks: Int, _ scratch: inout ValidationScratch) -> Bool {
    let count = view.count(node)
    let counts = code[at + ObjectLayout.counts]
    guard count >= Int(counts & 0xFFFF_FFFF), count <= Int(counts >> 32), scratch.spend(count) else { return false }
    let properties = code[at + ObjectLayout.properties]
    let propertyCount = Int(properties & 0xFFFF_FFFF)
    let flags = code[at + ObjectLayout.patterns]
    if propertyCount == 0, flags == ObjectLayout.hasRest, marks < 0 {
      return areAllMembers(target(at + ObjectLayout.rest), node, count, &scratch)
    }
    // What may apply to a name besides its own entry.
    let hasMore = flags != 0
    var missing = Int(properties >> 32)
    var name = view.first(in: node)
    for position in 0..<count {
      let value = view.value(of: name)
      var isKnown = false
      let entry =
        propertyCount == 0
        ? -1 : findName(name, table: at + ObjectLayout.table, entries: at + ObjectLayout.entries, count: propertyCount, &scratch)
      if entry >= 0 {
        let entryFlags = code[entry + TableLayout.length]
        // Names are unique in a document, so it is enough to count the required ones.
        if entryFlags & TableLayout.isRequired != 0 { missing -= 1 }
        if entryFlags & TableLayout.isDeclared != 0 {
          isKnown = true
          guard apply(target(entry + TableLayout.target), value, &scratch) else { return false }
        }
      }
      if hasMore, !checkMore(at, flags, propertyCount, name, &isKnown, &scratch) { return false }
      if isKnown, marks >= 0 { scratch.marks[marks + 1 + position] = true }
      name = view.next(after: value)
    }
    return missing == 0
  }

  /// Members whose names do not matter.
  private func areAllMembers(_ target: Target, _ node: Node, _ count: Int, _ scratch: inout ValidationScratch) -> Bool {
    var name = view.first(in: node)
    if target.procedure == 0 {
      for _ in 0..<count {
        let value = view.value(of: name)
        guard admits(target, value) else { return false }
        name = view.next(after: value)
      }
      return true
    }
    for _ in 0..<count {
      let value = view.value(of: name)
      guard apply(target, value, &scratch) else { return false }
      name = view.next(after: value)
    }
    return true
  }

  /// Patterns, the rest and names of one member.
  private func checkMore(
    _ at: Int, _ flags: UInt64, _ propertyCount: Int, _ name: Node, _ isKnown: inout Bool, _ scratch: inout ValidationScratch
  ) -> Bool {
    let value = view.value(of: name)
    let patterns = Int(flags & 0xFFFF_FFFF)
    if patterns > 0 {
      let table = at + ObjectLayout.table
      var place = at + ObjectLayout.entries + propertyCount * TableLayout.stride + 1 << Int(code[table] & 63)
      for _ in 0..<patterns {
        if search(place, name, &scratch) {
          isKnown = true
          guard apply(target(place + 1), value, &scratch) else { return false }
        } else if scratch.isExhausted {
          return false
        }
        place += 2
      }
    }
    if !isKnown, flags & ObjectLayout.hasRest != 0 {
      isKnown = true
      guard apply(target(at + ObjectLayout.rest), value, &scratch) else { return false }
    }
    return flags & ObjectLayout.hasNames == 0 || apply(target(at + ObjectLayout.names), name, &scratch)
  }

  func checkArray(_ at: Int, _ node: Node, _ marks: Int, _ scratch: inout ValidationScratch) -> Bool {
    let count = view.count(node)
    let counts = code[at + ArrayLayout.counts]
    guard count >= Int(counts & 0xFFFF_FFFF), count <= Int(counts >> 32) || counts >> 32 == 0xFFFF_FFFF, scratch.spend(count) else {
      return false
    }
    let flags = code[at + ArrayLayout.prefix]
    let prefix = Int(flags & 0xFFFF_FFFF)
    let hasRest = flags & ArrayLayout.hasRest != 0
    let rest = target(at + ArrayLayout.rest)
    if prefix == 0, marks < 0, rest.procedure == 0 {
      if hasRest, !areAll(rest, node, count) { return false }
    } else if prefix > 0 || hasRest {
      var element = view.first(in: node)
      for position in 0..<(hasRest ? count : min(prefix, count)) {
        let target = position < prefix ? target(at + ArrayLayout.targets + position) : rest
        guard apply(target, element, &scratch) else { return false }
        if marks >= 0 { scratch.marks[marks + 1 + position] = true }
        element = view.next(after: element)
      }
      if marks >= 0, hasRest { scratch.marks[marks] = true }
    }
    if flags & ArrayLayout.hasContains != 0, !contains(at, flags, node, count, marks, &scratch) { return false }
    return flags & ArrayLayout.isUnique == 0 || count < 2 || isUnique(node, count, &scratch)
  }

  /// Elements of which nothing but the kind matters.
  private func areAll(_ target: Target, _ node: Node, _ count: Int) -> Bool {
    var element = view.first(in: node)
    for _ in 0..<count {
      guard admits(target, element) else { return false }
      element = view.next(after: element)
    }
    return true
  }

  private func contains(
    _ at: Int, _ flags: UInt64, _ node: Node, _ count: Int, _ marks: Int, _ scratch: inout ValidationScratch
  ) -> Bool {
    let counts = code[at + ArrayLayout.containsCounts]
    let minimum = Int(counts & 0xFFFF_FFFF)
    let maximum = Int(counts >> 32)
    let isRecorded = marks >= 0 && flags & ArrayLayout.containsEvaluates != 0
    let target = target(at + ArrayLayout.contains)
    var found = 0
    var element = view.first(in: node)
    for position in 0..<count {
      if apply(target, element, &scratch) {
        found += 1
        if isRecorded { scratch.marks[marks + 1 + position] = true }
        if found > maximum { return false }
        if found >= minimum, maximum == 0xFFFF_FFFF, !isRecorded { return true }
      }
      element = view.next(after: element)
    }
    return found >= minimum
  }

  private func isUnique(_ node: Node, _ count: Int, _ scratch: inout ValidationScratch) -> Bool {
    if count <= 8 { return isUniqueInPairs(node, count, &scratch) }
    guard scratch.spend(view.size(of: node)) else { return false }
    var size = 16
    while size < count * 2 { size *= 2 }
    scratch.places.removeAll(keepingCapacity: true)
    scratch.places.append(contentsOf: repeatElement(.max, count: size))
    scratch.hashes.removeAll(keepingCapacity: true)
    var nodes: Node = view.first(in: node)
    // Node numbers are kept in place of nodes: the place of an element is found again from the array's start only when hashes are equal.
    for position in 0..<count {
      let hash = Structure.hash(document, nodes, scratch: &scratch.bytes)
      scratch.hashes.append(hash)
      var place = hash & (size - 1)
      while scratch.places[place] != .max {
        let earlier = Int(scratch.places[place])
        if scratch.hashes[earlier] == hash, isEqual(node, earlier, nodes, &scratch) || scratch.isExhausted { return false }
        place = (place + 1) & (size - 1)
      }
      scratch.places[place] = UInt32(position)
      nodes = view.next(after: nodes)
    }
    return true
  }

  private func isEqual(_ array: Node, _ position: Int, _ element: Node, _ scratch: inout ValidationScratch) -> Bool {
    guard scratch.spend(position) else { return false }
    var earlier = view.first(in: array)
    for _ in 0..<position { earlier = view.next(after: earlier) }
    let isEqual = Structure.areEqual(document, earlier, document, element, steps: &scratch.steps)
    return scratch.spend(0) && isEqual
  }

  private func isUniqueInPairs(_ node: Node, _ count: Int, _ scratch: inout ValidationScratch) -> Bool {
    var element = view.first(in: node)
    for position in 0..<count {
      var earlier = view.first(in: node)
      for _ in 0..<position {
        if Structure.areEqual(document, earlier, document, element, steps: &scratch.steps) { return false }
        earlier = view.next(after: earlier)
      }
      element = view.next(after: element)
    }
    return scratch.spend(0)
  }
}
