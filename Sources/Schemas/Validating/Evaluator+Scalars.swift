internal import JSON
internal import Patterns

/// Texts, numbers and enumerated values.
extension Evaluator {
  @inline(__always)
  func isText(_ at: Int, _ node: Node, _ scratch: inout ValidationScratch) -> Bool {
    let text = view.entry(node)
    let count = Int(truncatingIfNeeded: code[at + 3])
    guard !text.isEscaped else { return hasEscapedWords(node, first: code[at + 1], last: code[at + 2], count, &scratch) }
    return Int(text.end) &- Int(text.start) &- 2 == count && view.isShort(text, count, first: code[at + 1], last: code[at + 2])
  }

  func isOneOf(_ at: Int, _ node: Node, _ scratch: inout ValidationScratch) -> Bool {
    let bit = view.kindBit(node)
    if bit == KindSet.string.rawValue { return findText(node, table: at + 2, &scratch) >= 0 }
    let index = program.sets[Int(code[at + 1])]
    switch bit {
    case KindSet.null.rawValue: return index.hasNull
    case KindSet.boolean.rawValue: return view.isFlagged(node) ? index.hasTrue : index.hasFalse
    default: return isOther(of: index, node, &scratch)
    }
  }

  private func isOther(of index: ValueIndex, _ node: Node, _ scratch: inout ValidationScratch) -> Bool {
    var candidates = index.others
    if !index.buckets.isEmpty {
      guard scratch.spend(view.size(of: node)) else { return false }
      candidates = index.buckets[Structure.hash(document, node, scratch: &scratch.bytes)] ?? []
    }
    for candidate in candidates where Structure.areEqual(document, node, index.document, candidate, steps: &scratch.steps) { return true }
    return scratch.spend(0) && false
  }

  /// In characters, which are Unicode scalars.
  func hasLength(_ at: Int, _ node: Node) -> Bool {
    let minimum = Int(code[at + 1] & 0xFFFF_FFFF)
    let maximum = Int(code[at + 1] >> 32)
    let bytes = view.length(node)
    // A character has at most four bytes, or twelve as two escapes.
    if bytes < minimum || (maximum < 0xFFFF_FFFF && bytes > maximum &* 12) { return false }
    if !view.isFlagged(node), bytes <= maximum, bytes >= minimum &* 4 { return true }
    let count = scalarCount(node)
    return count >= minimum && (count <= maximum || maximum == 0xFFFF_FFFF)
  }

  private func scalarCount(_ node: Node) -> Int {
    let text = view.text(node)
    var count = 0
    var index = 0
    if !view.isFlagged(node) {
      while index < text.count {
        count += text[index] & 0xC0 != 0x80 ? 1 : 0
        index += 1
      }
      return count
    }
    while index < text.count {
      if text[index] == UInt8(ascii: "\\") {
        guard text[index + 1] == UInt8(ascii: "u") else {
          index += 2
          count += 1
          continue
        }
        // The first half of a pair is `\ud8…` to `\udb…`; the parser made sure that the second follows.
        let isHalf = text[index + 2] | 0x20 == UInt8(ascii: "d") && "89abAB".utf8.contains(text[index + 3])
        index += isHalf ? 12 : 6
        count += 1
      } else {
        count += text[index] & 0xC0 != 0x80 ? 1 : 0
        index += 1
      }
    }
    return count
  }

  /// - Parameter matcher: the place of its word.
  func search(_ matcher: Int, _ node: Node, _ scratch: inout ValidationScratch) -> Bool {
    guard scratch.spend(1 + view.length(node) / 16) else { return false }
    let operand = code[matcher]
    let words = Int(operand >> 32)
    guard !view.isFlagged(node) else {
      scratch.bytes.removeAll(keepingCapacity: true)
      document.decodeString(node, appendingTo: &scratch.bytes)
      let bytes = scratch.bytes
      return words > 0 ? fits(words, bytes.span) : search(Int(operand), bytes.span, &scratch)
    }
    return words > 0 ? fits(words, view.text(node)) : search(Int(operand), view.text(node), &scratch)
  }

  private func search(_ pattern: Int, _ text: Span<UInt8>, _ scratch: inout ValidationScratch) -> Bool {
    switch program.patterns[pattern].match(text, scratch: &scratch.matching) {
    case .found: return true
    case .none: return false
    case .undecided:
      scratch.isExhausted = true
      return false
    }
  }

  func hasFormat(_ at: Int, _ node: Node, _ scratch: inout ValidationScratch) -> Bool {
    let format = program.formats[Int(code[at + 1])]
    guard scratch.spend(1 + view.length(node) / 16) else { return false }
    guard view.isFlagged(node) else { return format.admits(view.text(node)) }
    scratch.bytes.removeAll(keepingCapacity: true)
    document.decodeString(node, appendingTo: &scratch.bytes)
    return format.admits(scratch.bytes.span)
  }

  func isInRange(_ at: Int, _ node: Node) -> Bool {
    if let (coefficient, decimals) = view.smallDecimal(node) {
      // A number with a fraction is strictly between the integers around it.
      let low = Int64(bitPattern: code[at + 1])
      let high = Int64(bitPattern: code[at + 2])
      let whole = decimals == 0 ? coefficient : coefficient / Self.powersOfTen[decimals]
      let reach: Int64 = decimals == 0 ? 0 : 1
      if whole - reach >= low, whole + reach <= high { return true }
    }
    let range = program.ranges[Int(code[at + 3])]
    if let bound = range.minimum {
      let order = document.order(node, bound.value)
      if order == .less || (order == .equal && bound.isExclusive) { return false }
    }
    if let bound = range.maximum {
      let order = document.order(node, bound.value)
      if order == .greater || (order == .equal && bound.isExclusive) { return false }
    }
    return true
  }

  func isMultiple(_ at: Int, _ node: Node) -> Bool {
    let divisor = Int64(bitPattern: code[at + 1])
    if divisor > 0, let (coefficient, decimals) = view.smallDecimal(node) {
      // Brought to one exponent, both are integers.
      let shift = -decimals - Int(Int64(bitPattern: code[at + 2]))
      if let factor = Self.power(abs(shift)) {
        let (value, overflow) = (shift > 0 ? coefficient : divisor).multipliedReportingOverflow(by: factor)
        if !overflow { return shift > 0 ? value % divisor == 0 : coefficient % value == 0 }
      }
    }
    return document.number(node)?.isMultiple(of: program.numbers[Int(code[at + 3])]) == true
  }

  @inline(__always)
  private static func power(_ exponent: Int) -> Int64? { exponent < 19 ? powersOfTen[exponent] : nil }

  private static let powersOfTen: [19 of Int64] = [
    1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000, 100_000_000_000,
    1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000, 10_000_000_000_000_000, 100_000_000_000_000_000,
    1_000_000_000_000_000_000,
  ]
}
