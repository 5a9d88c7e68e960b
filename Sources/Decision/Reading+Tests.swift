internal import Bytecode
internal import JSON
internal import Patterns

/// What a test comes to. `unknown`: it could not be evaluated, and whoever asked decides what is safe.
enum Truth {
  case no, yes, unknown

  init(_ value: Bool) { self = value ? .yes : .no }
}

extension Reading {
  /// Whether a condition holds. `whenUnknown` is the value of every instruction that cannot be evaluated: as conditions have no negation but
  /// at their tests, `true` can only make the whole more true.
  func holds(
    _ chain: Chain, whenUnknown: Bool, _ document: Document, _ cells: inout MutableSpan<Cell>, _ scratch: inout Scratch
  ) -> Bool {
    if chain.count == 0 { return true }
    var place = Int(chain.start)
    while true {
      let instruction = code[place]
      let isMet =
        switch truth(instruction, document, &cells, &scratch) {
        case .yes: !instruction.isNegated
        case .no: instruction.isNegated
        case .unknown: scratch.recalled.isMet(at: place, isNegated: instruction.isNegated, whenUnknown: whenUnknown)
        }
      let way = isMet ? instruction.whenTrue : instruction.whenFalse
      if way == Instruction.accept { return true }
      if way == Instruction.reject { return false }
      place &+= Int(way)
    }
  }

  /// What the instruction's test comes to, its negation left aside.
  func truth(
    _ instruction: Instruction, _ document: Document, _ cells: inout MutableSpan<Cell>, _ scratch: inout Scratch
  ) -> Truth {
    instruction.quantifier == .one
      ? test(instruction, document, &cells, &scratch) : quantified(instruction, document, &cells, &scratch)
  }

  private func test(
    _ instruction: Instruction, _ document: Document, _ cells: inout MutableSpan<Cell>, _ scratch: inout Scratch
  ) -> Truth {
    let slot = Int(instruction.slot)
    if cells[slot].value == Cell.pending { resolve(slot, document, &cells, &scratch) }
    let value = cells[slot].value
    if value == Cell.unknown { return .unknown }
    if value == Cell.absent { return .no }
    switch instruction.operation {
    case .inInterval: return Truth(value >= instruction.lower && value <= instruction.upper)
    case .inSet: return Truth(pool.contains(value, word: instruction.lower, bits: instruction.upper))
    case .startsWith, .endsWith, .contains, .under, .hostIn:
      return Truth(meets(scratch.text(of: cells[slot], DocumentView(document)), instruction))
    case .matches:
      let pattern = patterns[Int(instruction.lower)]
      guard scratch.canAfford(pattern, bytes: cells[slot].range.count) else { return .unknown }
      return match(cells[slot], pattern, DocumentView(document), scratch.texts, scratch.derived, &scratch.matching)
    case .sameText, .sameNumber: return same(cells[slot], instruction, document, &cells, &scratch)
    }
  }

