internal import JSON

/// Objects and arrays, each in one pass.
extension Evaluator {
  func checkObject(_ at: Int, _ node: Node, _ marks: Int, _ scratch: inout ValidationScratch) -> Bool {
    let count = view.count(node)
    let counts = code[at &+ ObjectLayout.counts]
    guard count >= Int(counts & 0xFFFF_FFFF), count <= Int(truncatingIfNeeded: counts >> 32), scratch.spend(count) else { return false }
    let flags = code[at &+ ObjectLayout.flags]
    if flags & ObjectLayout.isSimple == 0 || marks >= 0 { return checkMembers(at, flags, node, count, marks, &scratch) }
    let rest = target(at &+ ObjectLayout.rest)
    if flags & ObjectLayout.hasTable == 0 { return flags & ObjectLayout.hasRest == 0 || areAllMembers(rest, node, count, &scratch) }
    // Names are unique in a document, so it is enough to count the required ones.
    var missing = Int(code[at &+ ObjectLayout.required] & 0xFFFF_FFFF)
    var next = view.first(in: node)
    for _ in 0..<count {
      let slot = findName(view.entry(next), next, table: at &+ ObjectLayout.table, &scratch)
      let target = slot >= 0 ? target(slot &+ TableLayout.target) : rest
      missing &-= target.required
      let value = view.value(of: next)
      guard apply(target, value, &scratch) else { return false }
      next = view.next(after: value)
    }
    return missing == 0
  }

  /// Members to whose names patterns or a schema apply, or of which is recorded which were looked at.
  private func checkMembers(
    _ at: Int, _ flags: UInt64, _ node: Node, _ count: Int, _ marks: Int, _ scratch: inout ValidationScratch
  ) -> Bool {
    let required = code[at + ObjectLayout.required]
    let table = at + ObjectLayout.table
    let hasTable = flags & ObjectLayout.hasTable != 0
    let patterns = hasTable ? end(ofTable: table) : table
    var missing = Int(required & 0xFFFF_FFFF)
    var name = view.first(in: node)
    for position in 0..<count {
      let value = view.value(of: name)
      var isKnown = false
      let slot = hasTable ? findName(view.entry(name), name, table: table, &scratch) : -1
      if slot >= 0 {
        let target = target(slot + TableLayout.target)
        missing -= target.required
        if target.isDeclared {
          isKnown = true
          guard apply(target, value, &scratch) else { return false }
        }
      }
      guard checkMore(at, flags, patterns, Int(truncatingIfNeeded: required >> 32), name, &isKnown, &scratch) else { return false }
      if isKnown, marks >= 0 { scratch.marks[marks + 1 + position] = true }
      name = view.next(after: value)
    }
    return missing == 0
  }

  /// Members whose names do not matter.
  @inline(never)
  private func areAllMembers(_ target: Target, _ node: Node, _ count: Int, _ scratch: inout ValidationScratch) -> Bool {
    if target.isPlain { return areAllMembersPlain(target, node, count) }
    var name = view.first(in: node)
    for _ in 0..<count {
      let value = view.value(of: name)
      guard apply(target, value, &scratch) else { return false }
      name = view.next(after: value)
    }
    return true
  }

  @inline(never)
  private func areAllMembersPlain(_ target: Target, _ node: Node, _ count: Int) -> Bool {
    var name = view.first(in: node)
    for _ in 0..<count {
      let value = view.value(of: name)
      guard admits(target, value) else { return false }
      name = view.next(after: value)
    }
    return true
  }

  /// Patterns, the rest and names of one member.
  private func checkMore(
    _ at: Int, _ flags: UInt64, _ patterns: Int, _ count: Int, _ name: Node, _ isKnown: inout Bool, _ scratch: inout ValidationScratch
  ) -> Bool {
    let value = view.value(of: name)
    var place = patterns
    for _ in 0..<count {
      if search(place, name, &scratch) {
        isKnown = true
        guard apply(target(place + 1), value, &scratch) else { return false }
      } else if scratch.isExhausted {
        return false
      }
      place += 2
    }
    if !isKnown, flags & ObjectLayout.hasRest != 0 {
      isKnown = true
      guard apply(target(at + ObjectLayout.rest), value, &scratch) else { return false }
    }
    return flags & ObjectLayout.hasNames == 0 || apply(target(at + ObjectLayout.names), name, &scratch)
  }

  @inline(never)
  func checkArray(_ at: Int, _ node: Node, _ marks: Int, _ scratch: inout ValidationScratch) -> Bool {
    let count = view.count(node)
    let counts = code[at &+ ArrayLayout.counts]
    guard count >= Int(counts & 0xFFFF_FFFF), count <= Int(truncatingIfNeeded: counts >> 32) || counts >> 32 == 0xFFFF_FFFF,
      scratch.spend(count)
    else {
      return false
    }
    let flags = code[at &+ ArrayLayout.prefix]
    let prefix = Int(flags & 0xFFFF_FFFF)
    if prefix == 0, marks < 0 {
      let rest = target(at &+ ArrayLayout.rest)
      if flags & ArrayLayout.hasRest != 0 {
        guard rest.isPlain ? areAllPlain(rest, node, count) : areAll(rest, node, count, &scratch) else { return false }
      }
    } else if prefix > 0 || flags & ArrayLayout.hasRest != 0 {
      guard checkElements(at, flags, node, count, marks, &scratch) else { return false }
    }
    if flags & ArrayLayout.hasContains != 0, !contains(at, flags, node, count, marks, &scratch) { return false }
    return flags & ArrayLayout.isUnique == 0 || count < 2 || isUnique(node, count, &scratch)
  }

  /// Elements to which the same applies, wherever they are.
  @inline(never)
  private func areAll(_ target: Target, _ node: Node, _ count: Int, _ scratch: inout ValidationScratch) -> Bool {
    var element = view.first(in: node)
    for _ in 0..<count {
      guard apply(target, element, &scratch) else { return false }
      element = view.next(after: element)
    }
    return true
  }

  @inline(never)
  private func areAllPlain(_ target: Target, _ node: Node, _ count: Int) -> Bool {
    var element = view.first(in: node)
    for _ in 0..<count {
      guard admits(target, element) else { return false }
      element = view.next(after: element)
    }
    return true
  }

  /// Elements whose place matters, or of which is recorded which were looked at.
  private func checkElements(
    _ at: Int, _ flags: UInt64, _ node: Node, _ count: Int, _ marks: Int, _ scratch: inout ValidationScratch
  ) -> Bool {
    let prefix = Int(flags & 0xFFFF_FFFF)
    let hasRest = flags & ArrayLayout.hasRest != 0
    var element = view.first(in: node)
    for position in 0..<(hasRest ? count : min(prefix, count)) {
      guard apply(target(position < prefix ? at + ArrayLayout.targets + position : at + ArrayLayout.rest), element, &scratch) else {
        return false
      }
      if marks >= 0 { scratch.marks[marks + 1 + position] = true }
      element = view.next(after: element)
    }
    if marks >= 0, hasRest { scratch.marks[marks] = true }
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
