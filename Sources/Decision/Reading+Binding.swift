internal import Bytecode
internal import JSON

extension Reading {
  func resetDerived(_ cells: inout MutableSpan<Cell>, _ scratch: inout Scratch) {
    if !scratch.texts.decoded.isEmpty { scratch.texts.decoded.removeAll(keepingCapacity: true) }
    if !scratch.derived.isEmpty { scratch.derived.removeAll(keepingCapacity: true) }
    for index in derived.indices { cells[Int(derived[index])].value = Cell.pending }
  }

  func forgetArguments(_ cells: inout MutableSpan<Cell>, _ scratch: inout Scratch) {
    for index in shared..<slots.count { cells[index].value = Cell.unknown }
    resetDerived(&cells, &scratch)
  }

  /// Looks the arguments over and fills the target's own cells; says what does not fit the snapshot.
  func bind(_ document: Document, _ arguments: Node?, _ cells: inout MutableSpan<Cell>, _ scratch: inout Scratch) -> Denial? {
    for index in shared..<slots.count { cells[index].value = Cell.absent }
    resetDerived(&cells, &scratch)
    if slots.count == shared { return nil }
    guard let arguments, !document.isNull(arguments) else {
      for index in members where fields[Int(index)].field.isRequired {
        return .invalidArgument(fields[Int(index)].field.number, .missing)
      }
      return nil
    }
    guard document.kind(arguments) == .object else { return .invalidArgument(FieldNumber(0), .wrongType) }
    return bind(members, arguments, document, &cells, &scratch)
  }

  /// Looks each field up: what rules read is little, what a caller sends may be much, and a look-up skips whatever is nested.
  private func bind(
    _ members: Range<UInt32>, _ object: Node, _ document: Document, _ cells: inout MutableSpan<Cell>, _ scratch: inout Scratch
  ) -> Denial? {
    for index in members {
      if let value = member(object, Int(index), document) {
        if let denial = bind(index, value, document, &cells, &scratch) { return denial }
      } else if fields[Int(index)].field.isRequired {
        return .invalidArgument(fields[Int(index)].field.number, .missing)
      }
    }
    return nil
  }

  private func member(_ object: Node, _ index: Int, _ document: Document) -> Node? {
    let view = DocumentView(document)
    let words = fields[index].words
    return view.member(object, fingerprint: fields[index].fingerprint) { name in
      // Sixteen bytes are known by their words; more, and names with escapes, are compared byte by byte.
      view.isFlagged(name) || words.count > 16 ? document.stringEquals(name, names[index].text) : view.isName(name, words)
    }
  }

  /// Binds the value of one field, and all that is read below it.
  func bind(
    _ index: UInt32, _ value: Node, _ document: Document, _ cells: inout MutableSpan<Cell>, _ scratch: inout Scratch
  ) -> Denial? {
    let field = fields[Int(index)].field
    let view = DocumentView(document)
    let kind = view.kind(value)
    if kind == .null, field.isNullable { return nil }
    if let presence = field.presence { cells[Int(presence)].value = 1 }
    switch field.kind {
    case .unknown: return nil
    case .text:
      guard kind == .string else { break }
      if let slot = field.value { bindText(Int(slot), value, view, document, &cells, &scratch) }
      return nil
    case .number, .integer:
      guard kind == .number, field.kind == .number || view.isFlagged(value) || document.isInteger(value) else { break }
      if let slot = field.value {
        cells[Int(slot)] = Cell(value: rank(of: value, Int(slot), view, document), node: value)
      }
      return nil
    case .boolean:
      guard kind == .boolean else { break }
      if let slot = field.value { cells[Int(slot)].value = view.isFlagged(value) ? 2 : 1 }
      return nil
    case .object:
      guard kind == .object else { break }
      return bind(field.members, value, document, &cells, &scratch)
    case .array:
      guard kind == .array else { break }
      guard let slot = field.value else { return nil }
      return bindList(Int(slot), value, document, &cells, &scratch)
    }
    // A value of any type may have been masked; it fitted when it was there.
    if scratch.recalled.isActive, kind == .string, isMasked(value, document) {
      if let slot = field.value { cells[Int(slot)].value = Cell.unknown }
      return nil
    }
    return .invalidArgument(field.number, .wrongType)
  }

