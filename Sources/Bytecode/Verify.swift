internal import Quotas

/// Why parts may not become a program. Compiled policies never have one; what was changed on the way might.
package enum Fault: Error, Hashable {
  /// A way out that does not lead forward within its chain.
  case way(instruction: Int)
  /// A slot that its plan does not have, or of a form the operation does not fit.
  case slot(instruction: Int)
  /// A constant that is not in the program.
  case operand(instruction: Int)
  /// A chain that is not in the code.
  case chain(start: Int)
  /// A number of a rule, agent, atom, layer or bucket that does not exist.
  case reference
  /// A slot that is computed from one that cannot come before it.
  case derivation(slot: Int)
}

/// Holds parts to what evaluation relies on: every chain ends, every number is of something that exists, every operation fits its slot.
package func verify(_ parts: Program.Parts) throws(Fault) {
  let verifier = Verifier(parts: parts)
  try verifier.verify(parts.shared, isShared: true)
  guard parts.sources.count == parts.shared.slots.count, parts.scaled.count == parts.numbers.count, !parts.fields.isEmpty else {
    throw .reference
  }
  for agent in parts.agents { if let chain = agent.chain { try verifier.verify(chain, parts.shared) } }
  for pinned in parts.tools + parts.prompts {
    guard Int(pinned.server.index) < parts.servers.count, pinned.filters.allSatisfy({ parts.filters.indices.contains($0) }),
      pinned.limited.limits.count <= LocalQuotas.mostCharges, pinned.limited.limits.allSatisfy({ parts.limits.indices.contains($0) })
    else {
      throw .reference
    }
    if let plan = pinned.plan { try verifier.verify(plan, isShared: false) }
  }
  try verifier.verifyFilters()
  for server in parts.servers {
    for rule in server.resources {
      try verifier.verify(rule.planned, parts.shared)
      if case .grant(let layer) = rule.effect, !(0..<parts.grantingLayers).contains(layer) { throw .reference }
    }
  }
  for (source, slot) in zip(parts.sources, parts.shared.slots) { try verifier.verify(source, slot) }
  try verifier.verifyBuckets()
}

private struct Verifier {
  let parts: Program.Parts

  func verifyFilters() throws(Fault) {
    guard parts.labels.count <= Int(LabelSet.capacity) else { throw .reference }
    for set in parts.patternSets {
      guard parts.filterPatterns.indices.contains(set.patterns) || set.patterns.isEmpty, set.window > 0 else { throw .reference }
    }
    for filter in parts.filters {
      for clause in filter.clauses {
        guard parts.patternSets.indices.contains(clause.set),
          clause.patterns.allSatisfy({ parts.patternSets[clause.set].patterns.contains($0) }), isKnown(clause.labels)
        else { throw .reference }
      }
      guard filter.longest.map({ isKnown($0.labels) }) ?? true, filter.binaries.allSatisfy({ isKnown($0.labels) }) else {
        throw .reference
      }
    }
    let changes =
      (parts.tools + parts.prompts).map(\.labels) + parts.servers.flatMap(\.resourceLabels).map(\.change) + [parts.approvalLabels]
    guard changes.allSatisfy({ isKnown($0.sets) && isKnown($0.clears) }) else { throw .reference }
    for server in parts.servers {
      guard (server.filters + server.resourceFilters.map(\.filter)).allSatisfy({ parts.filters.indices.contains($0) }),
        server.resourceLimits.allSatisfy({ parts.limits.indices.contains($0.limit) })
      else {
        throw .reference
      }
    }
  }

  private func isKnown(_ labels: LabelSet) -> Bool { labels.labels.allSatisfy { Int($0.index) < parts.labels.count } }

  func verify(_ plan: Plan, isShared: Bool) throws(Fault) {
    let shared = parts.shared.slots
    guard plan.shared == shared.count, Array(plan.slots.prefix(shared.count)) == shared else {
      throw .reference
    }
    guard isShared || plan.grants.count == parts.grantingLayers else { throw .reference }
    for (index, slot) in plan.slots.enumerated() {
      // What a slot is computed from comes before it, so resolving one ends.
      for other in [slot.base, slot.list] { if let other, Int(other) >= index { throw .derivation(slot: index) } }
      guard fits(slot, plan) else { throw .derivation(slot: index) }
      let constants = slot.form == .moment ? parts.moments.count : parts.numbers.count
      guard Int(slot.constants.upperBound) <= constants, slot.elements.upperBound <= plan.slots.count,
        slot.element.map({ Int($0) < plan.fields.count }) ?? true
      else { throw .derivation(slot: index) }
    }
    for field in plan.fields {
      guard field.members.upperBound <= plan.fields.count, Int(field.number.index) < parts.fields.count,
        [field.value, field.presence].allSatisfy({ $0.map { Int($0) >= plan.shared && Int($0) < plan.slots.count } ?? true })
      else { throw .reference }
    }
    guard plan.members.upperBound <= plan.fields.count, plan.names.count == plan.fields.count else { throw .reference }
    for group in [plan.denies, plan.asks, plan.shadows] + plan.grants {
      guard let group else { continue }
      guard group.pivots.count <= Buckets.pivots, group.pivots.allSatisfy({ Int($0) < plan.slots.count }) else { throw .reference }
    }
    for rule in plan.rules { try verify(rule, plan) }
  }

