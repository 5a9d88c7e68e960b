internal import Bytecode
internal import JSON
internal import Patterns

/// What a test comes to. `unknown`: it could not be evaluated, and whoever asked decides what is safe.
enum Truth {
  case no, yes, unknown

  init(_ value: Bool) { self = value ? .yes : .no }
}

extension Evaluator {
  /// Whether a condition holds. `whenUnknown` is the value of every instruction that cannot be evaluated: as conditions have no negation but
  /// at their tests, `true` can only make the whole more true.
  mutating func holds(_ chain: Chain, _ facts: borrowing Facts, whenUnknown: Bool) -> Bool {
    if chain.count == 0 { return true }
    var place = Int(chain.start)
    while true {
      let instruction = program.code[place]
      let way = literal(instruction, facts, whenUnknown) ? instruction.whenTrue : instruction.whenFalse
      if way == Instruction.accept { return true }
      if way == Instruction.reject { return false }
      place &+= Int(way)
    }
  }

  mutating func isMember(_ claims: BoundClaims, of agent: AgentInfo) -> Bool {
    guard let chain = agent.chain else { return false }
    bindShared(claims, Moment(milliseconds: 0))
    resetDerived(program.shared)
    return holds(chain, Facts(plan: program.shared, document: nothing, now: 0), whenUnknown: false)
  }

  private mutating func literal(_ instruction: Instruction, _ facts: borrowing Facts, _ whenUnknown: Bool) -> Bool {
    switch truth(instruction, facts) {
    case .yes: !instruction.isNegated
    case .no: instruction.isNegated
    case .unknown: whenUnknown
    }
  }

  /// What the instruction's test comes to, its negation left aside.
  mutating func truth(_ instruction: Instruction, _ facts: borrowing Facts) -> Truth {
    instruction.quantifier == .one ? test(instruction, facts) : quantified(instruction, facts)
  }

  private mutating func test(_ instruction: Instruction, _ facts: borrowing Facts) -> Truth {
    let slot = Int(instruction.slot)
    if cells[slot].value == Cell.pending { resolve(slot, facts) }
    let value = cells[slot].value
    if value == Cell.unknown { return .unknown }
    if value == Cell.absent { return .no }
    switch instruction.operation {
    case .inInterval: return Truth(value >= instruction.lower && value <= instruction.upper)
    case .inSet:
      guard value < instruction.upper else { return .no }
      let word = program.pool.words[Int(instruction.lower &+ value / 64)]
      return Truth(word &>> UInt64(value % 64) & 1 == 1)
    case .startsWith, .endsWith, .contains, .under, .hostIn: return Truth(meetsText(cells[slot], instruction, facts))
    case .matches: return match(cells[slot], program.patterns[Int(instruction.lower)], facts)
    case .sameText, .sameNumber: return same(cells[slot], Int(instruction.lower), instruction.operation, facts)
    }
  }

  private func meetsText(_ cell: Cell, _ instruction: Instruction, _ facts: borrowing Facts) -> Bool {
    let bytes = buffer(of: cell, facts)
    let text = bytes.span.extracting(cell.range)
    let pool = program.pool.bytes
    for index in Int(instruction.lower)..<Int(instruction.upper) {
      let place = program.pool.texts[index]
      let constant = pool.span.extracting(Int(place.lowerBound)..<Int(place.upperBound))
      let isMet =
        switch instruction.operation {
        case .startsWith: hasPrefix(text, constant)
        case .endsWith: hasSuffix(text, constant)
        case .contains: Bytecode.contains(text, constant)
        case .under: isPath(text, under: constant)
        default: isHost(text, constant)
        }
      if isMet { return true }
    }
    return false
  }

  private mutating func match(_ cell: Cell, _ pattern: Pattern, _ facts: borrowing Facts) -> Truth {
    let bytes = buffer(of: cell, facts)
    switch pattern.match(bytes.span.extracting(cell.range), scratch: &matching) {
    case .found: return .yes
    case .none: return .no
    case .undecided: return .unknown
    }
  }

  private mutating func same(_ cell: Cell, _ other: Int, _ operation: Operation, _ facts: borrowing Facts) -> Truth {
    if cells[other].value == Cell.pending { resolve(other, facts) }
    let right = cells[other]
    if right.value == Cell.unknown { return .unknown }
    if right.value == Cell.absent { return .no }
    if operation == .sameText {
      let left = buffer(of: cell, facts)
      let texts = buffer(of: right, facts)
      return Truth(areEqual(left.span.extracting(cell.range), texts.span.extracting(right.range)))
    }
    switch (cell.source, right.source) {
    case (.principal, .principal): return Truth(claimedNumber(cell) == claimedNumber(right))
    case (.principal, _): return Truth(facts.document.order(right.node, claimedNumber(cell)) == .equal)
    case (_, .principal): return Truth(facts.document.order(cell.node, claimedNumber(right)) == .equal)
    case (_, _): return Truth(facts.document.order(cell.node, right.node, in: facts.document) == .equal)
    }
  }