  private func meets(_ text: Span<UInt8>, _ instruction: Instruction) -> Bool {
    for index in Int(instruction.lower)..<Int(instruction.upper) {
      let constant = pool.text(index)
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

  private func same(
    _ cell: Cell, _ instruction: Instruction, _ document: Document, _ cells: inout MutableSpan<Cell>, _ scratch: inout Scratch
  ) -> Truth {
    let other = Int(instruction.lower)
    if cells[other].value == Cell.pending { resolve(other, document, &cells, &scratch) }
    let right = cells[other]
    if right.value == Cell.unknown { return .unknown }
    if right.value == Cell.absent { return .no }
    if instruction.operation == .sameText {
      let view = DocumentView(document)
      return Truth(areEqual(scratch.text(of: cell, view), scratch.text(of: right, view)))
    }
    switch (cell.source, right.source) {
    case (.principal, .principal): return Truth(scratch.texts.claims.number(cell) == scratch.texts.claims.number(right))
    case (.principal, _): return Truth(document.order(right.node, scratch.texts.claims.number(cell)) == .equal)
    case (_, .principal): return Truth(document.order(cell.node, scratch.texts.claims.number(right)) == .equal)
    case (_, _): return Truth(document.order(cell.node, right.node, in: document) == .equal)
    }
  }

  /// Computes a derived cell from its base.
  private func resolve(_ slot: Int, _ document: Document, _ cells: inout MutableSpan<Cell>, _ scratch: inout Scratch) {
    let known = slots[slot]
    guard let place = known.base else { preconditionFailure("only derived cells are pending") }
    let base = cells[Int(place)]
    if base.value == Cell.unknown, known.form == .length, let length = maskedLength(base, document, scratch) {
      cells[slot].value = rank(ofLength: length, known)
      return
    }
    guard base.value != Cell.absent, base.value != Cell.unknown else {
      cells[slot].value = base.value
      return
    }
    let view = DocumentView(document)
    if known.form == .length {
      let isList = slots[Int(place)].form == .list
      let length = isList ? document.count(base.node) : scalarCount(scratch.texts.text(of: base, view))
      cells[slot].value = rank(ofLength: length, known)
      return
    }
    let lower = scratch.derived.count
    let isThere = append(known.form, of: base, view, scratch.texts, to: &scratch.derived)
    // A text that is there but has no such form may be read as one by somebody else: whoever asks decides what is safe.
    guard isThere else {
      cells[slot].value = Cell.unknown
      return
    }
    let range = lower..<scratch.derived.count
    let literal = literal(scratch.derived.span.extracting(range), slot)
    cells[slot] = Cell(value: literal, source: .derived, range: range, node: base.node)
  }

  private func rank(ofLength length: Int, _ slot: Slot) -> UInt32 {
    if let scale = slot.scale { return rank(Int64(length), 0, scale, slot.constants) }
    let number = Number(length)
    // How many constants are below: constants too long or too small to be scaled are few.
    var below: UInt32 = 0
    for index in slot.constants {
      let constant = numbers[Int(index)]
      if constant == number { return 2 &* below &+ 2 }
      if constant < number { below &+= 1 }
    }
    return 2 &* below &+ 1
  }

  /// Tests one element after another. An element that lacks the value fails the test, as an absent fact does.
  private func quantified(
    _ instruction: Instruction, _ document: Document, _ cells: inout MutableSpan<Cell>, _ scratch: inout Scratch
  ) -> Truth {
    let slot = Int(instruction.slot)
    let base = slots[slot].base.map { Int($0) } ?? slot
    guard let list = slots[base].list.map({ Int($0) }) else { preconditionFailure("a quantifier without elements") }
    let (decoded, derived) = (scratch.texts.decoded.count, scratch.derived.count)
    let truth =
      base < shared
      ? overClaims(instruction, base, document, &cells, &scratch)
      : overElements(instruction, list, document, &cells, &scratch)
    scratch.texts.decoded.removeLast(scratch.texts.decoded.count - decoded)
    scratch.derived.removeLast(scratch.derived.count - derived)
    return truth
  }

  /// - Parameter base: the slot of an element of a list claim.
  private func overClaims(
    _ instruction: Instruction, _ base: Int, _ document: Document, _ cells: inout MutableSpan<Cell>, _ scratch: inout Scratch
  ) -> Truth {
    let slot = Int(instruction.slot)
    var result = Truth(instruction.quantifier == .all)
    for index in scratch.texts.claims.cells[base].range {
      cells[base] = scratch.texts.claims.elements[index]
      if slot != base { cells[slot].value = Cell.pending }
      let truth = test(instruction, document, &cells, &scratch)
      if let settled = instruction.quantifier.settled(by: truth) { return settled }
      if truth == .unknown { result = .unknown }
    }
    return result
  }

  private func overElements(
    _ instruction: Instruction, _ list: Int, _ document: Document, _ cells: inout MutableSpan<Cell>, _ scratch: inout Scratch
  ) -> Truth {
    var result = Truth(instruction.quantifier == .all)
    if cells[list].value == Cell.unknown { return .unknown }
    guard cells[list].value != Cell.absent, let element = slots[list].element else { return result }
    let array = cells[list].node
    var next = document.firstChild(array)
    while let node = next {
      for index in slots[list].elements {
        cells[Int(index)].value = slots[Int(index)].isDerived ? Cell.pending : Cell.absent
      }
      // Fits: it was bound once when the arguments were.
      _ = bind(element, node, document, &cells, &scratch)
      let truth = test(instruction, document, &cells, &scratch)
      if let settled = instruction.quantifier.settled(by: truth) { return settled }
      if truth == .unknown { result = .unknown }
      next = document.sibling(after: node, in: array)
    }
    return result
  }
}

extension Quantifier {
  /// The value of the whole when one element's truth decides it.
  fileprivate func settled(by truth: Truth) -> Truth? {
    switch self {
    case .any: truth == .yes ? .yes : nil
    case .all: truth == .no ? .no : nil
    case .one: truth
    }
  }
}

/// Unicode scalars of valid UTF-8: every byte but continuations begins one.
private func scalarCount(_ text: Span<UInt8>) -> Int {
  var count = 0
  for index in text.indices where text[index] & 0xC0 != 0x80 { count &+= 1 }
  return count
}

// Functions of their own, because what a text is borrowed from and what is written to have to be told apart.

private func match(
  _ cell: Cell, _ pattern: Pattern, _ document: DocumentView, _ texts: borrowing Scratch.Texts, _ derived: borrowing [UInt8],
  _ matching: inout MatchScratch
) -> Truth {
  let outcome =
    cell.source == .derived
    ? pattern.match(derived.span.extracting(cell.range), scratch: &matching)
    : pattern.match(texts.text(of: cell, document), scratch: &matching)
  switch outcome {
  case .found: return .yes
  case .none: return .no
  case .undecided: return .unknown
  }
}

/// Appends what a text has of a form: host, scheme or path; false when it has none.
private func append(
  _ form: Slot.Form, of cell: Cell, _ document: DocumentView, _ texts: borrowing Scratch.Texts, to out: inout [UInt8]
) -> Bool {
  let text = texts.text(of: cell, document)
  return switch form {
  case .host: appendHost(text, to: &out)
  case .scheme: appendScheme(text, to: &out)
  default: appendNormalPath(text, to: &out)
  }
}
