internal import Bytecode
internal import JSON

extension Evaluator {
  /// Puts claims and clock into the shared cells, unless they are there from the last call.
  mutating func bindShared(_ claims: BoundClaims, _ now: Moment) {
    if bound !== claims {
      for index in claims.cells.indices { cells[index] = claims.cells[index] }
      bound = claims
      time = nil
    }
    if time != now {
      time = now
      bindClock(now)
    }
  }

  private mutating func bindClock(_ now: Moment) {
    var calendar: CalendarTime?
    for index in program.sources.indices {
      guard case .clock(let field) = program.sources[index] else { continue }
      if field == .moment {
        cells[index].value = rank(of: now, program.shared.slots[index].constants)
      } else {
        let known = calendar ?? CalendarTime(now)
        calendar = known
        // A year before 1 counts as the first: the set of years that a test holds for begins there.
        cells[index].value = UInt32(truncatingIfNeeded: max(0, min(known.value(field), 9_999)) + 1)
      }
    }
  }

  private func rank(of now: Moment, _ constants: Range<UInt32>) -> UInt32 {
    var low = Int(constants.lowerBound)
    var high = Int(constants.upperBound)
    while low < high {
      let middle = (low &+ high) / 2
      if program.moments[middle] < now.milliseconds { low = middle &+ 1 } else { high = middle }
    }
    let isEqual = low < Int(constants.upperBound) && program.moments[low] == now.milliseconds
    return 2 &* (UInt32(low) &- constants.lowerBound) &+ (isEqual ? 2 : 1)
  }

  mutating func resetDerived(_ plan: Plan) {
    decoded.removeAll(keepingCapacity: true)
    derived.removeAll(keepingCapacity: true)
    for index in plan.derived.indices { cells[Int(plan.derived[index])].value = Cell.pending }
  }

  mutating func forgetArguments(_ plan: Plan) {
    resetDerived(plan)
    for index in plan.shared..<max(plan.shared, plan.slots.count) where !plan.slots[index].isDerived { cells[index].value = Cell.unknown }
  }

  /// Looks the arguments over and fills the plan's own cells; says what does not fit the snapshot.
  mutating func bind(_ plan: Plan, _ document: Document, _ arguments: Node?) -> Denial? {
    resetDerived(plan)
    if plan.slots.count == plan.shared { return nil }
    for index in plan.shared..<plan.slots.count where !plan.slots[index].isDerived { cells[index].value = Cell.absent }
    guard let arguments, !document.isNull(arguments) else {
      for index in plan.members where plan.fields[Int(index)].isRequired {
        return .invalidArgument(plan.fields[Int(index)].number, .missing)
      }
      return nil
    }
    guard document.kind(arguments) == .object else { return .invalidArgument(FieldNumber(0), .wrongType) }
    return bind(plan, plan.members, arguments, document)
  }

  /// Looks each field up: what rules read is little, what a caller sends may be much, and a look-up skips whatever is nested.
  private mutating func bind(_ plan: Plan, _ members: Range<UInt32>, _ object: Node, _ document: Document) -> Denial? {
    for index in members {
      if let value = document.member(object, plan.names[Int(index)]) {
        if let denial = bind(plan, index, value, document) { return denial }
      } else if plan.fields[Int(index)].isRequired {
        return .invalidArgument(plan.fields[Int(index)].number, .missing)
      }
    }
    return nil
  }

  /// Binds the value of one field, and all that is read below it.
  mutating func bind(_ plan: Plan, _ index: UInt32, _ value: Node, _ document: Document) -> Denial? {
    let field = plan.fields[Int(index)]
    let kind = document.kind(value)
    if kind == .null, field.isNullable { return nil }
    if let presence = field.presence { cells[Int(presence)].value = 1 }
    switch field.kind {
    case .unknown: return nil
    case .text:
      guard kind == .string else { break }
      if let slot = field.value { bindText(Int(slot), plan, value, document) }
      return nil
    case .number, .integer:
      guard kind == .number, field.kind == .number || document.isInteger(value) else { break }
      if let slot = field.value {
        cells[Int(slot)] = Cell(value: rank(of: value, plan.slots[Int(slot)], document), node: value)
      }
      return nil
    case .boolean:
      guard let boolean = document.boolean(value) else { break }
      if let slot = field.value { cells[Int(slot)].value = boolean ? 2 : 1 }
      return nil
    case .object:
      guard kind == .object else { break }
      return bind(plan, field.members, value, document)
    case .array:
      guard kind == .array else { break }
      return field.value.flatMap { bindList(Int($0), plan, value, document) }
    }
    return .invalidArgument(field.number, .wrongType)
  }

