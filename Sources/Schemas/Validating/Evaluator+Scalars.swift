internal import JSON
internal import Patterns

/// Texts, numbers and enumerated values.
extension Evaluator {
  func isText(_ at: Int, _ node: Node, _ scratch: inout ValidationScratch) -> Bool {
    guard !view.isFlagged(node) else {
      return decodedWords(node, &scratch) == NameWords(first: code[at + 1], last: code[at + 2], count: Int(code[at + 3]))
    }
    let words = view.words(node)
    return words.first == code[at + 1] && words.last == code[at + 2] && words.count == Int(code[at + 3])
  }

  func isOneOf(_ at: Int, _ node: Node, _ scratch: inout ValidationScratch) -> Bool {
    let bit = view.kindBit(node)
    if bit == KindSet.string.rawValue {
      let isEscaped = view.isFlagged(node)
      let words = isEscaped ? decodedWords(node, &scratch) : view.words(node)
      let hash = hash(words.fingerprint, words.count, node, isEscaped: isEscaped, &scratch)
      return find(words, node, isEscaped: isEscaped, table: at + 3, entries: at + 4, count: Int(code[at + 2]), hash, &scratch) >= 0
    }
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

  /// Resolves the escapes of a text into the scratch's bytes.
  private func decodedWords(_ node: Node, _ scratch: inout ValidationScratch) -> NameWords {
    scratch.bytes.removeAll(keepingCapacity: true)
    document.decodeString(node, appendingTo: &scratch.bytes)
    return NameWords(scratch.bytes.span)
  }

  /// Looks a name of the document up in a table; gives the place of its entry, or -1.
  @inline(__always)
  func findName(_ name: Node, table: Int, entries: Int, count: Int, _ scratch: inout ValidationScratch) -> Int {
    let fingerprint = view.fingerprint(ofName: name)
    if view.length(name) <= 16 {
      let parameters = code[table]
      let logarithm = Int(truncatingIfNeeded: parameters & 63)
      let place = Places.place(fingerprint, logarithm, UInt32(truncatingIfNeeded: parameters >> 32))
      // Most names that are not in the table end here.
      if code[entries + count * TableLayout.stride + place] == 0 { return -1 }
      if !view.isFlagged(name) {
        return find(view.words(name), name, isEscaped: false, table: table, entries: entries, count: count, fingerprint, &scratch)
      }
    }
    return findLongName(name, table: table, entries: entries, count: count, fingerprint, &scratch)
  }

  /// A name of more than sixteen bytes, or with escapes.
  @inline(never)
  private func findLongName(
    _ name: Node, table: Int, entries: Int, count: Int, _ fingerprint: UInt32, _ scratch: inout ValidationScratch
  ) -> Int {
    let isEscaped = view.isFlagged(name)
    let words = isEscaped ? decodedWords(name, &scratch) : view.words(name)
    let hash = hash(fingerprint, words.count, name, isEscaped: isEscaped, &scratch)
    return find(words, name, isEscaped: isEscaped, table: table, entries: entries, count: count, hash, &scratch)
  }

  /// See `Places.hash(of:)`, with which this must agree.
  @inline(__always)
  private func hash(
    _ fingerprint: UInt32, _ count: Int, _ node: Node, isEscaped: Bool, _ scratch: inout ValidationScratch
  ) -> UInt32 {
    guard count > 16 else { return fingerprint }
    if isEscaped { return Places.hash(of: scratch.bytes) }
    var hash = fingerprint
    var offset = 8
    while offset < count - 8 {
      hash = Places.add(view.word(of: node, at: offset), to: hash)
      offset += 8
    }
    return hash
  }

  @inline(__always)
  private func find(
    _ words: NameWords, _ node: Node, isEscaped: Bool, table: Int, entries: Int, count: Int, _ hash: UInt32,
    _ scratch: inout ValidationScratch
  ) -> Int {
    let parameters = code[table]
    let logarithm = Int(truncatingIfNeeded: parameters & 63)
    let places = entries + count * TableLayout.stride
    var place = Places.place(hash, logarithm, UInt32(truncatingIfNeeded: parameters >> 32))
    while true {
      let number = Int(truncatingIfNeeded: code[places + place])
      if number == 0 { return -1 }
      let entry = entries + (number - 1) * TableLayout.stride
      if code[entry] == words.first, code[entry + 1] == words.last,
        Int(UInt32(truncatingIfNeeded: code[entry + TableLayout.length])) == words.count,
        words.count <= 16 || isLong(entry, words.count, node, isEscaped: isEscaped, &scratch)
      {
        return entry
      }
      guard scratch.spend(1) else { return -1 }
      place = (place + 1) & (1 << logarithm - 1)
    }
  }

  /// Compares what is between the first and the last eight bytes of a text of more than sixteen.
  private func isLong(_ entry: Int, _ count: Int, _ node: Node, isEscaped: Bool, _ scratch: inout ValidationScratch) -> Bool {
    var place = Int(code[entry + TableLayout.long])
    for offset in stride(from: 8, to: count - 8, by: 8) {
      let word = isEscaped ? NameWords(scratch.bytes.span.extracting(offset..<offset + 8)).first : view.word(of: node, at: offset)
      if code[place] != word { return false }
      place += 1
    }
    return true
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
