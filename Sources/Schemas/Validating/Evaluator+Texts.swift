internal import JSON

/// Names and texts, one by one and in tables.
extension Evaluator {
  // MARK: Tables

  /// Looks the name of a member up in a table; gives its slot, or -1.
  @inline(__always)
  func findName(_ name: Entry, _ node: Node, table: Int, _ scratch: inout ValidationScratch) -> Int {
    let count = Int(name.end) &- Int(name.start) &- 2
    guard count <= 16, !name.isEscaped else { return findOddName(node, table: table, &scratch) }
    let slot = slot(name.link, table)
    let found = code[slot]
    // Most names that are not in the table end here.
    if found == 0 { return -1 }
    guard found == TextLayout.key(name.link, count),
      view.isShort(name, count, first: code[slot &+ TextLayout.first], last: code[slot &+ TextLayout.last])
    else { return findOddName(node, table: table, &scratch) }
    return slot
  }

  @inline(__always)
  private func slot(_ hash: UInt32, _ table: Int) -> Int {
    table &+ 1 &+ Places.place(hash, code[table]) &* TableLayout.slot
  }

  @inline(never)
  private func next(after slot: Int, _ table: Int) -> Int {
    let slots = TableLayout.slot << (32 - Int(code[table] & 63))
    let next = slot + TableLayout.slot
    return next == table + 1 + slots ? table + 1 : next
  }

  /// Where the words behind a table are.
  func end(ofTable table: Int) -> Int { table + 1 + TableLayout.slot << (32 - Int(code[table] & 63)) }

  /// A name of more than sixteen bytes or with escapes, or one that is not in its first place.
  @inline(never)
  private func findOddName(_ name: Node, table: Int, _ scratch: inout ValidationScratch) -> Int {
    findText(name, table: table, &scratch)
  }

  /// Looks any text up in a table; gives its slot, or -1.
  func findText(_ node: Node, table: Int, _ scratch: inout ValidationScratch) -> Int {
    let isEscaped = view.isFlagged(node)
    let words = isEscaped ? decodedWords(node, &scratch) : view.words(node)
    let hash = hash(words, node, isEscaped: isEscaped, &scratch)
    let key = TextLayout.key(hash, words.count)
    var slot = slot(hash, table)
    while true {
      let found = code[slot]
      if found == key, code[slot &+ TextLayout.first] == words.first,
        words.count <= 16
          ? code[slot &+ TextLayout.last] == words.last : isLong(slot, words, node, isEscaped: isEscaped, &scratch)
      {
        return slot
      }
      if found == 0 { return -1 }
      slot = next(after: slot, table)
      guard scratch.spend(1) else { return -1 }
    }
  }

  /// See `Places.hash(of:)`, with which this must agree.
  @inline(__always)
  private func hash(_ words: NameWords, _ node: Node, isEscaped: Bool, _ scratch: inout ValidationScratch) -> UInt32 {
    var hash = words.fingerprint
    guard words.count > 16 else { return hash }
    if isEscaped { return Places.hash(of: scratch.bytes) }
    var offset = 8
    while offset < words.count &- 8 {
      hash = Places.add(view.word(of: node, at: offset), to: hash)
      offset &+= 8
    }
    return hash
  }

  /// Compares what is behind the first eight bytes of a text of more than sixteen.
  private func isLong(_ slot: Int, _ words: NameWords, _ node: Node, isEscaped: Bool, _ scratch: inout ValidationScratch) -> Bool {
    var place = Int(truncatingIfNeeded: code[slot + TextLayout.last])
    var offset = 8
    while offset < words.count - 8 {
      let word = isEscaped ? NameWords(scratch.bytes.span.extracting(offset..<offset + 8)).first : view.word(of: node, at: offset)
      if code[place] != word { return false }
      place += 1
      offset += 8
    }
    return code[place] == words.last
  }

  /// Resolves the escapes of a text into the scratch's bytes.
  private func decodedWords(_ node: Node, _ scratch: inout ValidationScratch) -> NameWords {
    scratch.bytes.removeAll(keepingCapacity: true)
    document.decodeString(node, appendingTo: &scratch.bytes)
    return NameWords(scratch.bytes.span)
  }

  // MARK: One by one

  @inline(never)
  func hasEscapedWords(_ node: Node, first: UInt64, last: UInt64, _ count: Int, _ scratch: inout ValidationScratch) -> Bool {
    decodedWords(node, &scratch) == NameWords(first: first, last: last, count: count)
  }

  /// The value of the member of an object that has a name; nil: there is none. Costs a step for each member.
  @inline(__always)
  func member(_ object: Node, named name: Int, _ scratch: inout ValidationScratch) -> Node? {
    let count = view.count(object)
    guard scratch.spend(count) else { return nil }
    let fingerprint = UInt32(truncatingIfNeeded: code[name])
    var next = view.first(in: object)
    for _ in 0..<count {
      let entry = view.entry(next)
      if entry.link == fingerprint, isName(entry, next, name, &scratch) { return view.value(of: next) }
      next = view.next(after: view.value(of: next))
    }
    return nil
  }

  /// Whether a name whose fingerprint is right is the one in the code.
  private func isName(_ entry: Entry, _ node: Node, _ name: Int, _ scratch: inout ValidationScratch) -> Bool {
    let isEscaped = entry.isEscaped
    let words = isEscaped ? decodedWords(node, &scratch) : view.words(node)
    guard TextLayout.key(entry.link, words.count) == code[name], words.first == code[name + TextLayout.first] else { return false }
    return words.count <= 16
      ? words.last == code[name + TextLayout.last] : isLong(name, words, node, isEscaped: isEscaped, &scratch)
  }

  /// Whether all of some names are those of members.
  func hasMembers(_ node: Node, _ names: Int, _ count: Int, _ scratch: inout ValidationScratch) -> Bool {
    guard view.count(node) >= count else { return false }
    var name = names
    for _ in 0..<count {
      guard member(node, named: name, &scratch) != nil else { return false }
      name += TextLayout.words
    }
    return true
  }
}

extension Entry {
  /// Of a string or name.
  @inline(__always) var isEscaped: Bool { details & 8 != 0 }
}