  func verify(_ source: SharedSource, _ slot: Slot) throws(Fault) {
    switch source {
    case .clock(.moment): guard slot.form == .moment else { throw .reference }
    case .clock: guard slot.form == .field else { throw .reference }
    case .label(let label): guard slot.form == .boolean, Int(label.index) < parts.labels.count else { throw .reference }
    case .claim: guard slot.form != .moment && slot.form != .field else { throw .reference }
    }
  }

  /// A bucket holds rules of the plan that its group is of, as the plan has them: their chains speak of that plan's slots.
  func verifyBuckets() throws(Fault) {
    var members: [UInt32: Set<Candidate>] = [:]
    for pinned in parts.tools + parts.prompts {
      guard let plan = pinned.plan else { continue }
      let own = Set(plan.rules.map { Candidate(rule: $0.rule, chain: $0.chain, expires: $0.expires) })
      for group in [plan.denies, plan.asks, plan.shadows] + plan.grants {
        guard let group else { continue }
        guard members.updateValue(own, forKey: group.number) == nil else { throw .reference }
      }
    }
    for (group, range) in parts.buckets.ranges {
      guard range.upperBound <= parts.candidates.count, let own = members[group], parts.candidates[range].allSatisfy(own.contains) else {
        throw .reference
      }
    }
  }

  func verify(_ rule: PlannedRule, _ plan: Plan) throws(Fault) {
    guard Int(rule.rule.index) < parts.rules.count else { throw .reference }
    let atoms = parts.rules[Int(rule.rule.index)].atoms.count
    guard rule.atoms.count == Int(rule.chain.count), rule.atoms.allSatisfy({ Int($0) < atoms }),
      (rule.agents ?? []).allSatisfy({ Int($0) < parts.agents.count })
    else { throw .reference }
    try verify(rule.chain, plan)
  }

  func verify(_ chain: Chain, _ plan: Plan) throws(Fault) {
    let start = Int(chain.start)
    let end = start + Int(chain.count)
    guard end <= parts.code.count else { throw .chain(start: start) }
    for place in start..<end {
      let instruction = parts.code[place]
      for way in [instruction.whenTrue, instruction.whenFalse] where way != Instruction.accept && way != Instruction.reject {
        guard way > 0, place + Int(way) < end else { throw .way(instruction: place) }
      }
      try verify(instruction, at: place, plan)
    }
  }

  private func verify(_ instruction: Instruction, at place: Int, _ plan: Plan) throws(Fault) {
    guard Int(instruction.slot) < plan.slots.count else { throw .slot(instruction: place) }
    let slot = plan.slots[Int(instruction.slot)]
    guard fits(instruction.operation, slot.form), (instruction.quantifier != .one) == isElement(slot, plan) else {
      throw .slot(instruction: place)
    }
    guard hasOperand(instruction, plan) else { throw .operand(instruction: place) }
  }

  /// Whether a derived slot is computed from what its form can be computed from, and the others from nothing.
  private func fits(_ slot: Slot, _ plan: Plan) -> Bool {
    guard let base = slot.base.map({ plan.slots[Int($0)] }) else {
      return ![.length, .host, .scheme, .path].contains(slot.form)
    }
    if base.isDerived { return false }
    switch slot.form {
    case .host, .scheme, .path: return base.form == .text
    case .length: return base.form == .text || base.form == .list
    case .text, .number, .boolean, .presence, .list, .field, .moment: return false
    }
  }

  private func isElement(_ slot: Slot, _ plan: Plan) -> Bool {
    slot.list != nil || slot.base.map { plan.slots[Int($0)].list != nil } ?? false
  }

  private func fits(_ operation: Operation, _ form: Slot.Form) -> Bool {
    switch operation {
    case .inInterval, .inSet: form != .host && form != .path
    case .startsWith, .endsWith, .contains, .matches, .sameText: form == .text || form == .host || form == .scheme
    case .under: form == .path
    case .hostIn: form == .host
    case .sameNumber: form == .number
    }
  }

  private func hasOperand(_ instruction: Instruction, _ plan: Plan) -> Bool {
    let (lower, upper) = (Int(instruction.lower), Int(instruction.upper))
    switch instruction.operation {
    case .inInterval: return lower > 0
    case .inSet: return lower + (upper + 63) / 64 <= parts.pool.words.count
    case .startsWith, .endsWith, .contains, .under, .hostIn: return lower <= upper && upper <= parts.pool.texts.count
    case .matches: return lower < parts.patterns.count
    case .sameText, .sameNumber:
      return lower < plan.slots.count && fits(instruction.operation, plan.slots[lower].form) && !isElement(plan.slots[lower], plan)
    }
  }
}