  private mutating func bindText(_ slot: Int, _ plan: Plan, _ value: Node, _ document: Document) {
    guard let range = document.stringBytes(value) else { return }
    let known = plan.slots[slot]
    if document.hasEscapes(value) {
      let lower = decoded.count
      document.decodeString(value, appendingTo: &decoded)
      let literal = known.hasLiterals ? program.names.number(of: decoded.span.extracting(lower..<decoded.count), in: known.space) : nil
      cells[slot] = Cell(value: literal ?? Cell.other, source: .decoded, range: lower..<decoded.count, node: value)
    } else {
      let bytes = document.bytes
      let literal = known.hasLiterals ? program.names.number(of: bytes.span.extracting(range), in: known.space) : nil
      cells[slot] = Cell(value: literal ?? Cell.other, source: .document, range: range, node: value)
    }
  }

  /// Every element is held to the snapshot before any rule is asked, so that no rule decides which of them are.
  private mutating func bindList(_ slot: Int, _ plan: Plan, _ value: Node, _ document: Document) -> Denial? {
    cells[slot] = Cell(value: 1, node: value)
    guard let element = plan.slots[slot].element else { return nil }
    let length = decoded.count
    defer { decoded.removeLast(decoded.count - length) }
    var next = document.firstChild(value)
    while let node = next {
      if let denial = bind(plan, element, node, document) { return denial }
      next = document.sibling(after: node, in: value)
    }
    return nil
  }

  /// The rank of a number of the arguments among a slot's constants.
  private func rank(of value: Node, _ slot: Slot, _ document: Document) -> UInt32 {
    if let scale = slot.scale, let fixed = document.fixed(value) { return rank(fixed.coefficient, fixed.exponent, scale, slot.constants) }
    var low = Int(slot.constants.lowerBound)
    var high = Int(slot.constants.upperBound)
    while low < high {
      let middle = (low + high) / 2
      switch document.order(value, program.numbers[middle]) {
      case .equal: return 2 * (UInt32(middle) - slot.constants.lowerBound) + 2
      case .greater: low = middle + 1
      case .less, nil: high = middle
      }
    }
    return 2 * (UInt32(low) - slot.constants.lowerBound) + 1
  }

  /// The rank of coefficient × 10^exponent among constants that are whole multiples of 10^scale.
  func rank(_ coefficient: Int64, _ exponent: Int32, _ scale: Int32, _ constants: Range<UInt32>) -> UInt32 {
    var value = coefficient
    var isExact = true
    if exponent > scale {
      for _ in 0..<(exponent - scale) {
        let (product, overflow) = value.multipliedReportingOverflow(by: 10)
        // Beyond every constant, which all fit.
        if overflow { return coefficient < 0 ? 1 : 2 * UInt32(constants.count) + 1 }
        value = product
        if value == 0 { break }
      }
    } else {
      for _ in 0..<min(scale - exponent, 20) {
        let quotient = value >= 0 ? value / 10 : -((9 - value) / 10)
        isExact = isExact && quotient * 10 == value
        value = quotient
      }
    }
    // `value` is exact, or the value lies strictly between it and its successor.
    var low = Int(constants.lowerBound)
    var high = Int(constants.upperBound)
    while low < high {
      let middle = (low &+ high) / 2
      if program.scaled[middle] < value || (!isExact && program.scaled[middle] == value) { low = middle &+ 1 } else { high = middle }
    }
    let isEqual = isExact && low < Int(constants.upperBound) && program.scaled[low] == value
    return 2 &* (UInt32(low) &- constants.lowerBound) &+ (isEqual ? 2 : 1)
  }
}