  private func claimedNumber(_ cell: Cell) -> Number {
    guard let bound else { preconditionFailure("a claim's cell without claims") }
    return bound.numbers[Int(cell.lower)]
  }

  /// The bytes that a text cell's range is of.
  func buffer(of cell: Cell, _ facts: borrowing Facts) -> [UInt8] {
    switch cell.source {
    case .document: facts.document.bytes
    case .decoded: decoded
    case .derived: derived
    case .principal: bound?.bytes ?? []
    }
  }

  /// Computes a derived cell from its base.
  private mutating func resolve(_ slot: Int, _ facts: borrowing Facts) {
    let known = facts.plan.slots[slot]
    guard let place = known.base else { preconditionFailure("only derived cells are pending") }
    let base = cells[Int(place)]
    guard base.value != Cell.absent, base.value != Cell.unknown else {
      cells[slot].value = base.value
      return
    }
    if known.form == .length {
      cells[slot].value = lengthRank(base, isList: facts.plan.slots[Int(place)].form == .list, known, facts)
      return
    }
    let bytes = buffer(of: base, facts)
    let text = bytes.span.extracting(base.range)
    let lower = derived.count
    let isThere =
      switch known.form {
      case .host: appendHost(text, to: &derived)
      case .scheme: appendScheme(text, to: &derived)
      default: appendNormalPath(text, to: &derived)
      }
    guard isThere else {
      cells[slot].value = Cell.absent
      return
    }
    let literal = known.hasLiterals ? program.names.number(of: derived.span.extracting(lower..<derived.count), in: known.space) : nil
    cells[slot] = Cell(value: literal ?? Cell.other, source: .derived, range: lower..<derived.count, node: base.node)
  }

  private func lengthRank(_ base: Cell, isList: Bool, _ slot: Slot, _ facts: borrowing Facts) -> UInt32 {
    let length: Int
    if isList {
      length = facts.document.count(base.node)
    } else {
      let bytes = buffer(of: base, facts)
      length = scalarCount(bytes.span.extracting(base.range))
    }
    guard let scale = slot.scale else { return Decision.rank(of: Number(length), among: program.numbers, slot.constants) }
    return rank(Int64(length), 0, scale, slot.constants)
  }

  /// Tests one element after another. An element that lacks the value fails the test, as an absent fact does.
  private mutating func quantified(_ instruction: Instruction, _ facts: borrowing Facts) -> Truth {
    let slot = Int(instruction.slot)
    let base = facts.plan.slots[slot].base.map { Int($0) } ?? slot
    guard let list = facts.plan.slots[base].list.map({ Int($0) }) else { preconditionFailure("a quantifier without elements") }
    let isAny = instruction.quantifier == .any
    let (decodedCount, derivedCount) = (decoded.count, derived.count)
    defer {
      decoded.removeLast(decoded.count - decodedCount)
      derived.removeLast(derived.count - derivedCount)
    }
    var result = Truth(!isAny)
    func isSettled(_ truth: Truth) -> Bool {
      if truth == .unknown { result = .unknown }
      return truth == (isAny ? .yes : .no)
    }
    if base < facts.plan.shared {
      guard let bound else { preconditionFailure("a claim's cell without claims") }
      for index in bound.cells[base].range {
        cells[base] = bound.elements[index]
        if slot != base { cells[slot].value = Cell.pending }
        if isSettled(test(instruction, facts)) { return Truth(isAny) }
      }
      return result
    }
    if cells[list].value == Cell.unknown { return .unknown }
    guard cells[list].value != Cell.absent, let element = facts.plan.slots[list].element else { return result }
    let array = cells[list].node
    var next = facts.document.firstChild(array)
    while let node = next {
      for index in facts.plan.slots[list].elements {
        cells[Int(index)].value = facts.plan.slots[Int(index)].isDerived ? Cell.pending : Cell.absent
      }
      // Fits: it was bound once when the arguments were.
      _ = bind(facts.plan, element, node, facts.document)
      if isSettled(test(instruction, facts)) { return Truth(isAny) }
      next = facts.document.sibling(after: node, in: array)
    }
    return result
  }
}

/// Unicode scalars of valid UTF-8: every byte but continuations begins one.
private func scalarCount(_ text: Span<UInt8>) -> Int {
  var count = 0
  for index in text.indices where text[index] & 0xC0 != 0x80 { count &+= 1 }
  return count
}