  private func bindText(
    _ slot: Int, _ value: Node, _ view: DocumentView, _ document: Document, _ cells: inout MutableSpan<Cell>, _ scratch: inout Scratch
  ) {
    if view.isFlagged(value) {
      let lower = scratch.texts.decoded.count
      document.decodeString(value, appendingTo: &scratch.texts.decoded)
      let range = lower..<scratch.texts.decoded.count
      let isUnknown = scratch.recalled.isActive && MaskedText.isMask(scratch.texts.decoded.span.extracting(range))
      let literal = isUnknown ? Cell.unknown : literal(scratch.texts.decoded.span.extracting(range), slot)
      cells[slot] = Cell(value: literal, source: .decoded, range: range, node: value)
    } else {
      let range = view.textRange(value)
      cells[slot] = Cell(value: literal(view.text(range), slot), source: .document, range: range, node: value)
    }
  }

  /// What a text is among the literals that rules compare the slot with.
  func literal(_ text: Span<UInt8>, _ slot: Int) -> UInt32 {
    guard slots[slot].hasLiterals else { return Cell.other }
    return literals.number(of: text, in: slots[slot].space) ?? Cell.other
  }

  /// Every element is held to the snapshot before any rule is asked, so that no rule decides which of them are.
  private func bindList(
    _ slot: Int, _ value: Node, _ document: Document, _ cells: inout MutableSpan<Cell>, _ scratch: inout Scratch
  ) -> Denial? {
    cells[slot] = Cell(value: 1, node: value)
    guard let element = slots[slot].element else { return nil }
    let length = scratch.texts.decoded.count
    var denial: Denial?
    var next = document.firstChild(value)
    while let node = next, denial == nil {
      denial = bind(element, node, document, &cells, &scratch)
      next = document.sibling(after: node, in: value)
    }
    scratch.texts.decoded.removeLast(scratch.texts.decoded.count - length)
    return denial
  }

  /// The rank of a number of the arguments among a slot's constants.
  private func rank(of value: Node, _ slot: Int, _ view: DocumentView, _ document: Document) -> UInt32 {
    let constants = slots[slot].constants
    if let scale = slots[slot].scale {
      if let decimal = view.smallDecimal(value) { return rank(decimal.coefficient, decimal.exponent, scale, constants) }
      if let fixed = document.fixed(value) { return rank(fixed.coefficient, fixed.exponent, scale, constants) }
    }
    var low = Int(constants.lowerBound)
    var high = Int(constants.upperBound)
    while low < high {
      let middle = (low &+ high) / 2
      switch document.order(value, numbers[middle]) {
      case .equal: return 2 &* (UInt32(middle) &- constants.lowerBound) &+ 2
      case .greater: low = middle &+ 1
      case .less, nil: high = middle
      }
    }
    return 2 &* (UInt32(low) &- constants.lowerBound) &+ 1
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
        // Rounded down. The remainder's sign is the value's, and no step leaves the range, not even at `Int64.min`.
        let (truncated, remainder) = value.quotientAndRemainder(dividingBy: 10)
        let quotient = remainder < 0 ? truncated - 1 : truncated
        isExact = isExact && remainder == 0
        value = quotient
      }
    }
    // `value` is exact, or the value lies strictly between it and its successor.
    var low = Int(constants.lowerBound)
    var high = Int(constants.upperBound)
    while low < high {
      let middle = (low &+ high) / 2
      if scaled[middle] < value || (!isExact && scaled[middle] == value) { low = middle &+ 1 } else { high = middle }
    }
    let isEqual = isExact && low < Int(constants.upperBound) && scaled[low] == value
    return 2 &* (UInt32(low) &- constants.lowerBound) &+ (isEqual ? 2 : 1)
  }
}
